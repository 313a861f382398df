"""What assessors decided, as cases to calibrate on: accepted is real, rejected is not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pipeline.records import RiskPointCandidate
from pipeline.risk.validity import Bounds
from pipeline.store import Store

REAL = frozenset(
    {"accepted", "merged", "confirmed_risk_point", "dispatched", "responded", "overdue", "closed", "reopened"}
)


def decided_cases(store: Store) -> list[tuple[Bounds, bool]]:
    """Every decided candidate that still stands, in order of id, with the bounds that its passages gave it.

    The bounds are taken from what the machine said, which no decision changes; sealed ones are not judged here (P-14).
    """
    found = []
    for candidate in decided_candidates(store, [project.id for project in store.projects()]):
        stated = next((r.values for r in candidate.reasons if r.code == "likely_real"), {})
        if "best" in stated:
            bounds = Bounds(float(stated["best"]), float(stated["any"]))
            found.append((candidate.id, bounds, candidate.state in REAL))
    return [(bounds, real) for _, bounds, real in sorted(found, key=lambda row: row[0])]


def decided_candidates(store: Store, project_ids: Iterable[str]) -> Iterator[RiskPointCandidate]:
    """The candidates of these projects that people accepted or rejected, sealed ones left out."""
    for project_id in project_ids:
        cursor = None
        while True:
            page = store.risk_points(project_id, cursor, 500, sealed=False)
            yield from (p.candidate for p in page.rows if p.candidate and p.candidate.state in (*REAL, "rejected"))
            if len(page.rows) < 500:
                break
            cursor = page.next_cursor
