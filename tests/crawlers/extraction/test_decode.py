from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.extraction.decode import MAX_BYTES, charset_of, decode

SIMPLIFIED = "望川县石桥镇的居民对旧街改造安置方案提出了意见，镇里答复说会如实上报，并请大家在公告栏下签名。㎡"
TRADITIONAL = "望川縣石橋鎮的居民對舊街改造安置方案提出了意見，鎮裡答覆說會如實上報，並請大家在公告欄下簽名。"
CLAIMS = [
    "utf-8",
    "gb2312",
    "GBK",
    "gb18030",
    "big5",
    "iso-8859-1",
    "windows-1252",
    "shift_jis",
    "no-such-thing",
    "",
    None,
]


def page(text: str, meta: str | None) -> str:
    tag = f'<meta http-equiv="Content-Type" content="text/html; charset={meta}">' if meta else ""
    return f"<html><head>{tag}<title>{text[:10]}</title><script>var a = 1;</script></head><body><p>{text}</p></body></html>"


@given(
    written=st.sampled_from([(SIMPLIFIED, "gb18030"), (SIMPLIFIED[:-1], "gbk"), (SIMPLIFIED, "utf-8"), (TRADITIONAL, "big5"),
                             (TRADITIONAL, "utf-8"), (TRADITIONAL, "big5hkscs"), (SIMPLIFIED, "utf-8-sig"), (SIMPLIFIED, "utf-16"),
                             (SIMPLIFIED, "utf-16-le")]),
    header=st.sampled_from(CLAIMS),
    meta=st.sampled_from(CLAIMS),
)  # fmt: skip
def test_no_declaration_makes_mojibake(written: tuple[str, str], header: str | None, meta: str | None) -> None:
    text, encoding = written
    shown = page(text, meta)
    found = decode(shown.encode(encoding), header)
    assert found.text == shown
    assert (found.undecodable, found.doubtful) == (0, False)


def test_a_short_page_is_read_by_what_it_says_when_bytes_allow_both() -> None:
    assert "联通" in decode("<p>联通</p>".encode("gbk"), "gbk").text
    assert "联通" in decode("<p>联通</p>".encode(), "utf-8").text


def test_bytes_that_are_no_text_are_shown_and_counted() -> None:
    data = page(SIMPLIFIED * 20, "utf-8").encode()
    found = decode(data[:400] + b"\xff\xfe\xfd" + data[400:], "utf-8")
    assert found.undecodable >= 3
    assert SIMPLIFIED in found.text


def test_noise_is_doubtful() -> None:
    assert decode(bytes(range(128, 256)) * 40).doubtful


def test_what_was_decoded_wrongly_once_before_is_put_right() -> None:
    twisted = page(SIMPLIFIED[:-1], None).encode().decode("cp1252", errors="ignore")
    found = decode(page(SIMPLIFIED, None).encode().decode("latin-1").encode("utf-8"))
    assert SIMPLIFIED in found.text
    assert found.doubtful
    assert decode(twisted.encode()).doubtful


def test_a_hundred_megabytes_are_read_only_so_far() -> None:
    found = decode("<p>望川县的公告。</p>".encode() * 4_000_000)
    assert found.truncated
    assert len(found.text.encode()) <= MAX_BYTES
    assert found.undecodable == 0


@given(st.binary(max_size=300), st.sampled_from(CLAIMS))
def test_any_bytes_are_decoded(data: bytes, declared: str | None) -> None:
    assert isinstance(decode(data, declared).text, str)


@pytest.mark.parametrize(
    ("header", "charset"),
    [
        ("text/html; charset=gb2312", "gb2312"),
        ('text/html;charset="UTF-8"', "UTF-8"),
        ("text/html", None),
        (None, None),
    ],
)
def test_the_header_says_its_charset(header: str | None, charset: str | None) -> None:
    assert charset_of(header) == charset
