"""The audit trail: who did and saw what, when and for which purpose; the check of its chain; its lines to take away."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Annotated, Any, Final
from urllib.parse import urlencode

from fastapi import Query, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field

from api.audit_desk import AuditDesk, Checked
from api.console.fields import OrNone
from api.console.rules import ConsoleRouter, Deployment
from api.console.visit import AtConsole, Visit
from index.days import BEIJING, day_start
from pipeline.audit import Asked

EVENTS: Final = 50
JSONL: Final = "application/x-ndjson"
Day = Annotated[Annotated[date, Field(ge=date(1900, 1, 1), le=date(2200, 12, 31))] | None, OrNone]
router = ConsoleRouter()


class TrailAsked(BaseModel):
    """Which events; ``before`` is the number that the page begins after."""

    since: Day = None
    until: Day = None
    action: Annotated[Annotated[str, Field(pattern=r"^[a-z][a-z_.]{1,63}$")] | None, OrNone] = None
    project: Annotated[Annotated[str, Field(pattern=r"^[\w.\-]{1,64}$")] | None, OrNone] = None
    before: Annotated[int | None, Field(ge=1, lt=2**53)] = None

    @property
    def asked(self) -> Asked:
        """The bounds as moments; ``until`` is a day that still counts."""
        end = day_start(self.until + timedelta(days=1)) if self.until else None
        return Asked(day_start(self.since) if self.since else None, end, self.action, self.project)

    def address(self, path: str, **more: Any) -> str:
        """A page or file of the same events."""
        given = {"since": self.since, "until": self.until, "action": self.action, "project": self.project, **more}
        query = urlencode({name: value for name, value in given.items() if value is not None})
        return path + (f"?{query}" if query else "")


@router.page("/audit", rule=Deployment("audit.read"))
def trail(visit: AtConsole, asked: Annotated[TrailAsked, Query()]) -> Response:
    """The newest events first."""
    return _shown(visit, asked)


@router.act("/audit/check", rule=Deployment("audit.read"))
def check(visit: AtConsole) -> Response:
    """Follows the whole chain and says where it ends or breaks."""
    return _shown(visit, TrailAsked(), visit.desk(AuditDesk).check(visit.general_purpose()))


@router.page("/audit/trail.jsonl", rule=Deployment("audit.read"))
def export(visit: AtConsole, asked: Annotated[TrailAsked, Query()]) -> Response:
    """The events that fit, a line of JSON each, the oldest first."""
    lines = visit.desk(AuditDesk).export(visit.general_purpose(), asked.asked)
    name = f"minyi-audit-{visit.office.store.clock().astimezone(BEIJING):%Y%m%d}.jsonl"
    return StreamingResponse(lines, media_type=JSONL, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _shown(visit: Visit, asked: TrailAsked, checked: Checked | None = None) -> Response:
    found = visit.desk(AuditDesk).trail(visit.general_purpose(), asked.asked, before=asked.before, limit=EVENTS)
    named = {one.project_id for one in found.events if one.project_id}
    names: Mapping[str, str] = {
        one.id: str(one.name_zh)
        for one in visit.office.store.projects()
        if one.id in named and visit.allows("projects.read", one)
    }
    return visit.page(
        "audit/page.html",
        found=found,
        asked=asked,
        checked=checked,
        names=names,
        first=asked.address("/audit") if asked.before else None,
        following=asked.address("/audit", before=found.next) if found.next else None,
        file=asked.address("/audit/trail.jsonl"),
    )
