"""Stance: what a text wants of the project, whatever its tone; nothing where it cannot be told."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from opinions import ROAD

from pipeline.records import ProjectLink, Span
from pipeline.stance import StanceReader


def stance(text: str, head: object = None, *, asks_only: bool = False) -> tuple[str | None, float | None]:
    link = ProjectLink(
        project_id=ROAD.id, p=0.9, relation="about", method="names", evidence=(Span(start=0, end=len(text)),)
    )
    (read,) = StanceReader([ROAD], head).read(text, [link], asks_only=asks_only)  # type: ignore[arg-type]
    return read.stance, read.stance_p


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("进场道路\n我们全村坚决反对把道路修在饮水沟边。", "oppose"),
        ("进场道路\n村民都不同意这个方案。", "oppose"),
        ("进场道路\n请立即停止该项目施工。", "oppose"),
        ("进场道路\n只要补偿按县里标准，我们就支持。", "conditional"),
        ("进场道路\n必须先安置好老人再拆。", "conditional"),
        ("进场道路\n我们支持修路，但是水沟要改道。", "conditional"),
        ("进场道路\n盼望这条路早日开工。", "support"),
        ("进场道路\n请问什么时候能通车？孩子上学太远了，盼着。", "support"),
        ("进场道路\n村民们非常支持，是好事工程。", "support"),
    ],
)
def test_the_words_say_what_the_author_wants(text: str, expected: str) -> None:
    label, p = stance(text)
    assert label == expected and p is not None and 0.5 < p < 1


@pytest.mark.parametrize(
    "text",
    [
        "进场道路\n灰尘很大，窗户不敢开。",
        "进场道路\n请领导支持我们老百姓，给个说法。",
        "进场道路\n有人反对，我们不清楚。",
        "进场道路\n说是惠民工程，却成了烂路。",
    ],
)
def test_anger_asking_for_support_and_the_words_of_others_are_no_stance(text: str) -> None:
    assert stance(text) == (None, None)


def test_a_bare_question_is_neutral() -> None:
    assert stance("进场道路\n请问公示期是几号到几号？", asks_only=True)[0] == "neutral"


class Head:
    def __init__(self, label: str, p: float) -> None:
        self.label, self.p = label, p

    def stances(self, pairs: Sequence[tuple[str, str]]) -> list[tuple[str, float]]:
        assert all(target == ROAD.name_zh for target, _ in pairs)
        return [(self.label, self.p)] * len(pairs)


def test_a_model_of_pairs_confirms_doubts_or_speaks_where_words_are_silent() -> None:
    against = "进场道路\n我们全村坚决反对把道路修在饮水沟边。"
    words = stance(against)[1]
    confirmed, doubted = stance(against, Head("AGAINST", 0.8)), stance(against, Head("FAVOR", 0.6))
    assert words is not None and confirmed[1] is not None and doubted[1] is not None
    assert doubted[1] < words < confirmed[1] and {confirmed[0], doubted[0]} == {"oppose"}
    assert stance("进场道路\n灰尘很大。", Head("AGAINST", 0.7)) == ("oppose", 0.7)
    assert stance("进场道路\n灰尘很大。", Head("NONE", 0.4)) == (None, None)


def test_who_only_mentions_the_project_has_no_stance_to_it() -> None:
    link = ProjectLink(project_id=ROAD.id, p=0.7, relation="mentions", method="n", evidence=(Span(start=0, end=4),))
    (read,) = StanceReader([ROAD]).read("道路边的厂\n坚决反对。", [link])
    assert read.stance is None
