"""Risk-point candidates (风险点候选) and the passages behind them."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import Field, TypeAdapter

from api.answers import EvidenceOpened, RiskPoints, ShownCard
from api.auth import AtDesk, office, reader
from api.bundle_desk import BundleDesk
from api.change_desk import ChangeDesk
from api.changes import RiskPointChanges
from api.conditional import conditional
from api.policy import Reader
from api.routes.question import ProjectPath, Question, RiskPointPath
from pipeline.office import Office

SHOWN: Final[TypeAdapter[ShownCard]] = TypeAdapter(ShownCard)
router = APIRouter(prefix="/v1", tags=["risk points"])


class ChangesQuestion(Question):
    """Which candidates: all, or those that changed after a cursor, removed ones among them."""

    updated_since: Annotated[
        str | None, Field(pattern=r"^r\d{1,18}$", description="`next_cursor` of an earlier answer.")
    ] = None
    limit: Annotated[int, Field(ge=1, le=500)] = 100


class FollowQuestion(Question):
    """Which changes: those after a cursor; without one all that there are."""

    updated_since: Annotated[
        str | None, Field(pattern=r"^[A-Za-z0-9_\-]{8,80}$", description="`next_cursor` of an earlier answer.")
    ] = None
    limit: Annotated[int, Field(ge=1, le=500)] = 100


class EvidenceQuestion(Question):
    """Which passages."""

    offset: Annotated[int, Field(ge=0, le=10**9)] = 0
    limit: Annotated[int, Field(ge=1, le=500)] = 50


def change_desk(office: Annotated[Office, Depends(office)], reader: Annotated[Reader, Depends(reader)]) -> ChangeDesk:
    """The desk at which this reader follows changes."""
    return ChangeDesk(office, reader)


@router.get("/risk-points", response_model=RiskPointChanges, summary="Changes over all projects")
def changes(
    desk: Annotated[ChangeDesk, Depends(change_desk)], request: Request, asked: Annotated[FollowQuestion, Query()]
) -> Response:
    """Every risk point once with its newest change, in one order; tombstones for what is no longer there."""
    page = desk.changes(asked.purpose, asked.updated_since, asked.limit)
    answer = {"rows": page.rows, "next_cursor": page.next_cursor, "more": page.more}
    return conditional(request, RiskPointChanges.model_validate(answer))


@router.get("/projects/{project_id}/risk-points", response_model=RiskPoints, summary="Candidates of a project")
def risk_points(
    desk: AtDesk, request: Request, project_id: ProjectPath, asked: Annotated[ChangesQuestion, Query()]
) -> Response:
    """Cards in the order of their last change; nothing is missed between two pages, now or next week."""
    cards = desk.risk_points(project_id, asked.purpose, updated_since=asked.updated_since, limit=asked.limit)
    return conditional(request, RiskPoints.model_validate(asdict(cards)))


@router.get("/risk-points/{risk_point_id}", response_model=ShownCard, summary="One candidate")
def risk_point(
    desk: AtDesk, request: Request, risk_point_id: RiskPointPath, asked: Annotated[Question, Query()]
) -> Response:
    """One card, with quotes where they may stand (P-07)."""
    return conditional(request, SHOWN.validate_python(desk.risk_point(risk_point_id, asked.purpose)))


@router.get("/risk-points/{risk_point_id}/evidence", response_model=EvidenceOpened, summary="Its evidence")
def evidence(desk: AtDesk, risk_point_id: RiskPointPath, asked: Annotated[EvidenceQuestion, Query()]) -> EvidenceOpened:
    """The passages for and against, word for word, each in its surroundings."""
    passages = desk.evidence(risk_point_id, asked.purpose, offset=asked.offset, limit=asked.limit)
    return EvidenceOpened.model_validate({"rows": passages.rows, "next_offset": passages.next_offset})


def bundle_desk(office: Annotated[Office, Depends(office)], reader: Annotated[Reader, Depends(reader)]) -> BundleDesk:
    """The desk at which this reader takes evidence away."""
    return BundleDesk(office, reader)


@router.get(
    "/risk-points/{risk_point_id}/bundle",
    response_class=Response,
    responses={200: {"content": {"application/zip": {}}, "description": "The signed archive"}},
    summary="Its evidence bundle",
)
def bundle(
    desk: Annotated[BundleDesk, Depends(bundle_desk)], risk_point_id: RiskPointPath, asked: Annotated[Question, Query()]
) -> Response:
    """Candidate, passages, hashes, versions and audit head as a signed zip, held back as on the card (P-29)."""
    name = {"Content-Disposition": f'attachment; filename="{risk_point_id}.zip"'}
    return Response(desk.bundle(risk_point_id, asked.purpose), media_type="application/zip", headers=name)
