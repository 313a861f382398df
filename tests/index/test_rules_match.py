"""A rule matches a document exactly when the engine's search would find it."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index import EmbeddedIndex, IndexEntry, QueryError
from index.matching import matches
from index.query import All, And, Near, Not, Or, Query, Range, Term, Text, Words, parse
from index.rules import Rules

NOW = datetime.now(UTC)
LETTERS = "补偿标準征地，aA１ \n“"
STRINGS = st.text(LETTERS, min_size=1, max_size=6).filter(lambda string: string.strip() != "")
PAIRS = st.text(LETTERS, min_size=2, max_size=3).filter(lambda string: string.strip() != "")
CODES = ("99", "9902", "990206", "990206009", "9903", "云州市/石盘镇")
LEAVES: st.SearchStrategy[Query] = st.one_of(
    st.just(All()),
    st.builds(Text, STRINGS, st.sampled_from(["text", "title"])),
    st.builds(Words, st.text(LETTERS, min_size=1, max_size=12).filter(lambda s: s.strip() != ""), st.sampled_from([0.0, 0.3, 0.75, 1.0])),
    st.builds(Near, PAIRS, PAIRS, st.integers(0, 6)),
    st.builds(Term, st.just("region_codes"), st.lists(st.sampled_from(CODES), min_size=1, max_size=2).map(tuple)),
    st.builds(Term, st.just("factors"), st.lists(st.sampled_from(["dust", "noise", ""]), min_size=1, max_size=2).map(tuple)),
    st.builds(Term, st.just("is_grievance"), st.tuples(st.booleans())),
    st.builds(Term, st.just("escalation"), st.tuples(st.integers(0, 5))),
    st.builds(lambda low: Range("escalation", ge=low), st.integers(0, 5)),
    st.builds(lambda hours: Range("published_at", gt=NOW - timedelta(hours=hours)), st.integers(0, 300)),
    st.builds(lambda hours: Range("published_at", le=NOW - timedelta(hours=hours)), st.integers(0, 300)),
    st.builds(lambda days: Range("published_at", last_days=days), st.integers(1, 12)),
)  # fmt: skip
QUERIES: st.SearchStrategy[Query] = st.recursive(
    LEAVES,
    lambda part: st.one_of(
        part.map(Not),
        st.lists(part, min_size=1, max_size=3).map(lambda parts: And(tuple(parts))),
        st.lists(part, min_size=1, max_size=3).map(lambda parts: Or(tuple(parts))),
    ),
    max_leaves=6,
)
KNOWN = st.fixed_dictionaries({
    "title": st.text(LETTERS, max_size=8),
    "body": st.text(LETTERS, max_size=25),
    "factors": st.lists(st.sampled_from(["dust", "noise"]), max_size=2).map(tuple),
    "region_codes": st.lists(st.sampled_from(CODES), max_size=2).map(tuple),
    "is_grievance": st.booleans(),
    "escalation": st.integers(0, 5),
    "published_at": st.one_of(st.none(), st.integers(-30, 300).map(lambda hours: NOW - timedelta(hours=hours))),
})  # fmt: skip


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(documents=st.lists(KNOWN, min_size=1, max_size=8), queries=st.lists(QUERIES, min_size=1, max_size=8))
def test_a_rule_matches_what_the_engine_finds(
    tmp_path_factory: pytest.TempPathFactory, documents: list[dict[str, Any]], queries: list[Query]
) -> None:
    entries = [IndexEntry(id=f"d{n}", sequence=n + 1, **known) for n, known in enumerate(documents)]
    rules = Rules({f"r{n}": query for n, query in enumerate(queries)}, sample=entries[:3])
    with EmbeddedIndex(tmp_path_factory.mktemp("index")) as index:
        index.write(entries)
        index.commit()
        for n, query in enumerate(queries):
            found = {document_id for _, document_id in index.members(query, "id")}
            assert {entry.id for entry in entries if matches(query, entry)} == found
            assert {entry.id for entry in entries if f"r{n}" in rules.matching(entry)} == found


def test_rules_are_named_by_the_document_they_answer() -> None:
    rules = Rules(
        {name: parse(name) for name in ("采石场 -点赞", "补偿 OR 赔偿", "factor:dust", "扬尘", "-扬尘", "“石 盘”")}
    )
    entry = IndexEntry(id="d", sequence=1, title="采石场扬尘", body="没有人赔偿", factors=("dust",))
    assert len(rules) == 6
    assert rules.matching(entry) == ("factor:dust", "扬尘", "补偿 OR 赔偿", "采石场 -点赞")


def test_a_rule_on_recent_days_forgets_old_documents() -> None:
    rules = Rules({"recent": parse("水 published:last7d")})
    entry = IndexEntry(id="d", sequence=1, title="", body="水", published_at=datetime(2026, 3, 1, 4, tzinfo=UTC))
    assert rules.matching(entry, datetime(2026, 3, 7, 15, 59, tzinfo=UTC)) == ("recent",)
    assert rules.matching(entry, datetime(2026, 3, 7, 16, 0, tzinfo=UTC)) == ()


def test_a_sample_changes_no_answer() -> None:
    chance = random.Random(7)
    words = ["".join(chance.choices("水电路噪音扬尘征地补偿", k=chance.randint(1, 4))) for _ in range(60)]
    queries = {word: parse(word) for word in words} | {f"{a} {b}": parse(f"{a} OR -{b}") for a, b in pairwise(words)}
    entries = [
        IndexEntry(id=f"d{n}", sequence=1, title="", body="".join(chance.choices("水电路噪音扬尘征地补偿", k=40)))
        for n in range(50)
    ]
    plain, sampled = Rules(queries), Rules(queries, entries[:20])
    assert all(plain.matching(entry) == sampled.matching(entry) for entry in entries)
    assert any(plain.matching(entry) for entry in entries)


def test_a_rule_that_costs_too_much_is_refused() -> None:
    with pytest.raises(QueryError, match="more than 200 clauses"):
        Rules({"wide": Or(tuple(Text(f"第{n}") for n in range(201)))})
