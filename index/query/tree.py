"""The query tree that every engine compiles.

The types are frozen and go to JSON and back (:func:`to_json`, :func:`from_json`): saved searches store them.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Final, Literal, TypeAlias

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from index.bigrams import fold
from index.days import last_days_range
from index.errors import QueryError
from index.fields import field_named

MAX_CLAUSES: Final = 200
MAX_STRING: Final = 1000
MAX_SLOP: Final = 50
MAX_LAST_DAYS: Final = 36_600
_STRICT: Final = ConfigDict(extra="forbid")
Scope: TypeAlias = Literal["text", "title"]
Bound: TypeAlias = int | datetime | None


def _refuse_blank(string: str) -> None:
    if not fold(string).strip():
        raise QueryError("a string to search for must have a character that is not blank")
    if len(string) > MAX_STRING:
        raise QueryError(f"a string to search for has at most {MAX_STRING} characters, not {len(string)}")


@dataclass(frozen=True, config=_STRICT)
class Text:
    """Documents whose title or body (or title alone) contains this string, after folding; one character or more."""

    string: str
    scope: Scope = "text"
    type: Literal["text"] = "text"

    def __post_init__(self) -> None:
        _refuse_blank(self.string)


@dataclass(frozen=True, config=_STRICT)
class Words:
    """Documents that share bigrams with this string, best first; ``share`` of its bigrams (rounded up) must occur."""

    string: str
    share: Annotated[float, Field(ge=0, le=1)] = 0.75
    type: Literal["words"] = "words"

    def __post_init__(self) -> None:
        _refuse_blank(self.string)


@dataclass(frozen=True, config=_STRICT)
class Near:
    """Documents where two strings stand, in either order, with at most ``slop`` characters between them."""

    first: str
    second: str
    slop: Annotated[int, Field(ge=0, le=MAX_SLOP)]
    type: Literal["near"] = "near"

    def __post_init__(self) -> None:
        for string in (self.first, self.second):
            _refuse_blank(string)
            if len(string) < 2:
                raise QueryError("near needs strings of two or more characters")


@dataclass(frozen=True, config=_STRICT)
class Term:
    """Documents whose field has one of these values; a region finds everything below it."""

    field: str
    values: Annotated[tuple[str | bool | int, ...], Field(min_length=1, max_length=1000)]
    type: Literal["term"] = "term"

    def __post_init__(self) -> None:
        kind = field_named(self.field).kind
        if kind == "time":
            raise QueryError(f"{self.field} is a time: ask for a range")
        wanted = {"flag": bool, "number": int}.get(kind, str)
        if any(type(value) is not wanted for value in self.values):
            raise QueryError(f"values of {self.field} are {kind}s, not {self.values!r}", expected=wanted.__name__)


@dataclass(frozen=True, config=_STRICT)
class Range:
    """Documents whose number or time lies within the bounds: ``ge``, ``gt`` below, ``le``, ``lt`` above.

    ``last_days`` instead of bounds: the last so many days in Beijing, today included, whenever the query runs.
    """

    field: str
    ge: Bound = None
    gt: Bound = None
    le: Bound = None
    lt: Bound = None
    last_days: Annotated[int, Field(ge=1, le=MAX_LAST_DAYS)] | None = None
    type: Literal["range"] = "range"

    def __post_init__(self) -> None:
        kind = field_named(self.field).kind
        if kind not in ("number", "time"):
            raise QueryError(f"{self.field} has no order: ask for values")
        bounds = [bound for bound in (self.ge, self.gt, self.le, self.lt) if bound is not None]
        if self.last_days is not None and (bounds or kind != "time"):
            raise QueryError(f"the last {self.last_days} days are a range of a time, without other bounds")
        if not bounds and self.last_days is None:
            raise QueryError(f"a range of {self.field} needs at least one bound")
        for bound in bounds:
            if isinstance(bound, datetime) != (kind == "time"):
                raise QueryError(f"{bound!r} is not a {kind}")
            if isinstance(bound, datetime) and bound.tzinfo is None:
                raise QueryError(f"{bound.isoformat()} has no time zone")


@dataclass(frozen=True, config=_STRICT)
class All:
    """Every document."""

    type: Literal["all"] = "all"


@dataclass(frozen=True, config=_STRICT)
class And:
    """Documents that every part finds."""

    parts: Annotated[tuple[Query, ...], Field(min_length=1)]
    type: Literal["and"] = "and"


@dataclass(frozen=True, config=_STRICT)
class Or:
    """Documents that at least one part finds."""

    parts: Annotated[tuple[Query, ...], Field(min_length=1)]
    type: Literal["or"] = "or"


@dataclass(frozen=True, config=_STRICT)
class Not:
    """Documents that the part does not find."""

    part: Query
    type: Literal["not"] = "not"


Query: TypeAlias = Annotated[Text | Words | Near | Term | Range | All | And | Or | Not, Field(discriminator="type")]
_TREE: TypeAdapter[Query] = TypeAdapter(Query, config=None)


def to_json(query: Query) -> str:
    """The tree as JSON; equal trees give equal strings."""
    return _TREE.dump_json(query).decode()


def from_json(data: str | bytes) -> Query:
    """The tree of its JSON. Raises QueryError when it is not one, or holds more than 200 clauses."""
    try:
        query = _TREE.validate_json(data)
    except ValidationError as error:
        raise QueryError(f"not a query tree: {error.errors()[0]['msg']}") from None
    _refuse_costly(query)
    return query


def clauses(query: Query) -> Iterator[Query]:
    """The node and every node below it."""
    yield query
    for part in query.parts if isinstance(query, (And, Or)) else (query.part,) if isinstance(query, Not) else ():
        yield from clauses(part)


def guarded(query: Query, now: datetime | None = None) -> Query:
    """The query as engines run it, with relative days made absolute (``now`` defaults to the present).

    Raises QueryError when it holds more clauses than one search may cost.
    """
    _refuse_costly(query)
    return absolute(query, now)


def absolute(query: Query, now: datetime | None = None) -> Query:
    """The query with ``last_days`` replaced by the days they mean now."""
    if isinstance(query, And):
        return And(tuple(absolute(part, now) for part in query.parts))
    if isinstance(query, Or):
        return Or(tuple(absolute(part, now) for part in query.parts))
    if isinstance(query, Not):
        return Not(absolute(query.part, now))
    if isinstance(query, Range) and query.last_days is not None:
        first, end = last_days_range(query.last_days, now)
        return Range(query.field, ge=first, lt=end)
    return query


def cost(query: Query) -> int:
    """Clauses as they weigh on an engine: near one more for every 10 characters apart, words one for every 10."""
    return sum(map(_weight, clauses(query)))


def _weight(clause: Query) -> int:
    if isinstance(clause, Near):
        return 1 + clause.slop // 10
    return 1 + len(clause.string) // 10 if isinstance(clause, Words) else 1


def _refuse_costly(query: Query) -> None:
    if cost(query) > MAX_CLAUSES:
        raise QueryError(f"the query has more than {MAX_CLAUSES} clauses, or as much in long words and wide distances")
