"""Channels used, whether they failed, and whether the matter is settled."""

import pytest

from models.lexicon.channels import repeated_unresolved


def labels(doc, group: str) -> set[str]:
    return {span.label_ for span in doc.spans[group]}


def test_channels_already_used_are_named(read):
    doc = read("停水\n打过12345，也找过物业，都没有结果。")
    assert labels(doc, "channels") >= {"hotline", "property_company"}
    assert repeated_unresolved(doc)


@pytest.mark.parametrize(
    "text",
    [
        "噪音\n多次反映无果。",
        "漏水\n我们向社区反映过，社区一直没有处理。",
        "欠薪\n找了三次劳动局，互相踢皮球。",
        "道路\n打过市长热线，到现在也没人来修。",
    ],
)
def test_a_contact_that_failed_is_repeated_and_unresolved(read, text: str):
    assert repeated_unresolved(read(text))


@pytest.mark.parametrize(
    "text",
    [
        "停水\n今天停水了，请尽快修。",
        "建议\n如果投诉无果怎么办？",
        "咨询\n请问社保怎么转？",
        "感谢\n打了热线，很快修好了。",
    ],
)
def test_a_first_report_is_not_a_repeated_one(read, text: str):
    assert not repeated_unresolved(read(text))


@pytest.mark.parametrize("text", ["路灯\n路灯已经修好，感谢。", "工资\n拖欠的工资已经补发。"])
def test_a_settled_matter_is_marked(read, text: str):
    assert labels(read(text), "resolved") == {"resolved"}


@pytest.mark.parametrize(
    "text",
    [
        "路灯\n非常感谢领导！",
        "回复\n他们回复说已经解决了，其实没有。",
        "询问\n问题解决了吗？已经修好了吗？",
        "路\n问题没有解决。",
    ],
)
def test_courtesies_claims_of_others_and_questions_settle_nothing(read, text: str):
    assert len(read(text).spans["resolved"]) == 0
