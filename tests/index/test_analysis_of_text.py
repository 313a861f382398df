"""Folding keeps every offset; bigrams and their covers fix every character."""

from __future__ import annotations

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.bigrams import BLANK, analysis_version, cover, fold, grams, is_chinese, runs, word_terms


@given(st.text())
def test_folding_moves_no_offset(text: str) -> None:
    assert len(fold(text)) == len(text)


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_every_code_point_folds_to_one_that_is_final() -> None:
    everything = "".join(map(chr, range(sys.maxunicode + 1)))
    folded = fold(everything)
    assert len(folded) == len(everything) and fold(folded) == folded
    assert not any(unicodedata.category(c) == "Cs" for c in folded)


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("ＡＢＣ１２３，！？", "abc123,!?"),
        ("臺灣風味的補償標準與徵收", "台湾风味的补偿标准与征收"),
        ("“引”「引」『引』", '"引""引""引"'),
        ("a—b－c–d", "a-b-c-d"),
        ("一\n二\u3000三\t四\x00五", "一 二 三 四 五"),
        ("\ud800", "\ufffd"),
        ("İß…", "İß…"),
    ],
)
def test_spellings_of_the_same_are_one(written: str, folded: str) -> None:
    assert fold(written) == folded


@given(st.text("补偿 ，a1", min_size=2, max_size=20))
def test_a_cover_lies_among_the_bigrams_at_its_positions_and_leaves_no_character_out(text: str) -> None:
    folded = fold(text)
    placed = dict(enumerate(grams(folded).split(" ")))
    terms = cover(folded)
    assert all(placed[at] == term for at, term in terms)
    assert {at + shift for at, _ in terms for shift in (0, 1)} == set(range(len(folded)))


def test_blanks_are_characters_inside_terms() -> None:
    assert grams("a b") == f"a{BLANK} {BLANK}b"


def test_words_leave_punctuation_out_and_keep_single_characters() -> None:
    assert word_terms("补偿，标准！水 补偿") == ("补偿", "标准", "水")
    assert list(runs("a1，补 偿")) == ["a1", "补", "偿"]
    assert word_terms("？！") == ()


def test_chinese_is_told_from_numbers_and_latin() -> None:
    assert is_chinese("a〇") and is_chinese("㐀") and is_chinese("补") and not is_chinese("G99-12，")


def test_the_analysis_has_a_version_that_stays() -> None:
    assert len(analysis_version()) == 12 and analysis_version() == analysis_version()
