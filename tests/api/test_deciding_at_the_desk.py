"""Deciding at the desk: words are chosen among passages, and nobody decides over what they have not seen."""

from __future__ import annotations

import pytest
from county import COMPENSATION, CountyOffice
from loops import decide

from api.desk import Desk
from api.policy import Reader
from pipeline.store.decisions import DecidedMeanwhile


def test_a_title_is_a_passage_of_the_evidence(county: CountyOffice):
    point = county.store.risk_point(county.point(COMPENSATION))
    passage = point.candidate.evidence[0].model_dump(mode="json")
    for start, end in ((passage["start"], passage["end"] + 200), (0, 1)):
        if (start, end) == (passage["start"], passage["end"]):
            continue
        refused = decide(county, "edit", changes={"title": {**passage, "start": start, "end": end}})
        assert (refused.status_code, refused.json()["code"]) == (422, "E156")
    shorter = {**passage, "end": passage["start"] + 2}
    assert decide(county, "edit", changes={"title": shorter}).status_code == 201


def test_a_place_is_a_passage_of_one_of_its_texts(county: CountyOffice):
    nowhere = {"document_id": "d" + "0" * 24, "start": 0, "end": 2}
    refused = decide(county, "edit", changes={"places": [nowhere]})
    assert (refused.status_code, refused.json()["code"]) == (422, "E156")


def test_who_knew_fewer_decisions_than_there_are_is_told_which_came_since(county: CountyOffice):
    county.stage("in_assessment")
    key, desk = county.point(COMPENSATION), Desk(county.office, Reader("甲", "assessor"))
    desk.decide(key, "risk_survey", who="甲", action="accept", reason="核实无误", known=0)
    with pytest.raises(DecidedMeanwhile) as raised:
        desk.decide(key, "risk_survey", who="乙", action="reject", reason="与规划不符", known=0)
    assert [(one.who, one.action) for one in raised.value.since] == [("甲", "accept")]
    assert len(county.store.decisions_on(key)) == 1
    desk.decide(key, "risk_survey", who="乙", action="reject", reason="与规划不符", known=1)
    assert county.store.standing_of(key).state == "rejected"
