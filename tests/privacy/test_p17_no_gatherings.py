"""P-17: nothing is extracted about who organises a gathering or visit, or when and where it is planned."""

from __future__ import annotations

import pytest
from letters import VERSIONS, petition

from models import nlp
from pipeline.analyse import analyse
from pipeline.records import Analysis
from pipeline.records.base import Record
from pipeline.redacted import seal

TEXTS = (
    "大家商量好了，下周三早上八点到县政府门口集合，由三组组长带队，去的人在群里接龙。补偿太低，我们不同意。",
    "本月十五号我们四十户要一起去省里上访，车已经包好，在老供销社门前上车。安置房一拖再拖。",
    "村里有人组织明天上午去工地堵路，听说在新桥头碰头，灰尘太大没人管。",
)
PLANS = ("下周三", "八点", "集合", "带队", "三组组长", "十五号", "包好", "供销社", "明天上午", "碰头", "新桥头", "接龙")


@pytest.mark.parametrize("text", TEXTS)
def test_no_time_place_or_organiser_of_a_gathering_comes_out_as_a_cue(text: str) -> None:
    document = petition(1, title=seal("请重视"), body=seal(text))
    analysis = analyse(document, nlp.read_one(document.text), (), VERSIONS)
    cues = [
        document.text[cue.start : cue.end] for grievance in analysis.grievances for cue in grievance.escalation.cues
    ]
    assert not [(cue, plan) for cue in cues for plan in PLANS if plan in cue]


def test_no_record_has_a_field_for_it() -> None:
    words = ("organis", "gather", "assembl", "leader", "meeting", "plan", "participant", "person")
    names = {name for record in _records(Analysis) for name in record.model_fields}
    assert not {name for name in names for word in words if word in name}


def _records(record: type[Record]) -> set[type[Record]]:
    """A record and every record inside it."""
    found = {record}
    for kind in Record.__subclasses__() + [s for k in Record.__subclasses__() for s in k.__subclasses__()]:
        if kind.__module__ == Analysis.__module__:
            found.add(kind)
    return found
