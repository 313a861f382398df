"""ZIP archives of letters: read member by member in memory; bombs, nested archives and names that lead out are refused."""

from __future__ import annotations

import io
import zipfile

import pytest
from pdf_letters import pdf

from crawlers.importers import Bad, Good, ImportRefused, Uploaded, archive, open_source


def packed(*members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as made:
        for name, content in members:
            made.writestr(name, content)
    return stream.getvalue()


def letter(text: str) -> bytes:
    return text.encode("gb18030")


def test_each_letter_of_an_archive_is_a_row_in_the_order_of_their_names(desk) -> None:
    content = packed(
        ("来信/2.txt", letter("路灯坏了三个月。")),
        ("来信/1.pdf", pdf([["水渠塌了没人修。"]])),
        ("__MACOSX/来信/._1.pdf", b"\0"),
        ("来信/Thumbs.db", b"\0"),
        ("来信/~$3.docx", b"\0"),
    )
    assert desk.bodies(desk.bytes(content, "来信.zip")) == ["水渠塌了没人修。", "路灯坏了三个月。"]


def test_what_is_no_letter_is_rejected_and_the_letters_go_in(desk) -> None:
    content = packed(
        ("1.txt", letter("路灯坏了三个月。")),
        ("2.jpg", b"\xff\xd8\xff\xe0" + bytes(50)),
        ("3.zip", packed(("4.txt", letter("井水发黄。")))),
        ("5.pdf", pdf([[]])),
        ("6.csv", "编号,内容\n1,水渠塌了\n".encode()),
    )
    rows = desk.rows(desk.bytes(content, "a.zip"))
    assert [row.row_number for row in rows if isinstance(row, Good)] == [1]
    reasons = [row.reason for row in rows if isinstance(row, Bad)]
    words = ["picture", "archive within the archive", "no text layer", "is a table"]
    assert len(reasons) == 4 and all(word in reason for word, reason in zip(words, reasons, strict=True))


def test_a_nested_archive_under_another_name_is_no_letter_either(desk) -> None:
    inner = packed(("4.txt", letter("井水发黄。")))
    rows = desk.rows(desk.bytes(packed(("1.txt", inner), ("2.txt", letter("路灯坏了。"))), "a.zip"))
    assert [type(row).__name__ for row in rows] == ["Bad", "Good"] and "archive" in rows[0].reason


@pytest.mark.parametrize(
    "name", ["../1.txt", "a/../../1.txt", "/etc/1.txt", "C:\\1.txt", "..\\1.txt", "\\\\host\\1.txt"]
)
def test_a_member_whose_name_leads_out_of_the_archive_refuses_all_of_it(desk, name: str) -> None:
    content = packed(("2.txt", letter("路灯坏了。")), ("x" * len(name), letter("井水发黄。")))
    content = content.replace(b"x" * len(name), name.encode())  # a library that packs would mend the name
    with pytest.raises(ImportRefused, match="leads out of the archive"):
        desk.rows(desk.bytes(content, "a.zip"))


def test_bombs_are_refused_before_anything_is_unpacked(desk, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ImportRefused, match="unpack to"):
        desk.rows(desk.bytes(packed(("1.txt", bytes(40 * 2**20))), "a.zip"))
    monkeypatch.setattr(archive, "MAX_TOTAL", 1000)
    with pytest.raises(ImportRefused, match="would unpack to"):
        desk.rows(desk.bytes(packed(("1.txt", bytes(range(256)) * 5)), "b.zip"))
    monkeypatch.setattr(archive, "MAX_LETTERS", 2)
    with pytest.raises(ImportRefused, match="more than 2 files"):
        desk.rows(desk.bytes(packed(*((f"{n}.txt", letter("路灯坏了。")) for n in range(3))), "c.zip"))


def test_a_member_that_lies_about_its_size_is_one_rejected_letter(desk) -> None:
    content = bytearray(packed(("1.txt", letter("路灯坏了。" * 2000)), ("2.txt", letter("路灯坏了三个月。"))))
    for mark, at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        place = content.index(mark) + at
        content[place : place + 4] = (10).to_bytes(4, "little")
    rows = desk.rows(desk.bytes(bytes(content), "a.zip"))
    assert [type(row).__name__ for row in rows] == ["Bad", "Good"] and "damaged in the archive" in rows[0].reason


def test_an_archive_with_a_password_or_without_letters_is_refused(desk) -> None:
    data = bytearray(packed(("1.txt", letter("路灯坏了。"))))
    data[data.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(ImportRefused, match="password"):
        desk.rows(desk.bytes(bytes(data), "a.zip"))
    with pytest.raises(ImportRefused, match="only letters may be packed"):
        desk.rows(desk.bytes(packed(("a.csv", b"1")), "b.zip"))


def test_names_of_members_are_not_reported_since_they_bear_names_of_people(desk) -> None:
    [row] = desk.rows(desk.bytes(packed(("赵大河2023-05-06.pdf", pdf([[]]))), "a.zip"))
    assert isinstance(row, Bad) and row.sheet == "…2023-05-06.pdf" and "赵" not in repr(row)


def test_a_sent_archive_is_read_from_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_disk(*_: object, **__: object) -> None:
        raise AssertionError("something was written to a temporary file")

    for name in ("TemporaryFile", "NamedTemporaryFile", "mkstemp", "mkdtemp", "SpooledTemporaryFile"):
        monkeypatch.setattr(f"tempfile.{name}", no_disk)
    sent = Uploaded("来信.zip", packed(("1.pdf", pdf([["水渠塌了没人修。"]])), ("2.txt", letter("路灯坏了三个月。"))))
    assert [type(row).__name__ for row in open_source(sent)] == ["Good", "Good"]
