"""The query tree as Tantivy queries: filters score nothing, strings and words score BM25, more in titles."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import datetime
from typing import Final

import tantivy
from tantivy import FieldType, Occur

from index.bigrams import cover, fold, word_terms
from index.embedded.schema import schema
from index.fields import FIELDS, region_path
from index.query import All, And, Near, Not, Or, Query, Range, Term, Text, Words
from index.values import flag, keyword, microseconds

TITLE_WEIGHT: Final = 2.0
"""Weight of a match in the title against one in the body."""


def ranks(query: Query) -> bool:
    """Whether anything in the query gives a score; filters alone do not."""
    if isinstance(query, (And, Or)):
        return any(ranks(part) for part in query.parts)
    return isinstance(query, (Text, Words, Near))


def compiled(query: Query) -> tantivy.Query:
    """The Tantivy query that finds exactly what the tree says."""
    match query:
        case Text():
            return _text(query)
        case Words():
            return _words(query)
        case Near():
            return _near(query)
        case Term(field="id"):  # the one field that is left of a deleted document
            return _silent(_every((live(), _term(query))))
        case Term():
            return _silent(_term(query))
        case Range():
            return _silent(_range(query))
        case All():
            return _silent(live())
        case And():
            return _every(compiled(part) for part in query.parts)
        case Or():
            return _any(compiled(part) for part in query.parts)
        case Not():
            excluded = (Occur.MustNot, compiled(query.part))
            return _silent(tantivy.Query.boolean_query([(Occur.Must, live()), excluded]))


def live() -> tantivy.Query:
    """Every document that is not deleted."""
    return tantivy.Query.term_query(schema(), "state", "live", "basic")


def _text(query: Text) -> tantivy.Query:
    folded = fold(query.string)
    return _string(folded, "title") if query.scope == "title" else _anywhere(folded)


def _anywhere(folded: str) -> tantivy.Query:
    return _any([tantivy.Query.boost_query(_string(folded, "title"), TITLE_WEIGHT), _string(folded, "body")])


def _string(folded: str, field: str) -> tantivy.Query:
    if len(folded) == 1:
        return tantivy.Query.term_query(schema(), f"{field}_characters", folded, "basic")
    return _phrase(cover(folded), field)


def _phrase(terms: list[tuple[int, str]], field: str) -> tantivy.Query:
    if len(terms) == 1:
        return tantivy.Query.term_query(schema(), field, terms[0][1], "freq")
    return tantivy.Query.phrase_query(schema(), field, list(terms))


def _words(query: Words) -> tantivy.Query:
    terms = word_terms(query.string)
    if not terms:
        return _anywhere(fold(query.string))
    needed = max(1, math.ceil(query.share * len(terms)))
    found = tantivy.Query.boolean_query(
        [(Occur.Should, _anywhere(term)) for term in terms], minimum_number_should_match=needed
    )
    characters = [(Occur.Should, _string(character, "body")) for character in dict.fromkeys("".join(terms))]
    return tantivy.Query.boolean_query([(Occur.Must, found), *characters])


def _near(query: Near) -> tantivy.Query:
    first, second = fold(query.first), fold(query.second)
    if len(first) == len(second) == 2 and not set(first) & set(second):
        # Looked for at one place, two bigrams that share no character are as far apart as the slop allows, in either
        # order: two characters more than lie between them.
        terms: list[str | tuple[int, str]] = [(0, cover(two)[0][1]) for two in (first, second)]
        placed = [tantivy.Query.phrase_query(schema(), field, terms, query.slop + 2) for field in ("title", "body")]
    else:
        placed = [
            _followed(left, right, query.slop, field)
            for left, right in ((first, second), (second, first))
            for field in ("title", "body")
        ]
    return tantivy.Query.disjunction_max_query(placed)


def _followed(left: str, right: str, slop: int, field: str) -> tantivy.Query:
    """``right`` at most ``slop`` characters after ``left``, exactly."""
    # What is longer or may overlap is tried at every distance, among what Tantivy's slop lets through.
    last, next_ = (cover(two)[0][1] for two in (left[-2:], right[:2]))
    bordering = tantivy.Query.phrase_query(schema(), field, [(0, last), (2, next_)], slop)
    head, tail = cover(left), cover(right)
    distances = [_phrase(head + [(at + len(left) + gap, term) for at, term in tail], field) for gap in range(slop + 1)]
    return _every((_silent(bordering), tantivy.Query.disjunction_max_query(distances)))


def _term(query: Term) -> tantivy.Query:
    kind = FIELDS[query.field].kind
    if kind == "number":
        return _any(_bounds(query.field, int(value), int(value)) for value in query.values)
    if kind == "flag":
        texts = [flag(bool(value)) for value in query.values]
    elif kind == "region":
        texts = [keyword(region_path(str(value))[-1]) for value in query.values]
    else:
        texts = [keyword(str(value)) for value in query.values]
    if len(texts) == 1:
        return tantivy.Query.term_query(schema(), query.field, texts[0], "basic")
    return tantivy.Query.term_set_query(schema(), query.field, texts)


def _range(query: Range) -> tantivy.Query:
    lows = [_whole(query.ge), _whole(query.gt, 1)]
    highs = [_whole(query.le), _whole(query.lt, -1)]
    low = max((bound for bound in lows if bound is not None), default=None)
    high = min((bound for bound in highs if bound is not None), default=None)
    return _bounds(query.field, low, high)


def _whole(bound: int | datetime | None, shift: int = 0) -> int | None:
    if bound is None:
        return None
    return (microseconds(bound) if isinstance(bound, datetime) else bound) + shift


_LEAST, _MOST = -(2**62), 2**62


def _bounds(field: str, low: int | None, high: int | None) -> tantivy.Query:
    least = max(_LEAST, low) if low is not None else _LEAST
    most = min(_MOST, high) if high is not None else _MOST
    if least > most:
        return tantivy.Query.empty_query()
    return tantivy.Query.range_query(schema(), field, FieldType.Integer, least, most)


def _silent(query: tantivy.Query) -> tantivy.Query:
    return tantivy.Query.const_score_query(query, 0.0)


def _every(parts: Iterable[tantivy.Query]) -> tantivy.Query:
    return tantivy.Query.boolean_query([(Occur.Must, part) for part in parts])


def _any(parts: Iterable[tantivy.Query]) -> tantivy.Query:
    return tantivy.Query.boolean_query([(Occur.Should, part) for part in parts])
