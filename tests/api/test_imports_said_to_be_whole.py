"""Days that a file was said to hold everything of count as searched in whole; all others of an import stay unknown."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from api.counting import DayBook
from api.coverage_desk import _state
from index.days import day_start
from pipeline.coverage import Searched, StagePeriod
from pipeline.records import SearchWindow
from pipeline.store import StatedImport

NOW = datetime(2026, 11, 1, tzinfo=UTC)
MAY = StagePeriod("in_assessment", date(2026, 5, 1), date(2026, 5, 31))


def said(first: int, last: int, source: str = "青潭县网上信箱") -> SearchWindow:
    begins, ends = day_start(date(2026, 5, first)), day_start(date(2026, 5, last) + timedelta(days=1))
    return SearchWindow(
        source=source, source_kind="petition", how="import", since=begins, until=ends - timedelta(seconds=1),
        state="complete",
    )  # fmt: skip


def unsaid(source: str = "青潭县网上信箱") -> SearchWindow:
    return said(3, 20, source).model_copy(update={"state": "unknown"})


@pytest.mark.parametrize(
    ("windows", "state"),
    [
        ([unsaid()], "unknown"),
        ([said(1, 31)], "complete"),
        ([said(1, 31), unsaid()], "complete"),
        ([said(1, 15), said(16, 31), unsaid()], "complete"),
        ([said(1, 20), said(10, 31)], "complete"),
        ([said(1, 15), said(17, 31)], "unknown"),
        ([said(1, 30)], "unknown"),
        ([said(1, 31), unsaid("另一系统")], "unknown"),
        ([said(1, 31), said(1, 31, "另一系统"), unsaid("另一系统")], "complete"),
    ],
)
def test_a_period_is_complete_where_every_source_was_said_to_be_whole(windows: list[SearchWindow], state: str) -> None:
    looked = Searched({"petition": tuple(windows)}, {})
    assert _state(looked, "petition", MAY, DayBook((), NOW)) == state


@pytest.mark.parametrize(
    ("changes", "whole"),
    [({}, True), ({"rejected": 1}, False), ({"finished_at": None}, False), ({"complete": False}, False)],
)
def test_a_file_with_rejected_rows_or_of_which_a_part_came_in_is_not_whole(changes: dict, whole: bool) -> None:
    stated = StatedImport(
        id="a" * 16, source_kind="petition", source="青潭县网上信箱", since=date(2026, 5, 1), until=date(2026, 5, 31),
        complete=True, who="admin", authorised_by="青潭县信访局", begun_at=NOW, finished_at=NOW, rows=3, new=3,
    )  # fmt: skip
    assert stated.model_copy(update=changes).is_whole is whole
