"""The evidence of a risk point: passages for and against in their surroundings, each a door to its text."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import Path, Query, Response

from api.console.rules import About, ConsoleRouter
from api.console.visit import AtConsole
from api.desk import Desk, NotFound
from api.routes.question import RISK_POINT_ID

SIZE: Final = 20
router = ConsoleRouter()


@router.page("/risk-points/{risk_point_id}/evidence", rule=About("evidence.read"))
def evidence(
    visit: AtConsole,
    risk_point_id: Annotated[str, Path(pattern=RISK_POINT_ID)],
    offset: Annotated[int, Query(ge=0, le=10**9)] = 0,
) -> Response:
    """Opens the passages, a page at a time: first those for, then those against, then what copies add."""
    if visit.project is None:
        visit.refused("evidence.read")
        raise NotFound(f"E311: no risk point {risk_point_id}")
    desk, purpose = visit.desk(Desk), visit.purpose(visit.project.id)
    card = desk.risk_point(risk_point_id, purpose)
    passages = desk.evidence(risk_point_id, purpose, offset=offset, limit=SIZE)
    sides = {
        "for": [row for row in passages.rows if row["kind"] == "for"],
        "against": [row for row in passages.rows if row["kind"] not in ("for", "residue")],
        "residue": [row for row in passages.rows if row["kind"] == "residue"],
    }
    here = f"/risk-points/{risk_point_id}/evidence"
    return visit.page(
        "evidence/page.html",
        card=card,
        sides=sides,
        offset=offset,
        shown=len(passages.rows),
        previous=f"{here}?offset={max(0, offset - SIZE)}" if offset else None,
        following=f"{here}?offset={passages.next_offset}" if passages.next_offset is not None else None,
    )
