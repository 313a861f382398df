"""What holds for every component on any text."""

import json
import re
from importlib import resources

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.lexicon import COMPONENTS
from models.lexicon.components import add_to
from models.lexicon.matching import Patterns, required_words
from models.segment import blank
from models.taxonomy import taxonomy

NLP = add_to(blank())
GROUPS = (
    "factors",
    "stakeholders",
    "demands",
    "remedies",
    "affected",
    "since",
    "procedure",
    "channels",
    "repeated",
    "resolved",
    "escalation",
)
PIECES = st.sampled_from(
    [
        "我们村",
        "三百多户",
        "补偿标准太低",
        "多次反映无果",
        "请求",
        "尽快",
        "，联名",
        "。",
        "如果",
        "殴打",
        "去年10月",
        "没有公示",
        "断水断电",
        "\n",
        "！",
        "補償",
        "ＡＢ",
        "？",
        "已经修好",
        "我是业主",
        "12345",
        "半年多了",
        "😀",
        "征地",
    ]
)


@settings(max_examples=60, deadline=None)
@given(st.one_of(st.text(max_size=80), st.lists(PIECES, max_size=25).map("".join)))
def test_every_finding_lies_in_the_text_and_the_text_stays(text: str):
    doc = NLP(text)
    assert doc.text == text
    for group in GROUPS:
        for span in doc.spans[group]:
            assert 0 <= span.start_char < span.end_char <= len(text)
            assert span.text == text[span.start_char : span.end_char]


@pytest.mark.parametrize("text", ["", "\n", "   ", "标题\n"])
def test_an_empty_letter_has_no_findings(text: str):
    doc = NLP(text)
    assert all(len(doc.spans[group]) == 0 for group in GROUPS)


def test_each_component_can_run_alone():
    for name in COMPONENTS:
        nlp = blank()
        nlp.add_pipe(name)
        assert nlp("青溪村\n我们多次反映补偿标准太低，请求尽快公示。").text


def test_the_same_text_is_read_the_same_way_twice():
    text = "青溪村\n我们三百多户村民从去年10月开始多次反映补偿标准太低，均无果，请求尽快公开方案。"
    first, second = NLP(text), NLP(text)
    for group in GROUPS:
        assert [(s.start_char, s.end_char, s.label_) for s in first.spans[group]] == [
            (s.start_char, s.end_char, s.label_) for s in second.spans[group]
        ]


def test_codes_of_findings_are_codes_of_the_lists():
    doc = NLP("青溪村\n我们业主多次反映噪音扰民，联名投诉，没有公示，补偿标准太低。")
    codes = taxonomy()
    assert {span.label_ for span in doc.spans["factors"]} <= set(codes.factors)
    assert {span.label_ for span in doc.spans["escalation"]} <= set(codes.cues)
    assert {span.label_ for span in doc.spans["stakeholders"]} <= set(codes.stakeholders)


def test_skipping_patterns_whose_words_are_absent_loses_no_match():
    patterns = [pattern for factor in taxonomy().factors.values() for pattern in factor.patterns]
    text = "安置房一直没有分，补偿款迟迟没发，河水发黑，电梯经常故障，村支书不公开账目，反对建变电站。"
    expected = {(m.start(), m.end(), p) for p in patterns for m in re.finditer(p, text) if m.end() > m.start()}
    assert set(Patterns((pattern, pattern) for pattern in patterns).find(text)) == expected
    assert len(expected) >= 4
    assert required_words("(没有|未)?(公示|公告)(了)?") == ("公示", "公告")


def test_the_shipped_rankers_weigh_no_figures_of_their_training_texts():
    weights = json.loads((resources.files("models.lexicon") / "ranking.json").read_text("utf-8"))
    assert set(weights) == {"demand", "affected", "since"}
    neighbours = [
        name for row in weights.values() for name in row["weights"] if name.startswith(("<", ">", "near", "left="))
    ]
    assert neighbours
    assert not [name for name in neighbours if re.search("[1-9b-z]", re.sub("^near", "", name).removeprefix("left="))]


def test_word_lists_name_only_codes_that_exist():
    from models.lexicon.words import words_of

    escalation, groups = words_of("escalation"), words_of("stakeholders")
    for section in ("not_by_itself", "more", "patterns", "exclude"):
        assert set(escalation[section]) <= set(taxonomy().cues)
    assert set(groups["preference"]) | set(groups["own"]) | set(groups["patterns"]) <= set(taxonomy().stakeholders)
