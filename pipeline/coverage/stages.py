"""When a project was in which stage, as far as named people moved it here; before the first move nobody noted it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import NamedTuple, get_args

from pipeline.records import DecisionProject
from pipeline.records.project import Stage
from pipeline.store.process_marks import STAGE, Mark

ORDER: tuple[Stage, ...] = get_args(Stage)
_CHINA = timedelta(hours=8)


class StagePeriod(NamedTuple):
    """Days in Asia/Shanghai on which a project was in a stage; None: since always, or until now."""

    stage: Stage
    first: date | None
    last: date | None

    def has(self, day: date) -> bool:
        """Whether the day lies in it."""
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)


def stage_periods(project: DecisionProject, marks: list[Mark]) -> tuple[StagePeriod, ...]:
    """The periods in order, together all of time; the day of a move belongs to the stage moved to.

    Without a move all of time is the present stage. Before the first one it is the stage that comes before, since a
    registry does not say when its stage began.
    """
    moves = [mark for mark in marks if mark.subject == STAGE]
    if not moves:
        return (StagePeriod(project.stage, None, None),)
    first: Stage = moves[0].value  # type: ignore[assignment]
    begun: list[tuple[Stage, date | None]] = [(ORDER[max(0, ORDER.index(first) - 1)], None)]
    for move in moves:
        begun.append((move.value, _day(move.at)))  # type: ignore[arg-type]
    periods = []
    for place, (stage, begin) in enumerate(begun):
        end = begun[place + 1][1] if place + 1 < len(begun) else None
        last = end - timedelta(days=1) if end else None
        if begin is None or last is None or begin <= last:
            periods.append(StagePeriod(stage, begin, last))
    return tuple(periods)


def _day(moment: datetime) -> date:
    return (moment + _CHINA).date()
