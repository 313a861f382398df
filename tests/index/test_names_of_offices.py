"""Other names of an office are found when they are asked for, and never by themselves."""

from __future__ import annotations

import pytest

from index import QueryError
from index.query import And, Near, Not, Or, Text, Words, expand, parse

NAMES = {"林地局": ("林草局", "林业和草原局"), "林草局": ("林地局", "林业和草原局")}


def test_a_name_finds_the_other_names_too() -> None:
    assert expand(parse("林地局 占地"), NAMES) == And((
        Or((Text("林地局"), Text("林草局"), Text("林业和草原局"))), Text("占地"),
    ))  # fmt: skip
    assert expand(parse("“林地局”"), NAMES) == Or((Text("林地局"), Text("林草局"), Text("林业和草原局")))
    assert expand(parse("title:林草局"), NAMES).parts[2] == Text("林业和草原局", "title")  # type: ignore[union-attr]


def test_a_name_in_another_script_or_width_is_the_same_name() -> None:
    assert expand(Text("林業局"), {"林业局": ("林草局",)}) == Or((Text("林業局"), Text("林草局")))


def test_an_excluded_office_is_excluded_under_all_its_names() -> None:
    assert expand(parse("-林地局"), NAMES) == Not(Or((Text("林地局"), Text("林草局"), Text("林业和草原局"))))


def test_near_knows_the_other_names() -> None:
    assert expand(Near("林地局", "占地", 3), NAMES) == Or((
        Near("林地局", "占地", 3), Near("林草局", "占地", 3), Near("林业和草原局", "占地", 3),
    ))  # fmt: skip


@pytest.mark.parametrize(
    "query", [Text("林地局长"), Text("林地"), Words("林地局", 0.3), parse("factor:林地局"), parse("")]
)
def test_what_is_no_name_stays_as_it_is(query: Text) -> None:
    assert expand(query, NAMES) == query


def test_an_expansion_that_costs_too_much_is_refused() -> None:
    many = {"林地局": tuple(f"第{n}林场" for n in range(60))}
    with pytest.raises(QueryError, match="more than 200 clauses"):
        expand(parse("林地局 OR 林地局 OR 林地局 OR 林地局"), many)
