"""Reading one window of one source with Scrapy, in the running event loop; no Twisted reactor is needed."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

from scrapy.crawler import AsyncCrawlerRunner

from crawlers.items import RawItem, Withdrawn
from crawlers.logs import quiet
from crawlers.pipelines import Sink
from crawlers.politeness.traffic import Traffic
from crawlers.politeness.unchanged import PageVersions
from crawlers.registry.source import Source
from crawlers.settings import scrapy_settings
from crawlers.spiders import spider_class
from crawlers.spiders.base import Assignment, Outcome, SourceSpider
from crawlers.windows import Window


@dataclass(slots=True)
class Reading:
    """What came of one window: how it went, and Scrapy's counters."""

    outcome: Outcome
    stats: dict[str, Any]


@dataclass(slots=True)
class Taste:
    """What reading one window gives, in memory: for tests and for ``minyi sources check``."""

    items: list[RawItem] = field(default_factory=list)
    withdrawn: list[Withdrawn] = field(default_factory=list)
    outcome: Outcome = field(default_factory=Outcome)
    stats: dict[str, Any] = field(default_factory=dict)

    async def take(self, item: RawItem | Withdrawn) -> None:
        """Keeps an item in memory."""
        if isinstance(item, RawItem):
            self.items.append(item)
        else:
            self.withdrawn.append(item)


async def read(
    assignment: Assignment,
    sink: Sink,
    traffic: Traffic,
    spider: type[SourceSpider] | None = None,
    versions: PageVersions | None = None,
) -> Reading:
    """Reads one window; its items go to the sink as they come. Raises what kept the sink from taking an item."""
    quiet()
    runner = AsyncCrawlerRunner(scrapy_settings(assignment.source))
    crawler = runner.create_crawler(spider or spider_class(assignment.source.spider))
    await runner.crawl(crawler, assignment=assignment, sink=sink, traffic=traffic, versions=versions)
    read_by: SourceSpider = crawler.spider  # type: ignore[assignment]
    if read_by.outcome.failure is not None:
        raise read_by.outcome.failure
    stats = crawler.stats.get_stats()
    if stats.get("spider_exceptions/count"):
        read_by.cut("outage", "the spider failed before it asked for a page")
    return Reading(read_by.outcome, stats)


def taste(source: Source, window: Window, *, spider: type[SourceSpider] | None = None, **assignment: Any) -> Taste:
    """Reads one window into memory and stores nothing; ``assignment`` as the fields of :class:`Assignment`."""
    tasted = Taste()
    given = Assignment(source, window, **assignment)
    reading = asyncio.run(read(given, tasted, Traffic(source), spider))
    tasted.outcome, tasted.stats = reading.outcome, reading.stats
    return tasted
