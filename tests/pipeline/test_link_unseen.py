"""What a registry's new projects meet: names turned round or misspelt, neighbours, parts of others, no model at hand."""

from __future__ import annotations

import pytest

from models.encoder import load_encoder
from models.transformer.chosen import chosen
from pipeline.annotate import Linking, annotate
from pipeline.link import Asked, Linker
from pipeline.records import DecisionProject, ProjectLink

BRIDGE = DecisionProject(
    id="bridge",
    name_zh="青林县鸣沙渡大桥及引道工程",
    aliases=("鸣沙渡大桥",),
    places=("鸣沙渡", "槐荫路", "河口镇"),
    keywords=("大桥", "引道", "渡口", "征拆"),
    region="云岭市青林县河口镇",
    region_code="青林县",
    description="在鸣沙渡口建设跨河大桥，引道接槐荫路，替代原有渡船，涉及河口镇部分房屋征拆。",
)
ESTATE = DecisionProject(
    id="estate",
    name_zh="白鹭县翠屏雅苑旁变电站建设项目",
    aliases=("翠屏雅苑变电站",),
    places=("翠屏雅苑", "松涛路"),
    keywords=("变电站", "辐射", "环评", "选址"),
    region="云岭市白鹭县",
    region_code="白鹭县",
    description="在翠屏雅苑北侧建设一百一十千伏变电站，居民对电磁辐射与选址有疑问。",
)
ZONE = DecisionProject(
    id="zone",
    name_zh="白鹭县金峰工业园区扩建项目",
    aliases=("金峰工业园扩建",),
    places=("金峰工业园",),
    keywords=("扩建", "征地", "排污"),
    region="云岭市白鹭县",
    region_code="白鹭县",
    description="金峰工业园区向东扩建，征收两个村的土地。",
)
PART = DecisionProject(
    id="part",
    parent_id="zone",
    name_zh="金峰工业园电镀中心项目",
    aliases=("金峰电镀中心",),
    places=("金峰工业园电镀中心",),
    keywords=("电镀", "废水", "排污", "环评"),
    region="云岭市白鹭县",
    region_code="白鹭县",
    description="在金峰工业园内建设电镀中心，集中处理电镀废水。",
)
GAS = DecisionProject(
    id="gas",
    name_zh="青林县农村煤改气供气保障",
    aliases=("青林县煤改气",),
    places=("青林县",),
    keywords=("煤改气", "停气", "限购", "取暖"),
    region="云岭市青林县",
    region_code="青林县",
    description="青林县农村完成煤改气后由燃气公司供气，冬季先后停供、限购，影响居民做饭取暖。",
)
REGISTRY = [BRIDGE, ESTATE, ZONE, PART, GAS]
WORDS = Linker(REGISTRY)
ABOUT_ESTATE = (
    "翠屏雅苑旁边要建变电站\n我们是翠屏雅苑业主，小区北边要建变电站，担心辐射，环评没有征求意见，请另行选址。"
)


def about(links: tuple[ProjectLink, ...]) -> list[str]:
    return [link.project_id for link in links if link.relation == "about"]


@pytest.fixture(scope="module")
def with_model() -> Linker:
    assert not chosen().missing
    return Linker.with_model(REGISTRY)


@pytest.mark.parametrize(
    "text",
    [
        "渡鸣沙大桥何时动工\n河口镇的渡鸣沙大桥说了三年，引道的征拆也没有下文，请问何时动工？",  # turned round
        "明沙渡大桥何时动工\n明沙渡大桥说了三年，引道征拆也没有下文，请问何时动工？",  # another character, the same sound
        "槐荫大道上的大桥何时动工\n槐荫大道那头要修大桥代替渡口，引道征拆没有下文，河口镇的人盼了三年。",
    ],
)
def test_an_unseen_project_is_found_under_a_scrambled_or_misspelt_name(text: str, with_model: Linker) -> None:
    assert about(with_model.link(text, region="云岭市青林县")) == ["bridge"]


@pytest.mark.parametrize(
    "text",
    [
        "翠屏雅苑物业乱收停车费\n翠屏雅苑的物业公司上个月起停车费涨了一倍，没有开业主大会，请物价部门查一查。",
        "松涛路路灯不亮\n松涛路翠屏雅苑段的路灯坏了十几天，晚上孩子放学很不安全，请尽快维修。",
    ],
)
def test_the_same_estate_with_another_matter_is_left_alone(text: str, with_model: Linker) -> None:
    for linker in (WORDS, with_model):
        assert about(linker.link(text, region="云岭市白鹭县")) == []


def test_a_part_is_no_rival_of_the_whole_and_they_are_not_both_counted_unless_both_are_named() -> None:
    of_part = "金峰工业园电镀中心偷排废水\n金峰工业园电镀中心夜里往沟里排废水，鱼都死了，环评是怎么过的？请查处排污。"
    of_whole = "金峰工业园扩建征地补偿没有到位\n金峰工业园扩建征了我们村的地，征地款拖了一年，请问什么时候发？"
    of_both = of_part + "另外，金峰工业园扩建征地的钱也没有给，扩建征地款拖了一年。"
    assert about(WORDS.link(of_part, region="云岭市白鹭县")) == ["part"]
    assert about(WORDS.link(of_whole, region="云岭市白鹭县")) == ["zone"]
    assert sorted(about(WORDS.link(of_both, region="云岭市白鹭县"))) == ["part", "zone"]


def test_a_text_that_only_its_region_ties_to_a_project_is_marked_and_does_not_count() -> None:
    text = "家里没有气\n去年煤改气以后动不动就停气，取暖做饭全靠它，还要限购，不知道哪个部门管。"
    (link,) = Linker([GAS], threshold=0.2).link(text, region="云岭市青林县")
    assert link.only_by_region and not link.counts
    named = text.replace("去年", "青林县去年")
    (link,) = Linker([GAS], threshold=0.2).link(named, region="云岭市青林县")
    assert not link.only_by_region and (link.counts or link.relation == "mentions")
    (row,) = annotate([{"uid": "1", "text": named, "region": "云岭市青林县"}], Linking(Linker([GAS], threshold=0.2)))
    assert [found["project_id"] for found in row["links"]] == ["gas"] and "only_by_region" not in row["links"][0]


def test_a_text_has_the_same_links_alone_and_in_company(with_model: Linker) -> None:
    texts = [Asked(text, region="云岭市白鹭县") for text in (ABOUT_ESTATE, "路灯\n路灯不亮。", ABOUT_ESTATE * 3)]
    together = with_model.links(texts)
    assert together == [with_model.links([text])[0] for text in texts]
    assert together == Linker(list(reversed(REGISTRY)), encoder=load_encoder()).links(texts)


def test_without_the_model_words_link_alone_and_say_so(with_model: Linker, monkeypatch: pytest.MonkeyPatch) -> None:
    read = with_model.link(ABOUT_ESTATE, region="云岭市白鹭县")
    monkeypatch.setattr("pipeline.link.meaning.chosen", lambda: type("Choice", (), {"missing": True})())
    words = Linker.with_model(REGISTRY).link(ABOUT_ESTATE, region="云岭市白鹭县")
    assert about(read) == about(words) == ["estate"]
    assert {link.method for link in read}.isdisjoint(link.method for link in words)


def test_an_encoder_that_the_linker_was_not_trained_with_is_not_asked() -> None:
    class Other:
        version, dimensions = "other", 2

        def encode(self, texts, *, question=False):  # type: ignore[no-untyped-def]
            import numpy as np

            return np.array([[1.0, 0.0] for _ in texts], np.float32)

    assert Linker(REGISTRY, encoder=Other()).link(ABOUT_ESTATE) == WORDS.link(ABOUT_ESTATE)
