"""Every query that cannot be read gets one line that says where and why."""

from __future__ import annotations

import pytest
from malformed import MALFORMED

from index.errors import QueryError
from index.query import parse


def test_the_list_is_long_enough() -> None:
    assert len({typed for typed, _ in MALFORMED}) == len(MALFORMED) >= 100


@pytest.mark.parametrize(("typed", "position"), MALFORMED, ids=range(len(MALFORMED)))
def test_a_malformed_query_is_pointed_at(typed: str, position: int) -> None:
    with pytest.raises(QueryError, match="E601") as caught:
        parse(typed)
    assert caught.value.position == position
    message = str(caught.value)
    assert f"(at character {position + 1})" in message and message.isprintable() and len(message) < 400


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("征地 (", "nothing stands after '(' (at character 4); expected a word, a \"phrase\", field:value or ("),
        ("(征地", "the parenthesis is not closed (at character 1); expected )"),
        ("published:[2026-01-01 2026-02-01]", "'2026-02-01' does not fit here (at character 23); expected TO"),
        ("escalation:high", "'high' is no level (at character 12); expected a level from 0 to 5"),
        ("*征地", "a leading one would read the whole index"),
        ("水 " * 201, "more than 200 clauses and would cost too much (at character 399)"),
        ("colour:red", "expected one of factor: attitude: source: place:"),
        ("author:x", "cannot be searched, counted or sorted by person (P-05)"),
    ],
)
def test_the_message_says_what_was_expected(typed: str, says: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(typed)
    assert says in str(caught.value)
