"""The item pipeline: hands what spiders yield to the sink of the crawl, in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from scrapy.exceptions import DropItem

from crawlers.items import RawItem, Withdrawn

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from crawlers.spiders.base import SourceSpider


class Sink(Protocol):
    """Where the items of a window go."""

    async def take(self, item: RawItem | Withdrawn) -> None:
        """Takes one item; what is stored is stored when the window is closed, at the latest."""
        ...


class HandOver:
    """Gives raw items and withdrawals to ``spider.sink``, once each; counts fields, never values."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> HandOver:
        """Scrapy's way of making it."""
        return cls(crawler)

    async def process_item(self, item: Any) -> Any:
        """Takes the item. Raises DropItem for one that this window has seen already (duplicates across pages)."""
        spider: SourceSpider = self._crawler.spider  # type: ignore[assignment]
        if isinstance(item, RawItem):
            if item.item_key in spider.outcome.seen:
                raise DropItem("seen already", log_level="DEBUG")
            spider.saw(item.item_key)
            self._count_fields(item)
        elif not isinstance(item, Withdrawn):
            raise TypeError(f"E704: a spider yields RawItem and Withdrawn, not {type(item).__name__}")
        try:
            await spider.sink.take(item)
        except Exception as error:  # Scrapy would log it and go on without the item
            spider.outcome.failure = spider.outcome.failure or error
            spider.traffic.stop("interrupted")
            raise
        return item

    def _count_fields(self, item: RawItem) -> None:
        """Which fields are filled: how well a layout is still understood shows here."""
        for name in ("title", "body", "url", "published_at", "region", "author_key"):
            if getattr(item, name):
                self._crawler.stats.inc_value(f"field/{name}")
