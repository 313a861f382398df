"""The order of the inbox, whatever incidents there are: cues first, then what needs the reader, then the gravest."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from letters import MONDAY

from api.incident_inbox import Asked, need_of, sort
from pipeline.records import Incident
from pipeline.records.incident import LEVELS

STATES = ("open", "acknowledged", "silenced", "closed")


def incident(number: int, level: str, state: str, kind: str, to: str | None) -> Incident:
    begin = MONDAY + timedelta(hours=number)
    return Incident(
        id=f"i{number:024x}", project_id="quarry-road", kind=kind, serial=number, begin=begin, window_start=begin,
        window_end=begin + timedelta(hours=6), observed=9, expected=1, interval=(0, 3), p_value=0.001,
        recurrence_months=7, signal=level, level=level, settings_version="s1", state=state, assigned_to=to,
    )  # fmt: skip


INCIDENTS = st.lists(
    st.tuples(
        st.sampled_from(LEVELS), st.sampled_from(STATES), st.sampled_from(("volume", "life_safety")),
        st.sampled_from((None, "me", "my_unit", "other")),
    ),
    max_size=12,
).map(lambda all_: [incident(at, *one) for at, one in enumerate(all_)])  # fmt: skip
PILES = st.sampled_from(("live", "all", *STATES))


@given(INCIDENTS, PILES, st.sampled_from((None, *LEVELS)), st.booleans(), st.booleans())
def test_the_inbox_is_in_order_and_its_counts_are_those_of_its_filters(
    incidents: list[Incident], pile: Any, level: Any, needing: bool, may_answer: bool
) -> None:
    found = sort(incidents, lambda one: need_of(one, ("me", "my_unit"), may_answer), Asked(pile, level, needing))
    ranks = [
        (need != "life_safety", need is None, -LEVELS.index(one.level), -one.begin.timestamp())
        for one, need in found.found
    ]
    assert ranks == sorted(ranks)
    kept = {one.id for one, _ in found.found}
    for one in incidents:
        held = pile in ("all", one.state) or (pile == "live" and one.state != "closed")
        wanted = held and level in (None, one.level)
        need = need_of(one, ("me", "my_unit"), may_answer)
        assert (one.id in kept) == (wanted and (need is not None or not needing))
        assert one.state != "closed" or need is None, "nobody is asked for what is closed"
    if not needing:
        assert found.states.get(pile, 0) == len(kept)
        assert level is None or found.levels.get(level, 0) == len(kept)
    assert found.needing == sum(
        need_of(one, ("me", "my_unit"), may_answer) is not None
        for one in incidents
        if Asked(pile).holds(one.state) and level in (None, one.level)
    )


def test_what_is_assigned_to_somebody_else_waits_for_nobody_here() -> None:
    assert need_of(incident(1, "red", "open", "volume", "other"), ("me", None), True) is None
    assert need_of(incident(1, "red", "acknowledged", "volume", "me"), ("me", None), False) == "assigned"
    assert need_of(incident(1, "blue", "open", "volume", None), ("me", None), False) is None
