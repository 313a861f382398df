"""News from the site to the store: each article once, edits, withdrawals, what a page's address keeps, lower bounds."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
import replica_news as news
from notes import read, texts
from offices import TestOffice
from replica import Replica
from replica_news import DAY

from crawlers.registry.source import Source
from crawlers.spiders.news.spider import NewsSpider
from crawlers.windows import BEIJING

EVENING = datetime(2026, 3, 2, 23, 59, tzinfo=BEIJING)


def of_a_day(source: Source) -> Source:
    return source.model_copy(
        update={"window": source.window.model_copy(update={"length": timedelta(days=1), "first": timedelta(hours=1)})}
    )


def crawled(office: TestOffice, source: Source, hours: int = 0, **arguments: Any) -> Any:
    return read(
        office,
        of_a_day(source),
        EVENING + timedelta(hours=hours),
        spider=NewsSpider,
        since=DAY.since,
        until=DAY.until,
        **arguments,
    )


@pytest.mark.parametrize("layout", news.LAYOUTS)
def test_a_day_of_news_is_stored_once_however_often_it_is_read(office: TestOffice, site: Replica, layout: str) -> None:
    source = news.LAYOUTS[layout](site)
    first = crawled(office, source, hours=1)
    again = crawled(office, source, hours=2)
    assert (first.tally.receipt.new, first.cut_short) == (8, 0)
    assert (again.tally.receipt.new, again.tally.receipt.revised, again.tally.withdrawn) == (0, 0, 0)
    told = news.expected("/a/{number}.html" if layout == "paginated" else "/news/{day}/{number}.html")
    stored = {str(document.url).removeprefix(site.url("")): document for document in office.documents()}
    assert set(stored) == {article.path for article in told}
    assert {path: document.published_at for path, document in stored.items()} == {
        article.path: article.published for article in told
    }
    assert {str(document.genre) for document in stored.values()} == {"news"}
    assert "欧阳某" not in office.texts_at_rest()


def test_an_edit_of_a_further_page_is_seen_although_the_first_is_unchanged(office: TestOffice, site: Replica) -> None:
    source = news.static(site)
    crawled(office, source, hours=1)
    long = next(article for article in news.expected() if article.pages == 3)
    second = "县里补充说，改造期间的临时停车场设在老粮站，居民可以免费停车，直到工程结束为止。"
    news.put(
        site, news.Told(long.path, long.title, (*long.paragraphs[:4], second, *long.paragraphs[5:]), long.published, 3)
    )
    report = crawled(office, source, hours=2)
    assert (report.tally.receipt.new, report.tally.receipt.revised) == (0, 1)
    assert any(second in text for text in texts(office))


def test_a_withdrawn_article_leaves_the_store(office: TestOffice, site: Replica) -> None:
    source = news.rss(site)
    crawled(office, source, hours=1)
    gone = news.expected()[1]
    site.remove(gone.path)
    assert crawled(office, source, hours=2).tally.withdrawn == 1
    assert len(texts(office)) == 7
    assert gone.paragraphs[0] not in office.texts_at_rest()


def test_the_beginning_of_an_article_never_replaces_the_whole(office: TestOffice, site: Replica) -> None:
    source = news.static(site)
    crawled(office, source, hours=1)
    whole = texts(office)
    long = next(article for article in news.expected() if article.pages == 3)
    site.fault(long.path.replace(".html", "_2.html"), "status", code=500)
    report = crawled(office, source, hours=2)
    assert (report.cut_short, report.tally.receipt.revised) == (1, 0)
    assert texts(office) == whole
    site.mend()
    assert crawled(office, source, hours=3).cut_short == 0


def test_a_list_that_ends_too_soon_is_stored_as_a_lower_bound(office: TestOffice, site: Replica) -> None:
    crawled(office, news.paginated(site, page_cap=2), hours=1)
    assert [window.cut_short for window in office.store.windows()] == ["page_cap"]
