"""The board: every project of the reader in one line, those first that need the reader."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Final
from urllib.parse import urlencode

from fastapi import Query, Response
from pydantic import BaseModel, Field

from api.board_answers import BoardOrder, BoardRow, BoardShown, RegionOnBoard
from api.board_desk import PAGE, BoardDesk
from api.charts import Bar
from api.charts.counts import NOT_READ
from api.console.charts import Charts
from api.console.csv_files import csv_file
from api.console.formats import exact_number, figure, percent, percent_range
from api.console.i18n import N_
from api.console.rules import ConsoleRouter, Deployment
from api.console.visit import AtConsole, Visit
from api.console.words import word

UNTOLD: Final = "*"
"""Stands for a day whose number may not be told."""
LEVELS: Final = {
    "省": N_("省"), "市": N_("市"), "县（区）": N_("县（区）"), "乡镇（街道）": N_("乡镇（街道）"),
    "村（社区）": N_("村（社区）"),
}  # fmt: skip
router = ConsoleRouter()


class BoardAsked(BaseModel):
    """Which projects, in which order, which page."""

    region: Annotated[str | None, Field(pattern=r"^\d{2,12}$")] = None
    order: BoardOrder = "needs"
    page: Annotated[int, Field(ge=1, le=50_000)] = 1

    def address(self, **changes: Any) -> str:
        """The board asked in another way."""
        asked = {**self.model_dump(), **changes}
        usual = {"order": "needs", "page": 1, "region": None}
        query = urlencode({name: value for name, value in asked.items() if value != usual[name]})
        return f"/board?{query}" if query else "/board"


@router.page("/board", rule=Deployment("board.read"))
def board(visit: AtConsole, asked: Annotated[BoardAsked, Query()]) -> Response:
    """A page of the board."""
    found = _asked(visit, asked)
    charts = Charts(visit.language)
    return visit.page(
        "board/page.html",
        board=found,
        asked=asked,
        sparklines={row.project_id: charts.sparkline(bars_of(row)) for row in found.rows},
        regions=_tree(visit, found.regions, asked),
        here=next((one for one in found.regions if one.code == asked.region), None),
        start=(asked.page - 1) * PAGE,
        pages=-(-found.total // PAGE),
    )


@router.page("/board/days.csv", rule=Deployment("board.read"))
def days(visit: AtConsole, asked: Annotated[BoardAsked, Query()]) -> Response:
    """The figures of a page of the board, a line a project."""
    found, say = _asked(visit, asked), visit.gettext
    shown = [one.day for one in found.rows[0].days] if found.rows else []
    heads = [
        say("项目"), say("状态"), say("负面占比"), say("90%% 区间"), say("待研判候选"), say("已确认风险点"),
        say("完整读取天数"), *(f"{day:%Y-%m-%d}" for day in shown),
    ]  # fmt: skip
    lines = [
        [
            row.name_zh, word(say, row.state, "board"), percent(row.negative.p if row.negative else None),
            percent_range(row.negative.low, row.negative.high) if row.negative else "", row.candidates, row.confirmed,
            row.days_read, *(figure(one.count.model_dump()) if one.count else "" for one in row.days),
        ]
        for row in found.rows
    ]  # fmt: skip
    return csv_file(heads, lines, f"board-{found.last:%Y-%m-%d}")


def bars_of(row: BoardRow) -> list[Bar]:
    """The days of a row as the bars of a sparkline."""
    return [_bar(one.day, one.count.model_dump() if one.count else None, one.read, one.usual) for one in row.days]


def _asked(visit: Visit, asked: BoardAsked) -> BoardShown:
    return visit.desk(BoardDesk).board(
        visit.general_purpose(), region=asked.region, order=asked.order, offset=(asked.page - 1) * PAGE
    )


def _bar(day: date, count: dict[str, int] | None, read: bool, usual: Any) -> Bar:
    band = (usual.expected, usual.low, usual.high) if usual else None
    if count is None:
        return Bar(day, None, 0, None if not read else band, UNTOLD if read else NOT_READ)
    if (exact := exact_number(count)) is not None:
        return Bar(day, "exact", exact, band)
    [(form, number)] = count.items()
    return Bar(day, form, number, band)


def _tree(visit: Visit, regions: list[RegionOnBoard], asked: BoardAsked) -> list[dict[str, Any]]:
    """The regions as the nodes of ``macros/timeline.html``: what lies around the chosen one is open."""
    nodes: dict[str, dict[str, Any]] = {}
    roots: list[dict[str, Any]] = []
    for one in regions:
        node = {
            "name": one.name or f"{visit.gettext(LEVELS[one.level])} {one.code}",
            "href": asked.address(region=one.code, page=1), "count": one.projects,
            "children": [], "current": one.code == asked.region,
            "open": one.within is None or (asked.region or "").startswith(one.code),
        }  # fmt: skip
        nodes[one.code] = node
        (nodes[one.within]["children"] if one.within else roots).append(node)
    return roots
