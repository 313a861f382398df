from __future__ import annotations

import gzip
from collections import Counter
from datetime import datetime, timedelta

import pytest
import replica_news as news
from aiohttp import web
from replica import Replica
from replica_news import DAY, LAYOUTS

from crawlers.reading import Taste, taste
from crawlers.windows import BEIJING, Window

FLAT = "/a/{number}.html"


def pattern(layout: str) -> str:
    return FLAT if layout == "paginated" else "/news/{day}/{number}.html"


def shown(tasted: Taste, site: Replica) -> list[tuple[str, str, str, datetime | None]]:
    return sorted(
        (str(item.url).removeprefix(site.url("")), item.title, item.body, item.published_at) for item in tasted.items
    )


def right(told: list[news.Told]) -> list[tuple[str, str, str, datetime | None]]:
    return sorted((article.path, article.title, article.text, article.published) for article in told)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_article_of_the_day_is_found_once_and_whole(site: Replica, layout: str) -> None:
    tasted = taste(LAYOUTS[layout](site), DAY)
    assert shown(tasted, site) == right(news.expected(pattern(layout)))
    assert (tasted.outcome.cut, tasted.outcome.why) == (None, "")
    assert all(
        (item.source, item.source_kind, item.genre, item.item_key, item.partial)
        == ("清溪网", "news", "news", item.url, False)
        for item in tasted.items
    )


@pytest.mark.parametrize("layout", LAYOUTS)
def test_nothing_of_an_author_comes_along(site: Replica, layout: str) -> None:
    for item in taste(LAYOUTS[layout](site), DAY).items:
        assert item.author_key is None
        assert "欧阳" not in item.title + item.body


@pytest.mark.parametrize("layout", ["static", "rss", "sitemap", "gbk", "structured"])
def test_only_pages_that_may_be_of_the_day_are_asked_for(site: Replica, layout: str) -> None:
    taste(LAYOUTS[layout](site), DAY)
    asked = Counter(site.paths())
    inside = {article.path for article in news.expected()}
    assert all(asked[path] == 1 for path in inside)
    old = news.articles()[-1]
    assert asked[old.path] == 0
    assert "/sitemap-old.xml" not in asked


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_hours_of_a_day_hold_its_articles_each_once(site: Replica, layout: str) -> None:
    source = LAYOUTS[layout](site)
    parts = [item for window in DAY.split(timedelta(hours=6)) for item in taste(source, window).items]
    assert sorted(item.item_key for item in parts) == sorted(
        site.url(article.path) for article in news.expected(pattern(layout))
    )


def test_a_list_that_ends_before_the_day_begins_is_a_lower_bound(site: Replica) -> None:
    source = news.paginated(site, page_cap=2)
    tasted = taste(source, DAY)
    assert (tasted.outcome.cut, tasted.outcome.split) == ("page_cap", False)
    assert 0 < len(tasted.items) < 8
    assert "/list_3.html" not in site.paths()
    site.page("/list_3.html", "<html><body>没有了</body></html>")
    assert taste(news.paginated(site, page_cap=20), DAY).outcome.cut is None


def test_a_feed_of_the_newest_alone_is_a_lower_bound_unless_its_next_part_is_read(site: Replica) -> None:
    source = news.rss(site)
    kept = news.articles()[:4]
    rows = "".join(
        f"<entry><id>{site.url(a.path)}</id><link href='{a.path}'/><published>{a.published.isoformat()}</published></entry>"
        for a in kept
    )
    rest = "".join(
        f"<entry><link href='{a.path}'/><published>{a.published.isoformat()}</published></entry>"
        for a in news.articles()[4:]
    )
    atom = "<feed xmlns='http://www.w3.org/2005/Atom'>{}<title>清溪网</title>{}</feed>"
    site.page("/rss.xml", atom.format("", rows))
    cut = taste(source, DAY)
    assert (cut.outcome.cut, len(cut.items)) == ("page_cap", 3)
    site.page("/rss.xml", atom.format("<link rel='next' href='/rss2.xml'/>", rows))
    site.page("/rss2.xml", atom.format("", rest))
    whole = taste(source, DAY)
    assert (whole.outcome.cut, len(whole.items)) == (None, 8)


def test_a_list_of_everything_that_ends_is_no_lower_bound(site: Replica) -> None:
    early = Window(datetime(2026, 2, 1, tzinfo=BEIJING), datetime(2026, 2, 2, tzinfo=BEIJING))
    assert taste(news.paginated(site), early).outcome.cut == "page_cap"
    assert taste(news.paginated(site, whole=True), early).outcome.cut is None


def test_numbered_pages_end_where_the_site_has_no_more(site: Replica) -> None:
    source = news.paginated(site)
    by_number = source.model_copy(
        update={"parser": {"list": {"rows": "dl", "link": "a.t", "pages": "/list_{page}.html", "whole": True}}}
    )
    early = Window(datetime(2026, 2, 26, tzinfo=BEIJING), datetime(2026, 3, 3, tzinfo=BEIJING))
    tasted = taste(by_number, early)
    assert (len(tasted.items), tasted.outcome.cut) == (10, None)


def test_an_edited_article_is_taken_again_as_it_now_is(site: Replica) -> None:
    source = news.static(site)
    before = news.expected()[0]
    after = news.Told(
        before.path,
        before.title,
        (*before.paragraphs, "县里已经派人到现场核实情况，结果将在一个月以内另行公布。"),
        before.published,
    )
    first = taste(source, DAY)
    news.put(site, after)
    second = taste(source, DAY, known_urls=tuple(str(item.url) for item in first.items))
    assert [item.body for item in second.items if item.item_key == site.url(after.path)] == [after.text]
    assert len({item.item_key for item in second.items}) == len(second.items)


@pytest.mark.parametrize("status", [404, 410])
def test_a_withdrawn_article_is_told(site: Replica, status: int) -> None:
    source = news.static(site)
    gone = news.expected()[3]
    known = tuple(str(item.url) for item in taste(source, DAY).items)
    site.fault(gone.path, "status", code=status)
    again = taste(source, DAY, known_urls=known)
    assert {withdrawn.url or withdrawn.item_key for withdrawn in again.withdrawn} == {site.url(gone.path)}
    assert len(again.items) == 7
    assert again.outcome.cut is None


def test_an_article_that_no_list_shows_any_more_is_still_looked_after(site: Replica) -> None:
    source = news.static(site)
    known = tuple(str(item.url) for item in taste(source, DAY).items)
    lonely = news.told(11, datetime(2026, 3, 9, 8))
    site.page("/", f"<ul><li><a href='{lonely.path}'>{lonely.title}</a>2026-03-09 08:00</li></ul>")
    site.remove(news.expected()[0].path)
    again = taste(source, DAY, known_urls=known)
    assert [withdrawn.url for withdrawn in again.withdrawn] == [site.url(news.expected()[0].path)]
    assert len(again.items) == 7
    assert again.outcome.cut == "page_cap"


def test_a_lost_page_of_an_article_leaves_its_beginning_marked_as_such(site: Replica) -> None:
    source = news.static(site)
    long = next(article for article in news.expected() if article.pages == 3)
    site.fault(long.path.replace(".html", "_2.html"), "status", code=500)
    tasted = taste(source, DAY)
    item = next(item for item in tasted.items if item.item_key == site.url(long.path))
    assert (item.body, item.partial) == ("\n".join(long.paragraphs[:3]), True)
    assert tasted.outcome.cut == "outage"


@pytest.mark.parametrize("fault", ["reset", "half", "status", "loop", "bomb", "huge"])
def test_an_article_that_cannot_be_read_makes_a_lower_bound_and_costs_no_other(site: Replica, fault: str) -> None:
    source = news.static(site)
    site.fault(news.expected()[2].path, fault, **({"code": 503} if fault == "status" else {}))
    tasted = taste(source, DAY)
    assert shown(tasted, site) == right([article for number, article in enumerate(news.expected()) if number != 2])
    assert tasted.outcome.cut == "outage"


def test_a_changed_layout_is_told_and_not_taken_for_silence(site: Replica) -> None:
    source = news.static(site)
    site.page("/", "<html><body><div id=app></div><script src=/app.js></script></body></html>")
    assert taste(source, DAY).outcome.cut == "outage"
    source = news.static(site)
    for article in news.articles():
        site.page(
            article.path,
            f"<html><h1>{article.title}</h1><div>{article.published:%Y-%m-%d %H:%M}</div><div id=app></div></html>",
        )
    tasted = taste(source, DAY)
    assert (tasted.items, tasted.outcome.cut) == ([], "outage")


def test_a_hostile_sitemap_or_feed_reads_no_file_and_asks_no_host(site: Replica, tmp_path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("望川")
    doctype = f'<!DOCTYPE x [<!ENTITY s SYSTEM "file://{secret}"><!ENTITY h SYSTEM "{site.url("/leak")}"><!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    site.page(
        "/sitemap.xml",
        f'<?xml version="1.0"?>{doctype}<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>{site.url("/a")}&s;&h;&b;</loc></url></urlset>',
    )
    site.page(
        "/rss.xml",
        f'<?xml version="1.0"?>{doctype}<rss><channel><item><link>{site.url("/b")}</link><title>&s;&h;&b;</title></item></channel></rss>',
    )
    taste(site.source(start=["/sitemap.xml", "/rss.xml"]), DAY)
    assert set(site.paths()) <= {"/sitemap.xml", "/rss.xml", "/a", "/b"}


def test_a_source_file_with_an_unknown_setting_is_refused(site: Replica) -> None:
    with pytest.raises(ValueError, match="author"):
        taste(site.source(parser={"author": ".byline"}), DAY)
    with pytest.raises(ValueError, match="placeholder"):
        taste(site.source(parser={"list": {"pages": "/list.html"}}), DAY)


def test_a_packed_sitemap_that_unpacks_without_end_is_a_lower_bound(site: Replica) -> None:
    bomb = gzip.compress(b"<urlset>" + b" " * (300 << 20))
    site.page("/sitemap.xml.gz", web.Response(body=bomb, headers={"Content-Type": "application/gzip"}))
    tasted = taste(site.source(start=["/sitemap.xml.gz"]), DAY)
    assert (tasted.items, tasted.outcome.cut) == ([], "outage")


def test_a_list_may_lead_to_files_and_to_other_hosts_without_harm(site: Replica) -> None:
    source = news.static(site)
    first = news.expected()[0]
    rows = "<li><a href='/plan.pdf'>望川县旧街改造规划图下载文件</a> 2026-03-02</li><li><a href='http://10.0.0.1/admin'>内网后台管理系统登录入口</a> 2026-03-02</li><li><a href='javascript:go(1)'>点击这里展开全部的新闻列表</a></li><li><a href='http://[bad'>这个地址写错了什么也打不开</a></li>"
    site.page("/plan.pdf", web.Response(body=b"%PDF-1.4 ...", headers={"Content-Type": "application/pdf"}))
    site.page("/", f"<ul>{rows}<li><a href='{first.path}'>{first.title}</a> {first.published:%Y-%m-%d %H:%M}</li></ul>")
    tasted = taste(source, DAY)
    assert [item.title for item in tasted.items] == [first.title]
    assert tasted.stats["news/no_page_of_text"] == 1
