"""The query tree as Elasticsearch's query DSL: filters score nothing, strings and words score BM25, more in titles."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, Final, TypeAlias

from index.bigrams import BLANK, fold, grams, word_terms
from index.fields import FIELDS, region_path
from index.query import All, And, Near, Not, Or, Query, Range, Term, Text, Words
from index.values import flag, keyword, microseconds

Dsl: TypeAlias = dict[str, Any]
TITLE_WEIGHT: Final = 2.0
"""Weight of a match in the title against one in the body."""
LIVE: Final[Dsl] = {"term": {"state": "live"}}
"""Every document that is not deleted."""
_SECOND: Final = timedelta(seconds=1)
_LEAST, _MOST = -(2**62), 2**62


def ranks(query: Query) -> bool:
    """Whether anything in the query gives a score; filters alone do not."""
    if isinstance(query, (And, Or)):
        return any(ranks(part) for part in query.parts)
    return isinstance(query, (Text, Words, Near))


def compiled(query: Query, *, narrowed: bool = False) -> Dsl:
    """The request that finds exactly what the tree says among what is not deleted.

    ``narrowed`` says the dates again in the one way by which the server knows that a partition cannot match.
    """
    return {"bool": {"must": [_node(query)], "filter": [LIVE, *(_months(query) if narrowed else ())]}}


def ranking(query: Query) -> Dsl:
    """The same request for a ranking over partitions, with what gives scores once more in a branch that finds nothing.

    A partition that the dates rule out drops its whole query, and with it the statistics that the others rank by; the
    branch keeps them, so that a score does not depend on how the index lies.
    """
    nothing = {"term": {"state": "never"}}
    return {"bool": {"should": [compiled(query), {"bool": {"must": list(_scored(query)), "filter": [nothing]}}]}}


def _scored(query: Query) -> Iterator[Dsl]:
    if isinstance(query, (And, Or)):
        for part in query.parts:
            yield from _scored(part)
    elif ranks(query):
        yield _node(query)


def _months(query: Query) -> Iterator[Dsl]:
    """Bounds of the publication that every hit keeps, a second wider since the field is less exact than ``moment``."""
    if isinstance(query, And):
        for part in query.parts:
            yield from _months(part)
    if isinstance(query, Range) and query.field == "published_at":
        bounds: Dsl = {}
        for name, bound, shift in (("gte", query.ge or query.gt, -_SECOND), ("lte", query.le or query.lt, _SECOND)):
            if isinstance(bound, datetime):
                with suppress(OverflowError):
                    bounds[name] = (bound + shift).isoformat()
        yield {"range": {"published_at": bounds}} if bounds else {"exists": {"field": "published_at"}}


def _node(query: Query) -> Dsl:
    match query:
        case Text():
            return _text(query)
        case Words():
            return _words(query)
        case Near():
            return _near(query)
        case Term():
            return _silent(_term(query))
        case Range():
            return _silent(_range(query))
        case All():
            return _silent({"match_all": {}})
        case And():
            scored = [_node(part) for part in query.parts if ranks(part)]
            return {"bool": {"must": scored, "filter": [_node(part) for part in query.parts if not ranks(part)]}}
        case Or():
            return _any(_node(part) for part in query.parts)
        case Not():
            return _silent({"bool": {"must_not": [_node(query.part)]}})


def _text(query: Text) -> Dsl:
    folded = fold(query.string)
    return _string(folded, "title") if query.scope == "title" else _anywhere(folded)


def _anywhere(folded: str) -> Dsl:
    return _any([_string(folded, "title", TITLE_WEIGHT), _string(folded, "body")])


def _string(folded: str, field: str, boost: float = 1.0) -> Dsl:
    if len(folded) == 1:
        return {"term": {f"{field}.characters": {"value": folded, "boost": boost}}}
    if len(folded) == 2:
        return {"term": {field: {"value": folded, "boost": boost}}}
    return {"match_phrase": {field: {"query": folded, "boost": boost}}}


def _words(query: Words) -> Dsl:
    terms = word_terms(query.string)
    if not terms:
        return _anywhere(fold(query.string))
    needed = max(1, math.ceil(query.share * len(terms)))
    found = {"bool": {"should": [_anywhere(term) for term in terms], "minimum_should_match": needed}}
    characters = [{"term": {"body.characters": character}} for character in dict.fromkeys("".join(terms))]
    return {"bool": {"must": [found], "should": characters}}


def _near(query: Near) -> Dsl:
    """Spans of bigrams: of the positions between two strings the first is the last character of the one before."""
    placed = [
        {
            "span_near": {
                "clauses": [_span(left, field), {"span_gap": {field: 1}}, _span(right, field)],
                "slop": query.slop,
                "in_order": True,
            }
        }
        for left, right in ((query.first, query.second), (query.second, query.first))
        for field in ("title", "body")
    ]
    return {"dis_max": {"queries": placed}}


def _span(string: str, field: str) -> Dsl:
    terms = [{"span_term": {field: term.replace(BLANK, " ")}} for term in grams(fold(string)).split(" ")]
    return terms[0] if len(terms) == 1 else {"span_near": {"clauses": terms, "slop": 0, "in_order": True}}


def _term(query: Term) -> Dsl:
    kind = FIELDS[query.field].kind
    if kind == "number":
        return _any(_bounds(query.field, int(value), int(value)) for value in query.values)
    if kind == "flag":
        texts = [flag(bool(value)) for value in query.values]
    elif kind == "region":
        texts = [keyword(region_path(str(value))[-1]) for value in query.values]
    else:
        texts = [keyword(str(value)) for value in query.values]
    return {"terms": {query.field: texts}}


def _range(query: Range) -> Dsl:
    lows = [_whole(query.ge), _whole(query.gt, 1)]
    highs = [_whole(query.le), _whole(query.lt, -1)]
    low = max((bound for bound in lows if bound is not None), default=_LEAST)
    high = min((bound for bound in highs if bound is not None), default=_MOST)
    return _bounds("moment" if query.field == "published_at" else query.field, low, high)


def _whole(bound: int | datetime | None, shift: int = 0) -> int | None:
    if bound is None:
        return None
    return (microseconds(bound) if isinstance(bound, datetime) else bound) + shift


def _bounds(field: str, low: int, high: int) -> Dsl:
    least, most = max(_LEAST, low), min(_MOST, high)
    return {"range": {field: {"gte": least, "lte": most}}} if least <= most else {"match_none": {}}


def _silent(query: Dsl) -> Dsl:
    return {"constant_score": {"filter": query, "boost": 0.0}}


def _any(parts: Iterable[Dsl]) -> Dsl:
    return {"bool": {"should": list(parts), "minimum_should_match": 1}}
