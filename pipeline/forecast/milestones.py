"""How volume moved around the same kind of milestone in comparable past projects: the early warning.

Volume of a week is compared with the project's own four weeks before; ratios of projects are summarised by their
median and by intervals that a further project of that kind would fall into.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

import numpy as np
from scipy.special import stdtrit

from pipeline.records import DecisionProject

MilestoneKind = Literal["预公告", "公示", "听证", "开工", "搬迁"]
KINDS: Final[tuple[MilestoneKind, ...]] = ("预公告", "公示", "听证", "开工", "搬迁")
LEAST_PROJECTS: Final = 5
BEFORE: Final = 14
AFTER: Final = 28
"""Days around the milestone that are compared."""
BASELINE: Final = 28
"""Days before these from which the project's own level is taken."""
WEEK: Final = 7
PSEUDO: Final = 1.0
"""Origins added above and below, so that a silent week is no ratio of nothing."""
MANY: Final = 19
"""From so many projects on the interval is theirs, below it is Student's t on the logarithms."""


@dataclass(frozen=True, slots=True)
class WeekMoved:
    """One week, ``first``–``last`` days from the milestone (0 is its day): volume over the project's own level."""

    first: int
    last: int
    median: float
    half: tuple[float, float]
    ninety: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Moved:
    """What comparable projects went through, week by week."""

    kind: MilestoneKind
    projects: int
    weeks: tuple[WeekMoved, ...]


@dataclass(frozen=True, slots=True)
class Held:
    """A milestone of a project with its whole date."""

    project: DecisionProject
    kind: MilestoneKind
    day: date


def kind_of(name: str) -> MilestoneKind | None:
    """The kind that a milestone's name speaks of; a 预公告 is no 公示."""
    return next((kind for kind in KINDS if kind in name), None)


def held(project: DecisionProject) -> list[Held]:
    """The project's milestones of a known kind whose day is known."""
    found = []
    for milestone in project.milestones:
        kind = kind_of(milestone.name)
        if kind is not None and len(milestone.date) == len("2026-01-01"):
            found.append(Held(project, kind, date.fromisoformat(milestone.date)))
    return found


def comparable(
    project: DecisionProject, kind: MilestoneKind, others: Iterable[DecisionProject], today: date
) -> list[Held]:
    """The first such milestone of every other project of the same kind that lies AFTER days back at least."""
    found: dict[str, Held] = {}
    for other in others:
        for one in held(other):
            past = one.day + timedelta(days=AFTER) <= today
            if other.id != project.id and other.kind == project.kind and one.kind == kind and past:
                before = found.get(other.id)
                found[other.id] = one if before is None or one.day < before.day else before
    return [found[key] for key in sorted(found)]


def stretch(day: date) -> tuple[date, date]:
    """The days that are needed around a milestone, both included."""
    return day - timedelta(days=BEFORE + BASELINE), day + timedelta(days=AFTER - 1)


def ratios(counts: Sequence[float]) -> list[float]:
    """Weekly volume over the project's own level, from the daily counts of ``stretch``."""
    days = np.asarray(counts, dtype=np.float64)
    usual = float(days[:BASELINE].sum()) * WEEK / BASELINE
    weeks = days[BASELINE:].reshape(-1, WEEK).sum(axis=1)
    return [float((week + PSEUDO) / (usual + PSEUDO)) for week in weeks]


def moved(kind: MilestoneKind, by_project: Sequence[Sequence[float]]) -> Moved | None:
    """The ratios of several projects, summarised; None where there are fewer than LEAST_PROJECTS."""
    if len(by_project) < LEAST_PROJECTS:
        return None
    weeks = []
    for at, values in enumerate(zip(*by_project, strict=True)):
        first = at * WEEK - BEFORE
        low, quarter, median, three, high = spread(values)
        weeks.append(WeekMoved(first, first + WEEK - 1, median, (quarter, three), (low, high)))
    return Moved(kind, len(by_project), tuple(weeks))


def spread(values: Sequence[float]) -> tuple[float, float, float, float, float]:
    """Quantiles .05 .25 .5 .75 .95 of the ratio that a further case would have."""
    logs = np.log(np.asarray(values, dtype=np.float64))
    n, median = len(logs), float(np.median(logs))
    if n >= MANY:
        low, quarter, three, high = np.quantile(logs, (0.05, 0.25, 0.75, 0.95), method="weibull").tolist()
    else:
        wide = float(logs.std(ddof=1)) * float(np.sqrt(1 + 1 / n))
        half, ninety = (float(stdtrit(n - 1, p)) * wide for p in (0.75, 0.95))
        low, quarter, three, high = median - ninety, median - half, median + half, median + ninety
    at = [float(np.exp(value)) for value in (low, quarter, median, three, high)]
    return at[0], at[1], at[2], at[3], at[4]
