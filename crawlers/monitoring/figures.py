"""The figures of a crawl: Scrapy's counters of all of its windows, added up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from crawlers.monitoring.extension import FAILED, PAGES, UNDECODABLE
from crawlers.registry.source import Source
from pipeline.sources.habit import habit_of
from pipeline.sources.incidents import review
from pipeline.sources.monitors import monitors
from pipeline.store import SourceCrawl, Store

_FIELD: Final = "field/"
_DAY_MINUTES: Final = 24 * 60


@dataclass
class Figures:
    """Counts of one crawl."""

    windows: int = 0
    cut_short: int = 0
    counts: Counter[str] = field(default_factory=Counter)

    def add(self, stats: Mapping[str, Any], *, cut: bool) -> None:
        """Adds the counters of one window."""
        self.windows += 1
        self.cut_short += cut
        self.counts.update({key: count for key, count in stats.items() if isinstance(count, int)})

    def as_json(self) -> dict[str, Any]:
        """The figures as they are stored."""
        counts = self.counts
        unanswered = counts["downloader/exception_count"]
        return {
            "windows": self.windows,
            "cut_short": self.cut_short,
            "items": counts["item_scraped_count"],
            "unchanged": counts["conditional/unchanged"],
            "pages": counts[PAGES] + unanswered,
            "failures": counts[FAILED] + unanswered,
            "undecodable": counts[UNDECODABLE],
            "fields": {key.removeprefix(_FIELD): n for key, n in sorted(counts.items()) if key.startswith(_FIELD)},
        }


def watch(store: Store, source: Source, state: str, figures: Figures) -> None:
    """Keeps how a crawl went, with what the monitors say of it, and opens or closes incidents of sources."""
    found = figures.as_json()
    verdicts = monitors(found, habit_of(store.windows(source.name)), store.crawls(source.name))
    store.note_crawl(SourceCrawl(source.name, store.clock(), state, found, verdicts))
    review(store)


def introduce(store: Store, source: Source) -> None:
    """Tells the store what the file of a source says, for those who see the store alone."""
    minutes = int(source.every.total_seconds()) // 60
    if source.night_window is not None:
        minutes = max(minutes, _DAY_MINUTES)
    store.note_source(source.name, title=source.title, kind=source.kind, every_minutes=minutes)
