"""Whether a number could be set off against that of a neighbouring question to tell the texts of few people."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Final, Literal, TypeAlias

from index import Search
from index.query import All, And, Not, Or, Query, Range, Term

MOST_PARTS: Final = 12
"""Conditions, and alternatives in one of them, that are looked at singly; further conditions count as one."""
MOST_IDLE: Final = 4
"""Conditions that leave nothing out, whose combinations are all looked at; of more, only all together."""
Crowding: TypeAlias = Literal["none", "few", "many"]
"""Whether texts are there, and whether k voices stand behind them."""


def stands_apart(search: Search, within: Term, look: Callable[[Query], Crowding]) -> bool:
    """Whether what any conditions leave out, and what any alternative alone brings in, is nothing or of k voices.

    Who drops conditions, all of them at last, or one alternative (of OR, or of a filter's values) asks a neighbouring
    question ``within`` the same project; its number and this one's differ by just these texts. What several
    conditions leave out holds what each does, so only those that leave nothing out are looked at together.
    """
    conditions = _parts(search, within)
    idle = []
    for place, condition in enumerate(conditions):
        rest = (within, *conditions[:place], *conditions[place + 1 :])
        left_out = look(And((*rest, Not(condition))))
        if left_out == "few" or any(look(And((*rest, one))) == "few" for one in _brought_in(condition)):
            return False
        if left_out == "none":
            idle.append(place)
    return not any(look(query) == "few" for query in _without(conditions, idle, within))


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """What finds a question's documents and those that lie between it and its neighbours.

    ``queries`` are first the question; then, for each of its ``conditions``, what does not fulfil it; then, for each
    condition that has ``alternatives``, so many queries: the question with one of them in its place.
    """

    queries: tuple[Query, ...]
    conditions: int
    alternatives: tuple[int, ...]


def neighbourhood(search: Search, within: Term) -> Neighbourhood:
    """Who drops any conditions, or any alternatives of one of them, asks a neighbouring question."""
    conditions = _parts(search, within)
    queries: list[Query] = [And((within, *conditions))]
    queries += [And((within, Not(one))) for one in conditions]
    counts = []
    for condition in conditions:
        alternatives = _alternatives(condition)
        if 1 < len(alternatives) <= MOST_PARTS:
            queries += [And((within, *conditions, one)) for one in alternatives]
            counts.append(len(alternatives))
    return Neighbourhood(tuple(queries), len(conditions), tuple(counts))


def _parts(search: Search, within: Term) -> list[Query]:
    conditions = [one for one in _conditions(search.narrowed()) if one != within]
    if len(conditions) > MOST_PARTS:
        conditions = [*conditions[: MOST_PARTS - 1], And(tuple(conditions[MOST_PARTS - 1 :]))]
    return conditions


def _without(conditions: Sequence[Query], idle: Sequence[int], within: Term) -> Iterator[Query]:
    """What several of these conditions leave out together."""
    sizes = range(2, len(idle) + 1) if len(idle) <= MOST_IDLE else (len(idle),)
    for size in sizes:
        for dropped in combinations(idle, size):
            rest = [condition for place, condition in enumerate(conditions) if place not in dropped]
            yield And((within, *rest, Not(And(tuple(conditions[place] for place in dropped)))))


def _brought_in(condition: Query) -> Iterator[Query]:
    """What one alternative finds and the others do not."""
    alternatives = _alternatives(condition)
    if 1 < len(alternatives) <= MOST_PARTS:
        for place, one in enumerate(alternatives):
            yield And((one, Not(Or((*alternatives[:place], *alternatives[place + 1 :])))))


def _conditions(query: Query) -> Iterator[Query]:
    """The parts that must all be fulfilled; neither of two is two conditions, and so are a first and a last day."""
    if isinstance(query, And):
        for part in query.parts:
            yield from _conditions(part)
    elif isinstance(query, Range) and len(bounds := _bounds(query)) > 1:
        for name, bound in bounds.items():
            yield Range(query.field, **{name: bound})
    elif isinstance(query, Not) and len(refused := _alternatives(query.part)) > 1:
        yield from map(Not, refused)
    elif not isinstance(query, All):
        yield query


def _bounds(query: Range) -> dict[str, Any]:
    bounds = {"ge": query.ge, "gt": query.gt, "le": query.le, "lt": query.lt}
    return {name: bound for name, bound in bounds.items() if bound is not None}


def _alternatives(query: Query) -> tuple[Query, ...]:
    if isinstance(query, Or):
        return query.parts
    if isinstance(query, Not) and isinstance(query.part, And):  # who must not fulfil all of them lacks one or another
        return tuple(map(Not, query.part.parts))
    if isinstance(query, Term):
        return tuple(Term(query.field, (value,)) for value in query.values)
    return (query,)
