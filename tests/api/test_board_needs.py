"""The board counts for a reader what the reader may see and do: dispatches of the own unit, and none without the right."""

from __future__ import annotations

from county import CountyOffice
from loops import dispatched

from api.board_answers import BoardRow
from api.board_desk import BoardDesk
from api.policy import Reader


def row_of(county: CountyOffice, role: str, unit: str | None = None, purpose: str = "supervision") -> BoardRow:
    reader = Reader(f"county-{role}", role, None, None, unit)  # type: ignore[arg-type]
    rows = BoardDesk(county.office, reader).board(purpose).rows
    return next(row for row in rows if row.project_id == "quarry-road")


def answers(row: BoardRow) -> int:
    return sum(need.count for need in row.needs if need.what == "answer_dispatches")


def test_dispatches_that_wait_are_those_of_the_readers_unit(county: CountyOffice):
    ids = dispatched(county)
    units = [county.store.dispatch(one).functional_unit for one in ids]
    assert answers(row_of(county, "local_government")) == len(ids)
    assert answers(row_of(county, "local_government", units[0])) == units.count(units[0])
    assert answers(row_of(county, "local_government", "no-such-unit")) == 0


def test_who_may_not_read_dispatches_is_told_no_number_of_late_ones(county: CountyOffice):
    dispatched(county)
    county.stage("after_assessment")
    assert row_of(county, "supervisor").overdue == 0
    assert row_of(county, "expert", purpose="expert_review").overdue is None
