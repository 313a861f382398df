"""The query tree that every engine compiles, and the reading of what people type into it.

The types are frozen and go to JSON and back (:func:`to_json`, :func:`from_json`): saved searches store them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Final, Literal, TypeAlias

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from index.bigrams import fold, is_chinese
from index.errors import QueryError
from index.fields import PERSON_WORDS, field_named

MAX_CLAUSES: Final = 200
MAX_STRING: Final = 1000
MAX_SLOP: Final = 50
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
    """Documents whose number or time lies within the bounds: ``ge``, ``gt`` below, ``le``, ``lt`` above."""

    field: str
    ge: Bound = None
    gt: Bound = None
    le: Bound = None
    lt: Bound = None
    type: Literal["range"] = "range"

    def __post_init__(self) -> None:
        kind = field_named(self.field).kind
        if kind not in ("number", "time"):
            raise QueryError(f"{self.field} has no order: ask for values")
        bounds = [bound for bound in (self.ge, self.gt, self.le, self.lt) if bound is not None]
        if not bounds:
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
    return guarded(query)


def clauses(query: Query) -> Iterator[Query]:
    """The node and every node below it."""
    yield query
    for part in query.parts if isinstance(query, (And, Or)) else (query.part,) if isinstance(query, Not) else ():
        yield from clauses(part)


def guarded(query: Query) -> Query:
    """The query itself. Raises QueryError when it holds more clauses than one search may cost."""
    if sum(1 for _ in clauses(query)) > MAX_CLAUSES:
        raise QueryError(f"the query has more than {MAX_CLAUSES} clauses")
    return query


_OPENING: Final = '"“”＂「『'
_CLOSING: Final = '"“”＂」』'
_PIECE: Final = re.compile(rf"[{_OPENING}](?P<phrase>[^{_CLOSING}]*)(?P<end>[{_CLOSING}]?)|[^\s{_OPENING}]+")
_FIELD: Final = re.compile(r"-?(?P<name>\w+)[:：]")
EXACT_WORD: Final = 4
"""Words up to this length are searched as they stand; longer ones may lack a quarter of their bigrams."""
SENTENCE: Final = 12
"""From more characters on, what was typed is a description: three bigrams in ten suffice, and the ranking decides."""


def parse(typed: str) -> Query:
    """Reads words (all must occur) and "phrases" (exact), in ASCII or Chinese quotation marks; blank finds everything.

    Raises QueryError with the position for a quotation mark that is not closed or holds nothing, and with the rule P-05
    for ``author:`` and its like.
    """
    parts: list[Query] = []
    for piece in _PIECE.finditer(typed):
        phrase = piece["phrase"]
        if phrase is None:
            _refuse_person(piece[0], piece.start())
            parts.append(_word(piece[0]))
            continue
        if not piece["end"]:
            raise QueryError("the quotation mark is not closed", position=piece.start(), expected='"')
        if not fold(phrase).strip():
            raise QueryError("nothing stands between the quotation marks", position=piece.start(), expected="a phrase")
        parts.append(Text(phrase))
    if not parts:
        return All()
    return parts[0] if len(parts) == 1 else guarded(And(tuple(parts)))


def _refuse_person(word: str, position: int) -> None:
    asked = _FIELD.match(word)
    if asked and asked["name"].lower() in PERSON_WORDS:
        field_named(asked["name"], position)


def _word(word: str) -> Query:
    if len(word) <= EXACT_WORD or not is_chinese(fold(word)):
        return Text(word)
    return Words(word, share=0.3 if len(word) > SENTENCE else 0.75)
