"""What the long benchmarks make of their notes: rates of steps that were cut off, extrapolated points, slopes, errors."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from benchmarks.growth import points_of
from benchmarks.growth import sheet_of as growth_sheet
from benchmarks.load_report import sheet_of as load_sheet
from benchmarks.load_report import slope
from benchmarks.report import collect
from benchmarks.sheet import Sheet


def grown(documents: int, done: int) -> dict[str, Any]:
    return {
        "documents": documents, "import": [done, done / 100, 1.0], "work": [done, done / 50, 1.0],
        "peak, MB": 900.0, "disk, bytes": 1000.0 * documents, "search, ms": documents / 1000,
        "facets and days, ms": documents / 500, "alert tick, ms": 7.0,
    }  # fmt: skip


def test_points_beyond_what_was_measured_are_marked_and_follow_the_line() -> None:
    points = points_of([grown(1000, 1000), grown(3000, 2000), grown(10_000, 7000)], 100_000)
    assert [(p.x, p.extrapolated) for p in points["work, s"]] == [
        (1000, False), (3000, False), (10_000, False), (30_000, True), (100_000, True)
    ]  # fmt: skip
    assert [p.y for p in points["work, s"]] == pytest.approx([20, 60, 200, 600, 2000])
    assert [p.y for p in points["search, ms"]] == pytest.approx([1, 3, 10, 30, 100])
    assert points["disk, bytes"][-1].y == pytest.approx(1e8)


def test_a_step_that_was_cut_off_counts_what_it_did_itself() -> None:
    points = points_of([grown(1000, 1000), grown(3000, 50)], 3000)
    assert points["import, s"][-1].y == pytest.approx(30)


def noted(minutes: int, stretch: int, growth: float) -> list[dict[str, Any]]:
    return [
        {"kind": "memory", "at": 60.0 * n, "stretch": stretch, "for": 60.0, "states": {"indexed": n},
         "mb": {"server": 300 + (80.0 if n < 2 else growth * n)}}
        for n in range(minutes)
    ]  # fmt: skip


def test_memory_is_judged_after_the_warm_up_of_the_longest_stretch() -> None:
    rows = noted(10, 0, 0.5) + noted(6, 1, 9.0)
    assert slope(rows, "server", 120.0) == pytest.approx(0.5)
    assert slope(noted(4, 0, 1.0), "server", 120.0) is None


def test_errors_are_counted_by_question_and_all_sheets_make_one_report(tmp_path: Path) -> None:
    requests = [
        {"kind": "request", "at": float(n), "stretch": 0, "name": "search", "ms": 10.0 + n, "status": 200 if n else 503}
        for n in range(100)
    ]
    sheet = load_sheet(requests + noted(8, 0, 0.1), 120.0)
    assert sheet.figures["search"] == {"answers": 100, "errors": 1, "p50": 59.0, "p95": 104.0, "p99": 108.0}
    assert any("search: 503" in note for note in sheet.notes)
    sheet.save(tmp_path)
    growth_sheet([grown(1000, 1000), grown(3000, 2000)], 10_000).save(tmp_path)
    assert Sheet.load(tmp_path / "load.json") == sheet
    assert collect(tmp_path, quick=True) == ["growth", "load"]
    page = (tmp_path / "report.html").read_text("utf-8")
    assert page.count("<svg") == 7 and "10,000" in page and "tiny sizes" in page
