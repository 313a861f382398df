"""One risk point whole, and what named people decide about it, each time with a reason (P-23)."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Form, Path, Response
from pydantic import Field

from api.bundle_desk import BundleDesk
from api.console.links import local
from api.console.pages.deciding import REASON_LIMIT, NothingChanged, ReasonMissing, Refused, refused
from api.console.rules import About, ConsoleRouter
from api.console.visit import AtConsole, Visit
from api.console.words import word
from api.desk import NotFound
from api.dispatch_desk import DispatchDesk
from api.edit_desk import Edit, EditDesk
from api.idempotency import Once
from api.policy import Denied
from api.policy.wording import ControlWording
from api.review_desk import ReviewDesk
from api.routes.question import RISK_POINT_ID
from models.taxonomy import taxonomy
from pipeline.process.routing import RoutingUnusable
from pipeline.process.states import StepRefused
from pipeline.records import Purpose
from pipeline.records.governance import DecisionAction

RiskPointPath = Annotated[str, Path(pattern=RISK_POINT_ID)]
router = ConsoleRouter()


class Made(Edit):
    """What a person decides, as the form sends it; ``known`` is how many decisions the form was made of."""

    action: DecisionAction
    reason: Annotated[str, Field(max_length=4 * REASON_LIMIT)] = ""
    merge_into: Annotated[str | None, Field(pattern=RISK_POINT_ID)] = None
    known: Annotated[int, Field(ge=0)] = 0
    once: Annotated[str, Field(max_length=100)] = ""
    back: str = ""


@router.page("/risk-points/{risk_point_id}", rule=About("risk_points.read"))
def risk_point(visit: AtConsole, risk_point_id: RiskPointPath, edit: bool = False) -> Response:
    """The card with its history and the steps that are open to the visitor."""
    return shown(visit, risk_point_id, opened="edit" if edit else "")


@router.act("/risk-points/{risk_point_id}/decide", rule=About("risk_points.decide"))
def decide(visit: AtConsole, risk_point_id: RiskPointPath, made: Annotated[Made, Form()]) -> Response:
    """Takes up, accepts, edits, merges or rejects a candidate."""
    return _decided(visit, risk_point_id, made)


@router.act("/risk-points/{risk_point_id}/confirm", rule=About("risk_points.confirm"))
def confirm(visit: AtConsole, risk_point_id: RiskPointPath, made: Annotated[Made, Form()]) -> Response:
    """Confirms a risk point, closes it, reopens it or keeps it closed."""
    return _decided(visit, risk_point_id, made)


@router.act("/risk-points/{risk_point_id}/undo", rule=About("risk_points.read"))
def undo(visit: AtConsole, risk_point_id: RiskPointPath, made: Annotated[Made, Form()]) -> Response:
    """Takes the last decision back; it needs the right to what is taken back."""
    return _decided(visit, risk_point_id, made.model_copy(update={"action": "undo"}))


@router.act("/risk-points/{risk_point_id}/dispatches", rule=About("dispatches.propose"))
def propose(visit: AtConsole, risk_point_id: RiskPointPath) -> Response:
    """Has the dispatches of a confirmed risk point proposed."""
    to = f"/risk-points/{risk_point_id}#dispatches"
    try:
        rows = visit.desk(DispatchDesk).propose(risk_point_id, purpose_of(visit))
    except (StepRefused, RoutingUnusable, ControlWording) as error:
        return visit.redirect(to, flash=refused(visit, error).text, kind="alert")
    return visit.redirect(to, flash=visit.gettext("已生成 %(n)s 件拟派单，待具名人员确认。", n=len(rows)))


@router.page("/risk-points/{risk_point_id}/bundle", rule=About("evidence.read"))
def bundle(visit: AtConsole, risk_point_id: RiskPointPath) -> Response:
    """Candidate, passages, hashes, versions and audit head as a signed zip (P-29)."""
    content = visit.desk(BundleDesk).bundle(risk_point_id, purpose_of(visit))
    name = {"Content-Disposition": f'attachment; filename="{risk_point_id}.zip"'}
    return Response(content, media_type="application/zip", headers=name)


def purpose_of(visit: Visit) -> Purpose:
    """The purpose for the project of the address; of what is hidden or unknown the desk says that it is not there."""
    return visit.purpose(visit.project.id) if visit.project else visit.chosen_purpose("") or visit.purposes[0]


def shown(
    visit: Visit,
    risk_point_id: str,
    status: int = 200,
    *,
    made: Made | None = None,
    refusal: Refused | None = None,
    opened: str = "",
) -> Response:
    """The page; after a refusal with what the person had filled in."""
    purpose = purpose_of(visit)
    desk = visit.desk(ReviewDesk)
    review = desk.review(risk_point_id, purpose)
    project = visit.project or visit.office.store.project(review.card["project_id"])
    editable = None
    if "edit" in review.steps.open:
        editable = visit.desk(EditDesk).editable(risk_point_id, purpose)
    names, quoted = taxonomy(), review.card.get("quoting") == "as_evidence"
    return visit.page(
        "risk-points/page.html",
        status,
        project=project,
        review=review,
        card=review.card,
        editable=editable,
        made=made,
        refusal=refusal,
        theirs=[(one, desk.told(one.changes, quoted=quoted)) for one in refusal.since] if refusal else [],
        mine=desk.told(dict(refusal.wanted), quoted=quoted) if refusal else [],
        opened=made.action if made else opened,
        groups={code: group.name_zh for code, group in names.stakeholders.items()},
        units=_units(),
        territorial=[(unit.code, unit.name_zh) for unit in names.units.values() if unit.kind == "territorial"],
    )


def _decided(visit: Visit, risk_point_id: str, made: Made) -> Response:
    purpose, reason = purpose_of(visit), made.reason.strip()
    changes: dict[str, Any] = {}
    try:
        if made.action == "edit":
            changes = visit.desk(EditDesk).changes(risk_point_id, purpose, made)
        if not 2 <= len(reason) <= REASON_LIMIT:
            raise ReasonMissing
        if made.action == "edit" and not changes:
            raise NothingChanged
        visit.desk(ReviewDesk).decide(
            risk_point_id,
            purpose,
            who=visit.account.name,
            action=made.action,
            reason=reason,
            changes=changes,
            merge_into=made.merge_into if made.action == "merge" else None,
            known=made.known,
            once=Once.of(visit.reader, made.once, f"console:{risk_point_id}", made) if made.once else None,
        )
    except (NotFound, Denied):
        raise
    except ValueError as error:
        refusal = refused(visit, error, changes)
        return shown(visit, risk_point_id, refusal.status, made=made, refusal=refusal)
    text = visit.gettext("已记录：%(action)s。", action=word(visit.gettext, made.action, "decision"))
    back = local(made.back, f"/risk-points/{risk_point_id}")
    mark = "&" if "?" in back else "?"
    return visit.redirect(back if back.startswith("/risk-points/") else f"{back}{mark}done={risk_point_id}", flash=text)


def _units() -> list[tuple[str, str]]:
    """The units that can be asked to decide; courts are none (BRIEF §6)."""
    return [(u.code, u.name_zh) for u in taxonomy().units.values() if u.kind not in ("territorial", "judicial")]
