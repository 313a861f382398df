"""Disguised words are read plainly, other words are left alone, and every passage leads back to what was written."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.nlp import rules
from models.posts.disguises import find, reading_copy, table
from models.spans import declare

declare("plain")
FORMS = st.sampled_from([row.form for row in table() if not row.near])
TEXTS = st.lists(st.one_of(FORMS, st.text(max_size=6), st.sampled_from(["，", "@", "#", "我家"])), max_size=12).map(
    "".join
)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("维quan太难了", "维权太难了"),
        ("拆qian三年没补chang", "拆迁三年没补偿"),
        ("青棠ZF不管", "青棠政府不管"),
        ("被强*拆了", "被强拆了"),
        ("拆 迁 补 偿 款", "拆迁补偿 款"),
        ("去上fang的路上", "去上访的路上"),
        ("报了警，jc叔叔来了", "报了警，警察叔叔来了"),
        ("fy判了我们赢", "法院判了我们赢"),
        ("烂wei楼的业主", "烂尾楼的业主"),
        ("工地燥音不停，推委了半年", "工地噪音不停，推诿了半年"),
        ("房子让人扌斥了", "房子让人拆了"),
    ],
)
def test_a_disguised_word_is_said_plainly(written: str, meant: str):
    assert reading_copy(written).text == meant


@pytest.mark.parametrize(
    "text",
    [
        "求pdzf字体的下载地址",
        "zf222大佬在吗",
        "点赞zf抽三位送藕粉",
        "@zf青棠 在吗",
        "见 https://example.org/zf/fy 页面",
        "fy3班听写第五课",
        "中午吃清蒸河蟹",
        "新收一把紫砂壶",
        "大厅仿佛上仿古街",
        "累积资金不足，探讨新型办法",
        "瓷砖家装节",
        "坐k5路到上坊镇",
        "尊敬的领导：我村的井发黄，请处理。",
    ],
)
def test_what_only_looks_like_a_disguise_is_left_alone(text: str):
    assert reading_copy(text) == (text, None)


def test_a_passage_of_the_copy_leads_back_to_the_disguise():
    text = "我们维quan三年"
    copy = reading_copy(text)
    start = copy.text.index("维权")
    assert text[slice(*copy.original(start, start + 2))] == "维quan"
    assert text[slice(*copy.original(start + 1, start + 2))] == "quan"
    with pytest.raises(IndexError, match="does not lie"):
        copy.original(0, 99)


def test_the_lexicon_finds_what_is_disguised_at_the_offsets_of_the_original():
    doc = rules()("半夜被强chai，工资拖q八个月，我们只好去上fang")
    found = {(span.text, span.label_) for span in doc.spans["factors"]}
    assert ("强chai", "demolition_process") in found
    assert {span._.plain for span in doc.spans["disguises"]} == {"强拆", "拖欠", "上访"}
    assert any(span.text == "上fang" and span.label_ == "skip_level_petition" for span in doc.spans["escalation"])


def test_the_table_is_long_and_says_where_a_form_means_something_else():
    assert len({row.plain for row in table()}) >= 120
    assert sum(bool(row.unless or row.near) for row in table()) >= 100
    assert all(row.form != row.plain and row.form for row in table())


@settings(deadline=None)
@given(TEXTS)
def test_every_character_of_the_copy_stands_for_a_passage_and_none_is_lost(text: str):
    copy = reading_copy(text)
    if copy.offsets is None:
        assert copy.text == text and not find(text)
        return
    assert len(copy.offsets) == len(copy.text)
    at = 0
    for number, (start, end) in enumerate(copy.offsets):
        assert start < end <= len(text)
        assert start == at or (start, end) == copy.offsets[number - 1]
        at = max(at, end)
        if end - start == 1 and copy.original(number, number + 1) == (start, end):
            assert copy.text[number] == text[start] or any(a <= start < b for a, b, _ in find(text))
    assert at == len(text)


@settings(deadline=None)
@given(TEXTS, st.data())
def test_any_passage_of_the_copy_leads_to_a_passage_of_the_original(text: str, data: st.DataObject):
    copy = reading_copy(text)
    start = data.draw(st.integers(0, len(copy.text)))
    end = data.draw(st.integers(start, len(copy.text)))
    first, last = copy.original(start, end)
    assert 0 <= first <= last <= len(text)
    assert (first < last) == (start < end)
