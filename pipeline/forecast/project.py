"""A project's days ahead and its milestone warnings from the store; no number where there is too little to go by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Literal

from pipeline.alerts.calendar import covered
from pipeline.alerts.counting import MISSING, Coverage
from pipeline.alerts.observation import CHINA, moment_of, tick_of
from pipeline.alerts.settings import DetectorSettings
from pipeline.alerts.state import HOURS, State
from pipeline.forecast.milestones import (
    AFTER,
    BEFORE,
    Held,
    MilestoneKind,
    Moved,
    comparable,
    held,
    moved,
    ratios,
    stretch,
)
from pipeline.forecast.model import DayForecast, forecast
from pipeline.records import DecisionProject
from pipeline.store import JudgedHour, Store

Withheld = Literal["never_judged", "too_few_days", "not_read", "too_few_voices"]
LEAST_DAYS: Final = 14
STALE: Final = timedelta(days=14)
BASIS_DAYS: Final = 56
"""Days whose voices stand behind a forecast: what the level remembers."""
MOST_MISSING: Final = 0.5
"""Share of the last LEAST_DAYS that may be missing."""
GAPS_ALLOWED: Final = 0.1
"""Share of the hours around a compared milestone that may be missing."""


@dataclass(frozen=True, slots=True)
class MilestoneWarning:
    """A milestone of the project that lies in or near the days ahead, and what comparable projects went through."""

    kind: MilestoneKind
    day: date
    left_out: int
    """Comparable projects with too few voices or too many unread hours."""
    moved: Moved | None
    """None for fewer than five: too few comparable projects."""


@dataclass(frozen=True, slots=True)
class Ahead:
    """What can be said of a project's coming days; without ``days``, ``withheld`` says why."""

    project_id: str
    judged_through: datetime | None
    withheld: Withheld | None
    days: tuple[DayForecast, ...]
    holidays_known: bool
    """Whether the public holidays of all those days are announced."""
    rise_running: bool
    """A rise goes on: the level leaves most of it out, and so does the forecast."""
    warnings: tuple[MilestoneWarning, ...]
    settings_version: str


def look_ahead(store: Store, project: DecisionProject, days: int, now: datetime, k: int) -> Ahead:
    """The forecast of the ``days`` days after today and the warnings of milestones near them.

    ``k``: fewer voices than that behind the habit of the last weeks give no number (P-06).
    """
    today = now.astimezone(CHINA).date()
    series = store.alert_series([project.id]).get(project.id)
    through = moment_of(series.tick + 1) if series is not None and series.tick >= series.begin else None
    state = _state(series.state) if series is not None else None
    withheld: Withheld | None = "never_judged"
    if series is not None and through is not None and state is not None:
        first = series.tick - BASIS_DAYS * HOURS + 1
        hours = store.judged_hours(project.id, first, series.tick)
        withheld = _withheld(hours, series.tick - series.begin + 1, series.tick, now - through, k)
    found: list[DayForecast] = []
    if withheld is None and state is not None:
        found = forecast(state, today + timedelta(days=1), days)
    return Ahead(
        project.id,
        through,
        withheld,
        tuple(found),
        all(covered(today + timedelta(days=ahead)) for ahead in range(1, days + 1)),
        bool(store.running_incidents([project.id])),
        tuple(_warnings(store, project, today, days, k)),
        DetectorSettings().version(),
    )


def _withheld(hours: list[JudgedHour], judged: int, last: int, age: timedelta, k: int) -> Withheld | None:
    if judged < LEAST_DAYS * HOURS:
        return "too_few_days"
    newest = [hour for hour in hours if hour.tick > last - LEAST_DAYS * HOURS]
    if age > STALE or sum(hour.missing for hour in newest) > MOST_MISSING * LEAST_DAYS * HOURS:
        return "not_read"
    low = max((hour.voices_low for hour in hours), default=0)
    high, origins = sum(hour.voices_high for hour in hours), sum(hour.count for hour in hours)
    return None if low >= k or (origins >= k and high >= k) else "too_few_voices"


def _state(packed: bytes) -> State | None:
    """None for a state of another version, which the next watch begins anew."""
    try:
        state = State.from_bytes(packed)
    except ValueError:
        return None
    return state if state.tick is not None else None


def _warnings(store: Store, project: DecisionProject, today: date, days: int, k: int) -> Iterable[MilestoneWarning]:
    near = (today - timedelta(days=AFTER), today + timedelta(days=days + BEFORE))
    others = store.projects()
    for one in sorted(held(project), key=lambda one: one.day):
        if not near[0] < one.day <= near[1]:
            continue
        there = comparable(project, one.kind, others, today)
        counted = [counts for other in there if (counts := _counts(store, other, k)) is not None]
        yield MilestoneWarning(
            one.kind, one.day, len(there) - len(counted), moved(one.kind, [ratios(c) for c in counted])
        )


def _counts(store: Store, one: Held, k: int) -> list[float] | None:
    """Negative origins a day around a milestone; None with fewer than k voices or too many unread hours."""
    begin, end = stretch(one.day)
    first, last = (
        tick_of(datetime(begin.year, begin.month, begin.day)),
        (end - date(1970, 1, 1)).days * HOURS + HOURS - 1,
    )
    project_id = one.project.id
    sources = store.delivering_sources([project_id]).get(project_id, set())
    coverage = Coverage(store.source_windows(moment_of(first)), store.imported_through(), first, last)
    hours = [(source, tick) for source in sorted(sources) for tick in range(first, last + 1)]
    missing = sum(source not in coverage.sources or coverage.at(source, tick) == MISSING for source, tick in hours)
    if not hours or missing > GAPS_ALLOWED * len(hours):
        return None
    by_day: Counter[int] = Counter()
    low = high = 0
    for hour in store.hour_counts([project_id], first, last):
        by_day[(hour.tick - first) // HOURS] += sum(hour.negative.values())
        low, high = max(low, hour.voices[0]), high + hour.voices[1]
    if low < k and (by_day.total() < k or high < k):
        return None
    return [float(by_day[number]) for number in range((last - first + 1) // HOURS)]
