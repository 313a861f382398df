"""A dispatch as it is shown: units, basis, both clocks, and who is late: the unit, never a speaker (P-25)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from api.policy.wording import without_control
from models.taxonomy import taxonomy
from pipeline.process.clocks import day_of, days_late
from pipeline.process.dispatching import late_step
from pipeline.records import DispatchProposal
from pipeline.store import Store

ROUTED_BY_ZH = {"national": "国家级路由表", "city": "本市路由表", "person": "人工指定"}


def dispatches_shown(store: Store, dispatches: Iterable[DispatchProposal]) -> list[dict[str, Any]]:
    """Dispatches in the order given."""
    return [dispatch_shown(store, one) for one in dispatches]


def dispatch_shown(store: Store, dispatch: DispatchProposal) -> dict[str, Any]:
    """One dispatch. Passages of a response that were withdrawn are left out (P-12).

    Raises ControlWording (E833) where the routing table's own words propose control (P-16).
    """
    names = taxonomy().units
    functional, territorial = names[dispatch.functional_unit].name_zh, names[dispatch.territorial_unit].name_zh
    today = day_of(store.clock())
    late = late_step(dispatch, today)
    limit = dispatch.due if late == "answer" else dispatch.take_up_due
    known = store.documents_by_id({one.document_id for one in dispatch.response_evidence})
    clocks = dispatch.clocks
    return {
        **dispatch.model_dump(
            include={
                "id", "project_id", "risk_point_id", "round", "state", "functional_unit", "territorial_unit", "due",
                "take_up_due", "proposed_at", "confirmed_by", "confirmed_at", "taken_up_at", "extended_by",
                "responded_by", "responded_at", "response", "closed_at", "last_step",
            }
        ),
        "functional_unit_name": functional,
        "territorial_unit_name": territorial,
        "assisting": [{"code": code, "name_zh": names[code].name_zh} for code in dispatch.assisting],
        "factor": dispatch.basis.factor,
        "factor_name": taxonomy().factors[dispatch.basis.factor].name_zh,
        "basis": without_control(basis_zh(dispatch)),
        "routed_by": dispatch.basis.routed_by,
        "take_up_basis": clocks.take_up.basis,
        "due_basis": clocks.answer.basis if not dispatch.extended_by else clocks.extension_basis,
        "days_left": (dispatch.due - today).days if dispatch.state in ("confirmed", "overdue") else None,
        "late": {
            "unit": functional,
            "step": late,
            "days": days_late(limit, today),
            "since": limit,
            "basis": clocks.answer.basis if late == "answer" else clocks.take_up.basis,
        }
        if late
        else None,
        "answered_late": bool(dispatch.responded_at and day_of(dispatch.responded_at) > dispatch.due),
        "response_evidence": [
            {"document_id": one.document_id, "start": one.start, "end": one.end}
            for one in dispatch.response_evidence
            if (document := known.get(one.document_id)) and not document.tombstone
        ],
    }  # fmt: skip


def basis_zh(dispatch: DispatchProposal) -> str:
    """Why these units, in Chinese: the routing row and its note on jurisdiction."""
    units, basis = taxonomy().units, dispatch.basis
    able = "、".join(units[code].name_zh for code in basis.primary)
    factor = taxonomy().factors[basis.factor].name_zh
    note = f"；管辖提示：{basis.note}" if basis.note else ""
    return f"{ROUTED_BY_ZH[basis.routed_by]}：{factor}→{able}；属地：{units[dispatch.territorial_unit].name_zh}{note}"
