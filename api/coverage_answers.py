"""The shape of the coverage answer: what was found, what was searched and is empty, what was not searched (P-24)."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from api.answers import Answer, Count
from pipeline.records import SearchWindow, SourceKind
from pipeline.records.base import FactorCode, StakeholderCode
from pipeline.records.project import Stage

StageColumn = Stage | Literal["undated"]
CellState = Literal["found", "searched_empty", "not_searched", "withheld"]
"""``withheld``: of so few texts that not even whether there are any is told by kind of source and stage (P-06)."""
SearchState = Literal["complete", "lower_bound", "unknown", "not_searched"]
"""``lower_bound``: windows were cut short, or days were not read; ``unknown``: imports, which may be partial."""
CoverageLimit = Literal[
    "silence_is_not_consent", "sealed_not_counted", "litigation_only_counted", "news_quotes_others", "unread_texts",
    "stages_before_the_first_move_are_not_noted",
]  # fmt: skip


class PeriodOfStage(Answer):
    """Days (Asia/Shanghai) of a stage as named people moved the project; null: since always, or until now."""

    stage: StageColumn
    name_zh: str
    first: date | None
    last: date | None


class ColumnSearched(Answer):
    """What was searched of a kind of source within a stage, and how many texts about the project it brought.

    ``texts`` is null where their number would tell a smaller one.
    """

    stage: StageColumn
    source_kind: SourceKind
    state: SearchState
    texts: Count | None
    windows: list[SearchWindow]


class CoverageCell(Answer):
    """One factor in one kind of source and one stage. ``searched_empty`` names its windows under ``searched``."""

    stage: StageColumn
    source_kind: SourceKind
    state: CellState
    count: Count | None


class CoverageRow(Answer):
    """One factor; ``count`` over all cells, null where there are texts and their number would tell a smaller one."""

    factor: FactorCode
    name_zh: str
    category: str
    counted_only: Annotated[bool, Field(description="Matters of law suits: counted, never assessed.")]
    state: CellState
    count: Count | None
    cells: list[CoverageCell]


class GroupHeard(Answer):
    """A group that the law requires to be heard; ``heard`` by at least k voices. Not heard is never consent."""

    code: StakeholderCode
    name_zh: str
    heard: bool


class CoverageShown(Answer):
    """Factor × kind of source × stage of one project, with the windows behind it and the groups not heard."""

    project_id: str
    k_anonymity: int
    stages: list[PeriodOfStage]
    searched: list[ColumnSearched]
    rows: list[CoverageRow]
    groups: list[GroupHeard]
    unread: Annotated[int, Field(description="Texts of the whole deployment that wait to be read.")]
    limits: list[CoverageLimit]
