"""Saved searches at work: kept without personal data, matched against new documents as rules, and watched."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence

from index import IndexEntry, QueryError
from index.query import And, Near, Query, Term, Text, Words, clauses
from index.query.tree import guarded
from index.rules import Rules
from pipeline.feed import BATCH, changes_of
from pipeline.records import Role
from pipeline.redact import CannotRedact, redact
from pipeline.store import Store

LONGEST_NAME = 100


class NotKept(ValueError):
    """E163: a search that may not be kept: its name is unfit, or it holds what looks like personal data (P-02)."""


class NotWatched(ValueError):
    """E164: a search that cannot be watched: it has so many clauses that the project cannot be asked for beside it."""


def save(store: Store, project_id: str, name: str, owner_role: Role, query: Query) -> bool:
    """Keeps a query under a name; returns whether the name is new. Raises NotKept, UnknownRecord or StoreConflict."""
    if not name.strip() or len(name) > LONGEST_NAME or not name.isprintable():
        raise NotKept(f"E163: the name of a saved search has 1 to {LONGEST_NAME} printable characters")
    if not (_is_clean(name) and is_kept_clean(query)):
        raise NotKept(
            "E163: this holds what looks like personal data, which is never stored (P-02); search without saving"
        )
    return store.save_search(project_id, name, owner_role, query)


def is_kept_clean(query: Query) -> bool:
    """Whether a query may be kept: nothing in it looks like personal data (P-02)."""
    return all(map(_is_clean, _strings(query)))


def can_be_watched(project_id: str, query: Query) -> bool:
    """Whether new texts can be matched against it: not when its clauses leave no room to ask for the project too."""
    try:
        guarded(_rule(project_id, query))
    except QueryError:
        return False
    return True


def rules(
    store: Store, sample: Iterable[IndexEntry] = (), among: Collection[tuple[str, str]] | None = None
) -> Rules:  # fmt: skip
    """Saved searches as rules named ``project/name``; each finds documents about its own project only.

    ``among`` names those that are wanted by project id and name, None all.
    """
    return Rules(
        {
            f"{saved.project_id}/{saved.name}": _rule(saved.project_id, saved.query)
            for saved in store.saved_searches()
            if (among is None or (saved.project_id, saved.name) in among)
            and can_be_watched(saved.project_id, saved.query)
        },
        sample,
    )


def matched(
    store: Store, entries: Sequence[IndexEntry], among: Collection[tuple[str, str]] | None = None
) -> dict[tuple[str, str], tuple[str, ...]]:  # fmt: skip
    """Which saved searches these documents answer: (project id, name) → document ids, in the order they came.

    The documents are as the search index has them; one that is sealed or withdrawn never gets there (P-14, P-12).
    """
    every, found, now = rules(store, entries, among), defaultdict[tuple[str, str], list[str]](list), store.clock()
    for entry in entries:
        for rule in every.matching(entry, now):
            project_id, _, name = rule.partition("/")
            found[project_id, name].append(entry.id)
    return {key: tuple(ids) for key, ids in sorted(found.items())}


def match_new(store: Store) -> int:
    """Matches what the index got since the last time against the watched searches; returns how many hits are new.

    A text is new to a watch when the index got it for the first time after the watch began. Safe to repeat, and to be
    killed anywhere: hits and how far was matched are one transaction, and a hit is noted once.
    """
    end, new = store.indexed_through(), 0  # before the watches: one that begins from here on has nothing before it
    watches = store.search_watches()
    if not watches:
        store.note_search_hits((), end)
        return 0
    among = {(watch.project_id, watch.name) for watch in watches}
    through = store.searches_matched_through()
    while rows := [row for row in store.outbox_after(through, BATCH) if row.sequence <= end]:
        through = rows[-1].sequence
        entries = [change for change in changes_of(store, rows) if isinstance(change, IndexEntry)]
        first = store.first_fed([entry.id for entry in entries])
        found = matched(store, entries, among)
        hits = [
            (watch.id, document_id)
            for watch in watches
            for document_id in found.get((watch.project_id, watch.name), ())
            if first[document_id] > watch.since
        ]
        new += store.note_search_hits(hits, through)
    return new


def _rule(project_id: str, query: Query) -> Query:
    return And((query, Term("project_ids", (project_id,))))


def _strings(query: Query) -> Iterable[str]:
    for part in clauses(query):
        if isinstance(part, (Text, Words)):
            yield part.string
        elif isinstance(part, Near):
            yield from (part.first, part.second)
        elif isinstance(part, Term):
            yield from (value for value in part.values if isinstance(value, str))


def _is_clean(text: str) -> bool:
    try:
        return not redact(text).redactions
    except CannotRedact:
        return False
