"""Finding expressions in a folded text: literals through one automaton, patterns only where they can match."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator

import ahocorasick

from models.normalise import fold

CLAUSE_ENDS = frozenset("。！？；，!?;,\n")
SENTENCE_ENDS = frozenset("。！？!?\n")
FARTHEST = 300
"""Characters after which a clause without punctuation is taken to end: no text may cost the square of its length."""


class Literals:
    """Expressions with a payload each; overlapping hits are all found."""

    def __init__(self, rows: Iterable[tuple[str, object]]) -> None:
        payloads: dict[str, list[object]] = {}
        for phrase, payload in rows:
            payloads.setdefault(fold(phrase), []).append(payload)
        self._automaton = ahocorasick.Automaton()
        for phrase, held in payloads.items():
            self._automaton.add_word(phrase, (len(phrase), tuple(held)))
        if payloads:
            self._automaton.make_automaton()
        self._empty = not payloads

    def find(self, text: str) -> Iterator[tuple[int, int, object]]:
        """Every hit in a folded text as (start, end, payload)."""
        if self._empty:
            return
        for last, (length, held) in self._automaton.iter(text):
            for payload in held:
                yield last + 1 - length, last + 1, payload


class Patterns:
    """Regular expressions with a payload each; an automaton over words they cannot do without decides which run.

    For a payload in ``narrowed`` the match is what the last group of the pattern took, not all that led up to it.
    """

    def __init__(self, rows: Iterable[tuple[str, object]], narrowed: Container[object] = ()) -> None:
        self._narrowed = narrowed
        self._compiled: list[tuple[re.Pattern[str], object]] = []
        self._always: list[int] = []
        needed: list[tuple[str, object]] = []
        for number, (pattern, payload) in enumerate(rows):
            self._compiled.append((re.compile(pattern), payload))
            words = required_words(pattern)
            needed.extend((word, number) for word in words)
            if not words:
                self._always.append(number)
        self._needed = Literals(needed)

    def find(self, text: str) -> Iterator[tuple[int, int, object]]:
        """Every match in a folded text as (start, end, payload), pattern by pattern."""
        numbers = {number for _, _, number in self._needed.find(text)}
        for number in sorted({*self._always, *numbers}):  # type: ignore[type-var]
            expression, payload = self._compiled[number]  # type: ignore[call-overload]
            for match in expression.finditer(text):
                start, end = match.span(match.lastindex if match.lastindex and payload in self._narrowed else 0)
                if end > start:
                    yield start, end, payload


def required_words(pattern: str) -> tuple[str, ...]:
    """Plain words of which every match holds one: the best obligatory ``(a|b|c)`` of a pattern, or none."""
    if "|" in re.sub(r"\([^()]*\)|\[[^]]*\]", "", re.sub(r"\([^()]*\)", "", pattern)):
        return ()
    best: tuple[str, ...] = ()
    depth = 0
    for match in re.finditer(r"\((?!\?)([^()]*)\)([?*]|\{0)?|[()]", pattern):
        if match.group(1) is None:
            depth += 1 if match.group() == "(" else -1
            continue
        words = tuple(fold(word) for word in match.group(1).split("|"))
        plain = all(word and not re.search(r"[\\.\[\]?*+{}^$]", word) for word in words)
        if depth == 0 and plain and not match.group(2) and min(map(len, words)) > min(map(len, best), default=0):
            best = words
    return best


def clause_start(text: str, at: int, ends: frozenset[str] = CLAUSE_ENDS) -> int:
    """Where the clause that holds the character ``at`` begins."""
    least = max(0, at - FARTHEST)
    while at > least and text[at - 1] not in ends:
        at -= 1
    return at


def clause_end(text: str, at: int, ends: frozenset[str] = CLAUSE_ENDS) -> int:
    """Where the clause that holds the character ``at`` ends (before its punctuation)."""
    most = min(len(text), at + FARTHEST)
    while at < most and text[at] not in ends:
        at += 1
    return at
