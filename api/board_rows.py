"""The rows of the board, made of what the database counted, each number as it may be shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from api.board_answers import BoardRow, BoardState, DayOnBoard, ExpectedOfDay, NeedShown, OldestUnanswered, ShareShown
from api.board_needs import needs_of, undecided
from api.board_volume import DailyVolumes, negative_share
from api.charts import Calibrated
from api.confirmed import CONFIRMED, confirmed_only
from api.policy import Reader, access, enough, enough_voices
from pipeline.alerts.observation import moment_of
from pipeline.forecast.habit import DayOfProject, habit
from pipeline.matters.waiting import WaitingMatter
from pipeline.process.clocks import due_dates, national_clocks
from pipeline.records import DecisionProject
from pipeline.records.incident import LEVELS
from pipeline.store import Series, Standing

BEHIND: Final = 48
"""Hours after which a project that was not judged up to now is said to have a gap."""
NEWEST: Final = 2
"""Newest judged days whose unread hours are called a gap."""
GRAVE: Final = frozenset({"orange", "red"})


@dataclass(frozen=True)
class BoardRows:
    """Everything the rows of some projects are made of. ``days`` are whole weeks, ``shown`` those that are shown."""

    reader: Reader
    standings: Mapping[str, Standing]
    series: Mapping[str, Series]
    days: Mapping[str, Sequence[DayOfProject]]
    waiting: Mapping[str, Sequence[WaitingMatter]]
    volumes: DailyVolumes
    shown: Sequence[date]
    now_tick: int
    k: int

    def row(self, project: DecisionProject) -> BoardRow:
        """One row."""
        standing = self.standings[project.id]
        return BoardRow(
            **project.model_dump(include={"name_zh", "name_en", "stage", "region", "region_code"}),
            project_id=project.id,
            state=self.state(project),
            level=self.level(project),
            incidents=sum(standing.incidents.values()),
            judged_through=moment_of(self.series[project.id].tick + 1) if self._judged(project) else None,
            days=self._days(project),
            negative=self.negative(project),
            candidates=self.candidates(project),
            confirmed=sum(count for state, count in standing.risk_points.items() if state in CONFIRMED),
            overdue=standing.dispatches.get("overdue", 0)
            if access().allows(self.reader, "dispatches.read", project)
            else None,
            oldest=self.oldest(project),
            days_read=self.days_read(project),
            needs=self.needs(project),
        )

    def needs(self, project: DecisionProject) -> list[NeedShown]:
        """What waits for the reader."""
        return needs_of(self.reader, project, self.standings[project.id])

    def candidates(self, project: DecisionProject) -> int | None:
        """Candidates without a decision; None where the reader waits for confirmed risk points."""
        return None if confirmed_only(self.reader, project) else undecided(self.standings[project.id])

    def level(self, project: DecisionProject) -> Any:
        """The highest level of the rises that are not closed."""
        found = {level for level, _ in self.standings[project.id].incidents}
        return next((level for level in reversed(LEVELS) if level in found), None)

    def state(self, project: DecisionProject) -> BoardState:
        """Alert before gap before watch: a grave rise stands whatever was not read, but quiet needs reading."""
        level = self.level(project)
        if level in GRAVE:
            return "alert"
        if not self._judged(project):
            return "not_watched" if level is None else "watch"
        if self._gap(project):
            return "source_gap"
        return "normal" if level is None else "watch"

    def negative(self, project: DecisionProject) -> ShareShown | None:
        """The negative share of the shown days with its interval; None where the number of a week is hidden, which the
        share and its interval would give away."""
        mine = self._mine(project)
        found = negative_share(mine, self.k)
        if found is None or not self.volumes.tells(project.id, mine):
            return None
        count, whole = found
        low, high = Calibrated(0.0, count / whole, whole).interval
        return ShareShown(p=round(count / whole, 2), low=round(low, 2), high=round(high, 2))

    def oldest(self, project: DecisionProject) -> OldestUnanswered | None:
        """The petition that waits longest; None where none waits."""
        waiting = self.waiting.get(project.id, ())
        if not waiting:
            return None
        today = self.shown[-1]
        late = due_dates(waiting[0].since, national_clocks())[1] < today
        told = next((one for one in waiting if enough_voices(one.counts, self.k)), None)
        if told is None:
            return OldestUnanswered(late=late, since=None, due=None, days=None)
        due = due_dates(told.since, national_clocks())[1]
        return OldestUnanswered(late=late, since=told.since, due=due, days=(today - told.since).days)

    def days_read(self, project: DecisionProject) -> int:
        """Days that were read whole; today counts as far as it has come."""
        return sum(self._whole(one) for one in self._mine(project))

    def _days(self, project: DecisionProject) -> list[DayOnBoard]:
        mine, usual = self._mine(project), self._habit(project)
        return [
            DayOnBoard(
                day=one.day,
                count=figure.as_json() if (figure := self.volumes.day(project.id, one.day)) else None,
                read=one.read > 0,
                usual=ExpectedOfDay(expected=round(band[0], 1), low=band[1], high=band[2]) if band else None,
            )
            for one, band in zip(mine, usual or [None] * len(mine), strict=True)
        ]

    def _habit(self, project: DecisionProject) -> Sequence[Any] | None:
        """The usual days, where k voices stand behind what the habit is made of."""
        series, known = self.series.get(project.id), self.days.get(project.id, ())
        low, high = max((one.voices_low for one in known), default=0), sum(one.voices_high for one in known)
        if series is None or not enough(low, high, sum(one.count for one in known), self.k):
            return None
        return habit(series, [one.day for one in self._mine(project)])

    def _mine(self, project: DecisionProject) -> list[DayOfProject]:
        known = {one.day: one for one in self.days.get(project.id, ())}
        return [known.get(day) or DayOfProject(day, 0, None, 0, 0, 0.0, False) for day in self.shown]

    def _judged(self, project: DecisionProject) -> bool:
        series = self.series.get(project.id)
        return series is not None and series.tick >= series.begin

    def _gap(self, project: DecisionProject) -> bool:
        """Whether the watch lies behind, or newest days were not read whole."""
        reach = self.series[project.id].tick
        if self.now_tick - reach > BEHIND:
            return True
        known = [one for one in self._mine(project) if tick_of_day(one.day) + 23 <= reach]
        return any(one.read < 1 for one in known[-NEWEST:])

    def _whole(self, one: DayOfProject) -> bool:
        if one.capped or one.read <= 0:
            return False
        passed = min(24, self.now_tick - tick_of_day(one.day))
        return one.read * 24 >= passed - 1


def tick_of_day(day: date) -> int:
    """The first hour of a day."""
    return (day - date(1970, 1, 1)).days * 24


def regions_around(codes: AbstractSet[str], code: str) -> str | None:
    """The narrowest known region that a region lies in."""
    around = [one for one in codes if code != one and code.startswith(one)]
    return max(around, key=len, default=None)
