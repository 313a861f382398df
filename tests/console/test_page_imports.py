"""The import wizard: upload, columns, dry run, import with progress; nothing raw on the disk, nothing personal back."""

from __future__ import annotations

import csv
import io
import tempfile
import zipfile
from typing import Any

import pytest
from consoles import Console, Page, Visitor
from pdf_letters import pdf

from api.imports.job import AT_ONCE

STATED = {
    "source_kind": "petition", "source": "青潭县网上信箱", "authorised": "yes", "complete": "part",
    "authorised_by": "青潭县信访局，2026年11月20日函",
}  # fmt: skip
SECRETS = ("赵大河", "13900001234", "柳湾村七组12号")
TABLE = """编号,信访人,联系电话,家庭住址,标题,内容,登记时间,备注
A1,赵大河,13900001234,柳湾村七组12号,水渠塌了,柳湾村东头的水渠塌了半年没有人来修，三十亩地浇不上水。,2026-05-06,甲
A2,赵大河,13900001234,柳湾村七组12号,路灯不亮,村口的路灯坏了三个月一直没有人管，晚上走路很危险。,2026-05-07,乙
A3,赵大河,13900001234,柳湾村七组12号,没有正文,,2026-05-08,丙
A4,赵大河,13900001234,柳湾村七组12号,日期不对,井水发黄已经一个月了，请派人来看看。,5月8日,丁
A1,赵大河,13900001234,柳湾村七组12号,又一件,垃圾站的味道太大了，整个夏天都开不了窗户。,2026-05-09,=1+1
"""


def send(visitor: Visitor, content: bytes | str, name: str = "登记表.csv", **stated: Any) -> Any:
    content = content.encode() if isinstance(content, str) else content
    fields = {name: value for name, value in {**STATED, **stated}.items() if value is not None}
    return visitor.post(
        "/imports",
        data={"csrf": visitor.token(), **fields},
        files={"file": (name, content, "application/octet-stream")},
    )


def sent(visitor: Visitor, content: bytes | str, name: str = "登记表.csv", **stated: Any) -> str:
    answer = send(visitor, content, name, **stated)
    assert answer.status_code == 303, Page(answer).text[:600]
    return str(answer.headers["location"])


def try_out(visitor: Visitor, at: str, **columns: str) -> Page:
    visitor.submit(f"{at}/columns", f"{at}/columns", **columns)
    return visitor.page(at)


def test_of_very_many_bad_rows_the_first_are_kept_and_all_are_counted(
    console: Console, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("api.import_desk.MOST_REJECTS", 2)
    visitor = console.sign_in("admin")
    rows = "".join(f"B{n},没有正文,,2026-05-08\n" for n in range(7))
    at = sent(visitor, "编号,标题,内容,登记时间\nB9,路灯,村口的路灯坏了三个月没有人管。,2026-05-07\n" + rows)
    page = try_out(visitor, at)
    assert "被拒 7" in " ".join(page.text.split()) or "被拒7" in page.text
    assert "显示前 2 行，共 7 行" in page.text and len(page.select("#rejects tbody tr")) == 2
    assert len(visitor.get(f"{at}/rejects.csv").content.decode("utf-8-sig").splitlines()) == 3


def take_in(console: Console, at: str) -> Page:
    console.visitor.submit(at, f"{at}/run")
    console.app.state.imports.jobs.wait()
    return console.visitor.page(at)


def options(page: Page) -> dict[str, str]:
    """Header of each column that may be chosen → the field that is preselected."""
    rows = {row[0].text_content().strip(): row for row in page.select("#columns tbody tr")}
    return {
        header: chosen[0].get("value") if (chosen := row.cssselect("option[selected]")) else ""
        for header, row in rows.items()
        if row.cssselect("select")
    }


def test_a_table_is_sent_looked_at_tried_and_taken_in(console: Console):
    visitor = console.sign_in("admin")
    at = sent(visitor, TABLE)
    page = visitor.page(at)
    assert options(page) == {
        "编号": "item_key",
        "标题": "title",
        "内容": "body",
        "登记时间": "published_at",
        "备注": "",
    }
    dropped = [row for row in page.select("#columns tbody tr") if "个人信息，丢弃" in row.text_content()]
    assert [row[0].text_content() for row in dropped] == ["信访人", "联系电话", "家庭住址"]
    assert "水渠塌了半年" in page.text and not any(secret in page.html for secret in SECRETS)

    tried = try_out(visitor, at)
    assert "可以导入 2行" in tried.text.replace(" 行", "行")
    bad = [[cell.text_content() for cell in row] for row in tried.select("#rejects tbody tr")]
    assert [(row[0], row[2], row[3]) for row in bad] == [
        ("4", "正文", "没有填写"),
        ("5", "日期", "日期没有年份"),
        ("6", "编号", "编号与第 2 行相同，但内容不同"),
    ]
    assert not any(secret in tried.html for secret in SECRETS) and "井水发黄" not in tried.html
    before = len(console.office.store.stated_imports())
    assert before == 0

    done = take_in(console, at)
    assert "导入完成" in done.text and "青潭县信访局" in done.text
    [noted] = console.office.store.stated_imports()
    assert (noted.rows, noted.new, noted.rejected, noted.who) == (5, 2, 3, "admin")
    assert noted.authorised_by == STATED["authorised_by"] and noted.finished_at is not None
    assert {"imports.send", "imports.try", "imports.authorised", "imports.run"} <= set(console.actions())
    listed = visitor.page("/imports")
    assert "已完成" in listed.text and STATED["authorised_by"] in listed.text


def test_the_same_file_again_changes_nothing_and_says_so(console: Console):
    visitor = console.sign_in("admin")
    good = "\n".join(TABLE.splitlines()[:3])
    for words in ("导入完成", "没有变化"):
        at = sent(visitor, good)
        try_out(visitor, at)
        assert words in take_in(console, at).text
    first, second = console.office.store.stated_imports()[::-1]
    assert (first.new, second.new) == (2, 0)


def test_what_was_sent_does_not_stay_in_memory_when_it_is_in(console: Console):
    import gc

    from crawlers.importers import Uploaded
    from pipeline.raw import RawItem

    before = [thing for thing in gc.get_objects() if isinstance(thing, Uploaded | RawItem)]
    known = {id(thing) for thing in before}  # of tests that ran in this process; kept alive, so that no id comes again
    visitor = console.sign_in("admin")
    at = sent(visitor, TABLE)
    try_out(visitor, at)
    take_in(console, at)
    gc.collect()
    held = [thing for thing in gc.get_objects() if isinstance(thing, Uploaded | RawItem) and id(thing) not in known]
    assert held == []


def test_rejected_rows_are_downloaded_without_what_stands_in_them(console: Console):
    visitor = console.sign_in("admin")
    at = sent(visitor, TABLE, "=登记表.csv")
    try_out(visitor, at)
    for _ in ("tried", "taken in"):
        answer = visitor.get(f"{at}/rejects.csv")
        assert answer.headers["content-type"].startswith("text/csv") and answer.content.startswith(b"\xef\xbb\xbf")
        rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
        assert rows[0] == ["文件", "行", "工作表", "字段", "原因"]
        assert [row[1] for row in rows[1:]] == ["4", "5", "6"] and {row[0] for row in rows[1:]} == {"'=登记表.csv"}
        assert not any(secret in answer.text for secret in (*SECRETS, "井水", "垃圾站"))
        if _ == "tried":
            take_in(console, at)


def test_a_personal_column_cannot_be_brought_back_whatever_is_sent(console: Console):
    visitor = console.sign_in("admin")
    at = sent(visitor, TABLE)
    form = dict(visitor.page(at).form(f"{at}/columns").form_values())
    answer = visitor.post(f"{at}/columns", data={**form, "column-5": "", "column-3": "body"})
    assert answer.status_code == 422 and "一律丢弃" in Page(answer).text
    assert not any(secret in answer.text for secret in SECRETS)


def test_a_column_may_be_chosen_or_left_out_but_no_field_twice(console: Console):
    visitor = console.sign_in("admin")
    at = sent(visitor, TABLE)
    answer = visitor.post(
        f"{at}/columns", data={**dict(visitor.page(at).form(f"{at}/columns").form_values()), "column-7": "title"}
    )
    assert answer.status_code == 422 and "两列对应到了同一个字段" in Page(answer).text
    try_out(visitor, at, **{"column-6": "", "column-4": "", "column-7": "title"})
    assert options(visitor.page(f"{at}/columns")) == {
        "编号": "item_key", "标题": "", "内容": "body", "登记时间": "", "备注": "title"
    }  # fmt: skip
    assert "日期没有年份" not in visitor.page(at).text


def test_a_table_whose_text_column_is_not_recognised_asks_for_it(console: Console):
    visitor = console.sign_in("admin")
    table = "编号,联系电话,来龙去脉\nA1,13900001234,村口的路灯坏了三个月一直没有人管。\n"
    at = sent(visitor, table)
    page = visitor.page(at)
    assert "没有一列被认作正文" in page.text and "13900001234" not in page.html
    assert options(page) == {"编号": "", "来龙去脉": ""}
    assert "可以导入 1" in try_out(visitor, at, **{"column-2": "body"}).text


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("authorised", None, "没有委托方的书面授权不能导入"),
        ("authorised_by", " ", "请写明由谁书面授权"),
        ("source", "", "请填写来源名称"),
        ("source", "张建国13800138000", "似有个人信息"),
        ("source_kind", "gossip", "请选择来源类别"),
        ("since", "2026-11-01", "起止日期请同时填写"),
        ("since", "昨天", "请写成 2026-11-01"),
        ("complete", "whole", "覆盖的起止日期"),
    ],
)
def test_what_is_stated_about_a_file_is_checked_beside_its_field(console: Console, field: str, value: str, words: str):
    visitor = console.sign_in("admin")
    answer = send(visitor, TABLE, **{field: value})
    page = Page(answer)
    assert answer.status_code == 422 and words in page.text
    assert page.select(f".errors a[href='#f-{field if field != 'complete' else 'since'}']") or "同时填写" in words
    assert console.office.store.stated_imports() == []


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("扫描.csv", pdf([[]]), "扩展名与内容不符"),
        ("空.csv", b"", "空"),
        ("图.png", b"\x89PNG" + bytes(50), "是图片"),
        ("坏.xlsx", b"PK\x03\x04" + bytes(50), "损坏"),
    ],
)
def test_a_file_that_cannot_be_imported_is_refused_with_what_to_do(
    console: Console, name: str, content: bytes, words: str
):
    answer = send(console.sign_in("admin"), content, name)
    assert answer.status_code == 422 and words in Page(answer).text


def test_letters_in_an_archive_go_in_and_a_scan_is_rejected(console: Console):
    visitor = console.sign_in("admin")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("赵大河-1.pdf", pdf([["村口的路灯坏了三个月一直没有人管。", "姓名：赵大河"]]))
        archive.writestr("赵大河-2.pdf", pdf([[]]))
    at = sent(visitor, packed.getvalue(), "赵大河来信.zip")
    page = visitor.page(at)
    assert "每个文件是一封来信" in page.text and "赵大河" not in page.html
    tried = try_out(visitor, at)
    assert "没有文字层" in tried.text and "…-2.pdf" in tried.text and "赵大河" not in tried.html
    take_in(console, at)
    [noted] = console.office.store.stated_imports()
    assert (noted.new, noted.rejected) == (1, 1)


def test_an_archive_that_is_a_bomb_or_leads_out_is_refused(console: Console):
    visitor = console.sign_in("admin")
    for name, content, words in (("1.txt", bytes(30 * 2**20), "解压后过大"), ("../1.txt", b"x" * 50, "包外的文件名")):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(name, content)
        answer = send(visitor, packed.getvalue(), "a.zip")
        assert answer.status_code == 422 and words in Page(answer).text


def test_nothing_of_a_file_touches_the_disk_before_it_is_redacted(console: Console, monkeypatch: pytest.MonkeyPatch):
    def no_disk(*_: object, **__: object) -> None:
        raise AssertionError("a temporary file was opened")

    for name in ("TemporaryFile", "NamedTemporaryFile", "mkstemp", "mkdtemp"):
        monkeypatch.setattr(tempfile, name, no_disk)
    visitor = console.sign_in("admin")
    at = sent(visitor, TABLE + "A9,,,,,x,2026-05-06," + "甲" * 3_000_000 + "\n")
    try_out(visitor, at)
    take_in(console, at)
    home = console.office.settings.home
    written = b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())
    assert not any(secret.encode() in written for secret in SECRETS)
    assert "井水发黄".encode() not in written


def test_a_file_waits_for_its_session_alone_and_is_forgotten(console: Console):
    visitor = console.sign_in("admin")
    at = sent(visitor, TABLE)
    other = console.enter("admin")
    for path in (at, f"{at}/columns"):
        assert other.get(path).headers["location"] == "/imports"
    assert "请重新上传" in other.page("/imports").text
    visitor.submit(at, f"{at}/forget")
    assert "已从内存中清除" in visitor.page("/imports").text
    assert "请重新上传" in visitor.page(at).text


def test_after_half_an_hour_or_a_restart_the_file_has_to_be_sent_again(
    console: Console, monkeypatch: pytest.MonkeyPatch
):
    from datetime import timedelta

    from api.import_desk import ImportRoom

    visitor = console.sign_in("admin")
    at = sent(visitor, TABLE)
    store = console.office.store
    now = store.clock()
    monkeypatch.setattr(console.app.state.imports.uploads, "_clock", lambda: now + timedelta(minutes=31))
    assert visitor.get(at).headers["location"] == "/imports"
    at = sent(visitor, TABLE)
    console.app.state.imports = ImportRoom(console.office)
    assert "重新上传" in visitor.page(at).text


def test_no_more_imports_wait_for_their_turn_than_memory_holds(console: Console):
    visitor, jobs = console.sign_in("admin"), console.app.state.imports.jobs
    with jobs._turn:
        for number in range(AT_ONCE + 1):
            at = sent(visitor, TABLE.replace("A1", f"B{number}"))
            try_out(visitor, at)
            visitor.submit(at, f"{at}/run")
        assert "过多" in visitor.page(at).text, "the file waits, and can be taken in later"
    jobs.wait()
    visitor.submit(at, f"{at}/run")
    jobs.wait()
    assert len(console.office.store.stated_imports()) == AT_ONCE + 1


def test_an_import_that_a_restart_interrupted_says_so(console: Console):
    from api.import_desk import ImportRoom

    visitor = console.sign_in("admin")
    at = sent(visitor, TABLE)
    try_out(visitor, at)
    take_in(console, at)
    [noted] = console.office.store.stated_imports()
    console.app.state.imports = ImportRoom(console.office)
    assert "读完文件：共 5 行" in visitor.page(at).text
    assert "重新上传同一文件" in visitor.page(f"{at}/rejects.csv").text
    console.office.store.note_import(noted.model_copy(update={"finished_at": None}))
    assert "服务在导入途中重新启动过" in visitor.page(at).text and "中断" in visitor.page("/imports").text


def test_progress_is_a_part_that_asks_again_only_while_it_runs(console: Console):
    visitor = console.sign_in("admin")
    at = sent(visitor, TABLE)
    try_out(visitor, at)
    job_id = at.rsplit("/", 1)[1]
    jobs = console.app.state.imports.jobs
    with jobs._turn:  # another import has its turn
        visitor.submit(at, f"{at}/run")
        waiting = visitor.page(at)
        assert "排队中" in waiting.text and waiting.select(f"#progress[hx-get='{at}/progress']")
        assert waiting.select("noscript meta[http-equiv=refresh]") or "http-equiv" in waiting.html
        part = visitor.get(f"{at}/progress", headers={"HX-Request": "true"})
        assert part.text.lstrip().startswith('<div id="progress"') and "hx-trigger" in part.text
        events = len(console.actions())
        visitor.get(f"{at}/progress", headers={"HX-Request": "true"})
        assert len(console.actions()) == events
    jobs.wait()
    over = visitor.get(f"{at}/progress", headers={"HX-Request": "true"})
    assert "hx-trigger" not in over.text and "导入完成" in over.text
    assert visitor.get(f"{at}/progress").headers["location"] == at and jobs.get(job_id).is_over


def test_days_that_a_file_is_said_to_cover_wholly_count_as_searched(console: Console):
    from pipeline.coverage import searched

    visitor = console.sign_in("admin")
    good = "\n".join(TABLE.splitlines()[:3])
    at = sent(visitor, good, since="2026-05-01", until="2026-05-31", complete="whole")
    try_out(visitor, at)
    assert "完整" in take_in(console, at).text
    [window] = [w for w in searched(console.office.store).windows if w.state == "complete"]
    assert (window.source, window.how, window.source_kind) == ("青潭县网上信箱", "import", "petition")
    at = sent(visitor, TABLE, since="2026-06-01", until="2026-06-30", complete="whole")
    try_out(visitor, at)
    take_in(console, at)
    assert len([w for w in searched(console.office.store).windows if w.state == "complete"]) == 1


def test_who_may_not_import_sees_neither_list_nor_form(console: Console):
    assert "E304" in console.sign_in("assessor").page("/imports", 403).html
    assert send(console.sign_in("assessor"), TABLE).status_code == 403
