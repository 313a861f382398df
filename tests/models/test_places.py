"""Places, organisations and the facility in texts of our own."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.addressed import find as addressed
from models.context import make_doc
from models.facilities import find as facilities
from models.organisations import find as organisations
from models.places import find, level_of
from models.segment import blank
from models.tagger import without_people


def strings(text, findings):
    return [text[f.start : f.end] for f in findings]


@pytest.fixture(scope="module")
def pipeline():
    nlp = blank()
    for name in ("places", "organisations", "facilities", "addressed"):
        nlp.add_pipe(name)
    return nlp


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("小区停水\n我住在B7县柳泉镇青禾小区，已经停水三天了，请尽快处理。", "B7县柳泉镇青禾小区"),
        ("噪音扰民\n柳泉镇石桥村旁边的采石场每天半夜放炮。", "柳泉镇石桥村"),
        ("道路破损\n建设北路坑坑洼洼，下雨天全是水。", "建设北路"),
        ("公交站太少\n我们D市E2区的公交站太少，老人出行不方便。", "D市E2区"),
    ],
)
def test_a_compound_place_is_found_whole(text, place):
    assert place in strings(text, find(text))


@pytest.mark.parametrize(
    ("mention", "level"),
    [
        ("浙江省", "province"),
        ("D市", "city"),
        ("D市E2区", "county"),
        ("B7县柳泉镇", "township"),
        ("柳泉街道", "township"),
        ("柳泉镇石桥村", "village"),
        ("柳泉镇石桥村五组", "village"),
        ("E2区青禾小区", "estate"),
        ("青禾花园3栋", "estate"),
        ("建设北路", "road"),
        ("建设北路附近", "road"),
        ("318国道", "road"),
        ("石桥水库", "poi"),
        ("柳泉工业园区", "poi"),
        ("柳泉经开区", "county"),
    ],
)
def test_the_level_is_that_of_the_most_specific_part(mention, level):
    assert level_of(mention) == level


def test_a_place_is_resolved_by_the_region_of_its_document(pipeline):
    text = "暖气不热\n鼓楼区今年供暖温度一直不达标。"
    nanjing, nowhere = (pipeline(make_doc(pipeline, text, region=region)) for region in ("江苏省南京市", None))
    assert [s._.code for s in nanjing.spans["places"] if s.text == "鼓楼区"] == ["320106"]
    assert [s._.code for s in nowhere.spans["places"] if s.text == "鼓楼区"] == [None]


def test_an_organisation_is_labelled_with_todays_unit():
    text = "噪音扰民\n我向B7县环保局和柳泉派出所反映过多次，物业公司也不管。"
    found = {text[f.start : f.end]: f.label for f in organisations(text)}
    assert found["B7县环保局"] == "ecology_environment"
    assert found["柳泉派出所"] == "public_security"
    assert found["物业公司"] == "property_manager"


def test_a_place_inside_an_organisation_is_no_place():
    text = "工资拖欠\n柳泉镇人民政府和D市宏达建材有限公司都不给答复。"
    assert "D市" not in strings(text, find(text))
    assert "D市宏达建材有限公司" in strings(text, organisations(text))


@pytest.mark.parametrize(
    "text", ["请政府和有关部门管一管。", "开发商太过分了，领导快来看看。", "今天天气很好。", "", "\n"]
)
def test_nobody_in_particular_is_no_organisation(text):
    assert organisations(text) == []


def test_the_facility_is_what_the_title_complains_about():
    text = "青禾花园旁的垃圾中转站太臭了\n青禾花园旁的垃圾中转站每天散发恶臭，住户不敢开窗，希望搬走。"
    best = strings(text, facilities(text))
    assert best and "垃圾中转站" in best[0]


@pytest.mark.parametrize(
    "text",
    [
        "投诉\n我是〈人名〉，住在青禾小区〈门牌〉，电话〈电话〉，物业公司不管。",
        "求助\n〈人名〉住建局说找〈人名〉镇政府，B7县〈人名〉村。",
    ],
)
def test_what_the_redactor_put_in_is_in_no_finding(text):
    found = [*find(text), *organisations(text), *facilities(text)]
    assert not any("〈" in s or "〉" in s or s in ("人名", "电话", "门牌") for s in strings(text, found))


def test_spans_stand_where_the_text_has_them(pipeline):
    doc = pipeline("小区停水\n我住在B7县柳泉镇青禾小区，找过自来水公司，没人管。")
    for group in ("places", "organisations", "facilities", "addressed"):
        for span in doc.spans[group]:
            assert doc.text[span.start_char : span.end_char] == span.text
    assert not doc.ents


@given(st.text(st.sampled_from("省市县区镇村路 B7柳泉青禾〈人名〉，。\n公司局𠮷é向反映"), max_size=60))
def test_any_text_can_be_read(text):
    for findings in (find(text), organisations(text), facilities(text), addressed(text)):
        assert all(0 <= f.start < f.end <= len(text) for f in findings)
    places = sorted((f.start, f.end) for f in [*find(text), *organisations(text)])
    assert all(a[1] <= b[0] for a, b in pairwise(places))


def test_a_place_deep_in_a_very_long_text_is_found_where_it_stands():
    text = "噪音扰民\n" + "夜里机器声很大，没人管。" * 1500 + "我住在B7县柳泉镇青禾小区。"
    found = [f for f in find(text) if text[f.start : f.end] == "B7县柳泉镇青禾小区"]
    assert [f.end for f in found] == [len(text) - 1]


@pytest.mark.parametrize(
    "mention", ["赵先生", "柳泉镇赵书记", "青禾物业钱经理", "孙某", "周总", "〈人名〉村", "住建局李局长", " "]
)
def test_nobody_comes_out_as_a_place_or_an_organisation(mention):
    assert without_people(mention, [(0, len(mention))]) == []


@pytest.mark.parametrize("mention", ["柳泉镇", "D市总工会", "青禾物业", "家长学校", "书记信箱"])
def test_names_that_only_hold_such_words_stay(mention):
    assert without_people(mention, [(0, len(mention))]) == [(0, len(mention))]
