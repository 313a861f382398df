"""Accounts of the staff: made, disabled and enabled here; a password is set by its holder over a one-time link."""

from __future__ import annotations

from typing import Annotated, Any, Final, get_args

from fastapi import Form, Response
from pydantic import BaseModel, Field, StringConstraints

from api.console.fields import OrNone
from api.console.names import names
from api.console.paging import PageAsked, leaf
from api.console.rules import ConsoleRouter, Deployment
from api.console.visit import AtConsole, Visit
from api.problems import coded
from api.staff_desk import BadAccount, Link, StaffDesk
from pipeline.records import Role
from pipeline.store import StoreConflict

ACCOUNTS: Final = 50
ADDRESS: Final = "/admin/accounts"
AccountName = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
router = ConsoleRouter()


class Holder(BaseModel):
    """A name and what its holder may see, as typed."""

    name: AccountName = ""
    display_name: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] = ""
    role: Role = "assessor"
    projects: Annotated[list[str], Field(max_length=500)] = []
    region: Annotated[Annotated[str, Field(max_length=40)] | None, OrNone] = None
    unit: Annotated[Annotated[str, Field(max_length=64)] | None, OrNone] = None


class Named(BaseModel):
    """Whose account."""

    name: AccountName


@router.page(ADDRESS, rule=Deployment("accounts.manage"))
def accounts(visit: AtConsole, page: PageAsked = 1) -> Response:
    """All accounts, and the form for another."""
    return _shown(visit, page)


@router.act(ADDRESS, rule=Deployment("accounts.manage"))
def create(visit: AtConsole, given: Annotated[Holder, Form()]) -> Response:
    """Makes an account and shows its one-time link, on this page and never again."""
    try:
        made, link = visit.desk(StaffDesk).create(
            visit.general_purpose(), given.name, given.role, display_name=given.display_name,
            projects=given.projects, region=given.region, unit=given.unit,
        )  # fmt: skip
    except (BadAccount, StoreConflict) as error:
        return _shown(visit, 1, given=given, errors=refused(visit, error))
    return _shown(visit, 1, shown=(made.name, link))


@router.act(f"{ADDRESS}/link", rule=Deployment("accounts.manage"))
def link(visit: AtConsole, given: Annotated[Named, Form()]) -> Response:
    """Another one-time link, for a lost password or a link that expired; earlier ones end."""
    return _shown(visit, 1, shown=(given.name, visit.desk(StaffDesk).link(visit.general_purpose(), given.name)))


@router.act(f"{ADDRESS}/disable", rule=Deployment("accounts.manage"))
def disable(visit: AtConsole, given: Annotated[Named, Form()]) -> Response:
    """Ends an account at once; nobody disables their own, so that an administrator stays."""
    if given.name == visit.account.name:
        said = visit.gettext("不能停用自己的账号，请由另一位系统管理员停用。")
        return visit.redirect(ADDRESS, flash=said, kind="warn")
    visit.desk(StaffDesk).disable(visit.general_purpose(), given.name)
    return visit.redirect(ADDRESS, flash=visit.gettext("账号 %(name)s 已停用，登录即刻失效。", name=given.name))


@router.act(f"{ADDRESS}/enable", rule=Deployment("accounts.manage"))
def enable(visit: AtConsole, given: Annotated[Named, Form()]) -> Response:
    """Lets a disabled account sign in again."""
    visit.desk(StaffDesk).enable(visit.general_purpose(), given.name)
    return visit.redirect(ADDRESS, flash=visit.gettext("账号 %(name)s 已恢复，可用原密码登录。", name=given.name))


def refused(visit: Visit, error: Exception) -> dict[str, str]:
    """The field of an account or key that has to be changed, and how."""
    code, detail = coded(error, "E909")
    if code == "E152":
        return {"name": visit.gettext("这个名称已经用过，请换一个。")}
    if code == "E903":
        return {"name": visit.gettext("名称由 2 至 64 个英文字母、数字和 . _ - 组成，例如 li.wei。")}
    if "region" in detail:
        return {"region": visit.gettext("行政区划代码为 2 至 12 位数字，例如 439921。")}
    if "unit, which is missing" in detail:
        return {"unit": visit.gettext("责任单位账号须选择所属单位：只能看到转给本单位的事项。")}
    if "unit" in detail:
        return {"unit": visit.gettext("请从列表中选择单位。")}
    if "display name" in detail:
        return {"display_name": visit.gettext("显示名称最多 100 个字符，不能换行。")}
    return {"projects": visit.gettext("请从列表中选择项目。")}


def choices(visit: Visit) -> dict[str, Any]:
    """What the forms for accounts and keys offer."""
    units = sorted(names("units", visit.language).items(), key=lambda unit: unit[1])
    return {
        "roles": get_args(Role),
        "units": units,
        "unit_names": dict(units),
        "projects": [(one.id, str(one.name_zh)) for one in visit.office.store.projects()],
    }


def _shown(
    visit: Visit,
    page: int,
    *,
    given: Holder | None = None,
    errors: dict[str, str] | None = None,
    shown: tuple[str, Link] | None = None,
) -> Response:
    found = visit.desk(StaffDesk).accounts(visit.general_purpose())
    base = visit.office.settings.public_url or str(visit.request.base_url)
    return visit.page(
        "admin/accounts.html",
        422 if errors else 200,
        listed=leaf(found, page, ACCOUNTS, lambda n: f"{ADDRESS}?page={n}"),
        given=given or Holder(),
        errors=errors or {},
        made=shown[0] if shown else None,
        address=base.rstrip("/") + shown[1].path if shown else None,
        expires=shown[1].expires_at if shown else None,
        **choices(visit),
    )
