"""Other names of the same office: 国土局 also finds 自然资源和规划局, when the reader asks for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from index.bigrams import fold
from index.query.tree import And, Near, Not, Or, Query, Text, guarded

Synonyms = Mapping[str, tuple[str, ...]]
"""Folded name → the other names of what it names."""


def expand(query: Query, synonyms: Synonyms) -> Query:
    """The query in which a string that is a name finds the other names too; under a NOT they are excluded together.

    Only whole strings are names: 国土局长 stays what it is. Raises QueryError when the query grows above 200 clauses.
    """
    grown = _grown(query, synonyms)
    guarded(grown)
    return grown


def _grown(query: Query, synonyms: Synonyms) -> Query:
    match query:
        case And(parts=parts):
            return And(tuple(_grown(part, synonyms) for part in parts))
        case Or(parts=parts):
            return Or(tuple(_grown(part, synonyms) for part in parts))
        case Not(part=part):
            return Not(_grown(part, synonyms))
        case Text(string=string, scope=scope):
            return _any(Text(name, scope) for name in _names(string, synonyms))
        case Near(first=first, second=second, slop=slop):
            return _any(Near(one, other, slop) for one in _names(first, synonyms) for other in _names(second, synonyms))
        case _:
            return query


def _names(string: str, synonyms: Synonyms) -> tuple[str, ...]:
    return (string, *synonyms.get(fold(string), ()))


def _any(found: Iterator[Query]) -> Query:
    parts = tuple(found)
    return parts[0] if len(parts) == 1 else Or(parts)
