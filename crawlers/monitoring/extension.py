"""A Scrapy extension: counts faults of items by Scrapy's signals, in Scrapy's stats. Numbers only, never content."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scrapy import signals

from crawlers.items import RawItem

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Response

UNDECODABLE = "monitoring/undecodable"
FAILED = "monitoring/failed"
PAGES = "monitoring/pages"
REFUSED = 400
"""From this status on an answer is no page; one that says that a page is gone is no failure."""
GONE = frozenset({404, 410})


class ItemFaults:
    """Counts items with characters that could not be decoded, and pages that were answered or failed."""

    def __init__(self, crawler: Crawler) -> None:
        self._stats = crawler.stats
        crawler.signals.connect(self._scraped, signal=signals.item_scraped)
        crawler.signals.connect(self._answered, signal=signals.response_received)
        crawler.signals.connect(self._broken, signal=signals.spider_error)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> ItemFaults:
        """Scrapy's way of making it."""
        return cls(crawler)

    def _scraped(self, item: Any) -> None:
        if isinstance(item, RawItem) and "\ufffd" in item.title + item.body:
            self._stats.inc_value(UNDECODABLE)

    def _answered(self, response: Response) -> None:
        self._stats.inc_value(PAGES)
        if response.status >= REFUSED and response.status not in GONE:
            self._stats.inc_value(FAILED)

    def _broken(self) -> None:
        self._stats.inc_value(FAILED)
