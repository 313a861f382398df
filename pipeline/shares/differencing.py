"""Differencing: whether a number, set off against those that somebody holds, tells the texts of few people.

Every exact number is an equation over the documents that it counts. A group of few people is isolated when the
equations that are held give its size, or leave it a narrower range than a hidden cell of one table has
(``api.policy.suppression``: anything from 1 to k - 1). This is looked for in every class of documents that the numbers
tell apart, in two or three of these together, in what one number counts and another does not, and in what is left of a
number after those within it; for each against all numbers at once. Where too many were given to look at all of that,
nothing is told that leaves any class of few at all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations
from typing import Final

import numpy as np

from pipeline.shares.groups import Division, Group, Matrix, incidence

MOST_NUMBERS: Final = 300
MOST_CLASSES: Final = 1_000
MOST_SMALL: Final = 120
"""Numbers, classes and small classes that are weighed against each other; of more, no small class is left."""
TOGETHER: Final = 3
"""Small classes whose sum is looked at."""
EXACT: Final = 1e-6


def admitted(
    held: Sequence[frozenset[str]],
    asked: Sequence[frozenset[str]],
    few: Callable[[frozenset[str]], bool],
    k: int,
) -> list[bool]:
    """Which of the asked numbers may be told to somebody who holds the others, the first ones before later ones.

    A number is given by the ids of the documents that it counts; ``few`` says whether fewer than k voices stand behind
    some documents, withdrawn ones having none. What is held already may be told again. A number of nothing may be told.
    """
    sets = list(dict.fromkeys(one for one in (*held, *asked) if one))
    number = {one: at for at, one in enumerate(sets)}
    known = [number[one] for one in dict.fromkeys(held) if one]
    weighed = _Weighed(Division(sets, few), k)
    before = weighed.isolated(known)
    new: list[int] = []
    for one in asked:
        if not one or number[one] in known or number[one] in new:
            continue
        if not weighed.given_away([*known, *new, number[one]]) - before:
            new.append(number[one])
    while new and (bare := weighed.isolated([*known, *new]) - before):
        new.remove(_to_blame(new, bare, weighed.parts_of))
    told = {*known, *new}
    return [not one or number[one] in told for one in asked]


class _Weighed:
    """Groups of few people that some of the numbers isolate."""

    def __init__(self, division: Division, k: int) -> None:
        self._division, self._k = division, k

    def parts_of(self, number: int) -> Group:
        """The parts that a number counts."""
        return frozenset().union(*(group for _, group in self._division.classes([number])))

    def given_away(self, known: Sequence[int]) -> set[Group]:
        """The groups whose size follows from the known numbers."""
        classes = self._division.classes(known)
        small = [at for at, (_, group) in enumerate(classes) if self._division.few(group)]
        if not small:
            return set()
        if self._too_many(known, classes, small):
            return {classes[at][1] for at in small}
        rows = incidence(classes, known)
        fixed = np.linalg.pinv(rows) @ rows
        chosen = [*self._together(small), *self._differences(known, classes)]
        found = {_joined(classes, group) for group in chosen if _follows(fixed, group)}
        return {group for group in found if self._division.few(group)}

    def isolated(self, known: Sequence[int]) -> set[Group]:
        """The groups whose size follows, and those to whom less room is left than k-anonymity gives."""
        found = self.given_away(known)
        classes = self._division.classes(known)
        small = [at for at, (_, group) in enumerate(classes) if self._division.few(group)]
        if not small or self._too_many(known, classes, small):
            return found
        rows = incidence(classes, known)
        sizes = rows @ np.array([float(self._division.size(group)) for _, group in classes])
        chosen = dict.fromkeys([*((at,) for at in small), *self._differences(known, classes)])
        for group in chosen:
            joined = _joined(classes, group)
            if joined not in found and self._division.few(joined) and not self._has_room(rows, sizes, group):
                found.add(joined)
        return found

    def _too_many(self, known: Sequence[int], classes: Sequence[tuple[int, Group]], small: Sequence[int]) -> bool:
        return len(known) > MOST_NUMBERS or len(classes) > MOST_CLASSES or len(small) > MOST_SMALL

    def _together(self, small: Sequence[int]) -> list[tuple[int, ...]]:
        return [group for size in range(1, TOGETHER + 1) for group in combinations(small, size)]

    def _differences(self, known: Sequence[int], classes: Sequence[tuple[int, Group]]) -> list[tuple[int, ...]]:
        """What one number counts and another does not, what both count, what is left of one after those within it."""
        counted = [frozenset(at for at, (mask, _) in enumerate(classes) if mask >> one & 1) for one in known]
        found: dict[frozenset[int], None] = {}
        for one in counted:
            within = [other for other in counted if other < one]
            found[one - frozenset().union(*within)] = None
            for other in counted:
                found[one - other] = None
                found[one & other] = None
        return [tuple(sorted(group)) for group in found if group and self._division.few(_joined(classes, group))]

    def _has_room(self, rows: Matrix, sizes: Matrix, group: Sequence[int]) -> bool:
        """Whether these documents could be one as well as k - 1, for all that the numbers say."""
        from scipy.optimize import linprog  # half a second, which most answers need not wait for

        aim = np.zeros(rows.shape[1])
        aim[list(group)] = 1
        least = linprog(aim, A_eq=rows, b_eq=sizes, bounds=(0, None))
        most = linprog(-aim, A_eq=rows, b_eq=sizes, bounds=(0, None))
        if least.status != 0 or most.status != 0:
            return False
        return bool(least.fun <= 1 + EXACT and -most.fun >= self._k - 1 - EXACT)


def _joined(classes: Sequence[tuple[int, Group]], group: Sequence[int] | frozenset[int]) -> Group:
    return frozenset().union(*(classes[at][1] for at in group))


def _follows(fixed: Matrix, group: Sequence[int]) -> bool:
    """Whether the group's size is a combination of the known numbers: its indicator lies in the space of their rows."""
    at = list(group)
    return abs(float(fixed[np.ix_(at, at)].sum()) - len(at)) < EXACT


def _to_blame(new: Sequence[int], bare: set[Group], parts_of: Callable[[int], Group]) -> int:
    """The last number that counts any of the groups, for want of one the last of all."""
    touched = frozenset().union(*bare)
    return next((one for one in reversed(new) if parts_of(one) & touched), new[-1])
