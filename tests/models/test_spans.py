"""Findings keep their exact offsets, whatever the words are."""

import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st
from spacy.tokens import Doc

from models.spans import Finding, mark

NLP = spacy.blank("zh")


def letter(words: list[str]) -> Doc:
    return Doc(NLP.vocab, words=words, spaces=[False] * len(words))


def offsets(doc: Doc, group: str) -> list[tuple[int, int, str]]:
    return [(span.start_char, span.end_char, span.label_) for span in doc.spans[group]]


def test_a_finding_inside_a_word_splits_the_word_and_keeps_the_text():
    doc = letter(["青溪村三百多户", "村民", "联名"])
    mark(doc, "affected", [(3, 7, "affected")])
    assert doc.spans["affected"][0].text == "三百多户"
    assert [token.text for token in doc] == ["青溪村", "三百多户", "村民", "联名"]


def test_earlier_findings_stay_where_they_were_when_later_ones_split_words():
    doc = letter(["青溪村三百多户", "村民联名", "反映"])
    mark(doc, "places", [(0, 3, "village")])
    mark(doc, "escalation", [Finding(9, 11, "joint_letter_signature", {"speaker": "first_person"})])
    mark(doc, "affected", [(4, 6, "affected")])
    assert doc.spans["places"][0].text == "青溪村"
    assert doc.spans["escalation"][0].text == "联名"
    assert doc.spans["escalation"][0]._.speaker == "first_person"


def test_two_findings_on_one_passage_keep_their_own_values():
    doc = letter(["没有公示"])
    mark(doc, "factors", [Finding(0, 4, "a", {"rule": "trigger"}), Finding(0, 4, "b", {"rule": "pattern"})])
    assert [span._.rule for span in doc.spans["factors"]] == ["trigger", "pattern"]


def test_marking_nothing_leaves_an_empty_group():
    doc = letter(["好"])
    mark(doc, "demands", [])
    assert list(doc.spans["demands"]) == []


@pytest.mark.parametrize("finding", [(0, 0, "x"), (2, 1, "x"), (0, 9, "x"), (-1, 1, "x")])
def test_a_finding_outside_the_text_is_refused(finding: tuple[int, int, str]):
    with pytest.raises(ValueError, match="does not lie"):
        mark(letter(["青溪村"]), "places", [finding])


@given(
    st.lists(st.text(min_size=1, max_size=6), min_size=1, max_size=12),
    st.lists(st.lists(st.tuples(st.integers(0, 70), st.integers(1, 9)), max_size=4), min_size=1, max_size=4),
)
def test_offsets_survive_any_order_of_marking(words: list[str], rounds: list[list[tuple[int, int]]]):
    doc = letter(words)
    text = "".join(words)
    expected: dict[str, list[tuple[int, int, str]]] = {}
    for number, pairs in enumerate(rounds):
        found = [(a, min(len(text), a + n), f"l{i}") for i, (a, n) in enumerate(pairs) if a < len(text)]
        mark(doc, f"g{number}", found)
        expected[f"g{number}"] = found
    assert doc.text == text
    assert {group: offsets(doc, group) for group in expected} == expected
