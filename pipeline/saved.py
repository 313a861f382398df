"""Saved searches at work: kept without personal data, and matched against new documents as rules."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from index import IndexEntry
from index.query import And, Near, Query, Term, Text, Words, clauses
from index.rules import Rules
from pipeline.records import Role
from pipeline.redact import CannotRedact, redact
from pipeline.store import Store

LONGEST_NAME = 100


class NotKept(ValueError):
    """E163: a search that may not be kept: its name is unfit, or it holds what looks like personal data (P-02)."""


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


def rules(store: Store, sample: Iterable[IndexEntry] = ()) -> Rules:
    """All saved searches as rules named ``project/name``; each finds documents about its own project only."""
    return Rules(
        {
            f"{saved.project_id}/{saved.name}": And((saved.query, Term("project_ids", (saved.project_id,))))
            for saved in store.saved_searches()
        },
        sample,
    )


def matched(store: Store, entries: Sequence[IndexEntry]) -> dict[tuple[str, str], tuple[str, ...]]:
    """Which saved searches these documents answer: (project id, name) → document ids, in the order they came.

    The documents are as the search index has them; one that is sealed or withdrawn never gets there (P-14, P-12).
    """
    every, found = rules(store, entries), defaultdict[tuple[str, str], list[str]](list)
    for entry in entries:
        for rule in every.matching(entry):
            project_id, _, name = rule.partition("/")
            found[project_id, name].append(entry.id)
    return {key: tuple(ids) for key, ids in sorted(found.items())}


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
