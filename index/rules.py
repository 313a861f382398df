"""Saved rules matched against new documents: looked up by their rarest bigram, then tested exactly."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import TypeAlias

from index.bigrams import fold, word_terms
from index.entry import IndexEntry
from index.matching import Subject, Test, tester, values_of
from index.query.tree import And, Near, Or, Query, Term, Text, Words, guarded

Mark: TypeAlias = str | tuple[str, str | bool | int]
"""What a document shows at a glance: a bigram, a character, or a field with its value."""
_Share: TypeAlias = Callable[[Mark], float]


class Rules:
    """Named queries that ask of each document: which of you does it answer?

    ``sample`` tells how common bigrams and values are: each rule waits under the rarest marks that every document it
    finds must show one of. Any sample gives the same answers; a typical one gives them sooner.
    """

    def __init__(self, rules: Mapping[str, Query], sample: Iterable[IndexEntry] = ()) -> None:
        """Raises QueryError for a rule with more than 200 clauses."""
        share = _shares(sample)
        self._tests: dict[str, Test] = {}
        self._waiting: dict[Mark, list[str]] = {}
        self._always: list[str] = []
        for name, query in rules.items():
            guarded(query)
            self._tests[name] = tester(query)
            marks = _marks(query, share)
            if marks is None:
                self._always.append(name)
            for mark in marks or ():
                self._waiting.setdefault(mark, []).append(name)
        self._by_character = any(isinstance(mark, str) and len(mark) == 1 for mark in self._waiting)

    def __len__(self) -> int:
        return len(self._tests)

    def matching(self, entry: IndexEntry, now: datetime | None = None) -> tuple[str, ...]:
        """Names of the rules that the document answers, in alphabetical order."""
        subject = Subject(entry, now)
        tests = self._tests
        return tuple(sorted(name for name in self._candidates(subject) if tests[name](subject)))

    def _candidates(self, subject: Subject) -> set[str]:
        waiting = self._waiting
        shown: set[Mark] = set(waiting.keys() & subject.bigrams)
        shown |= waiting.keys() & subject.values
        if self._by_character:
            shown |= waiting.keys() & subject.characters
        candidates = set(self._always)
        for mark in shown:
            candidates.update(waiting[mark])
        return candidates


def _shares(sample: Iterable[IndexEntry]) -> _Share:
    counts: Counter[Mark] = Counter()
    documents = 0
    for entry in sample:
        subject = Subject(entry)
        documents += 1
        for marks in (subject.bigrams, subject.characters, subject.values):
            counts.update(marks)
    return lambda mark: (counts[mark] + _unseen(mark)) / (documents + 1)


def _unseen(mark: Mark) -> float:
    """Without a sample, bigrams are rarer than characters, and those rarer than values of fields."""
    return 1.0 if isinstance(mark, tuple) else 0.5 if len(mark) == 1 else 0.1


def _marks(query: Query, share: _Share) -> list[Mark] | None:
    """Marks of which every document that the query finds shows at least one; None when there are no such marks."""
    match query:
        case Text(string=string):
            return _rarest(fold(string), share)
        case Words():
            return _marks_of_words(query, share)
        case Near(first=first, second=second):
            return min((_rarest(fold(first), share), _rarest(fold(second), share)), key=lambda m: share(m[0]))
        case Term():
            return list(values_of(query))
        case And(parts=parts):
            found = [marks for part in parts if (marks := _marks(part, share)) is not None]
            return min(found, key=lambda marks: sum(map(share, marks)), default=None)
        case Or(parts=parts):
            choices = [_marks(part, share) for part in parts]
            return None if None in choices else [mark for marks in choices for mark in marks or ()]
        case _:
            return None


def _rarest(folded: str, share: _Share) -> list[Mark]:
    marks = [folded[at : at + 2] for at in range(max(1, len(folded) - 1))]
    return [min(marks, key=share)]


def _marks_of_words(query: Words, share: _Share) -> list[Mark]:
    """Where k of n bigrams must occur, one of any n - k + 1 does: the rarest are taken."""
    terms = word_terms(query.string)
    if not terms:
        return _rarest(fold(query.string), share)
    needed = max(1, math.ceil(query.share * len(terms)))
    return [*sorted(terms, key=share)[: len(terms) - needed + 1]]
