"""Chinese civil days: weekdays, public holidays and the working weekends (调休) that pay for them.

The announced calendar comes from ``chinesecalendar`` (MIT; State Council notices from 2004 on). A year that has not
been announced yet keeps its plain weekdays and the holidays whose date the law fixes (1 January, 1–2 May,
1–3 October); ``covered`` says so, and whoever prints a reading can say it too.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from typing import Final

import chinese_calendar
import numpy as np
import numpy.typing as npt

HOLIDAY: Final = 7
"""Day kind of a public holiday; 0–6 are Monday to Sunday."""
KINDS: Final = 8
MADE_UP_WORKDAY: Final = 2
"""A working weekend behaves like a day in the middle of the week."""
_EPOCH: Final = date(1970, 1, 1)
_FIXED: Final = frozenset({(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)})


def covered(day: date) -> bool:
    """Whether the announced holiday calendar of that year is known."""
    try:
        chinese_calendar.is_workday(day)
    except NotImplementedError:
        return False
    return True


@lru_cache(maxsize=4096)
def day_kind(day: date) -> int:
    """0–6 for an ordinary Monday … Sunday, MADE_UP_WORKDAY for a working weekend, HOLIDAY for a public holiday."""
    weekday = day.weekday()
    try:
        working, occasion = chinese_calendar.is_workday(day), chinese_calendar.get_holiday_detail(day)[1]
    except NotImplementedError:
        return HOLIDAY if (day.month, day.day) in _FIXED else weekday
    if working:
        return MADE_UP_WORKDAY if weekday > 4 else weekday
    return HOLIDAY if occasion else weekday


def day_kinds(days: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Day kinds of civil days given as days since 1 January 1970."""
    unique, where = np.unique(days, return_inverse=True)
    kinds = np.array([day_kind(_EPOCH + timedelta(days=int(day))) for day in unique], dtype=np.int64)
    return kinds[where]
