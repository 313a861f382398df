"""Pages that should have been read and were not: their window is then a lower bound, and is read again later."""

from __future__ import annotations

from traceback import walk_tb
from typing import TYPE_CHECKING, Any

from scrapy.spidermiddlewares.httperror import HttpError

from crawlers.spiders.base import Blocked

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from crawlers.spiders.base import SourceSpider


class LostPages:
    """Hears of pages that a callback could not parse."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> LostPages:
        """Scrapy's way of making it."""
        return cls(crawler)

    def process_spider_exception(self, response: Response, exception: Exception) -> Any:
        """Notes a defect of the parser as a page that was not read; what stops the spider passes."""
        spider: SourceSpider = self._crawler.spider  # type: ignore[assignment]
        if not isinstance(exception, (Blocked, HttpError)):
            spider.versions.forget(response.url)
            spider.cut("outage", f"a page could not be parsed ({type(exception).__name__} in {_place(exception)})")


def _place(exception: Exception) -> str:
    """Module and line of the spider in which a page failed; the message is left out, it may quote the page."""
    frames = [(frame.f_globals.get("__name__", ""), line) for frame, line in walk_tb(exception.__traceback__)]
    ours = [place for place in frames if place[0].startswith("crawlers.spiders")] or frames
    return f"{ours[-1][0]}, line {ours[-1][1]}"
