"""The embedded engine's face: reading and writing halves behind the SearchIndex protocol."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib.metadata import version
from pathlib import Path
from types import TracebackType

from index.base import Health, Hit, Page, Search
from index.cursor import Cursor
from index.embedded import checks, counting, paging
from index.embedded.compile import compiled, live, ranks
from index.embedded.reader import Reader, Snapshot, damage_named
from index.embedded.shelf import Shelf
from index.embedded.writer import Writer
from index.entry import Change, IndexEntry
from index.errors import QueryError
from index.fields import field_named
from index.highlight import highlights
from index.query import Query, guarded
from index.states import States, counted_under


class EmbeddedIndex:
    """A SearchIndex in a folder, created when it is not there; see :class:`index.base.SearchIndex`.

    Any number of processes read; the first one that writes holds the writer's lock until it releases it or closes.
    """

    def __init__(self, folder: Path) -> None:
        self._shelf = Shelf(folder)
        self._reader = Reader(self._shelf)
        self._writer = Writer(self._shelf, self._reader)
        self._reader.latest()

    def write(self, changes: Iterable[Change]) -> int:
        """Takes in states and deletions; returns how many were newer than what was known. Raises IndexBusy."""
        return self._writer.write(changes)

    def delete(self, ids: Iterable[str]) -> int:
        """Removes documents until a newer state of them is written; returns how many were there."""
        return self._writer.delete(ids)

    def commit(self) -> None:
        """Makes everything written durable and visible. Takes 20 to 200 ms: once a batch, not once a document."""
        self._writer.commit()

    def vacuum(self) -> bool:
        """Makes what was deleted or replaced leave the disk; whether nothing of it is left. Raises IndexBusy."""
        return self._writer.vacuum()

    def search(self, search: Search) -> Page:
        """Answers one question. Raises QueryError, CursorError or IndexUnusable."""
        query = guarded(search.narrowed())
        after = Cursor.decode(search.after, search) if search.after else None
        snapshot = (self._reader.kept(after.snapshot) if after else None) or self._reader.latest()
        with damage_named(self._shelf.root):
            return self._page(snapshot, search, query, after)

    def _page(self, snapshot: Snapshot, search: Search, query: Query, after: Cursor | None) -> Page:
        tree, searcher = compiled(query), snapshot.searcher
        wanted = search.size + 1
        found: list[paging.Found] = []
        if search.size == 0:
            total = snapshot.total(tree)
        elif search.sort == "relevance" and ranks(query):
            found, total = paging.by_relevance(snapshot, tree, size=wanted, after=after)
        else:
            found, total = paging.by_time(snapshot, tree, newest=search.sort != "oldest", size=wanted, after=after)
        shown, more = found[: search.size], len(found) > search.size
        return Page(
            total=total,
            hits=tuple(self._hit(one, search) for one in shown),
            facets=counting.facets(searcher, tree, search.facets, origins=search.origins),
            histogram=counting.histogram(searcher, tree, search.histogram, origins=search.origins)
            if search.histogram
            else (),
            origins=counting.distinct_origins(searcher, tree) if search.origins else None,
            next_cursor=shown[-1].cursor.encode(search) if more else None,
        )

    @staticmethod
    def _hit(found: paging.Found, search: Search) -> Hit:
        entry = found.entry
        return Hit(entry, found.score, highlights(entry.title, entry.body, search.query) if search.highlight else ())

    def count(self, query: Query) -> int:
        """How many documents the query finds."""
        return self._reader.latest().total(compiled(guarded(query)))

    def get(self, ids: Iterable[str]) -> dict[str, IndexEntry]:
        """The documents with these ids, as far as they are there."""
        snapshot, entries = self._reader.latest(), {}
        for document_id in ids:
            address = snapshot.address(document_id)
            if address is not None and snapshot.has_text(address):
                entries[document_id] = snapshot.entry(address)
        return entries

    def states(self, query: Query) -> States:
        """Everything that the query finds, as numbers."""
        with damage_named(self._shelf.root):
            return counting.states(self._reader.latest(), compiled(guarded(query)))

    def members(self, query: Query, field: str) -> Iterator[tuple[str, str]]:
        """Every (value, document id) of a field among what the query finds; no page, no bound."""
        if field_named(field).kind == "time":
            raise QueryError(f"documents are not counted by {field}")
        entries = counting.states(self._reader.latest(), compiled(guarded(query))).every()
        return ((value, entry.id) for entry in entries for value in counted_under(entry, field))

    def last_sequence(self) -> int:
        """The highest sequence that a commit made durable; 0 when empty."""
        return self._reader.latest().last_sequence()

    def verify(self) -> Health:
        """Checks every file's checksum and reads every stored document back; reports damage, does not raise for it."""
        engine = f"tantivy {version('tantivy')}"
        folder, problems = checks.examined(self._shelf)
        if folder is None or problems:
            return Health(engine, 0, 0, 0, problems)
        snapshot = self._reader.latest()
        problems = checks.misread(snapshot)
        return Health(
            engine=engine,
            documents=snapshot.total(live()),
            last_sequence=snapshot.last_sequence(),
            bytes=sum(path.stat().st_size for path in folder.iterdir() if path.is_file()),
            problems=problems,
        )

    def release(self) -> None:
        """Commits what was written and lets the next writer come, while questions go on."""
        self._writer.close()

    def close(self) -> None:
        """Commits what was written and lets go of the index."""
        self._writer.close()
        self._reader.close()

    def __enter__(self) -> EmbeddedIndex:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()
