"""P-01: an address that could name a person is kept as a keyed hash; pages of authorities stay in clear."""

from __future__ import annotations

from pathlib import Path

import pytest
from offices import TestOffice, petition
from terminal import Terminal

NAMING = [
    "https://bbs.example/space?uid=7731882&mobile=13912345678&name=zhang",
    "https://bbs.example/u/7731882/thread-5.html",
    "https://bbs.example/thread?tid=5#/profile?openId=oX7731882",
    "https://letters.example/view?id=5&sj=139%31%32345678",
    "https://letters.example/view?id=5&who=%25E5%25BC%25A0%25E5%25BB%25BA%25E5%259B%25BD%25E5%2585%2588%25E7%2594%259F",
    "https://7731882:secret@letters.example/view?id=5",
    "https://m.weibo.cn/7731882/4890021",
    "https://[7731882",
]
OF_PAGES = [
    "https://letters.example/letters/2026/03/t20260301_4578123.html",
    "http://www.county.example.cn/gk/zc/202603/t20260312_1882341.shtml",
    "https://letters.example/content?tid=15337845",
    "http://10.20.30.40:8080/gk/202603/t20260312_1882341.html",
    "https://news.example/article/2026-03-01/%E9%87%87%E7%9F%B3%E5%9C%BA.html",
]


def stored(office: TestOffice, url: str, kind: str = "petition", genre: str = "petition") -> str | None:
    office.receive([petition("来信|采石场夜里放炮，请核实。", source_kind=kind, genre=genre, url=url)])
    (document,) = office.documents()
    return document.url


@pytest.mark.parametrize("url", NAMING)
@pytest.mark.parametrize(("kind", "genre"), [("petition", "petition"), ("news", "comment"), ("news", "news")])
def test_what_could_name_a_person_is_not_at_rest(office: TestOffice, url: str, kind: str, genre: str) -> None:
    kept = stored(office, url, kind, genre)
    assert kept is not None and kept.startswith("keyed:")
    rest = "\n".join(content.decode("utf-8", "replace") for content in office.files().values())
    assert all(word not in rest for word in (url, "7731882", "13912345678", "zhang"))


@pytest.mark.parametrize("url", OF_PAGES)
def test_the_page_of_an_authority_can_be_opened(office: TestOffice, url: str) -> None:
    assert stored(office, url) == url


def test_a_text_is_erased_by_the_address_that_was_not_kept(terminal: Terminal, tmp_path: Path) -> None:
    rows = tmp_path / "letters.csv"
    rows.write_text(f"编号,标题,内容,原文链接\n1,停水,停水三天了，请核实。,{NAMING[0]}\n", "utf-8")
    assert terminal.minyi("import", rows, "--no-work").exit_code == 0
    assert all(NAMING[0].encode() not in path.read_bytes() for path in tmp_path.rglob("*.sqlite3*"))
    meant = terminal.minyi("erase", "--url", NAMING[0], "--dry-run")
    assert meant.exit_code == 0 and meant.output.startswith("1 texts"), meant.output
    assert terminal.minyi("erase", "--url", f"{NAMING[0]}1", "--dry-run").output.startswith("0 texts")
