"""The plan of a crawl: which windows are read, new ones first, then recent ones again, then those that failed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from crawlers.registry.source import Source
from crawlers.windows import Window, cells
from pipeline.store import QueuedWindow, Store


@dataclass(frozen=True, slots=True)
class Planned:
    """One window to be read; ``length`` is its length on the grid, whatever of it has passed."""

    source: str
    window: Window
    length: timedelta
    parent: str | None = None
    """The full window that it is a part of."""
    attempts: int = 0
    """How often reading it has failed."""

    @property
    def id(self) -> str:
        """Key of the window in the store."""
        return f"{self.window.id_for(self.source)}-{self.length // timedelta(minutes=1)}m"

    def parts(self, finest: timedelta) -> tuple[Planned, ...]:
        """The finer windows that it is split into; none when it is a finest one."""
        if self.length <= finest:
            return ()
        parts = cells(self.window.since, self.window.until, finest)
        return tuple(Planned(self.source, part, finest, self.id) for part in parts)

    def queued(self, why: str, attempts: int, not_before: datetime) -> QueuedWindow:
        """The window as it waits in the store."""
        minutes = self.length // timedelta(minutes=1)
        return QueuedWindow(
            self.id, self.source, self.window.since, self.window.until, minutes, self.parent, attempts, not_before, why
        )


def plan(
    source: Source, store: Store, now: datetime, since: datetime | None = None, until: datetime | None = None
) -> list[Planned]:
    """The windows of a crawl. With ``since`` or ``until`` the windows of that stretch, and no others."""
    waiting = {queued.id: queued for queued in store.queued_windows(source.name)}
    end = min(until or now, now)
    if since is not None or until is not None:
        begin = since or end - source.window.first
        return _planned(source, store, cells(begin, end, source.window.length), waiting)
    position = cursor_of(store, source.name)
    begin = position or now - source.window.first
    new = list(cells(begin, end, source.window.length))
    earliest = min((window.since for window in store.windows(source.name) if window.since), default=begin)
    again = cells(max(earliest, end - source.window.recrawl), begin, source.window.length)
    first = new[0].since if new else begin
    recent = [window for window in again if window.since < first] if position else []
    planned = _planned(source, store, [*new, *reversed(recent)], waiting)
    ids = {one.id for one in planned}
    return planned + [_of(queued) for queued in waiting.values() if queued.id not in ids and queued.not_before <= now]


def cursor_of(store: Store, name: str) -> datetime | None:
    """How far a source has been read without a gap."""
    position = store.cursor(name)
    return datetime.fromisoformat(position) if position else None


def moved(position: datetime | None, window: Window) -> datetime:
    """Where the cursor stands once this window was read: it passes no gap and never goes back."""
    if position is None:
        return window.until
    return max(position, window.until) if window.since <= position else position


def _planned(
    source: Source, store: Store, windows: Iterable[Window], waiting: Mapping[str, QueuedWindow]
) -> list[Planned]:
    """The windows with what the store knows of them: those that were full the last time are read in parts at once."""
    stored = {window.id for window in store.windows(source.name)}
    found: list[Planned] = []
    for window in windows:
        whole = Planned(source.name, window, source.window.length)
        parts = whole.parts(source.window.finest)
        divided = whole.id not in stored and any(part.id in stored for part in parts)
        found += [replace(part, parent=None) for part in parts] if divided else [whole]
    return [replace(one, attempts=waiting[one.id].attempts) if one.id in waiting else one for one in found]


def _of(queued: QueuedWindow) -> Planned:
    length = timedelta(minutes=queued.minutes)
    return Planned(queued.source, Window(queued.since, queued.until), length, queued.parent, queued.attempts)


__all__ = ["Planned", "cursor_of", "moved", "plan"]
