"""What people call a project is found in their own words; who they are is not."""

from __future__ import annotations

from collections.abc import Collection

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opinions import ROAD

from pipeline.nicknames.discovery import Said, discover
from pipeline.nicknames.persons import may_be_person
from pipeline.nicknames.signs import likeness, signs_at

K = 5
SENTENCES = (
    "请把{}关掉，灰尘太大了。",
    "昨天{}又运了一夜石料。",
    "我们村离{}只有两百米。",
    "{}的车把桥面压坏了。",
    "孩子们每天要经过{}去上学。",
    "听说{}今年还要扩大。",
    "希望领导来看看{}。",
)


def said(name: str, sentences: Collection[str] = SENTENCES, origin: str | None = None) -> list[Said]:
    return [
        Said(f"d{number:024x}", origin or f"d{number:024x}", f"道路\n{sentence.format(name)}")
        for number, sentence in enumerate(sentences)
    ]


def found(texts: list[Said], others: Collection[tuple[str, bool]] = (), k: int = K) -> list[str]:
    return [one.alias for one in discover(ROAD, texts, others, lambda ids, origins: origins >= k, k)]


@pytest.mark.parametrize("name", ["老鼠洞", "黑灰厂", "鬼门桥"])
def test_a_name_that_many_use_is_found_with_the_place_in_each_text(name):
    texts = said(name)
    [one] = discover(ROAD, texts, (), lambda ids, origins: origins >= K, K)
    assert one.alias == name and len(one.spans) == len(texts)
    for text in texts:
        start, end = one.spans[text.document_id]
        assert text.text[start:end] == name


def test_a_name_without_a_telling_end_is_found_where_somebody_introduces_it():
    assert found(said("马蜂窝")) == []
    texts = said("马蜂窝", [*SENTENCES, "这条路大家都叫马蜂窝，走一次怕一次。"])
    [one] = discover(ROAD, texts, (), lambda ids, origins: origins >= K, K)
    assert one.alias == "马蜂窝" and "introduced" in one.signs


@pytest.mark.parametrize("name", ["王麻子", "李老板", "阿强", "老王头", "张大爷", "peppa88", "欧阳大炮"])
def test_what_may_be_a_person_is_never_proposed(name):
    assert may_be_person(name)
    assert not any(name in one or one in name for one in found(said(name)))


def test_a_name_before_a_title_is_a_person_whatever_it_looks_like():
    assert found([*said("黑灰厂"), Said("e" * 25, "e" * 25, "道路\n找到黑灰厂书记也没用。")]) == []


def test_placeholders_are_no_names():
    assert found(said("〈人名〉厂")) == []


def test_too_few_or_all_the_same_say_it():
    assert found(said("黑灰厂", SENTENCES[: K - 1])) == []
    copies = discover(ROAD, said("黑灰厂", origin="d" * 25), (), lambda ids, origins: True, K)
    assert copies == []


def test_what_texts_about_other_projects_say_too_is_not_proposed():
    elsewhere = [(f"第{number}次反映黑灰厂的粉尘。", True) for number in range(6)]
    assert found(said("黑灰厂"), elsewhere) == []
    assert found(said("黑灰厂"), [("水闸漏水。", True)] * 20) == ["黑灰厂"]


@pytest.mark.parametrize("word", ["柳湾村", "青石坳采石场进场道路工程"])
def test_what_the_entry_says_already_is_not_proposed(word):
    assert found(said(word)) == []


def test_everyday_words_and_authorities_are_not_proposed():
    assert found(said("高速公路")) == [] and found(said("镇政府")) == [] and found(said("南岭县")) == []


def test_how_a_name_is_said_and_what_it_is_made_of():
    assert signs_at("我们都叫“黑灰厂”。", 5, 8) == {"quoted", "introduced"}
    assert signs_at("采石场（以下简称黑灰厂）", 8, 11) == {"introduced"}
    assert signs_at("路过黑灰厂。", 2, 5) == frozenset()
    assert likeness("柳弯新村", ["柳湾新村"]) == likeness("湾柳村", ["柳湾村"]) == "scrambled"
    assert likeness("青进路", ["青石坳采石场进场道路工程"]) == "abbreviated"
    assert likeness("黑灰厂", ["柳湾村"]) is None


ANYTHING = st.text(alphabet="老鼠洞黑灰厂的和在，。〈人名〉王麻子路A1\n", min_size=1, max_size=60)


@given(st.lists(ANYTHING, min_size=1, max_size=12))
def test_whatever_is_said_each_proposal_stands_where_it_is_said_to(texts):
    read = [Said(f"d{number:024x}", f"d{number:024x}", text) for number, text in enumerate(texts)]
    for one in discover(ROAD, read, (), lambda ids, origins: origins >= 3, 3):
        assert len(one.spans) >= 3 and not may_be_person(one.alias)
        for key, (start, end) in one.spans.items():
            text = next(each.text for each in read if each.document_id == key)
            assert text[start:end] == one.alias and "〈" not in one.alias
