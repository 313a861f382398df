"""Which project a text is about: found by name, alias, or place with keyword; left alone when it is another matter."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.link import Linker
from pipeline.records import DecisionProject

PLANT = DecisionProject(
    id="plant",
    name_zh="白鹭县石塘沟生活垃圾焚烧发电项目",
    aliases=("石塘沟焚烧厂",),
    places=("石塘沟", "望鹭镇", "老鸦坡村"),
    keywords=("焚烧", "垃圾", "环评", "选址"),
    region="云岭市白鹭县望鹭镇",
    region_code="白鹭县",
    description="拟在石塘沟建设日处理六百吨的生活垃圾焚烧发电厂，涉及老鸦坡村搬迁与运输道路扩宽。",
)
ROAD = DecisionProject(
    id="road",
    name_zh="白鹭县东山大道延长线道路工程",
    aliases=("东山大道拉通工程",),
    places=("东山大道", "枣园社区", "望鹭镇"),
    keywords=("断头路", "拉通", "征拆", "道路"),
    region="云岭市白鹭县望鹭镇",
    region_code="白鹭县",
    description="将东山大道自枣园社区延长至望鹭镇，解决断头路问题。",
)
LINKER = Linker([PLANT, ROAD])
ABOUT_PLANT = (
    "石塘沟建垃圾焚烧厂，我们不同意\n石塘沟离老鸦坡村不到四百米，要建垃圾焚烧厂，环评公示没有人看到，请重新选址。"
)
ABOUT_ROAD = "东山大道什么时候拉通\n东山大道修到枣园社区就成了断头路，说是延长线要征拆，两年没动静。"
OTHER_MATTER = "老鸦坡村的自来水又停了\n老鸦坡村三组的自来水从上周停到现在，打供水站电话没人接，请尽快恢复供水。"
ELSEWHERE = "反对在河口镇建垃圾焚烧厂\n听说青林县河口镇要建垃圾焚烧厂，离学校太近，环评也没有公示，请重新选址。"


def about(text: str, region: str | None = "云岭市白鹭县") -> list[str]:
    return [link.project_id for link in LINKER.link(text, region=region) if link.relation == "about"]


def test_a_text_is_linked_to_the_project_it_is_about_and_to_no_neighbour() -> None:
    assert about(ABOUT_PLANT) == ["plant"]
    assert about(ABOUT_ROAD) == ["road"]


@pytest.mark.parametrize("text", [OTHER_MATTER, ELSEWHERE])
def test_another_matter_or_the_same_facility_elsewhere_is_left_alone(text: str) -> None:
    assert about(text, "云岭市青林县" if text is ELSEWHERE else "云岭市白鹭县") == []


def test_evidence_is_the_clause_that_names_the_project() -> None:
    (link,) = [found for found in LINKER.link(ABOUT_PLANT, region="云岭市白鹭县") if found.relation == "about"]
    quotes = [ABOUT_PLANT[span.start : span.end] for span in link.evidence]
    assert any("石塘沟" in quote for quote in quotes)
    assert all(quote == quote.strip() and "\n" not in quote for quote in quotes)


def test_without_a_registry_everything_is_an_abstention() -> None:
    assert Linker([]).link(ABOUT_PLANT) == () and Linker([]).candidates(ABOUT_PLANT, None) == []


def test_voices_are_counted_for_every_project_that_could_be_linked() -> None:
    for text in (ABOUT_PLANT, ABOUT_ROAD, OTHER_MATTER, ELSEWHERE):
        assert {link.project_id for link in LINKER.link(text)} <= set(LINKER.candidates(text, None))


def test_a_higher_threshold_abstains_more() -> None:
    strict = Linker([PLANT, ROAD], threshold=0.99)
    assert [found for found in strict.link(ABOUT_ROAD) if found.relation == "about" and found.p < 0.99] == []


@given(
    st.text(alphabet="石塘沟焚烧垃圾望鹭镇东山大道拉通，。\n 断头路", max_size=120),
    st.sampled_from([None, "云岭市白鹭县", "青林县"]),
)
@settings(max_examples=200, deadline=None)
def test_links_of_any_text_stand_in_it_and_repeat_exactly(text: str, region: str | None) -> None:
    links = LINKER.link(text, region=region)
    assert links == Linker([ROAD, PLANT]).link(text, region=region)
    for link in links:
        assert all(0 <= span.start < span.end <= len(text) for span in link.evidence)
