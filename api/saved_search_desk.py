"""The desk of saved searches: what is new since somebody of the role last looked, and who is told of it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
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
Place = tuple[str, str]
"""Project and name of a saved search."""


@dataclass(frozen=True)
class Watched:
    """A saved search with when the reader's role looked last; None: never.

    ``watched``: whether the reader is told of what is new. ``alert``: the last time that happened.
    """

    search: SavedSearch
    mine: bool
    looked_at: datetime | None
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

    def saved(self, project_id: str, purpose: str | None) -> list[SavedSearch]:
        """All saved searches of the project by name, whichever role keeps them. Raises Denied or NotFound."""
        with self._asked("saved_searches.read", purpose, project_id):
            return self._office.store.saved_searches(project_id)

    def watched(self, searches: Sequence[SavedSearch]) -> list[Watched]:
        """Searches that the reader was given just now, with what the reader was told of them."""
        store, reader = self._office.store, self._reader
        watches = {(one.project_id, one.name): one for one in store.search_watches(reader.who, reader.role)}
        mine = [watch for one in searches if (watch := watches.get((one.project_id, one.name)))]
        alerts = {(one.watch.project_id, one.watch.name): one for one in store.last_search_alerts(mine)}
        looked = self._looked([(one.project_id, one.name) for one in searches])
        return [self._watched(one, watches, alerts, looked) for one in searches]

    def new_in(self, watched: Watched) -> Figure | None:
        """How many texts came since the reader's role looked last; None: it never looked, or they cannot be counted."""
        since = watched.looked_at
        if since is None:
            return None
        return counted_new(self._office, watched.search, lambda ids: self._office.store.came_after(ids, since))

    def looked_at(self, project_id: str, purpose: str | None, name: str) -> SavedSearch:
        """The saved search of that name, to be run; from now on the role has looked. Raises Denied or NotFound."""
        found = self.saved_search(project_id, purpose, name)
        self._office.store.set_fact(self._mark(project_id, name), self._office.store.clock().isoformat())
        return found

    def keep(self, project_id: str, purpose: str | None, name: str, query: Query) -> Saved:
        """Keeps a query as :meth:`Desk.save_search` does; what is there already is not new."""
        saved = self.save_search(project_id, purpose, name, query)
        self._office.store.set_fact(self._mark(project_id, name), self._office.store.clock().isoformat())
        return saved

    def keep_watched(self, project_id: str, purpose: str | None, name: str, query: Query) -> Saved:
        """Keeps a query and has the reader told of new texts that it finds: both, or neither where one is refused.

        Raises what :meth:`keep` and :meth:`watch` raise.
        """
        with self._asked("saved_searches.watch", purpose, project_id):
            saved = self.keep(project_id, purpose, name, query)
            self._watch(saved.search, purpose)
            return saved

    def watch(self, project_id: str, purpose: str | None, name: str) -> bool:
        """Has the reader told of new texts that a saved search finds; False when they were already.

        Raises Denied, NotFound, and NotWatched (E164).
        """
        with self._asked("saved_searches.watch", purpose, project_id):
            saved = self._office.store.saved_search(project_id, name)
            if saved is None:
                raise self._not_saved(project_id, name)
            return self._watch(saved, purpose)

    def unwatch(self, project_id: str, purpose: str | None, name: str) -> None:
        """Ends that. Raises Denied, and NotFound when the reader does not watch the search."""
        with self._asked("saved_searches.watch", purpose, project_id):
            if not self._office.store.unwatch_search(project_id, name, self._reader.who, self._reader.role):
                raise NotFound(f"E311: {self._reader.who} does not watch a saved search {name!r}")

    def news(self, purpose: str | None) -> list[News]:
        """The last alerts of the reader's watches that nobody of the role looked at since, the newest first."""
        granted = self._granted_somewhere("saved_searches.watch", purpose)
        store = self._office.store
        alerts = store.last_search_alerts(store.search_watches(self._reader.who, self._reader.role))
        looked = self._looked([(one.watch.project_id, one.watch.name) for one in alerts])
        alerts.sort(key=lambda one: (one.at, one.watch.project_id, one.watch.name), reverse=True)
        unseen = (one for one in alerts if looked.get((one.watch.project_id, one.watch.name), one.at) <= one.at)
        rows = list(islice(self._told(unseen), MOST_NEWS))
        for project_id in sorted({row.project_id for row in rows}):
            self._note("saved_searches.read", granted, project_id)
        return rows

    def _told(self, alerts: Iterable[SearchAlert]) -> Iterator[News]:
        """What the reader may be told of these alerts at this moment; those of which that is nothing are left out."""
        for alert in alerts:
            watch, store = alert.watch, self._office.store
            project, saved = store.project(watch.project_id), store.saved_search(watch.project_id, watch.name)
            if project is None or saved is None:
                continue
            if not access().allows(self._reader, "saved_searches.watch", project):
                continue
            if (news := news_of(self._office, saved, alert)) is not None:
                yield news

    def _watch(self, saved: SavedSearch, purpose: str | None) -> bool:
        if not can_be_watched(saved.project_id, saved.query):
            raise NotWatched("E164: this search has too many conditions to be watched; save a shorter one")
        granted, reader = access().stated(self._reader, purpose), self._reader
        return self._office.store.watch_search(saved.project_id, saved.name, reader.who, reader.role, granted)

    def _watched(
        self,
        saved: SavedSearch,
        watches: Mapping[Place, SearchWatch],
        alerts: Mapping[Place, SearchAlert],
        looked: Mapping[Place, datetime],
    ) -> Watched:
        place = saved.project_id, saved.name
        news = news_of(self._office, saved, alerts[place]) if place in alerts else None
        return Watched(saved, saved.owner_role == self._reader.role, looked.get(place), place in watches, news)

    def _looked(self, places: Iterable[Place]) -> dict[Place, datetime]:
        """When somebody of the role looked last at these searches; those at which nobody did are missing."""
        marks = {self._mark(*place): place for place in places}
        return {marks[key]: datetime.fromisoformat(at) for key, at in self._office.store.facts(marks).items()}

    def _mark(self, project_id: str, name: str) -> str:
        key = "\x1f".join((project_id, name, self._reader.role))
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
