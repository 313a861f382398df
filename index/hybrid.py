"""Words and meaning together (混合检索): BM25 and vectors fused by their scores, without losing a lexical hit.

Paging: first the fusion of the best 100 of either side, then every other lexical hit in lexical order. A page says of
each hit whether only its meaning found it; totals, facets and histogram count the lexical hits alone, as in a search
without vectors.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Final

from index.base import Hit, Page, Search, SearchIndex
from index.dense.base import Vector, VectorIndex
from index.entry import IndexEntry
from index.errors import QueryError
from index.fused_cursor import FusedCursor, mark
from index.highlight import highlights
from index.query import All, And, Near, Or, Query, Term, Text, Words, clauses

DEPTH: Final = 100
"""Hits of either side that are fused."""


@dataclass(frozen=True, slots=True)
class Fusion:
    """A sum of what the words say and what the meaning says.

    A hit scores its BM25 over the best hit's, and ``meaning`` times the cosine's distance from the last of the dense
    hits; the side that did not find it adds nothing. ``meaning`` was chosen on every second title of
    benchmarks/retrieval.py, where this did better than reciprocal ranks, with or without weights.
    """

    meaning: float = 1.75

    def ranked(self, lexical: Sequence[tuple[str, float]], dense: Sequence[tuple[str, float]]) -> dict[str, float]:
        """Every id of both lists, which come best first, with its fused score, best first; equal ones as they came."""
        best = max((score for _, score in lexical), default=0.0)
        scores = {document_id: score / best if best > 0 else 1.0 for document_id, score in lexical}
        least = min((cosine for _, cosine in dense), default=0.0)
        for document_id, cosine in dense:
            scores[document_id] = scores.get(document_id, 0.0) + self.meaning * (cosine - least)
        return dict(sorted(scores.items(), key=lambda one: -one[1]))


@dataclass(frozen=True, slots=True)
class FusedPage:
    """A page of fused hits; ``by_meaning`` are the ids on it that no word of the query found."""

    page: Page
    by_meaning: frozenset[str] = frozenset()


def spoken(query: Query) -> str:
    """What a query says in words, for the encoder: its strings outside NOT, in their order; empty if it has none."""
    if isinstance(query, (And, Or)):
        return " ".join(filter(None, map(spoken, query.parts)))
    if isinstance(query, Near):
        return f"{query.first} {query.second}"
    return query.string if isinstance(query, (Text, Words)) else ""


def conditions(query: Query) -> Query:
    """What a hit must fulfil that only its meaning finds: fields, ranges and NOT, without the words themselves.

    An OR with words in it is no condition.
    """
    if isinstance(query, And):
        parts = tuple(part for part in map(conditions, query.parts) if not isinstance(part, All))
        return And(parts) if parts else All()
    if isinstance(query, (Text, Words, Near)):
        return All()
    if isinstance(query, Or) and any(isinstance(clause, (Text, Words, Near)) for clause in clauses(query)):
        return All()
    return query


def search_fused(
    index: SearchIndex, vectors: VectorIndex, search: Search, vector: Vector, fusion: Fusion | None = None
) -> FusedPage:
    """One page of a fused ranking; ``vector`` is the encoding of :func:`spoken`.

    Filters and conditions hold for both sides, and every hit is read from the search index: what is not there any more
    is not found. A query without words is answered as it is. A page after writes repeats nothing of the fusion and
    leaves out no lexical hit that lexical paging would have shown; the last page may be empty. Raises QueryError for
    an order other than relevance, and as :meth:`SearchIndex.search` does.
    """
    if search.sort != "relevance":
        raise QueryError("words and meaning together rank by relevance", expected="the order relevance, or words alone")
    if not spoken(search.query) or search.size == 0:
        return FusedPage(index.search(search))
    cursor = FusedCursor.decode(search.after, search) if search.after else FusedCursor()
    if cursor.lexical is not None:
        page = index.search(replace(search, after=cursor.lexical))
        hits = tuple(hit for hit in page.hits if mark(hit.id) not in cursor.shown)
        return FusedPage(_filled(index, search, replace(page, hits=hits), page.next_cursor, cursor.shown))
    return _fused(index, vectors, search, vector, fusion or Fusion(), cursor.shown)


def _fused(
    index: SearchIndex, vectors: VectorIndex, search: Search, vector: Vector, fusion: Fusion, shown: frozenset[bytes]
) -> FusedPage:
    """What of the fusion is not yet shown, and lexical hits after it when the page has room."""
    words = index.search(replace(search, after=None, size=DEPTH, highlight=False))
    close = _close(index, vectors, vector, conditions(search.narrowed()), DEPTH)
    lexical = {hit.id: hit.entry for hit in words.hits}
    entries = {entry.id: entry for entry, _ in close} | lexical
    scores = fusion.ranked(
        [(hit.id, hit.score or 0.0) for hit in words.hits], [(entry.id, cosine) for entry, cosine in close]
    )
    left = [(one, score) for one, score in scores.items() if mark(one) not in shown]
    hits = tuple(_hit(entries[one], score, search) for one, score in left[: search.size])
    further = _found_by_words(index, search, [hit.id for hit in hits if hit.id not in lexical])
    by_meaning = frozenset(hit.id for hit in hits) - lexical.keys() - further
    shown |= {mark(hit.id) for hit in hits}
    page = replace(words, hits=hits)
    if len(left) > search.size:
        page = replace(page, next_cursor=FusedCursor(shown).encode(search))
    else:
        page = _filled(index, search, page, words.next_cursor, shown)
    return FusedPage(page, by_meaning)


def search_close(
    index: SearchIndex,
    vectors: VectorIndex,
    vector: Vector,
    *,
    narrowed_to: Query | None = None,
    without: Collection[str] = (),
    size: int = 20,
) -> tuple[Hit, ...]:
    """More like a passage: the documents whose vectors lie closest to the passage's, with the cosine as score.

    ``narrowed_to`` is a condition, such as the project; ``without`` leaves out the passage's own document.
    """
    found = _close(index, vectors, vector, narrowed_to or All(), size + len(without))
    return tuple(Hit(entry, score) for entry, score in found if entry.id not in without)[:size]


def _close(
    index: SearchIndex, vectors: VectorIndex, vector: Vector, narrowing: Query, size: int
) -> list[tuple[IndexEntry, float]]:
    """The closest documents that fulfil the condition, as the search index has them now."""
    projects, further = _projects(narrowing)
    among = None
    if further:
        # every document has the flag, so its members are all documents
        among = {document_id for _, document_id in index.members(narrowing, "is_origin")}
    near = vectors.nearest(vector, size, among, projects=projects)
    if isinstance(narrowing, All):
        there = index.get(neighbour.id for neighbour in near)
    else:
        held = And((narrowing, Term("id", tuple(neighbour.id for neighbour in near)))) if near else None
        there = {hit.id: hit.entry for hit in index.search(Search(query=held, size=len(near))).hits} if held else {}
    return [(there[neighbour.id], neighbour.similarity) for neighbour in near if neighbour.id in there]


def _projects(narrowing: Query) -> tuple[tuple[str, ...] | None, bool]:
    """The projects that a condition asks for, None for any, and whether it asks for more than these."""
    parts = narrowing.parts if isinstance(narrowing, And) else () if isinstance(narrowing, All) else (narrowing,)
    named = [part.values for part in parts if isinstance(part, Term) and part.field == "project_ids"]
    return (tuple(map(str, named[0])) if named else None), len(parts) > min(len(named), 1)


def _found_by_words(index: SearchIndex, search: Search, ids: Sequence[str]) -> set[str]:
    """Which of these the words find too, only further down than the fusion reaches."""
    if not ids:
        return set()
    query = And((search.narrowed(), Term("id", tuple(ids))))
    return {hit.id for hit in index.search(Search(query=query, size=len(ids))).hits}


def _filled(index: SearchIndex, search: Search, page: Page, after: str | None, shown: frozenset[bytes]) -> Page:
    """The page with lexical hits from ``after`` on that were not shown yet, up to the size of a page."""
    hits = page.hits
    while after is not None and len(hits) < search.size:
        rest = replace(search, size=search.size - len(hits), after=after, facets={}, histogram=None, origins=False)
        more = index.search(rest)
        hits += tuple(hit for hit in more.hits if mark(hit.id) not in shown)
        after = more.next_cursor
    following = None if after is None else FusedCursor(shown, after).encode(search)
    return replace(page, hits=hits, next_cursor=following)


def _hit(entry: IndexEntry, score: float, search: Search) -> Hit:
    return Hit(entry, score, highlights(entry.title, entry.body, search.query) if search.highlight else ())
