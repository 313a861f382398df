"""How many are affected: ranges as stated, with their unit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.lexicon.affected import count_of
from models.lexicon.numerals import bounds, exact


@pytest.mark.parametrize(
    ("passage", "count"),
    [
        ("几百户", (200, 999, "household")),
        ("上千人", (1000, 1999, "person")),
        ("3000余户", (3000, 3999, "household")),
        ("一百多户", (100, 199, "household")),
        ("两千多名业主", (2000, 2999, "person")),
        ("几十户居民", (20, 99, "household")),
        ("近600户住户", (540, 600, "household")),
        ("不下50人", (50, None, "person")),
        ("185户", (185, 185, "household")),
        ("2万多人", (20000, 29999, "person")),
        ("七八十户", (70, 80, "household")),
        ("成千上万的租客", (1000, None, "person")),
        ("全村", (0, None, "all_households")),
        ("全体员工", (0, None, "all_persons")),
        ("一家五口", (5, 5, "person")),
        ("很多业主", (2, None, "person")),
        ("几十万百姓", (200000, 999999, "person")),
    ],
)
def test_a_stated_count_becomes_its_range(passage: str, count: tuple[int, int | None, str]):
    assert count_of(passage) == count


def test_the_passage_is_marked_with_its_count(read):
    doc = read("停水\n我们小区三百多户居民没水喝，请解决。")
    (span,) = doc.spans["affected"]
    assert "三百多户" in span.text
    assert span._.count == (300, 399, "household")


@pytest.mark.parametrize("text", ["补偿\n每亩补三万元。", "路况\n这条路长两公里。", "落款\n请解决。全体业主"])
def test_money_distance_and_signatures_count_nobody(read, text: str):
    assert len(read(text).spans["affected"]) == 0


@given(st.integers(1, 99_999))
def test_figures_and_characters_state_the_same_number(value: int):
    digits, scales = "零一二三四五六七八九", ["", "十", "百", "千", "万"]
    written = ""
    for place, figure in enumerate(reversed(str(value))):
        if figure != "0":
            written = digits[int(figure)] + scales[place] + written
        elif written and not written.startswith("零"):
            written = "零" + written
    assert exact(written) == exact(str(value)) == value


@given(st.integers(1, 10**7), st.sampled_from(["", "约", "近", "不下"]), st.sampled_from(["", "多", "余", "左右"]))
def test_a_range_never_ends_before_it_begins(value: int, before: str, after: str):
    low, high = bounds(str(value), before, after)
    assert low >= 0 and (high is None or low <= high)
