"""Risk factors: what asserts one, and what only looks like it (BRIEF §1.3)."""

import pytest

from models.lexicon.factors import primary, scores


def codes(doc) -> set[str]:
    return {span.label_ for span in doc.spans["factors"]}


def test_a_trigger_is_found_with_its_exact_words(read):
    doc = read("青溪村征地\n每亩只给三万，补偿标准太低。")
    span = next(
        span for span in doc.spans["factors"] if span.label_ == "compensation_standard" and span._.rule == "trigger"
    )
    assert span.text == "补偿标准太低"
    assert primary(doc) == "compensation_standard"


def test_traditional_and_full_width_spellings_are_found_at_their_own_offsets(read):
    doc = read("青溪村徵地\n補償標準太低，村民不滿。")
    assert "補償標準太低" in {span.text for span in doc.spans["factors"]}


def test_a_pattern_finds_what_no_literal_lists(read):
    doc = read("过渡费\n我们组的过渡费已经拖了很久没有发下来。")
    assert ("compensation_funds", "pattern") in {(span.label_, span._.rule) for span in doc.spans["factors"]}


def test_an_anchor_alone_says_nothing(read):
    assert "expropriation_scope" not in codes(read("红线\n地图上标着征收范围和红线。"))


def test_an_anchor_near_a_complaint_counts_only_within_its_clause(read):
    assert "noise_vibration" in codes(read("工地\n塔吊旁的打桩太吵。"))
    assert "noise_vibration" not in codes(read("工地\n那边有打桩，饭馆的米饭太贵。"))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("违建\n请求强制拆除楼顶违建。", "demolition_process"),
        ("建议\n加装护栏，防止污水直排。", "water_pollution"),
        ("担心\n一旦发生火灾，后果不堪设想。", "imminent_physical_danger"),
    ],
)
def test_demands_denials_and_suppositions_are_no_report_of_harm(read, text: str, code: str):
    assert code not in codes(read(text))


def test_being_demolished_is_not_the_same_as_asking_for_demolition(read):
    assert "demolition_process" in codes(read("强拆\n我家的老屋昨夜被强行拆了，谁都没通知。"))


def test_cross_cutting_factors_come_last_where_another_fires(read):
    doc = read("青溪路工地\n夜间施工，噪音扰民，部门互相推诿、推诿扯皮。")
    assert "administrative_inaction" in scores(doc)
    assert primary(doc) == "noise_vibration"


def test_a_text_without_a_factor_has_no_primary_one(read):
    assert primary(read("你好\n祝大家新年快乐。")) is None
