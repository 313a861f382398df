"""Matters: what belongs together follows from the texts alone, and what became of a matter is known for ever."""

from __future__ import annotations

import random
from collections.abc import Mapping

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from letters import MONDAY
from opinions import ROAD, every_voice, opinion

from models.taxonomy import taxonomy
from pipeline.matters import Opinion, matters_of
from pipeline.matters.grouping import matter_named_after
from pipeline.matters.history import changes_between, where_it_is_now
from pipeline.matters.likeness import quantised
from pipeline.matters.sheet import sheet_of
from pipeline.propose import propose
from pipeline.records import Document, FactorFinding
from pipeline.store import Store

LOW = ("compensation_standard", "补偿太低", 0.9)
DUST = ("air_pollution", "灰尘", 0.9)


def pointing(direction: int, turn: float = 0.0) -> bytes:
    """A vector along one axis, turned a little towards the next."""
    vector = np.zeros(16)
    vector[direction], vector[direction + 1] = np.cos(turn), np.sin(turn)
    return quantised(vector)


def grouped(texts: list[Opinion], vectors: Mapping[str, bytes]) -> set[frozenset[str]]:
    return {frozenset(one.document.id for one in m.opinions) for m in matters_of(ROAD, texts, vectors)}


def test_texts_that_mean_the_same_are_one_matter_though_their_factors_differ() -> None:
    noise = opinion("搅拌楼半夜轰鸣。", ("noise_vibration", "轰鸣", 0.9), number=1)
    dust = opinion("搅拌楼扬起灰尘。", DUST, number=2)
    other = opinion("旱地补偿太低。", LOW, number=3)
    vectors = {noise.document.id: pointing(0), dust.document.id: pointing(0, 0.1), other.document.id: pointing(5)}
    assert grouped([noise, dust, other], vectors) == {
        frozenset({noise.document.id, dust.document.id}), frozenset({other.document.id}),
    }  # fmt: skip


def test_the_same_complaint_of_two_villages_is_two_matters() -> None:
    texts = [opinion(f"{village}的旱地补偿太低。", LOW, number=n) for n, village in enumerate(("柳湾村", "上井村"))]
    vectors = {one.document.id: pointing(0) for one in texts}
    assert len(grouped(texts, vectors)) == 2
    both = opinion("柳湾村和上井村的旱地补偿都太低：补偿太低。", LOW, number=9)
    assert len(grouped([*texts, both], vectors | {both.document.id: pointing(0)})) == 1


def test_a_copy_belongs_to_the_matter_of_its_origin_without_a_vector_of_its_own() -> None:
    first = opinion("旱地补偿太低。", LOW, number=1)
    copy = opinion("旱地补偿太低。转。", LOW, number=2, origin=first, day=1)
    assert grouped([copy, first], {first.document.id: pointing(0)}) == {
        frozenset({first.document.id, copy.document.id})
    }


@given(
    rows=st.lists(
        st.tuples(st.integers(0, 3), st.floats(0, 1.5), st.sampled_from([LOW, DUST]), st.integers(0, 300)), max_size=14
    ),
    rng=st.randoms(use_true_random=False),
)
@settings(max_examples=60, deadline=None)
def test_no_order_of_arrival_changes_what_belongs_together(
    rows: list[tuple[int, float, tuple[str, str, float], int]], rng: random.Random
) -> None:
    texts = [
        opinion(f"第{n}件：{factor[1]}。", factor, number=n, day=day) for n, (_, _, factor, day) in enumerate(rows)
    ]
    vectors = {one.document.id: pointing(axis, turn) for one, (axis, turn, _, _) in zip(texts, rows, strict=True)}
    once = matters_of(ROAD, texts, vectors)
    shuffled = texts[:]
    rng.shuffle(shuffled)
    assert matters_of(ROAD, shuffled, vectors) == once


@given(st.integers(2, 8), st.data())
@settings(max_examples=40, deadline=None)
def test_a_matter_keeps_its_id_while_later_texts_join_it(count: int, data: st.DataObject) -> None:
    texts = [opinion(f"{n}组补偿太低。", LOW, number=n, day=n) for n in range(count)]
    vectors = {one.document.id: pointing(0) for one in texts}
    known = data.draw(st.integers(1, count - 1))
    ((before,), (after,)) = (matters_of(ROAD, some, vectors) for some in (texts[:known], texts))
    assert before.id == after.id == matter_named_after(ROAD.id, texts[0].document.id)


def ids(*numbers: int) -> list[str]:
    return [f"m{number:024x}" for number in numbers]


def documents(*numbers: int) -> frozenset[str]:
    return frozenset(f"d{number:024x}" for number in numbers)


def test_merges_splits_and_ends_are_recorded_and_followed() -> None:
    one, two, three = ids(1, 2, 3)
    first = {one: documents(1, 2), two: documents(3)}
    merged = {one: documents(1, 2, 3, 4)}
    parted = {one: documents(1), three: documents(2, 4)}
    events = [
        *changes_between("p", {}, first, MONDAY),
        *changes_between("p", first, merged, MONDAY),
        *changes_between("p", merged, parted, MONDAY),
    ]
    assert [(e.matter_id, e.change, e.into) for e in events] == [
        (one, "appeared", ()), (two, "appeared", ()), (two, "merged", (one,)), (one, "split", (one, three)),
    ]  # fmt: skip
    assert where_it_is_now(two, events, parted) == (one,)
    assert where_it_is_now("m" + "f" * 24, events, parted) == ()
    (ended, renamed) = changes_between("p", {one: documents(1), two: documents(5)}, {three: documents(5)}, MONDAY)
    assert (ended.change, renamed.change, renamed.into) == ("ended", "renamed", (three,))


def test_growth_is_no_event() -> None:
    (one,) = ids(1)
    assert changes_between("p", {one: documents(1)}, {one: documents(1, 2)}, MONDAY) == []


def test_the_clock_of_a_matter_counts_replies_against_fifteen_and_sixty_days() -> None:
    asked = [opinion(f"{n}组补偿太低。", LOW, number=n, day=n) for n in range(3)]
    quick, slow = (reply(one.document, days) for one, days in ((asked[0], 10), (asked[1], 90)))
    (matter,) = matters_of(ROAD, asked)
    answers = {asked[0].document.id: (quick,), asked[1].document.id: (slow,)}
    clock = sheet_of(matter, answers, every_voice, taxonomy().routing).clock
    assert (clock.asked, clock.answered, clock.answered_late, clock.median_days) == (3, 2, 1, 10)
    assert clock.open_since is not None and clock.take_up_due is not None and clock.answer_due is not None
    assert (clock.take_up_due - clock.open_since).days == 15 and (clock.answer_due - clock.open_since).days == 60
    assert clock.overdue(clock.answer_due.replace(year=2027)) and not clock.overdue(clock.answer_due)


def reply(document: Document, days: int) -> Document:
    from datetime import timedelta

    assert document.published_at is not None
    answer = opinion("已核实。", genre="reply", number=900 + days, grievance=False).document
    changes = {"reply_to": document.id, "published_at": document.published_at + timedelta(days=days)}
    return answer.model_copy(update=changes)


def hear(store: Store, *heard: Opinion) -> None:
    store.add_documents([one.document for one in heard])
    store.complete_analyses(one.analysis.model_copy(update={"links": (one.link,)}) for one in heard)


def test_a_withdrawn_text_leaves_every_matter_candidate_and_vector_within_one_pass(store: Store) -> None:
    said = [opinion(f"柳湾村第{n}组的旱地补偿太低，请核实。", LOW, number=n, day=n) for n in range(3)]
    store.upsert_projects([ROAD])
    hear(store, *said)
    propose(store)
    (sheet,) = store.matters_of_project(ROAD.id)
    assert set(sheet.documents) == {one.document.id for one in said}
    first = said[0].document.id
    assert store.matter_vectors([first], _encoder()) != {}
    store.withdraw_documents([first])
    assert store.matter_vectors([first], _encoder()) == {}
    propose(store)
    kept = store.matters_of_project(ROAD.id)
    points = store.risk_points(ROAD.id).rows
    assert kept and points
    assert all(first not in one.canonical_json() for one in kept)
    assert all(p.candidate and first not in p.candidate.canonical_json() for p in points)
    assert store.matter_now(ROAD.id, sheet.id) == tuple(sorted(one.id for one in kept))


def test_a_second_pass_changes_nothing(store: Store) -> None:
    said = [opinion(f"柳湾村第{n}组的旱地补偿太低。", LOW, number=n, day=n) for n in range(3)]
    store.upsert_projects([ROAD])
    hear(store, *said)
    propose(store)
    before, events = store.matters_of_project(ROAD.id), store.matter_events(ROAD.id)
    store.set_fact("proposed_through", "0")
    propose(store)
    assert store.matters_of_project(ROAD.id) == before and store.matter_events(ROAD.id) == events


def _encoder() -> str:
    from models.encoder import load_encoder

    return load_encoder().version


def test_a_matter_is_titled_with_the_surest_words_of_its_concern() -> None:
    sure = opinion("旱地的补偿太低了。", LOW, number=1)
    (matter,) = matters_of(ROAD, [sure, opinion("补偿太低。", ("compensation_standard", "补偿太低", 0.5), number=2)])
    sheet = sheet_of(matter, {}, every_voice, taxonomy().routing)
    assert sheet.title.quote(sure.document) == "补偿太低"
    assert isinstance(sure.analysis.grievances[0].factors[0], FactorFinding) and sheet.factors == (LOW[0],)
