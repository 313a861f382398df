from __future__ import annotations

import contextlib
import json
import pickle
import socket
from datetime import datetime

import pytest
from date_pages import BODY, COMMENTS, FETCHED_AT, FOOTER, SIDEBAR, TITLE
from hypothesis import given
from hypothesis import strategies as st
from lxml import html as lxml_html

from crawlers.extraction import Article, NotAPage, extract
from crawlers.extraction.metadata import continues

NOW = datetime.fromisoformat(FETCHED_AT)
TEXT = "\n".join(lxml_html.fromstring(f"<div>{BODY}</div>").xpath("//p/text()"))
URL = "https://news.example/2026/0105/7.html"


def article(
    body: str = BODY,
    *,
    head: str = "",
    under: str = "<p>2026-01-05 08:15 来源：望川日报</p>",
    after: str = COMMENTS + SIDEBAR + FOOTER,
) -> Article:
    page = f"<html><head><title>{TITLE}_望川新闻网</title>{head}</head><body><div><a href='/'>首页</a></div><h1>{TITLE}</h1>{under}<div id='content'>{body}</div>{after}</body></html>"
    return extract(page.encode(), url=URL, fetched_at=NOW)


def test_the_article_is_its_title_and_paragraphs_and_nothing_else() -> None:
    found = article()
    assert (found.title, found.text, found.outlet) == (TITLE, TEXT, "望川日报")
    assert (found.author_dropped, found.url, found.next_page) == (False, URL, None)


@pytest.mark.parametrize(
    "wrapper",
    ["<div style='display:none'>{}</div>", "<div style='position:absolute;left:-9999px'>{}</div>", "<span style='font-size:0'>{}</span>",
     "<div style='width:0;height:0;overflow:hidden'>{}</div>", "<p style='color:#fff'>{}</p>", "<font color='#ffffff'>{}</font>",
     "<p style='color:#eee;background:#eeeeee'>{}</p>", "<div style='background:#123456'><p style='color:#123456'>{}</p></div>",
     "<p class='gone'>{}</p>", "<p hidden>{}</p>", "<p style='visibility: hidden'>{}</p>", "<p style='opacity:0'>{}</p>", "<!-- {} -->",
     "<template><p>{}</p></template>", "<noscript><p>{}</p></noscript>", "<script>{}</script>", "<p style='text-indent:-9999px'>{}</p>"],
)  # fmt: skip
def test_what_no_reader_sees_is_not_taken(wrapper: str) -> None:
    secret = "这一段谁也看不见，写的是隐藏起来的话，一共有几十个字，像正文一样有标点。"
    found = article(
        BODY + wrapper.format(secret),
        head="<style>.gone, .away { display : none } @media print { #content { display: none } }</style>",
    )
    assert "隐藏" not in found.text
    assert found.text == TEXT


def test_invisible_characters_between_the_words_go() -> None:
    assert article(BODY.replace("旧街", "旧\u200b街\ufeff")).text == TEXT


@pytest.mark.parametrize(
    ("body", "under"),
    [(BODY + "<p>（记者 欧阳某 通讯员 诸葛某）</p>", ""), (BODY + "<p>责任编辑：欧阳某</p>", ""), ("<p>作者：欧阳某</p>" + BODY, ""),
     (BODY.replace("上报。", "上报。（本报记者 欧阳某）"), ""), (BODY, "<p>记者：欧阳某 2026-01-05</p>"), ("<p>本报记者 欧阳某</p>" + BODY, ""),
     (BODY, "<span>文/欧阳某</span>"), ("<p>【欧阳某／望川報導】</p>" + BODY, "")],
)  # fmt: skip
def test_who_wrote_it_is_left_out_and_that_is_told(body: str, under: str) -> None:
    found = article(body, under=under)
    assert "欧阳某" not in found.text + found.title + found.outlet
    assert found.author_dropped
    assert found.text.replace("\n", "") == TEXT.replace("\n", "")


def test_an_author_that_only_machines_read_is_left_out_too() -> None:
    found = article(head="<meta name='author' content='欧阳某'>")
    assert found.author_dropped
    assert not any("欧阳某" in str(getattr(found, name)) for name in Article.__dataclass_fields__)


def test_an_article_shows_no_text_of_itself() -> None:
    assert "旧街" not in repr(article())


def test_the_next_page_and_the_own_address() -> None:
    pager = "<div class='page'><a href='/2026/0105/7.html'>1</a> <a href='/2026/0105/7_2.html'>2</a> <a href='7_2.html'>下一页</a></div>"
    found = article(after=pager, head="<link rel='canonical' href='/2026/0105/7.html'>")
    assert (found.next_page, found.url) == ("https://news.example/2026/0105/7_2.html", URL)
    elsewhere = article(after="<a href='https://other.example/2.html'>下一页</a><a href='/x'>下一篇</a>")
    assert elsewhere.next_page is None


def test_structured_data_tells_outlet_and_title() -> None:
    data = json.dumps(
        {"@type": "NewsArticle", "headline": TITLE, "publisher": {"name": "望川融媒"}, "author": {"name": "欧阳某"}}
    )
    page = f"<title>望川</title><script type='application/ld+json'>{data}</script><div>{BODY}</div>"
    found = extract(page, fetched_at=NOW)
    assert (found.title, found.outlet, found.text, found.author_dropped) == (TITLE, "望川融媒", TEXT, True)


def test_a_list_of_links_is_no_article() -> None:
    links = "".join(f"<li><a href='/{n}'>望川县第{n}批项目开工仪式举行</a> 01-0{n}</li>" for n in range(1, 9))
    assert extract(f"<title>望川新闻网</title><ul>{links}</ul>{FOOTER}", fetched_at=NOW).text == ""


@pytest.mark.parametrize("page", [b"", b"   ", b"just words", b"\x00\x01\x02"])
def test_what_is_no_page_is_refused(page: bytes) -> None:
    with pytest.raises(NotAPage, match="E720"):
        extract(page, fetched_at=NOW)


@given(st.lists(st.sampled_from(["<div>", "</div>", "<p>", "<table>", "<tr><td>", "</table>", "<a href='", "'>", "望川县公告，", "<br>", "&#", "&amp", "<!--", "]]>", "<![CDATA[", "<script>", "\x00", "\ud800", "<html", "<base href='//['>", "<title>", "<meta charset=", "<svg>", "</body></html>"]), max_size=60))  # fmt: skip
def test_no_markup_breaks_it(parts: list[str]) -> None:
    with contextlib.suppress(NotAPage):
        assert "�" not in extract("<p>望" + "".join(parts), url="https://news.example/", fetched_at=NOW).title


def test_a_page_nested_ten_thousand_deep_is_read() -> None:
    found = extract(f"<h1>{TITLE}</h1>" + "<div>" * 10_000 + BODY + "</div>" * 10_000, fetched_at=NOW)
    assert isinstance(found.text, str)


def test_no_entity_is_resolved_and_no_host_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("the extraction opened a connection")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    bomb = '<!DOCTYPE html [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;"><!ENTITY x SYSTEM "file:///etc/passwd"><!ENTITY y SYSTEM "http://127.0.0.1:9/x">]>'
    found = extract(
        f"{bomb}<h1>{TITLE}</h1><div>{BODY}<p>望川县的公告，内容如下：&x;&y;&b;。</p></div>", fetched_at=NOW
    )
    assert "root:" not in found.text
    assert len(found.text) < 2 * len(TEXT)


def test_a_hundred_megabytes_are_read_only_so_far() -> None:
    page = f"<h1>{TITLE}</h1>{BODY}".encode() + b"<p>\xe6\x9c\x9b\xe5\xb7\x9d</p>" * 7_500_000
    found = extract(page, fetched_at=NOW)
    assert found.truncated
    assert TEXT.split("\n")[0] in found.text


def test_the_same_page_gives_the_same_article() -> None:
    assert article() == article()
    assert pickle.loads(pickle.dumps(article().published_at)) == article().published_at


@pytest.mark.parametrize(
    ("here", "there", "same"),
    [("/7.html", "/7_2.html", True), ("/7_2.html", "/7_3.html", True), ("/7.html", "/8.html", False), ("/content_7.htm", "/content_8.htm", False),
     ("/n/7/", "/n/7/2", True), ("/n?id=7", "/n?id=7&page=2", True), ("/n?id=7&p=2", "/n?id=7&p=3", True), ("/n?id=7", "/n?id=8", False),
     ("/t20260105_771.html", "/t20260105_772.html", False), ("/t20260105_771.html", "/t20260105_771_1.html", True), ("/slug/", "/other/", False),
     ("/7-2.shtml", "/7-1.shtml", False), ("/7.html", "/7.html#top", False)],
)  # fmt: skip
def test_a_further_page_is_told_from_the_next_article(here: str, there: str, same: bool) -> None:
    assert continues("https://a.example" + there, "https://a.example" + here) is same
