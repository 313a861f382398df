"""P-17: nothing is extracted about who organises a gathering or visit, or when and where it is planned."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from letters import VERSIONS, petition

from models import nlp
from pipeline.analyse import analyse
from pipeline.annotate import annotation, text_in_context
from pipeline.records import Analysis
from pipeline.records.base import Record
from pipeline.redacted import seal

TEXTS = (
    "大家商量好了，下周三早上八点到县政府门口集合，由三组组长带队，去的人在群里接龙。补偿太低，我们不同意。",
    "本月十五号我们四十户要一起去省里上访，车已经包好，在老供销社门前上车。安置房一拖再拖。",
    "村里有人组织明天上午去工地堵路，听说在新桥头碰头，灰尘太大没人管。",
    "我们村民后天晚上七点到青禾小区北门静坐，地点在柳泉镇石桥村村委会门口。噪音太大，睡不着。",
    "业主们约好周六去售楼部拉横幅。集合地点：建设北路公交站。开发商至今不交房。",
    "从十二月五日起每天早上八点在云岭化工公司门前集会，青禾业主委员会牵头，要求停产。臭味太大。",
)
PLANS = ("下周三", "八点", "带队", "三组组长", "县政府", "十五号", "包好", "供销社", "明天上午", "新桥头", "接龙", "后天",
         "七点", "北门", "青禾", "石桥村", "柳泉", "周六", "售楼部", "建设北路", "公交站", "十二月", "云岭", "门前", "门口")  # fmt: skip


@pytest.mark.parametrize("text", TEXTS)
def test_no_time_place_or_organiser_of_a_gathering_is_in_any_field_of_an_analysis(text: str) -> None:
    document = petition(1, title=seal("请重视"), body=seal(text))
    analysis = analyse(document, nlp.read_one(document.text), (), VERSIONS)
    spans = list(_spans(analysis.model_dump(), document.text))
    assert spans, "an analysis without a span would prove nothing"
    assert not [(span, plan) for span in spans for plan in PLANS if plan in span]


@pytest.mark.parametrize("text", TEXTS)
def test_nor_in_what_annotate_writes(text: str) -> None:
    item = text_in_context({"title": "请重视", "text": text})
    told = annotation(None, item, nlp.read_one(item.text), ())
    assert not [(told, plan) for words in _words(told) for plan in PLANS if plan in words]


def test_the_places_of_what_people_complain_of_stay() -> None:
    item = text_in_context({"title": "请重视", "text": "柳泉镇石桥村灰尘太大。我们明天上午在新桥头碰头，去工地堵路。"})
    told = annotation(None, item, nlp.read_one(item.text), ())
    assert told["places"] == ["柳泉镇石桥村"]


def _spans(value: object, text: str) -> Iterator[str]:
    """The words behind every pair of offsets in a record, and every word that it holds itself."""
    if isinstance(value, dict):
        if {"start", "end"} <= value.keys():
            yield text[value["start"] : value["end"]]
        for inner in value.values():
            yield from _spans(inner, text)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from _spans(inner, text)
    elif isinstance(value, str):
        yield value


def _words(value: object) -> Iterator[str]:
    yield from _spans(value, "")


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
