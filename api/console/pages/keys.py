"""API keys of other systems: issued, shown once, and revoked."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import Form, Response

from api.console.pages.accounts import Holder, Named, choices, refused
from api.console.paging import PageAsked, leaf
from api.console.rules import ConsoleRouter, Deployment
from api.console.visit import AtConsole, Visit
from api.keys_desk import Issued, KeysDesk
from api.staff_desk import BadAccount
from pipeline.store import StoreConflict

KEYS: Final = 50
ADDRESS: Final = "/admin/keys"
router = ConsoleRouter()


@router.page(ADDRESS, rule=Deployment("keys.manage"))
def keys(visit: AtConsole, page: PageAsked = 1) -> Response:
    """All keys, living ones first, and the form for another."""
    return _shown(visit, page)


@router.act(ADDRESS, rule=Deployment("keys.manage"))
def issue(visit: AtConsole, given: Annotated[Holder, Form()]) -> Response:
    """Issues a key and shows it, on this page and never again."""
    try:
        made = visit.desk(KeysDesk).issue(
            visit.general_purpose(), given.name, given.role, projects=given.projects, region=given.region,
            unit=given.unit,
        )  # fmt: skip
    except (BadAccount, StoreConflict) as error:
        return _shown(visit, 1, given=given, errors=refused(visit, error))
    return _shown(visit, 1, made=made)


@router.act(f"{ADDRESS}/revoke", rule=Deployment("keys.manage"))
def revoke(visit: AtConsole, given: Annotated[Named, Form()]) -> Response:
    """Ends a key; the next request with it is refused."""
    visit.desk(KeysDesk).revoke(visit.general_purpose(), given.name)
    return visit.redirect(ADDRESS, flash=visit.gettext("密钥 %(name)s 已吊销，即刻失效。", name=given.name))


def _shown(
    visit: Visit,
    page: int,
    *,
    given: Holder | None = None,
    errors: dict[str, str] | None = None,
    made: Issued | None = None,
) -> Response:
    found = sorted(visit.desk(KeysDesk).keys(visit.general_purpose()), key=lambda key: key.revoked_at is not None)
    return visit.page(
        "admin/keys.html",
        422 if errors else 200,
        listed=leaf(found, page, KEYS, lambda n: f"{ADDRESS}?page={n}"),
        given=given or Holder(role="platform"),
        errors=errors or {},
        made=made,
        **choices(visit),
    )
