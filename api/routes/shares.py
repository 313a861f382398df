"""Data sharing by contract (数据共享约定): contracts, their use, and the monthly report of it."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from api.auth import office, reader
from api.policy import Reader
from api.problems import BadParameter, Unprocessable
from api.routes.question import PROJECT_ID, PagedQuestion, Question
from api.routes.tables import XLSX
from api.share_answers import SharedData, ShareShown, SharesShown, UseReportShown
from api.share_desk import Asked, ShareDesk
from api.sharing import TABLES, TableName
from api.sharing.sheets import shared_sheets
from pipeline.office import Office
from pipeline.records import Purpose, Role, ShareForm, ShareLevel
from pipeline.records.share import GranteeName, UnitName
from pipeline.redact import CannotRedact
from pipeline.shares import Month
from pipeline.store import StoreConflict

SharePath = Annotated[str, Path(pattern=r"^s[0-9a-f]{24}$", description="Contract id.")]
Reason = Annotated[str, StringConstraints(min_length=2, max_length=500, pattern=r"^[^\x00-\x08\x0b\x0c\x0e-\x1f]*$")]
Day = Annotated[date, Field(ge=date(1900, 1, 1), le=date(2200, 12, 31))]
router = APIRouter(prefix="/v1/shares", tags=["shares"])


def share_desk(office: Annotated[Office, Depends(office)], reader: Annotated[Reader, Depends(reader)]) -> ShareDesk:
    """The desk at which this reader concludes contracts or takes what they allow."""
    return ShareDesk(office, reader)


AtShares = Annotated[ShareDesk, Depends(share_desk)]


class SharesQuestion(PagedQuestion):
    """On which project."""

    project_id: Annotated[str | None, Field(pattern=PROJECT_ID, description="Only contracts on this project.")] = None


class MonthQuestion(PagedQuestion):
    """Of which month."""

    month: Annotated[str, Field(pattern=r"^\d{4}-\d{2}$", description="As in 2026-03, in Asia/Shanghai.")]


class DataQuestion(Question):
    """What is taken: up to which level, which tables, of which days."""

    form: Annotated[ShareForm, Field(description="As the contract has it; `export` answers with a workbook.")]
    level: Annotated[ShareLevel | None, Field(description="Less than the contract allows; without it all of it.")] = (
        None
    )
    table: Annotated[tuple[TableName, ...], Field(description="Tables of numbers; without any all of them.")] = ()
    since: Annotated[Day | None, Field(description="First day of publication (Beijing).")] = None
    until: Annotated[Day | None, Field(description="Last day of publication (Beijing).")] = None


class NewShare(BaseModel):
    """The terms of a contract."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    project_id: Annotated[str, StringConstraints(pattern=PROJECT_ID)]
    grantee: Annotated[GranteeName, Field(description="Name of the key that will use it.")]
    grantee_role: Annotated[Role, Field(description="Role of that key; a contract gives no more than a role may see.")]
    grantee_unit: Annotated[UnitName, Field(description="Code of its unit: what one grantee holds, the unit holds.")]
    level: ShareLevel
    form: ShareForm
    share_purpose: Annotated[Purpose, Field(description="What the data may be used for (P-09).")]
    valid_from: AwareDatetime | None = None
    valid_until: AwareDatetime
    basis: Annotated[Reason, Field(description="Why the unit may have it, such as the number of the agreement.")]


class Revocation(BaseModel):
    """Why a contract ends before its time."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    reason: Reason


@router.get("", response_model=SharesShown, summary="Data-sharing contracts")
def shares(desk: AtShares, asked: Annotated[SharesQuestion, Query()]) -> SharesShown:
    """Your own, and those of the projects whose contracts your role may read; ended ones among them."""
    return SharesShown(**asked.page([ShareShown.of(share) for share in desk.shares(asked.purpose, asked.project_id)]))


@router.post("", response_model=ShareShown, status_code=201, summary="Conclude a contract")
def grant(desk: AtShares, asked: Annotated[Question, Query()], terms: NewShare) -> ShareShown:
    """Concludes a contract in your name: grantee, level, form, purpose, time limit; nothing is given out yet."""
    fields = {name: getattr(terms, name) for name in NewShare.model_fields if name != "project_id"}
    try:
        return ShareShown.of(desk.grant(asked.purpose, terms.project_id, **fields))
    except StoreConflict:
        raise
    except ValueError as error:
        raise Unprocessable.of(error) from None


@router.get("/report", response_model=UseReportShown, summary="How contracts were used in a month")
def report(desk: AtShares, asked: Annotated[MonthQuestion, Query()]) -> UseReportShown:
    """For each contract uses and refused uses, the numbers told and held back; unused contracts are listed too."""
    try:
        found = desk.use_report(asked.purpose, Month.named(asked.month))
    except ValueError as error:
        raise BadParameter.of(error) from None
    return UseReportShown.model_validate(
        {"month": found.month.name, **asked.page([row.as_json() for row in found.rows])}
    )


@router.get("/{share_id}", response_model=ShareShown, summary="One contract")
def share(desk: AtShares, share_id: SharePath, asked: Annotated[Question, Query()]) -> ShareShown:
    """Its terms, and where it was ended, by whom and why."""
    return ShareShown.of(desk.share(share_id, asked.purpose))


@router.post("/{share_id}/revocation", response_model=ShareShown, summary="End a contract")
def revoke(desk: AtShares, share_id: SharePath, asked: Annotated[Question, Query()], given: Revocation) -> ShareShown:
    """Ends it at once; what its grantee's unit was given before still counts against what it may be told later."""
    try:
        return ShareShown.of(desk.revoke(share_id, asked.purpose, given.reason))
    except CannotRedact as error:
        raise Unprocessable(str(error)) from None


@router.get(
    "/{share_id}/data",
    response_model=SharedData,
    response_model_exclude_none=False,
    responses={200: {"content": {XLSX: {}}}},
    summary="Use a contract",
)
def data(desk: AtShares, share_id: SharePath, asked: Annotated[DataQuestion, Query()]) -> SharedData | Response:
    """Gives out what the contract allows, to its grantee alone, and notes it in audit trail and ledger.

    Numbers are k-anonymous; one that, beside what your unit holds, would isolate few people reads `at_least`.
    """
    wanted = Asked(asked.form, asked.level, tuple(dict.fromkeys(asked.table)) or TABLES, asked.since, asked.until)
    given = desk.use(share_id, asked.purpose, wanted)
    if asked.form == "export":
        name = f"attachment; filename=minyi-{share_id}.xlsx"
        return Response(shared_sheets(given), media_type=XLSX, headers={"Content-Disposition": name})
    return SharedData.model_validate(given.as_json())
