"""What may stand in a report (P-23): the risk points that a named person accepted, whatever came of them since."""

from __future__ import annotations

from typing import get_args

import pytest
from county import ACCUSATION, COMPENSATION, DUST, CountyOffice, opinion
from loops import closed, confirmed, decide, state, step

from api.reportable import REPORTABLE, accepted_points, open_points
from pipeline.records.risk import CandidateState

LAWSUIT = "judicial_litigation_matter"


def reported(county: CountyOffice) -> list[str]:
    """The factors that a report would have."""
    return [point.candidate.factor for point in accepted_points(county.store, "quarry-road") if point.candidate]


def test_every_state_is_either_reported_or_not_yet_a_risk_point() -> None:
    assert set(get_args(CandidateState)) - REPORTABLE == {"proposed", "under_review", "merged", "rejected"}


def test_it_stands_in_the_report_from_the_acceptance_to_the_closing_and_after_the_reopening(
    county: CountyOffice,
) -> None:
    county.stage("post_assessment")
    assert reported(county) == []
    assert decide(county, "review").status_code == 201 and reported(county) == []
    seen = []
    confirmed(county)
    seen.append(state(county))
    assert reported(county) == [COMPENSATION]
    for one in dispatched_after_confirming(county):
        seen.append(state(county))
        assert reported(county) == [COMPENSATION]
        assert step(county, one, "respond", "response_unit", response="已核实并公示明细。").status_code == 200
        assert step(county, one, "close").status_code == 200
    assert decide(county, "close", "supervisor").status_code == 201
    seen.append(state(county))
    assert reported(county) == [COMPENSATION]
    late = opinion("柳湾村又有人说旱地补偿标准比邻镇低。", (COMPENSATION, "补偿标准", 0.9), number=70, day=60)
    county.hear(late)
    assert decide(county, "reopen", "supervisor").status_code == 201
    seen.append(state(county))
    assert reported(county) == [COMPENSATION]
    assert {"confirmed_risk_point", "closed", "reopened"} <= set(seen)


def dispatched_after_confirming(county: CountyOffice) -> list[str]:
    answer = county.caller("supervisor").post(f"/v1/risk-points/{county.point(COMPENSATION)}/dispatches", None)
    ids = [row["id"] for row in answer.json()["rows"]]
    for one in ids:
        assert step(county, one, "confirm").status_code == 200
    return ids


def test_an_acceptance_that_was_undone_is_none(county: CountyOffice) -> None:
    confirmed(county)
    assert decide(county, "undo", "supervisor").status_code == 201 and reported(county) == [COMPENSATION]
    assert decide(county, "undo", "assessor").status_code == 201 and state(county) == "proposed"
    assert reported(county) == []
    assert decide(county, "accept").status_code == 201 and reported(county) == [COMPENSATION]


@pytest.mark.parametrize("action", ["reject", "merge"])
def test_what_was_accepted_and_then_refused_is_reported_no_more(county: CountyOffice, action: str) -> None:
    assert decide(county, "accept").status_code == 201
    more = {"merge_into": county.point(DUST)} if action == "merge" else {}
    assert decide(county, action, **more).status_code == 201
    assert reported(county) == []
    assert decide(county, "undo").status_code == 201 and reported(county) == [COMPENSATION]


def test_a_risk_point_whose_texts_are_gone_is_not_reported(county: CountyOffice) -> None:
    from pipeline.feed import feed
    from pipeline.propose import propose

    closed(county)
    point = county.store.risk_point(county.point(COMPENSATION))
    county.store.withdraw_documents([passage.document_id for passage in point.candidate.evidence])
    feed(county.store, county.office.index)
    propose(county.store)
    assert reported(county) == []


def test_accusations_and_law_suits_are_never_in_it(county: CountyOffice) -> None:
    county.hear(opinion("法院判决三年还没有执行到位，请督促。", (LAWSUIT, "没有执行到位", 0.9), number=1, day=3))
    factors = {point.candidate.factor for point in open_points(county.store, "quarry-road") if point.candidate}
    assert factors == {COMPENSATION, DUST} and not factors & {ACCUSATION, LAWSUIT}
