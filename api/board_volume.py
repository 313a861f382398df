"""The last days of many projects under k-anonymity: days lie beneath the weeks that the bulletin shows, in one tree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date, timedelta

from api.bulletin.volume import Volumes, key_of
from api.policy import Cell, Figure, enough
from pipeline.forecast.habit import DayOfProject, together
from pipeline.records import DecisionProject


def monday_of(day: date) -> date:
    """The Monday of the day's week."""
    return day - timedelta(days=day.weekday())


class DailyVolumes:
    """What each day of some whole weeks may show.

    The tree of a week is that of the bulletin, over all projects of the deployment, with the days beneath each
    project: what the bulletin hides is not found by adding up days, and no hidden day by taking the others off the
    week.
    """

    def __init__(
        self,
        projects: Sequence[DecisionProject],
        days: Mapping[str, Sequence[DayOfProject]],
        seen: AbstractSet[str],
        k: int,
    ) -> None:
        mondays = sorted({monday_of(one.day) for found in days.values() for one in found})
        self._days = {(key, one.day): one for key, found in days.items() for one in found}
        self._weeks = {}
        for monday in mondays:
            mine = {key: [one for one in found if monday_of(one.day) == monday] for key, found in days.items()}
            weeks = {key: together(week) for key, week in mine.items()}
            below = [_cell(key, one) for key, week in mine.items() for one in week]
            self._weeks[monday] = Volumes(projects, weeks, seen, k, below)

    def day(self, project_id: str, day: date) -> Figure | None:
        """Negative origins of one day of a project; None where nothing was read or nothing may be told."""
        one = self._days.get((project_id, day))
        if one is None or one.read <= 0:
            return None
        figure = self._weeks[monday_of(day)].part(project_id, _key(project_id, day))
        if figure is not None and figure.form == "exact" and (one.read < 1 or one.capped):
            return Figure("at_least", figure.number)
        return figure

    def week(self, project_id: str, monday: date) -> Figure | None:
        """Negative origins of one week, as the bulletin shows them; None where nothing may be told."""
        bar = self._weeks[monday].bar(project_id)
        return Figure(bar.form, bar.value) if bar is not None and bar.form is not None else None


def negative_share(days: Sequence[DayOfProject], k: int) -> tuple[int, int] | None:
    """Negative origins and all of them, where k voices stand behind the ones and k origins behind the others.

    Whose voices the others are, the judged hours do not say; each of their origins counts as one, as where voices
    cannot be told apart. None where either is too few, or the whole is not known.
    """
    read = [one for one in days if one.read > 0]
    count, whole = sum(one.count for one in read), 0
    for one in read:
        if one.total is None:
            return None
        whole += one.total
    low, high = max((one.voices_low for one in read), default=0), sum(one.voices_high for one in read)
    others = whole - count
    if not enough(low, high, count, k) or (others and not enough(1, others, others, k)):
        return None
    return (count, whole) if 0 < count <= whole else None


def _key(project_id: str, day: date) -> str:
    return f"{key_of(project_id)} {day}"


def _cell(project_id: str, one: DayOfProject) -> Cell:
    return Cell(_key(project_id, one.day), one.count, one.voices_low, one.voices_high, one.count, key_of(project_id))
