"""Which hours of a source were read, and how far a project can be judged."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from pipeline.alerts.counting import CAPPED, MISSING, PATIENCE, WHOLE, Coverage, Source, Sources, frontier
from pipeline.alerts.observation import moment_of
from pipeline.store import SourceWindow

FIRST, LAST = 500_000, 500_047


def at(hours: float) -> datetime:
    return moment_of(FIRST) + timedelta(hours=hours)


def window(since: float | None, until: float, cut: str | None = None, found: int = 1) -> SourceWindow:
    return SourceWindow("board", None if since is None else at(since), at(until), cut, found)


def hours(*windows: SourceWindow) -> list[int]:
    coverage = Coverage(windows, {}, FIRST, LAST)
    return [coverage.at("board", tick) for tick in range(FIRST, FIRST + 6)]


def test_an_hour_is_whole_when_windows_cover_it_without_a_gap() -> None:
    assert hours(window(0, 1.5), window(1.5, 4)) == [WHOLE] * 4 + [MISSING] * 2
    assert hours(window(0, 1.4), window(1.6, 4)) == [WHOLE, CAPPED, WHOLE, WHOLE, MISSING, MISSING]
    assert hours(window(None, 2)) == [WHOLE, WHOLE] + [MISSING] * 4


def test_a_cut_is_a_lower_bound_or_a_gap_and_a_second_reading_mends_it() -> None:
    for cut in ("page_cap", "budget", "out_of_order"):
        assert hours(window(0, 3, cut)) == [CAPPED] * 3 + [MISSING] * 3
    for cut in ("block", "login_wall", "outage"):
        assert hours(window(0, 3, cut)) == [MISSING] * 6
    for cut in ("page_cap", "budget", "out_of_order"):
        assert hours(window(0, 3, cut, found=0)) == [MISSING] * 6, "a source that fell silent says nothing of people"
    assert hours(window(0, 3, None, found=0)) == [WHOLE] * 3 + [MISSING] * 3
    assert hours(window(0, 3, "page_cap"), window(0, 2)) == [WHOLE, WHOLE, CAPPED] + [MISSING] * 3


@given(st.lists(st.tuples(st.integers(0, 47), st.integers(1, 12), st.sampled_from([None, "page_cap", "block"]))))
def test_no_order_of_windows_changes_what_was_read(spans: list[tuple[int, int, str | None]]) -> None:
    windows = [window(begin, begin + length, cut) for begin, length, cut in spans]
    one, other = Coverage(windows, {}, FIRST, LAST), Coverage(reversed(windows), {}, FIRST, LAST)
    assert [one.at("board", t) for t in range(FIRST, LAST + 1)] == [
        other.at("board", t) for t in range(FIRST, LAST + 1)
    ]


def test_an_import_reaches_as_far_as_its_newest_text() -> None:
    coverage = Coverage([], {"import:petition": at(3.5)}, FIRST, LAST)
    read = [coverage.at("import:petition", tick) for tick in range(FIRST, FIRST + 5)]
    assert read == [WHOLE, WHOLE, WHOLE, CAPPED, MISSING]


def test_how_far_a_project_can_be_judged() -> None:
    through = {"board": 90, "forum": 98, "import:petition": 40}
    assert frontier(["board", "forum"], through, 99) == max(90, 99 - PATIENCE)
    assert frontier(["forum"], through, 97) == 97
    assert frontier(["import:petition"], through, 99) == 40
    assert frontier(["forum", "import:petition"], through, 99) == 98
    assert frontier(["elsewhere"], through, 99) is None


def test_a_source_that_fell_silent_is_let_go_and_the_habit_with_it() -> None:
    sources = Sources({"board": Source(0, 30, 0, True, FIRST), "forum": Source(0, 10, 0, True, FIRST)})
    coverage = Coverage([window(0, 48)], {}, FIRST, LAST)
    assert sources.turn(FIRST + 1, coverage) == 1.0
    sources.by_key["forum"].last = FIRST - 400
    factor = sources.turn(FIRST + 2, coverage)
    assert 0.6 < factor < 0.8 and not sources.by_key["forum"].counts
    assert sources.observation(FIRST + 2, coverage, None).exposure == 1.0
    assert Sources.of_json(sources.as_json()) == sources
