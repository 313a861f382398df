"""What a trial of other words is given and tells; whoever only shows it needs none of the pipeline that reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Edited:
    """Words of factors in place of those in force (code → trigger words), and the least probability of a factor."""

    triggers: Mapping[str, tuple[str, ...]]
    threshold: float | None = None


@dataclass(frozen=True)
class Carried:
    """A factor that a text is said to carry, with its passage [start, end)."""

    code: str
    p: float
    primary: bool
    start: int
    end: int


@dataclass(frozen=True)
class Reading:
    """What was read: whether the text is a grievance, its factors, and the words of the lists that fired."""

    grievance: bool
    p_grievance: float
    threshold: float
    carried: tuple[Carried, ...]
    words: tuple[tuple[int, int, str], ...]
    """(start, end, factor) of every finding of the lexicon."""
    limits: tuple[str, ...]
