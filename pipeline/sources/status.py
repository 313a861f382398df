"""The status of a source, from the store alone: last success, lag, capped share, robots, block, monitors, incidents."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from pipeline.redacted import RedactedText
from pipeline.store import CrawlWindow, SourceIncident, SourceState, Store

LOOK_BACK: Final = timedelta(days=30)
"""Windows of so many days make the capped share."""


class SourceStatus(NamedTuple):
    """What a source looks like now."""

    name: str
    title: str | None
    kind: str | None
    enabled: bool
    reason: RedactedText | None
    """Why it was switched, in the words of who did it."""
    blocked: str | None
    blocked_at: datetime | None
    last_success: datetime | None
    last_error: str | None
    last_error_at: datetime | None
    next_run: datetime | None
    read_until: datetime | None
    """Up to where it was read without a gap."""
    lag_minutes: int | None
    """How long ago that is."""
    windows: int
    """Windows of the last 30 days, and the shares of them that were full or could not be read whole."""
    capped_share: float | None
    cut_share: float | None
    waiting_windows: int
    robots: str | None
    robots_at: datetime | None
    requests_today: int
    last_crawl: datetime | None
    last_state: str | None
    figures: dict[str, Any]
    monitors: dict[str, dict[str, Any]]
    incidents: tuple[SourceIncident, ...]
    """Those that are open."""


def statuses(store: Store) -> list[SourceStatus]:
    """The status of every source that was ever switched or crawled, by name."""
    return [status_of(store, state) for _, state in sorted(store.source_states().items())]


def status_of(store: Store, state: SourceState) -> SourceStatus:
    """The status of one source."""
    now = store.clock()
    recent = [window for window in store.windows(state.name) if window.until >= now - LOOK_BACK]
    cursor = store.cursor(state.name)
    read_until = datetime.fromisoformat(cursor) if cursor else None
    crawl = next(iter(store.crawls(state.name, 1)), None)
    shanghai = (now + timedelta(hours=8)).date().isoformat()
    return SourceStatus(
        **{name: getattr(state, name) for name in SourceState._fields if name in SourceStatus._fields},
        read_until=read_until,
        lag_minutes=int((now - read_until) / timedelta(minutes=1)) if read_until else None,
        windows=len(recent),
        capped_share=_share(recent, {"page_cap"}),
        cut_share=_share(recent, {"block", "login_wall", "outage", "out_of_order", "budget"}),
        waiting_windows=len(store.queued_windows(state.name)),
        requests_today=state.requests if state.day == shanghai else 0,
        last_crawl=crawl.ended_at if crawl else None,
        last_state=crawl.state if crawl else None,
        figures=crawl.figures if crawl else {},
        monitors=crawl.monitors if crawl else {},
        incidents=tuple(store.source_incidents(state.name, only_open=True)),
    )


def _share(windows: Sequence[CrawlWindow], reasons: set[str]) -> float | None:
    if not windows:
        return None
    return round(sum(window.cut_short in reasons for window in windows) / len(windows), 4)
