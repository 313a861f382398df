"""Words reproduce their text, whatever the text is."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.context import make_doc
from models.normalise import fold
from models.segment import LONG, blank, words

NLP = blank()


@given(st.text(max_size=200))
def test_any_text_comes_back_from_its_words(text: str):
    assert NLP.make_doc(text).text == text
    assert "".join(words(text)) == text


@given(st.text(alphabet="征補償標準ＡＢ１２ 　\r\n\t，。！?（）ａz臺😀\u200b", max_size=60))
def test_folding_moves_no_offset(text: str):
    assert len(fold(text)) == len(text)


def test_traditional_and_full_width_spellings_fold_to_plain_ones():
    assert fold("補償標準太低，ＱＱ群１２３４５") == "补偿标准太低，qq群12345"


def test_words_of_a_petition_are_dictionary_words():
    assert {"补偿", "村民"} <= set(words("青溪村村民说补偿太低"))
    assert "補償" in words("青溪村村民說補償太低")


@pytest.mark.parametrize("text", ["", " ", "\n\n", "\u3000"])
def test_empty_and_blank_texts_are_texts_too(text: str):
    assert NLP(text).text == text


def test_a_text_as_long_as_a_cell_can_be_comes_back_too():
    text = "青溪村补偿太低，请核实。" * (LONG // 12 + 1)
    doc = NLP.make_doc(text)
    assert doc.text == text
    assert [token.idx for token in doc] == list(range(len(text)))


def test_a_lone_surrogate_is_refused_with_its_position():
    with pytest.raises(ValueError, match="surrogate at 2"):
        NLP.make_doc("补偿\ud83d")


def test_context_is_on_the_doc_before_the_components_run():
    published = datetime(2026, 3, 1, tzinfo=UTC)
    doc = make_doc(NLP, "补偿太低", published_at=published, source_kind="petition", region="清河县")
    assert (doc._.published_at, doc._.source_kind, doc._.region) == (published, "petition", "清河县")
    assert make_doc(NLP, "补偿太低")._.published_at is None
