"""What of a project waits for a reader: each need is something that the reader's seat may do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from api.board_answers import Need, NeedShown
from api.policy import Reader, access
from pipeline.records import DecisionProject
from pipeline.store import Standing

UNDECIDED: Final = ("proposed", "under_review")
WEIGHT: Final[Mapping[Need, int]] = {
    "answer_incidents": 64, "press_dispatches": 32, "answer_dispatches": 16, "confirm_dispatches": 8,
    "close_dispatches": 8, "confirm_candidates": 4, "decide_candidates": 2, "decide_milestones": 1,
}  # fmt: skip
"""How urgent one kind of need is beside the others; how many there are decides among projects with the same kinds."""


def needs_of(reader: Reader, project: DecisionProject, standing: Standing) -> list[NeedShown]:
    """What waits for the reader, the most urgent first."""
    table = access()
    found = [
        NeedShown(what=need, count=count)
        for need, action, count in _waiting(standing)
        if count and table.allows(reader, action, project)
    ]
    return sorted(found, key=lambda one: -WEIGHT[one.what])


def urgency(needs: list[NeedShown]) -> tuple[int, int]:
    """What the board is ordered by: the kinds of need, then how many there are."""
    return sum(WEIGHT[one.what] for one in needs), sum(one.count for one in needs)


def undecided(standing: Standing) -> int:
    """Candidates that nobody has decided on."""
    return sum(standing.risk_points.get(state, 0) for state in UNDECIDED)


def _waiting(standing: Standing) -> Iterator[tuple[Need, str, int]]:
    sent, asked = standing.dispatches, standing.asked
    opened = sum(count for (_, state), count in standing.incidents.items() if state == "open")
    yield "answer_incidents", "alerts.answer", opened
    yield "press_dispatches", "dispatches.confirm", sent.get("overdue", 0)
    yield "answer_dispatches", "dispatches.respond", asked.get("confirmed", 0) + asked.get("overdue", 0)
    yield "confirm_dispatches", "dispatches.confirm", sent.get("proposed", 0)
    yield "close_dispatches", "dispatches.confirm", sent.get("responded", 0)
    yield "confirm_candidates", "risk_points.confirm", standing.risk_points.get("accepted", 0)
    yield "decide_candidates", "risk_points.decide", undecided(standing)
    yield "decide_milestones", "milestones.decide", standing.milestones.get("proposed", 0)
