"""P-28: what would tell which child a text is about is generalised before it is written, and nothing shows it."""

from __future__ import annotations

import pytest
from offices import TestOffice

CHILD = "我儿子8岁读三(2)班，叫小明明，在石盘镇中心小学，垃圾站的臭味让他天天咳嗽，医生说是过敏。"
LETTERS = (
    (CHILD, ("8岁", "三(2)班")),
    ("我家女儿今年6岁，就在工地隔壁的幼儿园大(1)班，扬尘大得开不了窗。", ("6岁", "大(1)班")),
    ("五岁的孙子被拆迁工地的狗咬伤，没有人管。", ("五岁",)),
    ("学生在初二（5）班上课，对面夜里打桩，白天爆破，成绩掉了很多。", ("初二（5）班",)),
    ("十三岁的女孩放学路过便道被渣土车擦伤。", ("十三岁",)),
)


@pytest.mark.parametrize(("letter", "gone"), LETTERS, ids=range(len(LETTERS)))
def test_age_and_class_of_a_child_are_never_written(office: TestOffice, letter: str, gone: tuple[str, ...]) -> None:
    office.import_texts([f"孩子受影响|{letter}"])
    at_rest = office.texts_at_rest()
    assert not [one for one in gone if one in at_rest]
    assert any(mark in document.body for document in office.documents() for mark in ("〈学生〉", "〈未成年人〉"))


def test_what_harms_children_stays_readable(office: TestOffice) -> None:
    office.import_texts([f"臭味|{CHILD}"])
    body = office.documents()[0].body
    assert "垃圾站的臭味让他天天咳嗽" in body and "8岁" not in body


def test_children_in_general_are_nobody(office: TestOffice) -> None:
    said = "六岁以下儿童免票的规定没有执行，附近1.2米以下的孩子都被要求买票。"
    office.import_texts([f"票价|{said}"])
    assert office.documents()[0].body == said
