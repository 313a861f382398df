"""Data-sharing contracts: what is agreed, concluding and ending one, taking what it allows, and who took what."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Annotated, Final, get_args

from fastapi import Form, Path, Query, Response
from pydantic import BaseModel, Field, StringConstraints, TypeAdapter, ValidationError

from api.console.csv_files import csv_file
from api.console.fields import OrNone
from api.console.names import names
from api.console.paging import PageAsked, PageNumber, leaf
from api.console.rules import ConsoleRouter, Contract, Deployment, SignedIn
from api.console.visit import AtConsole, Visit
from api.console.words import word
from api.policy.shares import ShareRefused
from api.routes.question import PROJECT_ID
from api.routes.tables import XLSX
from api.share_desk import Asked, Given, ShareDesk
from api.sharing import TABLES, TableName
from api.sharing.sheets import shared_sheets
from index.days import BEIJING
from models.gazetteer import gazetteer
from pipeline.records import Purpose, Role, ShareForm, ShareLevel
from pipeline.records.share import GranteeName, ShareState, UnitName
from pipeline.redact import CannotRedact
from pipeline.shares import Month

CONTRACTS: Final = 20
USES: Final = 50
USUAL: Final = timedelta(days=90)
SharePath = Annotated[str, Path(pattern=r"^s[0-9a-f]{24}$")]
FIELD_OF: Final = {"E680": "valid_until", "E684": "grantee_role", "E686": "level", "E687": "share_purpose"}
NAME: Final = TypeAdapter(GranteeName)
UNIT: Final = TypeAdapter(UnitName)
router = ConsoleRouter()


Day = Annotated[Annotated[date, Field(ge=date(1900, 1, 1), le=date(2200, 12, 31))] | None, OrNone]
Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]


class SharesAsked(BaseModel):
    """Which contracts."""

    project: Annotated[Annotated[str, Field(pattern=PROJECT_ID)] | None, OrNone] = None
    state: Annotated[ShareState | None, OrNone] = None
    page: Annotated[int, Field(ge=1, le=10_000)] = 1


class MonthAsked(BaseModel):
    """Of which month; without one, of the present."""

    month: Annotated[Annotated[str, Field(pattern=r"^[12]\d{3}-(0[1-9]|1[0-2])$")] | None, OrNone] = None
    page: PageNumber = 1


class Terms(BaseModel):
    """The terms of a contract as they are typed: days are days of Asia/Shanghai, the last one included."""

    project: Annotated[str, Field(pattern=PROJECT_ID)]
    grantee: Words = ""
    grantee_role: Annotated[Role | None, OrNone] = None
    grantee_unit: Words = ""
    level: ShareLevel = "aggregates"
    form: ShareForm = "view"
    share_purpose: Annotated[Purpose | None, OrNone] = None
    valid_from: Day = None
    valid_until: Day = None
    basis: Words = ""


class Ending(BaseModel):
    """Why a contract ends before its time."""

    reason: Words = ""


class Wanted(BaseModel):
    """What is taken under a contract."""

    level: ShareLevel | None = None
    table: list[TableName] = []
    since: Day = None
    until: Day = None


class NewAsked(BaseModel):
    """On which project."""

    project: Annotated[Annotated[str, Field(pattern=PROJECT_ID)] | None, OrNone] = None


@router.page("/shares", rule=SignedIn())
def shares(visit: AtConsole, asked: Annotated[SharesAsked, Query()]) -> Response:
    """The contracts that the visitor may know of: their own, and those of projects whose contracts they may read."""
    known = visit.desk(ShareDesk).contracts(visit.general_purpose())
    found = [one for one in known if asked.project in (None, one.share.project_id)]
    found = [one for one in found if asked.state in (None, one.state)]
    first = (asked.page - 1) * CONTRACTS
    return visit.page(
        "shares/list.html",
        rows=found[first : first + CONTRACTS],
        total=len(found),
        first=first,
        asked=asked,
        goes_on=first + CONTRACTS < len(found),
        projects=sorted({(one.share.project_id, one.project_name) for one in known}),
        states=get_args(ShareState),
        any_known=bool(known),
    )


@router.page("/shares/new", rule=Deployment("shares.grant"))
def new(visit: AtConsole, asked: Annotated[NewAsked, Query()]) -> Response:
    """The form of a contract; the project comes first, since its purpose is stated before anything else (P-09)."""
    desk = visit.desk(ShareDesk)
    if asked.project is None:
        possible = desk.grantable(visit.general_purpose())
        return visit.page("shares/new.html", possible=possible, terms=None, errors={})
    visit.purpose(asked.project)
    today = desk.now().astimezone(BEIJING).date()
    return _form(visit, Terms(project=asked.project, valid_from=today, valid_until=today + USUAL), {})


@router.act("/shares", rule=Deployment("shares.grant"))
def grant(visit: AtConsole, terms: Annotated[Terms, Form()]) -> Response:
    """Concludes the contract in the visitor's name; nothing is given out by that."""
    errors = _missing(visit, terms)
    if errors:
        return _form(visit, terms, errors)
    assert terms.grantee_role and terms.share_purpose and terms.valid_until
    desk, begins = visit.desk(ShareDesk), _midnight(terms.valid_from) if terms.valid_from else None
    if begins is not None and begins <= desk.now():
        begins = None  # from now on
    try:
        made = desk.grant(
            visit.purpose(terms.project), terms.project, grantee=terms.grantee, grantee_role=terms.grantee_role,
            grantee_unit=terms.grantee_unit, level=terms.level, form=terms.form, share_purpose=terms.share_purpose,
            valid_from=begins, valid_until=_midnight(terms.valid_until + timedelta(days=1)), basis=terms.basis,
        )  # fmt: skip
    except CannotRedact:
        return _form(visit, terms, {"basis": visit.gettext("其中似有个人信息，无法确定能否脱敏。请换一种写法。")})
    except (ShareRefused, ValueError) as error:
        return _form(visit, terms, _refusal(visit, error))
    return visit.redirect(f"/shares/{made.id}", flash=visit.gettext("共享约定已订立，尚未提供任何数据。"))


@router.page("/shares/report", rule=SignedIn())
def report(visit: AtConsole, asked: Annotated[MonthAsked, Query()]) -> Response:
    """How the contracts were used in a month; unused ones are listed too."""
    desk = visit.desk(ShareDesk)
    month = Month.named(asked.month) if asked.month else Month.of(desk.now())
    found = desk.use_report(visit.general_purpose(), month)
    listed = leaf(found.rows, asked.page, CONTRACTS, lambda n: f"/shares/report?month={month.name}&page={n}")
    return visit.page("shares/report.html", listed=listed, month=month, last=Month.of(desk.now()).name)


@router.page("/shares/report.csv", rule=SignedIn())
def report_file(visit: AtConsole, asked: Annotated[MonthAsked, Query()]) -> Response:
    """The same as a file."""
    desk, say = visit.desk(ShareDesk), visit.gettext
    month = Month.named(asked.month) if asked.month else Month.of(desk.now())
    found = desk.use_report(visit.general_purpose(), month)
    heads = [say("约定编号"), say("项目"), say("接收方"), say("接收单位"), say("层级"), say("形式"), say("用途"),
             say("使用次数"), say("被拒次数"), say("提供数量"), say("扣留数量"), say("风险点")]  # fmt: skip
    lines = [
        [one.share.id, one.share.project_id, one.share.grantee, one.share.grantee_unit,
         word(say, one.share.level, "share_level"), word(say, one.share.form, "share_form"),
         word(say, one.share.purpose, "purpose"), one.uses, one.refused, one.told, one.coarsened, one.rows]
        for one in found.rows
    ]  # fmt: skip
    return csv_file(heads, lines, f"shares-{month.name}")


@router.page("/shares/{share_id}", rule=SignedIn())
def share(visit: AtConsole, share_id: SharePath, page: PageAsked = 1) -> Response:
    """One contract: its terms, who took what, taking from it, ending it."""
    return _contract(visit, share_id, {}, page)


@router.act("/shares/{share_id}/revoke", rule=Deployment("shares.revoke"))
def revoke(visit: AtConsole, share_id: SharePath, ending: Annotated[Ending, Form()]) -> Response:
    """Ends the contract now."""
    if len(ending.reason) < 2:
        return _contract(visit, share_id, {"reason": visit.gettext("请写明终止的理由。")})
    try:
        visit.desk(ShareDesk).revoke(share_id, visit.general_purpose(), ending.reason)
    except CannotRedact:
        return _contract(
            visit, share_id, {"reason": visit.gettext("其中似有个人信息，无法确定能否脱敏。请换一种写法。")}
        )
    return visit.redirect(f"/shares/{share_id}", flash=visit.gettext("共享约定已终止，此后不再提供数据。"))


@router.act("/shares/{share_id}/data", rule=Contract())
def data(visit: AtConsole, share_id: SharePath, wanted: Annotated[Wanted, Form()]) -> Response:
    """What the contract allows, on the screen; a use that is noted."""
    given = _use(visit, share_id, "view", wanted)
    places = {code: place.name for code, place in gazetteer().by_code.items()}
    called = {
        "factor": names("factors", visit.language), "category": names("categories", visit.language),
        "county": places, "township": places,
    }  # fmt: skip
    return visit.page("shares/data.html", given=given, shown=given.as_json(), tables=TABLES, names=called)


@router.act("/shares/{share_id}/file", rule=Contract())
def file(visit: AtConsole, share_id: SharePath, wanted: Annotated[Wanted, Form()]) -> Response:
    """What the contract allows, as a workbook, for its grantee or to hand it over to them; a use that is noted."""
    given = _use(visit, share_id, "export", wanted)
    name = {"Content-Disposition": f'attachment; filename="minyi-{share_id}.xlsx"'}
    return Response(shared_sheets(given), media_type=XLSX, headers=name)


def _use(visit: Visit, share_id: str, form: ShareForm, wanted: Wanted) -> Given:
    """The grantee takes it; somebody else who may conclude such contracts takes it to hand it over."""
    desk = visit.desk(ShareDesk)
    found = desk.share(share_id, visit.general_purpose())
    tables = tuple(dict.fromkeys(wanted.table)) or TABLES
    asked = Asked(form, wanted.level, tables, wanted.since, wanted.until)
    return desk.use(share_id, found.purpose, asked, handed_over=found.grantee != visit.account.name)


def _contract(visit: Visit, share_id: str, errors: dict[str, str], page: int = 1) -> Response:
    desk, purpose = visit.desk(ShareDesk), visit.general_purpose()
    found = desk.contract(share_id, purpose)
    contract, mine = found.share, found.share.grantee == visit.account.name
    return visit.page(
        "shares/page.html",
        422 if errors else 200,
        contract=found,
        terms=contract,
        history=leaf(desk.history(share_id, purpose), page, USES, lambda n: f"/shares/{share_id}?page={n}#uses"),
        mine=mine,
        takes=found.state == "in_force" and contract.form != "api" and (mine or desk.hands_over(contract)),
        ends=found.state in ("in_force", "not_yet") and desk.revokes(contract),
        tables=TABLES,
        errors=errors,
    )


def _form(visit: Visit, terms: Terms, errors: dict[str, str]) -> Response:
    return visit.page(
        "shares/new.html",
        422 if errors else 200,
        possible=[],
        terms=terms,
        errors=errors,
        project_name=visit.desk(ShareDesk).project(terms.project, visit.purpose(terms.project)).name_zh,
        levels=get_args(ShareLevel),
        forms=get_args(ShareForm),
        roles=get_args(Role),
        uses=get_args(Purpose),
    )


def _missing(visit: Visit, terms: Terms) -> dict[str, str]:
    """What is wrong with the fields themselves."""
    say, errors = visit.gettext, {}
    for name, kind in (("grantee", NAME), ("grantee_unit", UNIT)):
        try:
            kind.validate_python(getattr(terms, name))
        except ValidationError:
            errors[name] = say("用字母、数字和 . - _，2 至 64 个字符，以字母或数字开头。")
    if terms.grantee_role is None:
        errors["grantee_role"] = say("请选择接收方的角色。")
    if terms.share_purpose is None:
        errors["share_purpose"] = say("请选择数据的用途。")
    if terms.valid_until is None:
        errors["valid_until"] = say("约定必须有终止日期。")
    if len(terms.basis) < 2:
        errors["basis"] = say("请写明依据，如协议编号。")
    return errors


def _refusal(visit: Visit, error: Exception) -> dict[str, str]:
    """Which term stands against the contract."""
    say, code = visit.gettext, str(error)[:4]
    told = {
        "E680": say("终止日期须晚于起始日期，且最长 366 天。"),
        "E684": say("该接收方的账号或密钥是另一角色。"),
        "E686": say("该角色在任何阶段都无权查看这一层级，约定不能超出角色的权限。"),
        "E687": say("该角色不能以此为用途。"),
    }
    if code not in told:
        raise error
    return {FIELD_OF[code]: told[code]}


def _midnight(day: date) -> datetime:
    """The first moment of a day in Asia/Shanghai."""
    return datetime.combine(day, time(), BEIJING)
