"""The desk of saved searches: what is new since somebody of the role last looked, and who is told of it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np

from api.counting import part
from api.desk import Desk, NotFound, Saved
from api.policy import Figure, access, suppress
from index import QueryError
from index.query import And, Query, Term
from pipeline.office import Office
from pipeline.saved import NotWatched, can_be_watched
from pipeline.store import SavedSearch, SearchAlert, SearchWatch

STEPS: Final = (10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000)
"""Least numbers that an alert tells: an exact one, set off against another count, would tell that of few people."""
MOST_NEWS: Final = 10
"""Alerts that the inbox shows."""


@dataclass(frozen=True)
class Watched:
    """A saved search with when the reader's role looked last, and how many texts came since; None: never looked.

    ``watched``: whether the reader is told of what is new. ``alert``: the last time that happened.
    """

    search: SavedSearch
    mine: bool
    looked_at: datetime | None
    new: Figure | None
    watched: bool
    alert: News | None


@dataclass(frozen=True)
class News:
    """One alert of a watched search; ``new`` is None where so many clauses cannot be counted."""

    project_id: str
    name: str
    at: datetime
    new: Figure | None


class SavedSearchDesk(Desk):
    """One reader before the saved searches of one office. What is new is counted as all numbers are (P-06)."""

    def watched(self, project_id: str, purpose: str | None) -> list[Watched]:
        """All saved searches of the project by name, each with what is new. Raises Denied or NotFound."""
        with self._asked("saved_searches.read", purpose, project_id):
            watches = self._watches(project_id)
            return [self._watched(saved, watches) for saved in self._office.store.saved_searches(project_id)]

    def one(self, saved: SavedSearch) -> Watched:
        """A saved search that the reader was given just now, with whether the reader watches it."""
        return self._watched(saved, self._watches(saved.project_id))

    def looked_at(self, project_id: str, purpose: str | None, name: str) -> SavedSearch:
        """The saved search of that name, to be run; from now on the role has looked. Raises Denied or NotFound."""
        found = self.saved_search(project_id, purpose, name)
        self._office.store.set_fact(self._mark(found), self._office.store.clock().isoformat())
        return found

    def keep(self, project_id: str, purpose: str | None, name: str, query: Query) -> Saved:
        """Keeps a query as :meth:`Desk.save_search` does; what is there already is not new."""
        saved = self.save_search(project_id, purpose, name, query)
        self._office.store.set_fact(self._mark(saved.search), self._office.store.clock().isoformat())
        return saved

    def watch(self, project_id: str, purpose: str | None, name: str) -> bool:
        """Has the reader told of new texts that a saved search finds; False when they were already.

        Raises Denied, NotFound, and NotWatched (E164).
        """
        with self._asked("saved_searches.watch", purpose, project_id):
            saved = self._office.store.saved_search(project_id, name)
            if saved is None:
                raise self._not_saved(project_id, name)
            if not can_be_watched(saved):
                raise NotWatched("E164: this search has too many conditions to be watched; save a shorter one")
            granted = access().stated(self._reader, purpose)
            return self._office.store.watch_search(project_id, name, self._reader.who, self._reader.role, granted)

    def unwatch(self, project_id: str, purpose: str | None, name: str) -> None:
        """Ends that. Raises Denied, and NotFound when the reader does not watch the search."""
        with self._asked("saved_searches.watch", purpose, project_id):
            if not self._office.store.unwatch_search(project_id, name, self._reader.who, self._reader.role):
                raise NotFound(f"E311: {self._reader.who} does not watch a saved search {name!r}")

    def news(self, purpose: str | None) -> list[News]:
        """The last alerts of the reader's watches that nobody of the role looked at since, the newest first."""
        granted = self._granted_somewhere("saved_searches.watch", purpose)
        found = []
        for watch in self._office.store.search_watches(self._reader.who, self._reader.role):
            project = self._office.store.project(watch.project_id)
            saved = self._office.store.saved_search(watch.project_id, watch.name)
            alert = self._office.store.last_search_alert(watch)
            if project is None or saved is None or alert is None:
                continue
            looked = self._looked(saved)
            if access().allows(self._reader, "saved_searches.watch", project) and (
                looked is None or looked <= alert.at
            ):
                found.append((saved, alert))
        found.sort(key=lambda pair: (pair[1].at, pair[0].project_id, pair[0].name), reverse=True)
        rows = [row for saved, alert in found[:MOST_NEWS] if (row := news_of(self._office, saved, alert)) is not None]
        for project_id in sorted({row.project_id for row in rows}):
            self._note("saved_searches.read", granted, project_id)
        return rows

    def _watches(self, project_id: str) -> dict[str, SearchWatch]:
        mine = self._office.store.search_watches(self._reader.who, self._reader.role)
        return {watch.name: watch for watch in mine if watch.project_id == project_id}

    def _watched(self, saved: SavedSearch, watches: Mapping[str, SearchWatch]) -> Watched:
        store, looked, new = self._office.store, self._looked(saved), None
        if looked is not None:
            since = looked
            new = counted_new(self._office, saved, lambda ids: store.came_after(ids, since))
        watch = watches.get(saved.name)
        alert = store.last_search_alert(watch) if watch else None
        news = news_of(self._office, saved, alert) if alert else None
        return Watched(saved, saved.owner_role == self._reader.role, looked, new, watch is not None, news)

    def _looked(self, saved: SavedSearch) -> datetime | None:
        noted = self._office.store.fact(self._mark(saved))
        return datetime.fromisoformat(noted) if noted else None

    def _mark(self, saved: SavedSearch) -> str:
        key = "\x1f".join((saved.project_id, saved.name, self._reader.role))
        return f"looked_at:{hashlib.sha256(key.encode()).hexdigest()[:40]}"


def news_of(office: Office, saved: SavedSearch, alert: SearchAlert) -> News | None:
    """What an alert may say at this moment; None when none of its texts is found any more."""
    new = counted_new(office, saved, lambda ids: alert.document_ids)
    if new == Figure("exact", 0):
        return None
    if new is not None and new.form == "exact":
        new = Figure(
            "at_least", max((step for step in STEPS if step <= new.number), default=office.settings.k_anonymity)
        )
    return News(saved.project_id, saved.name, alert.at, new)


def counted_new(
    office: Office, saved: SavedSearch, fresh: Callable[[Sequence[str]], Collection[str]]
) -> Figure | None:  # fmt: skip
    """How many of the texts that a saved search finds are new; neither these nor the others tell what is hidden (P-06).

    ``fresh`` says which of some document ids are new. None: so many clauses that the project cannot be asked for too.
    """
    try:
        crowd = office.ledgers.crowd(saved.project_id, And((saved.query, Term("project_ids", (saved.project_id,)))))
    except QueryError:
        return None
    everything = np.arange(len(crowd))
    ids = crowd.ids(everything)
    new = frozenset(fresh(ids))
    mask = np.fromiter((key in new for key in ids), np.bool_, len(ids))
    cells = [part(crowd, "new", everything[mask]), part(crowd, "old", everything[~mask])]
    if not cells[0].documents:
        return Figure("exact", 0)
    shown = suppress(part(crowd, "", everything), cells, office.settings.k_anonymity)
    return shown.cells.get("new", Figure("at_least", 1))
