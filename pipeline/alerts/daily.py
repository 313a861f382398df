"""The supervisors' daily list: of all projects at once, those whose rise is hard to explain by their number."""

from __future__ import annotations

from collections.abc import Iterable
from math import exp
from typing import Final

from pipeline.records import Incident

FALSE_SHARE: Final = 0.2
"""Share of the list that may be chance (research on alerting §5)."""
DAYS_A_MONTH: Final = 30.44


def p_of_day(incident: Incident) -> float:
    """Chance that a quiet project begins so rare an episode on a given day."""
    return 1.0 - exp(-1.0 / (DAYS_A_MONTH * max(incident.recurrence_months, 1e-6)))


def listed(incidents: Iterable[Incident], projects: int, false_share: float = FALSE_SHARE) -> tuple[Incident, ...]:
    """The incidents of one day that stand up to Benjamini and Hochberg's procedure over all watched projects.

    Rarest first. ``projects``: how many are watched; each counts with its rarest incident of the day.
    """
    rarest: dict[str, Incident] = {}
    for incident in sorted((i for i in incidents if i.kind == "volume"), key=lambda i: (p_of_day(i), i.id)):
        rarest.setdefault(incident.project_id, incident)
    ranked = list(rarest.values())
    passed = [n for n, one in enumerate(ranked, 1) if p_of_day(one) <= false_share * n / max(projects, len(ranked))]
    return tuple(ranked[: max(passed, default=0)])
