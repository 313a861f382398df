"""What was searched, by kind of source: stored crawl windows, windows that wait, silent sources, and imports."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from index.days import day_start
from pipeline.coverage.stages import StagePeriod
from pipeline.records import SearchWindow, SourceKind
from pipeline.store import CrawlWindow, Imported, Store

READ_FOR_FACTORS: Final[tuple[SourceKind, ...]] = ("petition", "hotline", "weibo", "survey")
"""Kinds of source whose texts are read for grievances of their authors; news and notices quote those of others."""
KINDS: Final[tuple[SourceKind, ...]] = ("petition", "hotline", "weibo", "news", "notice", "survey")
"""All kinds of source, those in which people speak for themselves first."""
TOUCHING: Final = timedelta(seconds=1)
"""A gap that short is how two windows meet."""
_CHINA: Final = timedelta(hours=8)


@dataclass(frozen=True)
class Searched:
    """The windows of each kind of source, of one source end to end and in order; ``crawled`` are those as stored."""

    by_kind: dict[SourceKind, tuple[SearchWindow, ...]]
    crawled: dict[SourceKind, tuple[CrawlWindow, ...]]

    @property
    def windows(self) -> tuple[SearchWindow, ...]:
        """All of them, by kind, source and time."""
        return tuple(window for kind in KINDS for window in self.by_kind.get(kind, ()))

    def within(self, kind: SourceKind, period: StagePeriod) -> tuple[SearchWindow, ...]:
        """The windows of a kind that reach into a period."""
        return tuple(window for window in self.by_kind.get(kind, ()) if _overlaps(window, period))

    def first_day(self, kind: SourceKind) -> date | None:
        """The first day from which anything of a kind was read."""
        begins = [window.since or window.until for window in self.by_kind.get(kind, ()) if window.searched]
        return min((day_of(begin) for begin in begins if begin is not None), default=None)


def searched(store: Store, imports: Iterable[Imported] | None = None) -> Searched:
    """What the store says; ``imports`` where they were read before.

    A source whose kind nobody noted is placed by a text of it, or left out when it has none.
    """
    windows = store.windows()
    kinds = _kinds(store, {window.source for window in windows})
    crawled: dict[SourceKind, list[CrawlWindow]] = defaultdict(list)
    found: dict[SourceKind, list[SearchWindow]] = defaultdict(list)
    for window in windows:
        if kind := kinds.get(window.source):
            crawled[kind].append(window)
    for kind, some in crawled.items():
        found[kind] += _end_to_end(kind, some)
    for waiting in store.queued_windows():
        if kind := kinds.get(waiting.source):
            found[kind].append(SearchWindow(
                source=waiting.source, source_kind=kind, how="crawl", since=waiting.since, until=waiting.until,
                state="waiting", why=waiting.why,
            ))  # fmt: skip
    for silent in store.source_incidents():
        if kind := kinds.get(silent.source):
            found[kind].append(SearchWindow(
                source=silent.source, source_kind=kind, how="crawl", since=silent.begun_at, until=silent.closed_at,
                state="not_read", why=silent.kind,
            ))  # fmt: skip
    for stated in store.stated_imports():
        if stated.is_whole and stated.since is not None and stated.until is not None:
            found[stated.source_kind].append(SearchWindow(
                source=stated.source, source_kind=stated.source_kind, how="import", since=day_start(stated.since),
                until=day_start(stated.until + timedelta(days=1)) - TOUCHING, state="complete",
            ))  # fmt: skip
    for known in store.imports() if imports is None else imports:
        found[known.source_kind].append(SearchWindow(
            source=known.source, source_kind=known.source_kind, how="import", since=known.since, until=known.until,
            state="unknown",
        ))  # fmt: skip
    return Searched(
        {kind: tuple(sorted(some, key=_order)) for kind, some in found.items()},
        {kind: tuple(some) for kind, some in crawled.items()},
    )


def day_of(moment: datetime) -> date:
    """The day in Asia/Shanghai."""
    return (moment + _CHINA).date()


def _kinds(store: Store, sources: Iterable[str]) -> dict[str, SourceKind]:
    states = store.source_states()
    noted: dict[str, SourceKind] = {
        name: kind for name, state in states.items() for kind in KINDS if state.kind == kind
    }
    for source in sorted(set(sources) - noted.keys()):
        if kind := store.kind_of_source(source):
            noted[source] = kind
    return noted


def _end_to_end(kind: SourceKind, windows: Iterable[CrawlWindow]) -> Iterable[SearchWindow]:
    """Windows of one source that meet and went the same way, as one."""
    last: SearchWindow | None = None
    for window in sorted(windows, key=lambda one: (one.source, one.until, one.id)):
        nothing = window.cut_short is not None and not window.found
        one = SearchWindow(
            source=window.source, source_kind=kind, how="crawl", since=window.since, until=window.until,
            state="not_read" if nothing else "cut_short" if window.cut_short else "complete", why=window.cut_short,
        )  # fmt: skip
        if last and _continues(last, one):
            last = last.model_copy(update={"until": one.until})
            continue
        if last:
            yield last
        last = one
    if last:
        yield last


def _continues(last: SearchWindow, one: SearchWindow) -> bool:
    if (last.source, last.state, last.why) != (one.source, one.state, one.why):
        return False
    return one.since is not None and last.until is not None and one.since - last.until <= TOUCHING


def _overlaps(window: SearchWindow, period: StagePeriod) -> bool:
    begin = window.since or window.until
    begins = period.last is None or begin is None or day_of(begin) <= period.last
    return begins and (period.first is None or window.until is None or day_of(window.until) >= period.first)


def _order(window: SearchWindow) -> tuple[object, ...]:
    moment = window.since or window.until
    return window.source, window.how, moment.timestamp() if moment else 0.0, window.state
