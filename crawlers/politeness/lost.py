"""Pages that should have been read and were not: their window is then a lower bound, and is read again later."""

from __future__ import annotations

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
            spider.cut("outage", f"a page could not be parsed ({type(exception).__name__})")
