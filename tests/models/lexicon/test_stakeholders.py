"""Groups on a matter: who speaks, who is only mentioned, and what is never inferred (P-15)."""

import pytest

from models.lexicon.stakeholders import speaker_group
from models.taxonomy import taxonomy


@pytest.mark.parametrize(
    ("text", "group"),
    [
        ("交房\n我是青溪花园的业主，开发商一直不交房。", "homeowner_buyer"),
        ("拆迁\n我家被拆迁三年了，还在外面过渡。", "relocated_household"),
        ("修路\n我是石桥镇青溪村村民，村路坏了。", "villager_collective"),
        ("入学\n我孩子今年上小学，学校说没有学位。", "parent_student"),
        ("欠薪\n我们农民工在工地干活，工钱没结。", "construction_migrant_worker"),
    ],
)
def test_a_first_person_cue_tells_the_role_of_the_writer(read, text: str, group: str):
    assert speaker_group(read(text)) == group


def test_a_mention_names_a_group_without_speaking_for_it(read):
    doc = read("消息\n开发商拒绝回应，记者到场。")
    assert "commissioning_unit" in {span.label_ for span in doc.spans["stakeholders"]}
    assert speaker_group(doc) is None


def test_the_harm_decides_between_two_roles(read):
    assert speaker_group(read("拆迁\n我是青溪村村民，我家房子被拆后一直没有安置。")) == "relocated_household"


def test_no_group_is_a_sensitive_attribute_of_a_speaker():
    forbidden = ("veteran", "ethnic", "minority", "religio", "believer", "party_member", "disabled", "disease")
    assert [code for code in taxonomy().stakeholders if any(word in code for word in forbidden)] == []


@pytest.mark.parametrize("text", ["来信\n我是退伍军人。", "来信\n我是回族。", "来信\n我信佛。"])
def test_sensitive_attributes_of_a_writer_leave_no_mark(read, text: str):
    assert list(read(text).spans["stakeholders"]) == []
