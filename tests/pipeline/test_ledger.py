"""The ledger of a project counts what index and store say now, whatever happened between two questions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from letters import ROAD, analysis, document_id, petition

from index import EmbeddedIndex
from index.fields import FIELDS
from index.query import All, And, Not, Query, Term, Text
from pipeline.feed import feed
from pipeline.ledger import Ledgers
from pipeline.ledger.crowd import Tally
from pipeline.ledger.ledger import COUNTED
from pipeline.store import Store
from pipeline.voices import Voice

PERIODS = ("20260302-7d", "20260309-7d")
ABOUT = Term("project_ids", (ROAD.id,))


class Desk:
    """A store, an index and the ledgers of both, with the same counted from scratch."""

    def __init__(self, folder: Path, store: Store) -> None:
        self.store = store
        self.store.upsert_projects([ROAD])
        self.index = EmbeddedIndex(folder / "index")
        self.ledgers = Ledgers(self.index, self.store)

    def hear(self, numbers: range, speakers: str, period: str = PERIODS[0]) -> None:
        """Petitions of people named by one letter, ``-`` for nobody; the index hears of them."""
        letters = [petition(number) for number in numbers]
        voices = [
            Voice(one.id, ROAD.id, period, who.encode().ljust(16, b"."))
            for one, who in zip(letters, speakers, strict=True)
            if who != "-"
        ]
        self.store.add_documents(letters, voices)
        self.analyse(numbers)

    def analyse(self, numbers: range, model: str = "m1") -> None:
        said = [analysis(petition(number), ROAD.id, model=model) for number in numbers]
        self.store.complete_analyses(said)
        self.feed()

    def feed(self) -> None:
        feed(self.store, self.index)

    def by_ledger(self, query: Query) -> dict[tuple[str, str], tuple[int, ...]]:
        """(field, value) → documents, low, high, origins."""
        crowd = self.ledgers.crowd(ROAD.id, query)
        counted = {("", ""): row(crowd.whole(), 0)}
        for field in COUNTED:
            names, groups, places = crowd.field(field)
            tally = crowd.tally(groups, places, len(names))
            counted |= {(field, name): row(tally, number) for number, name in enumerate(names)}
        return counted

    def one_by_one(self, query: Query) -> dict[tuple[str, str], tuple[int, ...]]:
        """The same from the members of every field and the voices of every document."""
        ids: dict[tuple[str, str], set[str]] = defaultdict(set)
        ids["", ""] = {one for _, one in self.index.members(query, "id")}
        for field in COUNTED:
            for value, one in self.index.members(query, field):
                ids[field, value].add(one)
        heard = self.store.hearing(ROAD.id, ids["", ""])
        counted = {key: [one for one in some if one in heard] for key, some in ids.items()}
        return {
            key: (len(some), *heard.voices(some), heard.origins(some))
            for key, some in counted.items()
            if some or key == ("", "")
        }


def row(tally: Tally, number: int) -> tuple[int, ...]:
    return tuple(int(column[number]) for column in tally)


@pytest.fixture
def desk(tmp_path: Path, store: Store) -> Iterator[Desk]:
    """On both kinds of database."""
    opened = Desk(tmp_path, store)
    yield opened
    opened.index.close()


def whole(desk: Desk, query: Query = ABOUT) -> tuple[int, ...]:
    assert desk.by_ledger(query) == desk.one_by_one(query)
    return desk.by_ledger(query)["", ""]


def test_new_texts_and_voices_are_counted_at_the_next_question(desk: Desk):
    desk.hear(range(3), "aab")
    assert whole(desk) == (3, 2, 2, 3)
    desk.hear(range(3, 6), "ac-")
    assert whole(desk) == (6, 3, 4, 6)
    desk.hear(range(6, 8), "aa", PERIODS[1])
    assert whole(desk) == (8, 3, 5, 8)


def test_what_was_withdrawn_is_not_counted_before_the_index_knows(desk: Desk):
    desk.hear(range(4), "abcd")
    assert whole(desk)[0] == 4
    desk.store.withdraw_documents([document_id(1)])
    assert whole(desk) == (3, 3, 3, 3)
    desk.feed()
    assert whole(desk) == (3, 3, 3, 3)


def test_a_text_that_turns_out_a_copy_is_of_that_origin_at_once(desk: Desk):
    desk.hear(range(3), "abc")
    assert whole(desk)[3] == 3
    desk.store.set_origins({document_id(2): document_id(0)})
    assert whole(desk)[3] == 2


def test_closed_periods_are_counted_as_before(desk: Desk):
    desk.hear(range(3), "aab")
    before = whole(desk)
    desk.store.forget_tokens(PERIODS[0])
    assert whole(desk) == before


def test_texts_analysed_again_count_once(desk: Desk):
    desk.hear(range(3), "abc")
    whole(desk)
    for round_ in range(4):
        desk.analyse(range(3), model=f"m{round_ + 2}")
        assert whole(desk) == (3, 3, 3, 3)


def test_a_narrow_question_reads_only_what_it_finds(desk: Desk):
    desk.hear(range(20), "abcdefghijklmnopqrst")
    assert whole(desk, Text("第7组"))[0] == 1
    assert len(desk.ledgers._of(ROAD.id)) == 1
    assert whole(desk)[0] == 20


def test_several_questions_are_read_together(desk: Desk):
    """A ledger that knows nothing yet fetches what each of them finds from the answer that found it."""
    desk.hear(range(12), "abcdefghijkl")
    queries = [Text("第7组"), ABOUT, And((ABOUT, Not(Text("第7组")))), Text("第8组")]
    crowd, found_by = desk.ledgers.together(ROAD.id, queries)
    assert len(crowd) == 12
    for query, found in zip(queries, found_by, strict=True):
        alone = desk.ledgers.crowd(ROAD.id, query)
        assert set(crowd.ids(np.flatnonzero(found))) == set(alone.ids(np.arange(len(alone))))
        assert [row(crowd.at(np.flatnonzero(found)).whole(), 0)] == [row(alone.whole(), 0)]
    desk.store.withdraw_documents([document_id(1)])
    crowd, found_by = desk.ledgers.together(ROAD.id, queries)
    assert len(crowd) == 11 and found_by.sum(axis=1).tolist() == [1, 11, 10, 1]


def test_ledgers_beyond_the_bound_go_and_come_again(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("pipeline.ledger.ledgers.MOST", 3)
    desk.hear(range(3), "abc")
    assert whole(desk)[0] == 3
    desk.ledgers.crowd("dam", All())
    assert len(desk.ledgers._kept) == 1
    assert whole(desk)[0] == 3


@pytest.mark.parametrize("reading", ["listed", "numbered_voices"])
def test_a_database_that_fails_in_between_leaves_no_wrong_number_behind(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, reading: str
):
    def away(*_: object) -> None:
        raise ConnectionError("the database is away")

    desk.hear(range(6), "aaaaab")
    whole(desk, Text("第5组"))
    with monkeypatch.context() as patched:
        patched.setattr(desk.store, reading, away)
        with pytest.raises(ConnectionError):
            desk.ledgers.crowd(ROAD.id, ABOUT)
    assert whole(desk) == (6, 2, 2, 6)


def test_no_token_is_in_it(desk: Desk):
    desk.hear(range(2), "aa")
    desk.by_ledger(ABOUT)
    assert b"a...." not in repr(vars(desk.ledgers._of(ROAD.id))).encode()
    assert "source" in COUNTED and "author" not in FIELDS


STEPS = st.one_of(
    st.tuples(st.just("hear"), st.text("abc-", min_size=1, max_size=4), st.sampled_from(PERIODS)),
    st.tuples(st.just("withdraw"), st.integers(0, 12), st.just("")),
    st.tuples(st.just("copy"), st.integers(0, 12), st.integers(0, 12)),
    st.tuples(st.just("analyse"), st.integers(0, 12), st.just("")),
    st.tuples(st.just("forget"), st.just(0), st.sampled_from(PERIODS)),
    st.tuples(st.just("ask"), st.integers(0, 12), st.just("")),
)


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(STEPS, min_size=3, max_size=10))
def test_whatever_happens_it_counts_what_counting_one_by_one_gives(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, object, object]]
):
    folder = tmp_path_factory.mktemp("ledger")
    desk, known = Desk(folder, Store.open(f"sqlite:///{folder}/any.sqlite3")), 0
    try:
        for number, (name, first, second) in enumerate(steps):
            there = isinstance(first, int) and first < known
            if name == "hear":
                desk.hear(range(known, known + len(str(first))), str(first), str(second))
                known += len(str(first))
            elif name == "withdraw" and there:
                desk.store.withdraw_documents([document_id(int(first))])  # type: ignore[call-overload]
            elif name == "copy" and there:
                desk.store.set_origins({document_id(int(first)): document_id(int(second))})  # type: ignore[call-overload]
            elif name == "analyse" and there and not desk.store.document(document_id(first)).tombstone:  # type: ignore
                desk.analyse(range(first, first + 1), model=f"n{number}")  # type: ignore[operator, arg-type]
            elif name == "forget":
                desk.store.forget_tokens(str(second))
            whole(desk, Text(f"第{first}组") if name == "ask" else ABOUT)
    finally:
        desk.index.close()
        desk.store.close()
