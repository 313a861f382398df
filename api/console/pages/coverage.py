"""Where was looked in one project: found, searched and empty, or not searched at all (P-24)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Annotated, Any, Final, Literal

from fastapi import Query, Response
from pydantic import BaseModel

from api.answers import Count
from api.console.csv_files import csv_file
from api.console.formats import figure
from api.console.names import names
from api.console.rules import ConsoleRouter, InProject
from api.console.visit import AtConsole, ProjectPath, Visit
from api.console.words import word
from api.coverage_answers import CellState, CoverageRow, CoverageShown, StageColumn
from api.coverage_desk import CoverageDesk
from api.freshness import freshness

SIGN: Final[dict[CellState, str]] = {"found": "", "searched_empty": "0", "not_searched": "—", "withheld": "·"}
LOOK: Final[dict[CellState, str]] = {
    "found": "full", "searched_empty": "0", "not_searched": "unknown", "withheld": "partial",
}  # fmt: skip
router = ConsoleRouter()


class CoverageAsked(BaseModel):
    """Which factors: all, or those that were found, or not."""

    show: Literal["all", "found", "searched_empty", "not_searched"] = "all"


@router.page("/projects/{project_id}/coverage", rule=InProject("coverage.read"))
def coverage(visit: AtConsole, project_id: ProjectPath, asked: Annotated[CoverageAsked, Query()]) -> Response:
    """The matrix: a table a stage, factors by category in lines, kinds of source in columns."""
    shown = visit.desk(CoverageDesk).coverage(project_id, visit.purpose(project_id))
    return visit.page(
        "project/coverage.html",
        coverage=shown,
        fresh=freshness(shown),
        show=asked.show,
        states=Counter(row.state for row in shown.rows),
        tables=[
            (stage, _kinds(shown, stage.stage), list(_lines(visit, shown, stage.stage, asked.show)))
            for stage in shown.stages
        ],
        groups=names("stakeholders", visit.language),
    )


@router.page("/projects/{project_id}/coverage.csv", rule=InProject("coverage.read"))
def coverage_csv(visit: AtConsole, project_id: ProjectPath) -> Response:
    """The matrix as a file, a line a cell."""
    shown, say = visit.desk(CoverageDesk).coverage(project_id, visit.purpose(project_id)), visit.gettext
    stages = {one.stage: one.name_zh for one in shown.stages}
    heads = [say("编号"), say("风险因素"), say("阶段"), say("来源"), say("情况"), say("文本")]
    lines = [
        [row.factor, row.name_zh, stages[cell.stage], word(say, cell.source_kind, "source_kind"),
         word(say, cell.state, "cell"), _number(cell.count)]
        for row in shown.rows
        for cell in row.cells
    ]  # fmt: skip
    return csv_file(heads, lines, f"coverage-{project_id}")


def _kinds(shown: CoverageShown, stage: StageColumn) -> list[str]:
    return [column.source_kind for column in shown.searched if column.stage == stage]


def _lines(visit: Visit, shown: CoverageShown, stage: StageColumn, show: str) -> Iterator[tuple[str, list[Any]]]:
    """By category its factors, each with its cells in this stage."""
    called, categories = names("factors", visit.language), names("categories", visit.language)
    by_category: dict[str, list[CoverageRow]] = {}
    for row in shown.rows:
        if show not in ("all", row.state):
            continue
        by_category.setdefault(row.category, []).append(row)
    for category, rows in by_category.items():
        yield categories[category], [(called[row.factor], row, _cells(visit, shown, row, stage)) for row in rows]


def _cells(visit: Visit, shown: CoverageShown, row: CoverageRow, stage: StageColumn) -> list[tuple[str, str, str]]:
    return [
        (_number(cell.count) or SIGN[cell.state], LOOK[cell.state], word(visit.gettext, cell.state, "cell"))
        for cell in row.cells
        if cell.stage == stage
    ]


def _number(count: Count | None) -> str:
    return figure(count.model_dump()) if count else ""
