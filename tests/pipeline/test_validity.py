"""p_valid: what passages say, as labelled texts and later an office's own decisions taught it."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from letters import decision
from opinions import ROAD, opinion

from pipeline.propose import ground_of, propose
from pipeline.risk import risk_point_id
from pipeline.risk.validity import ENOUGH, Bounds, Calibration, bounds_of, on_decisions, shipped
from pipeline.store import Store

PROBABILITIES = st.lists(st.floats(0.01, 0.99), min_size=1, max_size=8)


@given(PROBABILITIES, st.floats(0.01, 0.99))
def test_more_passages_never_make_a_candidate_less_likely(ps: list[float], another: float) -> None:
    before, after = (shipped().interval(bounds_of(some)) for some in (ps, [*ps, another]))
    assert after.p >= before.p and before.low <= before.p <= before.high


def test_few_or_one_sided_decisions_change_nothing() -> None:
    few = [(Bounds(0.8, 0.8), False)] * (ENOUGH - 1)
    assert on_decisions(few) is shipped() and on_decisions([(Bounds(0.8, 0.8), True)] * 500) is shipped()


def test_an_office_that_rejects_most_makes_the_same_passages_less_likely() -> None:
    strict = [(Bounds(0.8, 0.9), n % 5 == 0) for n in range(200)]
    learnt = on_decisions(strict)
    assert learnt.basis == "decisions" and learnt.cases == 200
    assert abs(learnt.interval(Bounds(0.8, 0.9)).p - 0.2) < 0.1 < shipped().interval(Bounds(0.8, 0.9)).p - 0.2


def test_an_interval_is_wider_where_fewer_cases_were_seen() -> None:
    sure = Calibration((0.0, 0.5, 0.5), ((0.0,) * 3,) * 3, 1000)
    unsure = replace(sure, covariance=((0.5, 0.0, 0.0), (0.0, 0.0, 0.0), (0.0, 0.0, 0.0)))
    assert sure.interval(Bounds(0.6, 0.6)).low == 0.6 > unsure.interval(Bounds(0.6, 0.6)).low


def test_what_people_decided_stays_when_everything_is_proposed_anew(store: Store) -> None:
    factor = ("compensation_standard", "补偿太低", 0.9)
    store.upsert_projects([ROAD])
    said = [opinion(f"{n}组的补偿太低。", factor, number=n) for n in range(3)]
    store.add_documents([one.document for one in said])
    store.complete_analyses(one.analysis.model_copy(update={"links": (one.link,)}) for one in said)
    propose(store)
    point = risk_point_id(ROAD.id, factor[0])
    store.add_decision(decision(1, point, "edit", changes={"attention": "verify_first", "escalation": 4}))
    store.set_fact("proposed_on", "another ground")
    propose(store)
    shown = store.risk_point(point)
    assert shown is not None and shown.candidate is not None
    assert (shown.candidate.attention, shown.candidate.escalation) == ("verify_first", 4)
    assert ground_of(store).calibration == shipped()
