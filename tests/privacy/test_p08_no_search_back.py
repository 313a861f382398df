"""P-08: what leaves in reports and shares is quoted so that a search for the words does not lead back to who wrote them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from api.policy import trimmed

WORDS = st.text(alphabet="村口的便道没有人洒水补偿标准太低，。；！ ", min_size=1, max_size=120)


@given(WORDS)
def test_what_is_left_of_a_quote_stands_in_the_text_word_for_word(quote: str):
    assert trimmed(quote).removesuffix("……") in quote


@given(WORDS)
def test_a_sentence_of_somebody_never_leaves_whole(quote: str):
    words = quote.strip("，。；！ ")
    if len(words) > 12:
        assert words not in trimmed(quote) and trimmed(quote).endswith("……")


def test_it_is_cut_at_a_clause():
    assert (
        trimmed("便道没有人洒水，车一过全是灰，我们来回问了三次，都说不归他管。")
        == "便道没有人洒水，车一过全是灰，我们来回问了三次……"
    )
    assert trimmed("，补偿标准太低。") == "补偿标准太低"
