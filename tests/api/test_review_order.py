"""The order of review: what is likely by a toss of a coin, dangerous, new or contradicted comes first; the rest waits."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from letters import candidate

from api.review_order import place_of
from pipeline.records import Interval, RiskPointCandidate

probabilities = st.floats(0, 1, allow_nan=False)
attentions = st.sampled_from(["watch", "focus", "verify_first"])


def with_(p: float, attention: str = "watch") -> RiskPointCandidate:
    made = candidate(1)
    interval = Interval(p=p, low=max(0.0, p - 0.1), high=min(1.0, p + 0.1))
    return made.model_copy(update={"p_valid": interval, "attention": attention, "counter_evidence": ()})


@given(probabilities, probabilities, attentions)
def test_of_two_the_less_certain_comes_first(p: float, q: float, attention: str):
    one, other = (place_of(with_(each, attention), new_evidence=False).score for each in (p, q))
    if abs(p - 0.5) <= abs(q - 0.5):
        assert one >= other - 1e-9
    else:
        assert one <= other + 1e-9


@given(probabilities, probabilities)
def test_danger_comes_before_any_certainty_and_new_evidence_before_focus(p: float, q: float):
    assert place_of(with_(p, "verify_first"), new_evidence=False).score >= place_of(
        with_(q, "focus"), new_evidence=False).score  # fmt: skip
    assert place_of(with_(0.5), new_evidence=True).score > place_of(with_(0.5, "focus"), new_evidence=False).score


@given(probabilities, attentions, st.booleans())
def test_every_reason_is_said_and_none_is_made_up(p: float, attention: str, newer: bool):
    reasons = place_of(with_(p, attention), new_evidence=newer).reasons
    assert ("new_evidence" in reasons) == newer and (attention in reasons) == (attention != "watch")
    assert ("uncertain" in reasons) == (4 * p * (1 - p) >= 0.75) and "contradicted" not in reasons
