"""What assessors decided, as cases to calibrate on: accepted is real, rejected is not."""

from __future__ import annotations

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
    for project in store.projects():
        cursor = None
        while True:
            page = store.risk_points(project.id, cursor, 500, sealed=False)
            for point in page.rows:
                candidate = point.candidate
                if candidate is None or candidate.state not in (*REAL, "rejected"):
                    continue
                stated = next((r.values for r in candidate.reasons if r.code == "likely_real"), {})
                if "best" in stated:
                    bounds = Bounds(float(stated["best"]), float(stated["any"]))
                    found.append((point.id, bounds, candidate.state in REAL))
            if len(page.rows) < 500:
                break
            cursor = page.next_cursor
    return [(bounds, real) for _, bounds, real in sorted(found, key=lambda row: row[0])]
