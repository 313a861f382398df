"""The last days of many projects under k-anonymity: days lie beneath the weeks that the bulletin shows, in one tree."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
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
        self._days = {(key, one.day): one for key, found in days.items() for one in found}
        self._weeks = {}
        for monday, mine in by_week(days).items():
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

    def tells(self, project_id: str, days: Iterable[DayOfProject]) -> bool:
        """Whether the number of every week is told in which some of these days were read."""
        read = {monday_of(one.day) for one in days if one.read > 0}
        return all(self._weeks[monday].tells(project_id) for monday in read)


def by_week(days: Mapping[str, Sequence[DayOfProject]]) -> dict[date, dict[str, list[DayOfProject]]]:
    """The days of each project by the Monday of their week."""
    found: dict[date, dict[str, list[DayOfProject]]] = {}
    for key, some in days.items():
        for one in some:
            found.setdefault(monday_of(one.day), {}).setdefault(key, []).append(one)
    return found


def week_shown(volumes: Volumes, project_id: str) -> Figure | None:
    """Negative origins of one project's week, as the bulletin shows them; None where nothing may be told."""
    bar = volumes.bar(project_id)
    match bar and bar.form:
        case "exact" | "less_than" | "at_least" as form:
            assert bar is not None
            return Figure(form, bar.value)
        case _:
            return None


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
