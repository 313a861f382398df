"""Escalation: only what the writer asserts as own or witnessed counts (BRIEF §5.3)."""

import pytest

from models.lexicon.escalation import level


def speakers(doc, code: str) -> set[str]:
    return {span._.speaker for span in doc.spans["escalation"] if span.label_ == code}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("停水\n我们村今天停水，请尽快修好。", 0),
        ("曝光\n我们已经找媒体反映情况。", 1),
        ("推诿\n我们多次反映，部门互相推诿。", 2),
        ("联名\n我们三百户业主写了联名信反对建站。", 3),
        ("打人\n昨晚施工方的人殴打我们村民。", 4),
        ("房屋\n我家的墙随时可能倒塌，老人还住在里面。", 5),
    ],
)
def test_the_level_is_that_of_the_highest_asserted_cue(read, text: str, expected: int):
    assert level(read(text)) == expected


def test_a_supposed_strike_is_marked_and_does_not_count(read):
    doc = read("工资\n如果还不发工资，我们就集体上访。")
    assert speakers(doc, "collective_petition") == {"hypothetical"}
    assert level(doc) == 0


def test_a_denied_cue_is_marked_and_does_not_count(read):
    doc = read("说明\n我们绝不打砸，只想要个说法。")
    assert speakers(doc, "violence_received") <= {"negated"}
    assert level(doc) == 0


def test_hearsay_counts_two_levels_lower(read):
    doc = read("听说\n听说邻村有人写了联名信。")
    assert speakers(doc, "joint_letter_signature") == {"reported"}
    assert level(doc) == 1


def test_news_raises_no_level_whatever_it_reports(read):
    doc = read("通报\n业主集体上访，打伤两人。", source_kind="news")
    assert {span._.speaker for span in doc.spans["escalation"]} == {"news"}
    assert level(doc) == 0


def test_a_call_for_help_is_not_explained_away(read):
    assert level(read("绝望\n再不给工钱，我只能去跳楼了。")) == 5
    assert level(read("卖房\n中介天天喊跳楼价。")) == 0


@pytest.mark.parametrize(
    "text", ["打扰\n我们天天被打扰，睡不好。", "落款\n请解决停车问题。全体业主", "感谢\n非常感谢领导！"]
)
def test_false_friends_raise_no_level(read, text: str):
    assert level(read(text)) == 0


def test_a_gathering_is_its_word_only_without_organiser_time_or_place(read):
    doc = read("通知\n我们村民下周三上午九点由老李带头到清河县政府门口静坐。")
    for span in doc.spans["escalation"]:
        for told in ("下周三", "九点", "老李", "清河县政府"):
            assert told not in span.text
