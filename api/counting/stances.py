"""Documents by what they want of the project (立场), month by month; what cannot be told is counted as that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from api.counting.apart import Apart
from api.counting.calendar import UNDATED, Tree, first_day, last_day
from api.counting.cells import Grouped
from api.counting.coverage import Coverage, DayBook
from api.policy.suppression import Figure
from pipeline.ledger import STANCE, STANCES, Crowd
from pipeline.ledger import UNDATED as NO_DAY


@dataclass(frozen=True, slots=True)
class StanceMonth:
    """A month by stance; a count is None when nothing was read in it."""

    first: date
    last: date
    counts: Mapping[str, Figure | None]
    coverage: Coverage


def stance_months(
    crowd: Crowd, book: DayBook, k: int, first: date, last: date, *, told: bool = True, apart: Sequence[Apart] = ()
) -> tuple[StanceMonth, ...]:
    """The months from the one of ``first`` to the one of ``last``.

    There are only months: stances of weeks beside those of months could be set off against each other and against the
    number of each week. The months are those of the timeline and hidden as there; stances lie below them.
    """
    tree = Tree(crowd, _months, k, told=told, apart=apart)
    months: list[StanceMonth] = []
    start = first_day(first, "month")
    while start <= last:
        upto = last_day(start, "month")
        covered = book.of(start, upto).coverage
        counts = {one: bounded(tree.figure(_path(start, one)), covered) for one in STANCES}
        months.append(StanceMonth(start, upto, counts, covered))
        start = upto + timedelta(days=1)
    return tuple(months)


def bounded(count: Figure, covered: Coverage) -> Figure | None:
    """What was not read has no number; what was cut short has a lower bound."""
    if covered == "missing" and count == Figure("exact", 0):
        return None
    if covered in ("missing", "lower_bound") and count.form == "exact":
        return Figure("at_least", count.number)
    return count


def _months(crowd: Crowd) -> Grouped:
    """Months, and the stances in them; what has no date beside the months."""
    ordinals, day_of = np.unique(crowd.days, return_inverse=True)
    named = [UNDATED if day == NO_DAY else f"{date.fromordinal(day):%Y-%m}" for day in ordinals.tolist()]
    months = list(dict.fromkeys(named))
    above = np.array([months.index(name) for name in named], np.int64)[day_of]
    names, stances, places = crowd.field(STANCE)
    dated = crowd.days[places] != NO_DAY
    stances, places = stances[dated], places[dated]
    pairs, below = np.unique(above[places] * len(STANCES) + stances, return_inverse=True)
    parents = [months[pair // len(STANCES)] for pair in pairs.tolist()]
    keys = [f"{month} {names[pair % len(STANCES)]}" for month, pair in zip(parents, pairs.tolist(), strict=True)]
    return Grouped(
        [*months, *keys], [*(None for _ in months), *parents], np.concatenate([above, below + len(months)]),
        np.concatenate([np.arange(len(crowd)), places]),
    )  # fmt: skip


def _path(first: date, stance: str) -> tuple[str, str]:
    return f"{first:%Y-%m}", f"{first:%Y-%m} {stance}"
