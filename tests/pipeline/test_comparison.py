"""What changed between two moments of the invented quarry road's candidates, and why: each cause in turn."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from letters import MONDAY, decision
from opinions import ROAD, opinion

from api.diff_desk import Compared, compare
from pipeline.comparison import Difference
from pipeline.matters import Opinion
from pipeline.moments import NoMoment, NothingKept, moment
from pipeline.propose import propose
from pipeline.risk import risk_point_id
from pipeline.risk.validity import Calibration, shipped
from pipeline.store import Store

COMPENSATION, DUST, RESETTLEMENT = "compensation_standard", "air_pollution", "resettlement_housing"


class Clock:
    """Time that goes on by an hour whenever somebody says so."""

    def __init__(self) -> None:
        self.now = MONDAY

    def __call__(self) -> Any:
        return self.now

    def passes(self, hours: float = 1) -> None:
        self.now += timedelta(hours=hours)


@pytest.fixture
def clock(store: Store) -> Clock:
    store.clock = Clock()
    store.upsert_projects([ROAD])
    return store.clock


def said(number: int, factor: str = COMPENSATION, p: float = 0.9, words: str = "补偿标准") -> Opinion:
    body = f"柳湾村第{number}组的旱地补偿标准比邻镇低{number}成，爆破粉尘落在菜地里，请核实。"
    return opinion(body, (factor, words, p), number=number)


def hear(store: Store, *heard: Opinion, **versions: str) -> None:
    store.add_documents([one.document for one in heard])
    read(store, *heard, **versions)


def read(store: Store, *heard: Opinion, **versions: str) -> None:
    """Stores what these versions read in the texts, and proposes an hour later."""
    store.complete_analyses(
        one.analysis.model_copy(
            update={"links": (one.link,), "versions": one.analysis.versions.model_copy(update=versions)}
        )
        for one in heard
    )
    store.clock.passes()
    propose(store)


def between(store: Store, earlier: str, later: str = "now") -> Compared:
    return compare(store, ROAD.id, moment(store, ROAD.id, earlier), moment(store, ROAD.id, later))


def of(compared: Compared, factor: str) -> Difference:
    return next(one for one in compared.rows if one.risk_point_id == risk_point_id(ROAD.id, factor))


def test_a_second_proposal_of_the_same_keeps_no_moment(store: Store, clock: Clock) -> None:
    hear(store, said(1))
    propose(store)
    store.set_fact("proposed_through", "0")
    propose(store)
    assert [one.number for one in store.snapshots_of(ROAD.id)] == [1]
    assert between(store, "s1").rows == ()


def test_new_texts(store: Store, clock: Clock) -> None:
    hear(store, said(1), said(2))
    hear(store, said(3), said(4, DUST, words="爆破粉尘"))
    found = between(store, "s1")
    assert of(found, COMPENSATION).change == "changed" and of(found, COMPENSATION).why == ("new_texts",)
    assert of(found, DUST).change == "appeared" and of(found, DUST).why == ("new_texts",)
    assert {one.document_id for one in of(found, COMPENSATION).added} == {said(3).document.id}


def test_withdrawn_texts_are_the_reason_and_are_in_neither_side(store: Store, clock: Clock) -> None:
    hear(store, said(1), said(2), said(3), said(4, DUST, words="爆破粉尘"))
    gone = [said(3).document.id, said(4).document.id]
    store.withdraw_documents(gone)
    clock.passes()
    propose(store)
    found = between(store, "s1")
    assert of(found, COMPENSATION).why == ("texts_withdrawn",)
    assert [one.risk_point_id for one in found.rows] == [risk_point_id(ROAD.id, COMPENSATION)]
    assert found.happened.withdrawn[""] == 2
    for number in (1, 2):
        content = store.snapshot_content(ROAD.id, number)
        assert not {one.document_id for one in content.passages} & set(gone)
        assert not content.readings.keys() & set(gone)
        assert risk_point_id(ROAD.id, DUST) not in content.points


def test_no_snapshot_holds_a_word_of_a_text(store: Store, clock: Clock) -> None:
    from pipeline.store.tables import metadata

    hear(store, said(1))
    with store.reading() as connection:
        for table in metadata.sorted_tables:
            if table.name.startswith("snapshot"):
                assert "补偿" not in repr(connection.execute(table.select()).all())


def test_a_changed_text(store: Store, clock: Clock) -> None:
    hear(store, said(1), said(2))
    changed = opinion("柳湾村的旱地补偿标准一直没有公布，问了三次。", (COMPENSATION, "补偿标准", 0.9), number=2)
    document = changed.document.model_copy(update={"id": said(2).document.id, "origin_id": said(2).document.id})
    assert store.revise_document(document)
    analysis = changed.analysis.model_copy(update={"document_id": document.id})
    read(store, Opinion(document, analysis, changed.link))
    assert "texts_changed" in of(between(store, "s1"), COMPENSATION).why


@pytest.mark.parametrize(
    ("versions", "why"),
    [
        ({"model": "m2"}, "model"), ({"taxonomy": "t2"}, "taxonomy"), ({"code": "c2"}, "code"),
        ({"registry": "other@0.5"}, "registry"),
        ({"registry": "road@0.6"}, "link_threshold"),
    ],
)  # fmt: skip
def test_other_versions_find_another_probability(
    store: Store, clock: Clock, versions: dict[str, str], why: str
) -> None:
    hear(store, said(1), said(2), registry="road@0.5")
    read(store, said(1, p=0.6), said(2, p=0.6), **{"registry": "road@0.5", **versions})
    found = of(between(store, "s1"), COMPENSATION)
    assert found.why == (why,) and {"p_valid", "band"} <= set(found.what)


def test_evidence_moves_from_one_factor_to_another(store: Store, clock: Clock) -> None:
    hear(store, said(1), said(2))
    read(store, said(1, RESETTLEMENT), said(2), model="m2")
    found = between(store, "s1")
    new = of(found, RESETTLEMENT)
    assert new.change == "appeared" and new.why == ("model",)
    assert [(one.before.risk_point_id, one.after.risk_point_id) for one in new.moved] == [
        (risk_point_id(ROAD.id, COMPENSATION), risk_point_id(ROAD.id, RESETTLEMENT))
    ]
    assert of(found, COMPENSATION).moved == new.moved


def test_a_decision_of_a_person(store: Store, clock: Clock) -> None:
    hear(store, said(1))
    clock.passes()
    point = risk_point_id(ROAD.id, COMPENSATION)
    store.add_decision(decision(1, point, "edit", when=clock.now, changes={"attention": "verify_first"}))
    clock.passes()
    found = of(between(store, (MONDAY + timedelta(hours=1)).isoformat()), COMPENSATION)
    assert found.why == ("human_decision",) and "attention" in found.what


def test_another_calibration(store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    hear(store, said(1))
    usual = shipped()
    other = Calibration(usual.weights, usual.covariance, 120, "decisions", -0.5, 0.8)
    monkeypatch.setattr("pipeline.propose.on_decisions", lambda cases: other)
    clock.passes()
    propose(store)
    assert of(between(store, "s1"), COMPENSATION).why == ("calibration",)


def test_moments_are_found_by_snapshot_version_time_and_distance(store: Store, clock: Clock) -> None:
    hear(store, said(1))
    hear(store, said(2), said(1), model="m2abcdef0")
    numbers = {
        named: moment(store, ROAD.id, named).snapshot.number
        for named in ("s1", "s2", "now", (MONDAY + timedelta(hours=1, minutes=1)).isoformat(), "0d")
    }
    assert list(numbers.values()) == [1, 2, 2, 1, 2]
    with pytest.raises(NoMoment, match="E170"):
        moment(store, ROAD.id, "yesterday")
    with pytest.raises(NothingKept, match="E171"):
        moment(store, ROAD.id, "2020-01-01")


def test_old_moments_go_and_the_newest_stays(store: Store, clock: Clock) -> None:
    for number in range(1, 6):
        hear(store, said(number))
        clock.passes(hours=30 * 24)
    assert store.forget_snapshots(70) == 3
    kept = store.snapshots_of(ROAD.id)
    assert [one.number for one in kept] == [4, 5]
    point = risk_point_id(ROAD.id, COMPENSATION)
    assert len([one for one in store.snapshot_content(ROAD.id, 4).passages if one.risk_point_id == point]) == 4
    clock.passes(hours=400 * 24)
    assert store.forget_snapshots(70) == 1 and [one.number for one in store.snapshots_of(ROAD.id)] == [5]
