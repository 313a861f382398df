"""The front door: everybody goes where their role works."""

from __future__ import annotations

from typing import Final

from fastapi import Response

from api.console.rules import ConsoleRouter, SignedIn
from api.console.visit import AtConsole

HOMES: Final[dict[str, str]] = {
    "supervisor": "/board",
    "local_government": "/board",
    "assessor": "/projects",
    "expert": "/projects",
    "commissioning_unit": "/projects",
    "discipline_inspection": "/projects",
    "response_unit": "/dispatches",
    "auditor": "/audit",
    "admin": "/admin/accounts",
    "platform": "/account",
}
router = ConsoleRouter()


@router.page("/", rule=SignedIn())
def home(visit: AtConsole) -> Response:
    """Sends everybody to the page that their role begins with."""
    return visit.redirect(HOMES[visit.account.role])
