"""The desk for sources: what may be read on which basis, how it is read, and the switch that stops it (P-19)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, TypeAlias

from api.desk import Desk, NotFound
from api.policy import access
from api.said import said
from crawlers.registry import Source, SourceRefused, sources, switch
from pipeline.redacted import RedactedText
from pipeline.sources.status import LOOK_BACK, SourceStatus, status_of
from pipeline.store import CrawlWindow, SourceIncident, SourceState

State: TypeAlias = Literal["on", "off", "blocked", "bad_file"]
"""``blocked``: closed to us until somebody switches it on again; ``bad_file``: its file cannot be used."""
ORDER: Final[tuple[State, ...]] = ("blocked", "bad_file", "on", "off")


@dataclass(frozen=True, slots=True)
class Switched:
    """Who switched a source last, when, and why."""

    by: str | None
    at: datetime | None
    reason: RedactedText | None


@dataclass(frozen=True, slots=True)
class SourceEntry:
    """A source of the registry. ``status`` is None where it was never switched or crawled on this deployment.

    ``file`` is None where there is none on this machine or it cannot be used; ``refusal`` says why.
    """

    name: str
    state: State
    file: Source | None
    refusal: str | None
    status: SourceStatus | None

    @property
    def title(self) -> str:
        """What readers see as the source of a text."""
        return (self.file.title if self.file else self.status.title if self.status else None) or self.name

    @property
    def kind(self) -> str | None:
        return self.file.kind if self.file else self.status.kind if self.status else None

    @property
    def used(self) -> bool:
        """Whether it was ever switched or crawled; presets that nobody took up are not."""
        return self.status is not None


@dataclass(frozen=True, slots=True)
class SourcePage:
    """One source with its incidents, closed ones among them, and the windows of the last 30 days, newest first.

    ``switched`` is for those who may switch it.
    """

    entry: SourceEntry
    incidents: tuple[SourceIncident, ...]
    windows: tuple[CrawlWindow, ...]
    switched: Switched | None


class SourceDesk(Desk):
    """One reader before the sources of one office."""

    def registry(self, purpose: str | None) -> list[SourceEntry]:
        """Every source, those first that need somebody: blocked ones, bad files; presets that nobody took up last."""
        with self._refusals_noted("sources.read"):
            granted = access().check(self._reader, "sources.read", purpose, None)
        self._note("sources.read", granted)
        return sorted(self._entries().values(), key=lambda one: (not one.used, ORDER.index(one.state), one.name))

    def source(self, name: str, purpose: str | None) -> SourcePage:
        """One source. Raises NotFound, Denied."""
        store = self._office.store
        with self._refusals_noted("sources.read", subject=name[:64]):
            granted = access().check(self._reader, "sources.read", purpose, None)
            entry = self._found(name)
        self._note("sources.read", granted, None, name)
        since = store.clock() - LOOK_BACK
        windows = [window for window in store.windows(name) if window.until >= since]
        state = store.source_state(name)
        shown = access().anywhere(self._reader, "sources.switch") and state.changed_at is not None
        return SourcePage(
            entry,
            tuple(store.source_incidents(name)),
            tuple(reversed(windows)),
            Switched(state.changed_by, state.changed_at, state.reason) if shown else None,
        )

    def switch(self, name: str, purpose: str | None, *, enabled: bool, reason: str) -> None:
        """Switches a source on, which lifts a block, or off for all machines, in the reader's name.

        The reason is redacted, since reasons name people. Raises NotFound, Denied, UnclearWords (E648), SourceRefused
        (E701) for a source without legal basis, permission or contact.
        """
        with self._refusals_noted("sources.switch", subject=name[:64]):
            granted = access().check(self._reader, "sources.switch", purpose, None)
            self._found(name)
        reader = self._reader
        switch(
            self._office, name, enabled=enabled, by=reader.who, role=reader.role, reason=said(reason), purpose=granted
        )

    def _found(self, name: str) -> SourceEntry:
        entry = self._entries().get(name)
        if entry is None:
            raise NotFound(f"E311: no source {name}; see: minyi sources list")
        return entry

    def _entries(self) -> dict[str, SourceEntry]:
        """The sources of this machine's files, and those that other machines crawl into the same store."""
        store, home = self._office.store, self._office.settings.home
        states, files = store.source_states(), sources(home)
        found = {}
        for name in sorted(states.keys() | files.keys()):
            file, state = files.get(name), states.get(name)
            refusal = str(file).replace(f"{home}/", "") if isinstance(file, SourceRefused) else None
            source = file if isinstance(file, Source) else None
            status = status_of(store, state) if state else None
            found[name] = SourceEntry(name, _state(source, refusal, state), source, refusal, status)
        return found


def _state(file: Source | None, refusal: str | None, state: SourceState | None) -> State:
    if state and state.blocked:
        return "blocked"
    if state and not state.enabled:
        return "off"
    if refusal is not None:
        return "bad_file"
    return "on" if state and (file is None or file.enabled) else "off"
