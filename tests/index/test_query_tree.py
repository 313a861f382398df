"""The query tree goes to JSON and back, and typing errors are told with their place."""

from __future__ import annotations

from datetime import UTC

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import QueryError
from index.query import All, And, Near, Not, Or, Query, Range, Term, Text, Words, clauses, from_json, parse, to_json

STRINGS = st.text("补偿标准aB1，", min_size=1, max_size=6)
LEAVES: st.SearchStrategy[Query] = st.one_of(
    st.just(All()),
    st.tuples(STRINGS, st.sampled_from(["text", "title"])).map(lambda drawn: Text(*drawn)),
    st.tuples(STRINGS, st.floats(0, 1)).map(lambda drawn: Words(*drawn)),
    st.integers(0, 50).map(lambda slop: Near("补偿", "标准", slop)),
    st.lists(STRINGS, min_size=1, max_size=3).map(lambda values: Term("factors", tuple(values))),
    st.booleans().map(lambda value: Term("is_grievance", (value,))),
    st.integers(0, 5).map(lambda level: Range("escalation", ge=level)),
    st.datetimes(timezones=st.just(UTC)).map(lambda moment: Range("published_at", lt=moment)),
    st.integers(1, 400).map(lambda days: Range("published_at", last_days=days)),
)
TREES: st.SearchStrategy[Query] = st.recursive(
    LEAVES,
    lambda part: st.one_of(
        part.map(Not),
        st.lists(part, min_size=1, max_size=3).map(lambda parts: And(tuple(parts))),
        st.lists(part, min_size=1, max_size=3).map(lambda parts: Or(tuple(parts))),
    ),
    max_leaves=12,
)


@given(TREES)
def test_a_saved_query_is_the_same_query(query: Query) -> None:
    assert to_json(from_json(to_json(query))) == to_json(query)
    assert len(list(clauses(from_json(to_json(query))))) == len(list(clauses(query)))


@given(st.text('补偿 标准"“”「」a1，-()：', max_size=20))
def test_whatever_is_typed_is_read_or_refused_with_a_place(typed: str) -> None:
    try:
        parse(typed)
    except QueryError as error:
        assert error.position is not None and 0 <= error.position < len(typed)


@pytest.mark.parametrize(
    ("typed", "query"),
    [
        ("", All()),
        (" \u3000", All()),
        ("征地", Text("征地")),
        ("征地 补偿", And((Text("征地"), Text("补偿")))),
        ('征地 "补偿，标准"', And((Text("征地"), Text("补偿，标准")))),
        ("“补偿标准”噪音", And((Text("补偿标准"), Text("噪音")))),
        ("Huawei-5G", Text("Huawei-5G")),
        ("征地补偿标准", Text("征地补偿标准")),
        ("征地补偿标准多年来一直太低了", Words("征地补偿标准多年来一直太低了", 0.3)),
    ],
)
def test_typing_becomes_a_tree(typed: str, query: Query) -> None:
    assert parse(typed) == query


@pytest.mark.parametrize(
    ("typed", "position", "says"),
    [('补偿 "标准', 3, "not closed"), ("“”", 0, "nothing stands between"), ('a "  "', 2, "nothing stands between")],
)
def test_a_quotation_mark_left_open_or_empty_is_pointed_at(typed: str, position: int, says: str) -> None:
    with pytest.raises(QueryError, match=says) as caught:
        parse(typed)
    assert caught.value.position == position


@pytest.mark.parametrize(
    "data",
    [
        "", "nonsense", "[]", '{"type":"person","name":"x"}', '{"type":"and","parts":[]}', '{"type":"near","first":"补偿",'
        '"second":"标准","slop":51}', '{"type":"words","string":"水","share":2}', '{"type":"text","string":"水","x":1}',
        '{"type":"text","string":" "}', '{"type":"term","field":"author","values":["x"]}', b"\xff",
    ],
)  # fmt: skip
def test_json_that_is_no_query_is_refused(data: str | bytes) -> None:
    with pytest.raises(QueryError, match="E601"):
        from_json(data)


def test_a_tree_too_deep_or_too_wide_is_refused() -> None:
    with pytest.raises(QueryError, match="more than 200"):
        from_json(to_json(Or(tuple(Text("水") for _ in range(200)))))
    with pytest.raises(QueryError):
        from_json('{"type":"not","part":' * 5000 + '{"type":"all"}' + "}" * 5000)
