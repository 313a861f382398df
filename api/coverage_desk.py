"""The desk that says where was looked (检索覆盖): found, searched and empty, or not searched at all (P-24)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Final

from api.counting import DayBook
from api.counting.cells import cells
from api.counting.matrix import UNDATED, Matrix, Place
from api.coverage_answers import (
    CellState,
    ColumnSearched,
    CoverageCell,
    CoverageLimit,
    CoverageRow,
    CoverageShown,
    GroupHeard,
    PeriodOfStage,
    SearchState,
    StageColumn,
)
from api.desk import Desk
from api.policy import Figure, enough
from index.query import Term
from models.taxonomy import taxonomy
from pipeline.coverage import KINDS, READ_FOR_FACTORS, Searched, StagePeriod, searched, stage_periods
from pipeline.coverage.searched import day_of
from pipeline.ledger import Crowd
from pipeline.process.stages import process
from pipeline.records import DecisionProject, SearchWindow, SourceKind
from pipeline.risk.gaps import groups_to_be_heard

SHOWN_ALWAYS: Final[tuple[SourceKind, ...]] = ("petition", "hotline", "weibo", "news")
UNDATED_ZH: Final = "无日期"
NOTHING: Final = Figure("exact", 0)


class CoverageDesk(Desk):
    """One reader who asks what silence rests on."""

    def coverage(self, project_id: str, purpose: str | None) -> CoverageShown:
        """The matrix of a project. Raises NotFound or Denied."""
        with self._asked("coverage.read", purpose, project_id) as project:
            return self._coverage(project)

    def _coverage(self, project: DecisionProject) -> CoverageShown:
        store = self._office.store
        crowd = self._office.ledgers.crowd(project.id, Term("project_ids", (project.id,)))
        periods = stage_periods(project, store.marks_on(project.id))
        matrix = Matrix(crowd, self._k, lambda day: next(p.stage for p in periods if p.has(day)))
        looked = searched(store, self._office.imports_read.now())
        columns = list(self._columns(crowd, periods, looked, matrix))
        unread = self.unread()
        return CoverageShown(
            project_id=project.id,
            k_anonymity=self._k,
            stages=_stages(periods, columns),
            searched=columns,
            rows=[_row(matrix, code, columns) for code, f in taxonomy().factors.items() if not f.confidential],
            groups=_groups(project, crowd, self._k),
            unread=unread,
            limits=_limits(len(periods) == 1, unread),
        )

    def unread(self) -> int:
        """Texts that were stored and that no question reaches yet: not analysed, or not in the index."""
        store = self._office.store
        return store.waiting("received") + max(0, store.outbox_end() - store.indexed_through())

    def _columns(
        self, crowd: Crowd, periods: Sequence[StagePeriod], looked: Searched, matrix: Matrix
    ) -> Iterator[ColumnSearched]:
        brought = set(crowd.field("source_kind").names)
        kinds = [kind for kind in KINDS if kind in (*SHOWN_ALWAYS, *brought, *looked.by_kind)]
        stages = list(dict.fromkeys(period.stage for period in periods))
        now = self._office.store.clock()
        for stage in stages:
            for kind in kinds:
                mine = [period for period in periods if period.stage == stage]
                windows = list(dict.fromkeys(w for period in mine for w in looked.within(kind, period)))
                states = {_state(looked, kind, period, DayBook(looked.crawled.get(kind, ()), now)) for period in mine}
                yield _column(matrix, stage, kind, _worst(states), windows)
        if (crowd.days == 0).any():
            for kind in kinds:
                yield _column(matrix, UNDATED, kind, "unknown", list(looked.by_kind.get(kind, ())))


def _column(
    matrix: Matrix, stage: StageColumn, kind: SourceKind, state: SearchState, windows: Sequence[object]
) -> ColumnSearched:
    texts = _bounded(matrix.column(kind, stage), state)
    if state == "not_searched" and texts == NOTHING:
        texts = None
    return ColumnSearched.model_validate(
        {"stage": stage, "source_kind": kind, "state": state, "texts": texts and texts.as_json(), "windows": windows}
    )


def _state(looked: Searched, kind: SourceKind, period: StagePeriod, book: DayBook) -> SearchState:
    """How a kind of source was searched in a period, up to now; days on which no source was read make it a bound."""
    windows = looked.within(kind, period)
    read = [window for window in windows if window.searched]
    if not read:
        return "not_searched"
    imported = any(window.how == "import" for window in read)
    first = max(filter(None, (period.first, looked.first_day(kind))))
    last = min(filter(None, (period.last, book.today)))
    covered = book.of(first, last).coverage if looked.crawled.get(kind) else "unknown"
    if any(window.state == "waiting" for window in windows) or covered in ("lower_bound", "missing"):
        return "lower_bound"
    if covered == "unknown" and imported and _stated_whole(read, first, last):
        return "complete"
    if covered == "unknown":
        return "unknown" if imported else "lower_bound"
    return "complete"


def _stated_whole(windows: Sequence[SearchWindow], first: date, last: date) -> bool:
    """Whether imports of each source were said to hold everything of all the days (a person says so, P-20)."""
    for source in {window.source for window in windows}:
        day = first
        for window in sorted((one for one in windows if one.source == source and one.state == "complete"), key=_begin):
            if window.since and window.until and day_of(window.since) <= day <= day_of(window.until):
                day = day_of(window.until) + timedelta(days=1)
        if day <= last:
            return False
    return True


def _begin(window: SearchWindow) -> float:
    return window.since.timestamp() if window.since else 0.0


def _worst(states: set[SearchState]) -> SearchState:
    """Of several periods of a stage: searched in one and not in another is a bound."""
    if len(states) == 1:
        return states.pop()
    return "unknown" if states == {"complete", "unknown"} else "lower_bound"


def _bounded(figure: Figure | None, state: SearchState) -> Figure | None:
    if figure is not None and figure.form == "exact" and state in ("lower_bound", "not_searched") and figure.number:
        return Figure("at_least", figure.number)
    return figure


def _row(matrix: Matrix, code: str, columns: Sequence[ColumnSearched]) -> CoverageRow:
    factor = taxonomy().factors[code]
    total = matrix.texts(code)
    bound = any(column.state in ("lower_bound", "not_searched") for column in columns)
    shown = _bounded(total, "lower_bound" if bound else "complete")
    row_state: CellState = "found"
    if total == NOTHING:
        looked = any(_empty(column) == "searched_empty" for column in columns)
        row_state, shown = ("searched_empty", NOTHING) if looked else ("not_searched", None)
    return CoverageRow.model_validate({
        "factor": code, "name_zh": factor.name_zh, "category": factor.category, "counted_only": factor.out_of_scope,
        "state": row_state, "count": shown and shown.as_json(), "cells": [_cell(matrix, code, c) for c in columns],
    })  # fmt: skip


def _cell(matrix: Matrix, code: str, column: ColumnSearched) -> CoverageCell:
    figure = matrix.cell(Place(code, column.source_kind, column.stage))
    state: CellState
    if figure is None:
        state, shown = "withheld", None
    elif figure == NOTHING:
        state = _empty(column)
        shown = figure if state == "searched_empty" else None
    else:
        state, shown = "found", _bounded(figure, column.state)
    return CoverageCell.model_validate({
        "stage": column.stage, "source_kind": column.source_kind, "state": state, "count": shown and shown.as_json(),
    })  # fmt: skip


def _empty(column: ColumnSearched) -> CellState:
    """What a cell without a text is: nobody looks for factors in news, and a text without a date is of no stage."""
    if column.state == "not_searched" or column.source_kind not in READ_FOR_FACTORS or column.stage == UNDATED:
        return "not_searched"
    return "searched_empty"


def _stages(periods: Sequence[StagePeriod], columns: Sequence[ColumnSearched]) -> list[PeriodOfStage]:
    shown = [
        PeriodOfStage(stage=p.stage, name_zh=process().stage(p.stage).name_zh, first=p.first, last=p.last)
        for p in periods
    ]
    if any(column.stage == UNDATED for column in columns):
        shown.append(PeriodOfStage(stage="undated", name_zh=UNDATED_ZH, first=None, last=None))
    return shown


def _groups(project: DecisionProject, crowd: Crowd, k: int) -> list[GroupHeard]:
    """Groups to be heard: fewer than k voices are not told from none, or the one left out would be who spoke (P-07)."""
    names, groups, places = crowd.field("stakeholder_groups")
    by_code = {cell.key: cell for cell in cells(names, crowd.tally(groups, places, len(names)))}
    known = taxonomy().stakeholders
    return [
        GroupHeard(
            code=code,
            name_zh=known[code].name_zh,
            heard=code in by_code and enough(by_code[code].low, by_code[code].high, by_code[code].origins, k),
        )
        for code in groups_to_be_heard(project)
    ]


def _limits(never_moved: bool, unread: int) -> list[CoverageLimit]:
    limits: list[CoverageLimit] = [
        "silence_is_not_consent", "sealed_not_counted", "litigation_only_counted", "news_quotes_others",
    ]  # fmt: skip
    if unread:
        limits.append("unread_texts")
    if never_moved:
        limits.append("stages_before_the_first_move_are_not_noted")
    return limits
