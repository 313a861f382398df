"""The desk of saved searches that tells what is new since somebody of the role last looked."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from api.counting import part
from api.desk import Desk, Saved
from api.policy import Cell, Figure, suppress
from index import QueryError
from index.query import And, Query, Term
from pipeline.ledger import Crowd
from pipeline.store import SavedSearch


@dataclass(frozen=True)
class Watched:
    """A saved search with when the reader's role looked last, and how many texts came since; None: never looked."""

    search: SavedSearch
    mine: bool
    looked_at: datetime | None
    new: Figure | None


class SavedSearchDesk(Desk):
    """One reader before the saved searches of one office. What is new is counted as all numbers are (P-06)."""

    def watched(self, project_id: str, purpose: str | None) -> list[Watched]:
        """All saved searches of the project by name, each with what is new. Raises Denied or NotFound."""
        with self._asked("saved_searches.read", purpose, project_id):
            return [self._watched(saved) for saved in self._office.store.saved_searches(project_id)]

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

    def _watched(self, saved: SavedSearch) -> Watched:
        noted = self._office.store.fact(self._mark(saved))
        looked = datetime.fromisoformat(noted) if noted else None
        new = self._new(saved, looked) if looked else None
        return Watched(saved, saved.owner_role == self._reader.role, looked, new)

    def _new(self, saved: SavedSearch, since: datetime) -> Figure | None:
        """How many of the texts that it finds came since; neither new nor old ones tell what the others hide."""
        about = Term("project_ids", (saved.project_id,))
        try:
            crowd = self._office.ledgers.crowd(saved.project_id, And((saved.query, about)))
        except QueryError:  # so near the limit of clauses that the project cannot be asked for beside it
            return None
        everything = np.arange(len(crowd))
        ids = crowd.ids(everything)
        came = self._office.store.came_after(ids, since)
        fresh = np.fromiter((key in came for key in ids), np.bool_, len(ids))
        cells = [_part(crowd, "new", everything[fresh]), _part(crowd, "old", everything[~fresh])]
        if not cells[0].documents:
            return Figure("exact", 0)
        shown = suppress(_part(crowd, "", everything), cells, self._k)
        return shown.cells.get("new", Figure("at_least", 1))

    def _mark(self, saved: SavedSearch) -> str:
        key = "\x1f".join((saved.project_id, saved.name, self._reader.role))
        return f"looked_at:{hashlib.sha256(key.encode()).hexdigest()[:40]}"


def _part(crowd: Crowd, key: str, places: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Cell:
    return part(crowd, key, places)
