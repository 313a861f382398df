"""The desk for the board (看板): where every project of the reader stands, and what of it waits for the reader."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from api.board_answers import BoardOrder, BoardShown, BoardState, RegionOnBoard
from api.board_needs import urgency
from api.board_rows import BoardRows, regions_around
from api.board_volume import DailyVolumes, monday_of
from api.bulletin.volume import region_codes, regions_of, trimmed
from api.desk import Desk
from api.policy import access
from pipeline.alerts.observation import tick_of
from pipeline.forecast.habit import days_of
from pipeline.process.clocks import day_of
from pipeline.records import DecisionProject

DAYS: Final = 14
PAGE: Final = 20
STATES: Final[tuple[BoardState, ...]] = ("alert", "source_gap", "watch", "normal", "not_watched")


class BoardDesk(Desk):
    """One reader before the board of one office."""

    def board(
        self,
        purpose: str | None,
        *,
        region: str | None = None,
        order: BoardOrder = "needs",
        offset: int = 0,
        limit: int = PAGE,
    ) -> BoardShown:
        """A page of the reader's projects in a region, those first that need the reader. Raises Denied.

        Only what is shown of a project orders it, so that an order tells no more than the rows.
        """
        granted = self._granted_somewhere("board.read", purpose)
        self._note("board.read", granted)
        everything = self._office.store.projects()
        mine = [project for project in everything if access().allows(self._reader, "board.read", project)]
        code = trimmed(region) if region else ""
        chosen = [project for project in mine if not code or code in region_codes(project)]
        rows = self._rows(everything, mine)
        page = sorted(chosen, key=lambda project: _key(rows, project, order))[offset : offset + limit]
        return BoardShown(
            first=rows.shown[0],
            last=rows.shown[-1],
            k_anonymity=self._k,
            rows=[rows.row(project) for project in page],
            total=len(chosen),
            regions=_regions(mine),
        )

    def _rows(self, everything: Sequence[DecisionProject], mine: Sequence[DecisionProject]) -> BoardRows:
        store, now = self._office.store, self._office.store.clock()
        today, ids = day_of(now), [project.id for project in mine]
        shown = [today - timedelta(days=back) for back in reversed(range(DAYS))]
        series = store.alert_series(project.id for project in everything)
        days = days_of(store, series, monday_of(shown[0]), monday_of(today) + timedelta(days=6))
        return BoardRows(
            reader=self._reader,
            standings=store.standings(ids, self._reader.unit),
            series=series,
            days=days,
            waiting=self._office.waiting.of(ids),
            volumes=DailyVolumes(everything, days, set(ids), self._k),
            shown=shown,
            now_tick=tick_of(now),
            k=self._k,
        )


def _key(rows: BoardRows, project: DecisionProject, order: BoardOrder) -> tuple[Any, ...]:
    """What a project is sorted by; the name decides where the rest is alike."""
    state, name = STATES.index(rows.state(project)), (project.name_zh, project.id)
    match order:
        case "needs":
            kinds, count = urgency(rows.needs(project))
            oldest = rows.oldest(project)
            return (-kinds, state, not (oldest and oldest.late), -count, *name)
        case "state":
            return (state, *name)
        case "share":
            share = rows.negative(project)
            return (share is None, -share.p if share else 0, *name)
        case "candidates":
            return (-(rows.candidates(project) or 0), *name)
        case "unanswered":
            oldest = rows.oldest(project)
            return (oldest is None, -((oldest and oldest.days) or 0), not (oldest and oldest.late), *name)
        case "coverage":
            return (rows.days_read(project), *name)
        case _:
            return name


def _regions(projects: Sequence[DecisionProject]) -> list[RegionOnBoard]:
    """The regions of the reader's projects, wider ones before what lies in them."""
    count = Counter(code for project in projects for code in region_codes(project))
    return [
        RegionOnBoard(
            code=one.code, level=one.level, name=one.name, within=regions_around(count.keys(), one.code),
            projects=count[one.code],
        )
        for one in regions_of(projects)
    ]  # fmt: skip
