"""Whether one document answers a query, worked out on the document itself: the engines' answer without an engine."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from operator import add
from typing import TypeAlias

from index.bigrams import fold, word_terms
from index.entry import IndexEntry
from index.fields import FIELDS, region_path
from index.query.tree import All, And, Bound, Near, Not, Or, Query, Range, Term, Text, Words, absolute

LONGEST_KEYWORD = 1000
"""Characters of a keyword that engines compare."""


@dataclass(frozen=True)
class Subject:
    """A document made ready for many queries: folded once, its bigrams and values looked up in sets."""

    entry: IndexEntry
    now: datetime | None = None

    @cached_property
    def texts(self) -> tuple[str, str]:
        """Folded title, folded body."""
        return fold(self.entry.title), fold(self.entry.body)

    @cached_property
    def bigrams(self) -> frozenset[str]:
        """Every two neighbouring characters of the title or of the body."""
        title, body = self.texts
        return frozenset(map(add, title, title[1:])).union(map(add, body, body[1:]))

    @cached_property
    def characters(self) -> frozenset[str]:
        """Every character of title and body."""
        return frozenset("".join(self.texts))

    @cached_property
    def values(self) -> frozenset[tuple[str, str | bool | int]]:
        """(field, value) of everything a Term can ask for; a region with all that is above it."""
        pairs: set[tuple[str, str | bool | int]] = set()
        for name, field in FIELDS.items():
            value = getattr(self.entry, name)
            if field.kind == "region":
                pairs.update((name, _keyword(level)) for code in value for level in region_path(code))
            elif field.kind == "keyword":
                pairs.update((name, _keyword(one)) for one in (value if isinstance(value, tuple) else (value,)) if one)
            elif field.kind != "time":
                pairs.add((name, value))
        return frozenset(pairs)


Test: TypeAlias = Callable[[Subject], bool]


def matches(query: Query, entry: IndexEntry, now: datetime | None = None) -> bool:
    """Whether the query finds the document; every engine's answer is this one."""
    return tester(query)(Subject(entry, now))


def tester(query: Query) -> Test:
    """The query as a test of many documents, its strings folded once."""
    match query:
        case Text():
            return _text(query)
        case Words():
            return _words(query)
        case Near():
            return _near(query)
        case Term():
            return _term(query)
        case Range():
            return _range(query)
        case All():
            return lambda subject: True
        case And(parts=parts):
            tests = [tester(part) for part in parts]
            return lambda subject: all(test(subject) for test in tests)
        case Or(parts=parts):
            choices = [tester(part) for part in parts]
            return lambda subject: any(test(subject) for test in choices)
        case Not(part=part):
            excluded = tester(part)
            return lambda subject: not excluded(subject)


def _text(query: Text) -> Test:
    folded = fold(query.string)
    if query.scope == "title":
        return lambda subject: folded in subject.texts[0]
    return lambda subject: folded in subject.texts[1] or folded in subject.texts[0]


def _words(query: Words) -> Test:
    terms = word_terms(query.string)
    if not terms:
        return _text(Text(query.string))
    needed = max(1, math.ceil(query.share * len(terms)))
    return lambda subject: (
        sum(term in (subject.bigrams if len(term) > 1 else subject.characters) for term in terms) >= needed
    )


def _near(query: Near) -> Test:
    first, second = fold(query.first), fold(query.second)
    return lambda subject: any(
        is_near(text, first, second, query.slop) or is_near(text, second, first, query.slop) for text in subject.texts
    )


def is_near(text: str, first: str, second: str, slop: int) -> bool:
    """Whether ``second`` begins at most ``slop`` characters after an end of ``first``."""
    at = text.find(first)
    while at >= 0:
        end = at + len(first)
        if text.find(second, end, end + slop + len(second)) >= 0:
            return True
        at = text.find(first, at + 1)
    return False


def _term(query: Term) -> Test:
    wanted = frozenset(values_of(query))
    return lambda subject: not wanted.isdisjoint(subject.values)


def values_of(query: Term) -> list[tuple[str, str | bool | int]]:
    """The (field, value) pairs, any of which answers."""
    kind = FIELDS[query.field].kind
    if kind == "region":
        return [(query.field, _keyword(region_path(str(value))[-1])) for value in query.values]
    return [(query.field, _keyword(value) if isinstance(value, str) else value) for value in query.values]


def _range(query: Range) -> Test:
    if query.last_days is not None:
        return lambda subject: _within(_absolute(query, subject.now), subject)
    return lambda subject: _within(query, subject)


def _absolute(query: Range, now: datetime | None) -> Range:
    resolved = absolute(query, now)
    assert isinstance(resolved, Range)
    return resolved


def _within(query: Range, subject: Subject) -> bool:
    value: Bound = getattr(subject.entry, query.field)
    if value is None:
        return False
    return not (
        (query.ge is not None and value < query.ge)  # type: ignore[operator]
        or (query.gt is not None and value <= query.gt)  # type: ignore[operator]
        or (query.le is not None and value > query.le)  # type: ignore[operator]
        or (query.lt is not None and value >= query.lt)  # type: ignore[operator]
    )


def _keyword(text: str) -> str:
    """As engines keep it: lone surrogates cannot be encoded, and long ones are cut."""
    return text[:LONGEST_KEYWORD] if text.isascii() else _encodable(text)[:LONGEST_KEYWORD]


def _encodable(text: str) -> str:
    return text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
