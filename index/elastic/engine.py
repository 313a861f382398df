"""The Elasticsearch engine's face: reading and writing halves behind the SearchIndex protocol."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final

from index.base import Health, Hit, Page, Search
from index.cursor import Cursor
from index.elastic import checks, counting, paging
from index.elastic.compile import LIVE, compiled, ranking, ranks
from index.elastic.connection import connected
from index.elastic.searching import Searcher, SnapshotGone
from index.elastic.settings import ElasticSettings
from index.elastic.vacuum import merged_away
from index.elastic.versions import Versions
from index.elastic.writer import Writer
from index.entry import Change, IndexEntry
from index.errors import ClusterTrouble, QueryError
from index.fields import field_named
from index.highlight import highlights
from index.query import Query, guarded
from index.states import States, counted_under

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

_AT_ONCE: Final = 1_000
"""Documents fetched by id in one request."""
_TRIES: Final = 5
"""Times a search starts again because the node that held its state of the index is gone."""


@dataclass(frozen=True, slots=True)
class _Session:
    """A connection that was checked, and what works through it."""

    client: Elasticsearch
    searcher: Searcher
    versions: Versions
    writer: Writer


class ElasticIndex:
    """A SearchIndex on a cluster, created when it is not there; see :class:`index.base.SearchIndex`.

    Any number of processes read and write. Raises ClusterTrouble (E605) when the cluster cannot serve, and
    IndexUnusable (E604) when another version of the program made the index.
    """

    def __init__(self, settings: ElasticSettings) -> None:
        self.settings = settings
        self._lock = threading.RLock()
        self._session: _Session | None = None
        self._opened()

    def _opened(self) -> _Session:
        with self._lock:
            if self._session is None:
                client = connected(self.settings)
                versions = Versions(client, self.settings)
                try:
                    versions.examined()
                except BaseException:
                    client.close()
                    raise
                searcher, writer = Searcher(client, self.settings), Writer(client, self.settings, versions)
                self._session = _Session(client, searcher, versions, writer)
            return self._session

    def write(self, changes: Iterable[Change]) -> int:
        """Takes in states and deletions; returns how many won. After a broken connection it may count too few."""
        return self._opened().writer.write(changes)

    def delete(self, ids: Iterable[str]) -> int:
        """Removes documents until a newer state of them is written; returns how many were there."""
        return self._opened().writer.delete(ids)

    def commit(self) -> None:
        """Makes everything written visible, also when the index was rebuilt meanwhile; it is durable already."""
        self._opened().writer.commit()

    def vacuum(self) -> bool:
        """Has the cluster merge away what was deleted or replaced; whether nothing of it is left.

        A cluster keeps deleted documents for its copies until all have them, which it looks at every 30 seconds: what
        was deleted just now goes when this is asked again.
        """
        session = self._opened()
        session.writer.commit()
        return merged_away(session.client, self.settings, session.versions)

    def search(self, search: Search) -> Page:
        """Answers one question. Raises QueryError, CursorError, IndexUnusable or ClusterTrouble."""
        query = guarded(search.narrowed())
        after = Cursor.decode(search.after, search) if search.after else None
        searcher = self._opened().searcher
        ranked = search.sort == "relevance" and ranks(query) and search.size > 0
        tree = self._ranking(query) if ranked else self._compiled(query)
        if not ranked and not search.origins:
            return self._page(searcher, search, tree, after, "", ranked=False)
        snapshot = after.snapshot if after is not None and ranked else ""
        for _ in range(_TRIES):
            ours = not snapshot
            if ours:
                snapshot = searcher.hold()
            try:
                if after is not None and ranked and after.snapshot != snapshot:
                    after = paging.place_now(searcher, snapshot, tree, after)
                page = self._page(searcher, search, tree, after, snapshot, ranked=ranked)
            except SnapshotGone:
                snapshot = ""
                continue
            if ours and (not ranked or page.next_cursor is None):
                searcher.let_go(snapshot)
            return page
        raise ClusterTrouble(self.settings.where, "nodes come and go", "wait until the cluster is steady")

    def _compiled(self, query: Query) -> Mapping[str, Any]:
        return compiled(query, narrowed=self.settings.partition != "none")

    def _ranking(self, query: Query) -> Mapping[str, Any]:
        return ranking(query) if self.settings.partition != "none" else compiled(query)

    def _page(
        self,
        searcher: Searcher,
        search: Search,
        tree: Mapping[str, Any],
        after: Cursor | None,
        snapshot: str,
        *,
        ranked: bool,
    ) -> Page:
        place = paging.by_relevance(search, after) if ranked else paging.by_time(search, after)
        answer = searcher.ask(
            snapshot=snapshot,
            query=tree,
            size=search.size + 1 if search.size else 0,
            track_total_hits=True,
            source=["stored"],
            aggregations=counting.asked(search) or None,
            **(place if search.size else {}),
        )
        hits, rank = answer["hits"]["hits"], after.rank if after else 0
        found = [
            paging.found_by_relevance(hit, rank + n, snapshot) if ranked else paging.found_by_time(hit)
            for n, hit in enumerate(hits, start=1)
        ]
        shown, more = found[: search.size], len(found) > search.size
        counts, counted = counting.Counts(searcher, tree, snapshot), answer.get("aggregations", {})
        return Page(
            total=int(answer["hits"]["total"]["value"]),
            hits=tuple(_hit(one, search) for one in shown),
            facets=counts.facets(search, counted),
            histogram=counts.histogram(search, counted),
            origins=counts.origins() if search.origins else None,
            next_cursor=shown[-1].cursor.encode(search) if shown and more else None,
        )

    def count(self, query: Query) -> int:
        """How many documents the query finds."""
        answer = self._opened().searcher.ask(query=self._compiled(guarded(query)), size=0, track_total_hits=True)
        return int(answer["hits"]["total"]["value"])

    def get(self, ids: Iterable[str]) -> dict[str, IndexEntry]:
        """The documents with these ids, as far as they are there."""
        searcher, entries = self._opened().searcher, {}
        wanted = list(dict.fromkeys(ids))
        for start in range(0, len(wanted), _AT_ONCE):
            some = {"terms": {"id": wanted[start : start + _AT_ONCE]}}
            query = {"bool": {"filter": [LIVE, some]}}
            answer = searcher.ask(query=query, size=_AT_ONCE, source=["stored"], track_total_hits=False)
            for hit in answer["hits"]["hits"]:
                entry = paging.entry_of(hit)
                entries[entry.id] = entry
        return entries

    def states(self, query: Query) -> States:
        """Everything that the query finds, as numbers."""
        return counting.states(self._opened().searcher, self._compiled(guarded(query)))

    def members(self, query: Query, field: str) -> Iterator[tuple[str, str]]:
        """Every (value, document id) of a field among what the query finds; no page, no bound."""
        if field_named(field).kind == "time":
            raise QueryError(f"documents are not counted by {field}")
        return ((value, entry.id) for entry in self.states(query).every() for value in counted_under(entry, field))

    def last_sequence(self) -> int:
        """The highest sequence that is visible; 0 when empty."""
        answer = self._opened().searcher.ask(
            query={"match_all": {}}, size=1, sort=[{"sequence": "desc"}], source=False, track_total_hits=False
        )
        hits = answer["hits"]["hits"]
        return int(hits[0]["sort"][0]) if hits else 0

    def verify(self) -> Health:
        """Examines the cluster and reads documents back (all, or 100,000 at random); reports, does not raise."""
        session = self._opened()
        return checks.examined(session.client, self.settings, session.versions, session.searcher)

    def remove(self) -> None:
        """Removes every version of the index from the cluster; the store can fill a new one at any time."""
        with self._lock:
            session = self._opened()
            session.writer.forget()
            for name in session.versions.all():
                session.versions.discard(name)

    def release(self) -> None:
        """Nothing is held: on a cluster no writer keeps another one waiting."""

    def close(self) -> None:
        """Commits what was written and lets go of the connection; asked again, it opens another."""
        with self._lock:
            if self._session is None:
                return
            session, self._session = self._session, None
            try:
                session.writer.commit()
                session.searcher.let_all_go()
            finally:
                session.client.close()

    def __enter__(self) -> ElasticIndex:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


def _hit(found: paging.Found, search: Search) -> Hit:
    entry = found.entry
    return Hit(entry, found.score, highlights(entry.title, entry.body, search.query) if search.highlight else ())
