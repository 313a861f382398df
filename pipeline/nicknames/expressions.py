"""Expressions that many texts share: runs of characters that stand in enough of them, and where each text has them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

LONGEST: Final = 12
"""Characters of the longest expression: what is longer and shared is a sentence that was copied."""
_RUN: Final = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fffA-Za-z0-9]+")
_PLACEHOLDER: Final = re.compile(r"〈[^〈〉\n]{1,8}〉")


def runs_of(text: str) -> list[str]:
    """Runs of letters, digits and Han characters; what was redacted belongs to none (P-13)."""
    return _RUN.findall(_PLACEHOLDER.sub("\n", text))


def shared(texts: Sequence[str], at_least: int) -> dict[str, int]:
    """Expressions of 2 to 12 characters that stand in so many texts, with in how many.

    Grown from pairs of characters: a longer one is only looked for where what it begins and ends with is shared. Parts
    of sentences that so many texts copied are left out, however short.
    """
    runs = [runs_of(text) for text in texts]
    found: dict[str, int] = {}
    frequent: Mapping[str, int] = {}
    for size in range(2, LONGEST + 2):
        counts: Counter[str] = Counter()
        for of_text in runs:
            counts.update(_grams(of_text, size, frequent))
        frequent = {gram: count for gram, count in counts.items() if count >= at_least}
        found.update(frequent)
    return _without_copied(found)


def _grams(runs: Iterable[str], size: int, frequent: Mapping[str, int]) -> set[str]:
    return {
        run[at : at + size]
        for run in runs
        for at in range(len(run) - size + 1)
        if size == 2 or (run[at : at + size - 1] in frequent and run[at + 1 : at + size] in frequent)
    }


def _without_copied(found: Mapping[str, int]) -> dict[str, int]:
    """Without what stands in nearly as many texts inside a run that is longer than any expression."""
    longest = {gram: count for gram, count in found.items() if len(gram) > LONGEST}
    kept = dict(found)
    for gram, count in longest.items():
        for size in range(2, len(gram) + 1):
            for at in range(len(gram) - size + 1):
                if found[gram[at : at + size]] <= count * 1.2:
                    kept.pop(gram[at : at + size], None)
    return kept
