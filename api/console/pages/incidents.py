"""Incidents: the inbox, one incident with all that explains it, and what people do about it by name."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal
from urllib.parse import urlencode

from fastapi import Form, Path, Query, Response
from pydantic import BaseModel, Field

from api.console.charts import Charts, Drawn
from api.console.csv_files import csv_file
from api.console.fields import OrNone
from api.console.names import names
from api.console.rules import About, ConsoleRouter, Deployment
from api.console.visit import AtConsole, Visit
from api.desk import NotFound
from api.incident_desk import HOURS, Action, Dossier, IncidentDesk
from api.incident_inbox import Asked, Pile
from api.matters_desk import MattersDesk
from api.saved_search_desk import SavedSearchDesk
from models.taxonomy import taxonomy
from pipeline.records import DecisionProject, Purpose
from pipeline.records.incident import LEVELS, AlertLevel, Verdict
from pipeline.store import StoreConflict

PAGE: Final = 20
INCIDENT_ID: Final = r"^i[0-9a-f]{24}$"
LASTING: Final[dict[str, tuple[int, ...]]] = {"acknowledge": (8, 24, 72, 168), "silence": (24, 72, 168, 720)}
"""Hours to choose from, within those that the desk takes."""
REASONED: Final = frozenset({"silence", "close", "reopen"})
"""Answers whose form asks for a reason, beside the verdict of a false alarm."""
IncidentPath = Annotated[str, Path(pattern=INCIDENT_ID)]
router = ConsoleRouter()


class InboxAsked(BaseModel):
    """Which incidents, and which page of them."""

    pile: Pile = "live"
    level: Annotated[AlertLevel | None, OrNone] = None
    project: Annotated[Annotated[str, Field(pattern=r"^[\w.\-]{1,64}$")] | None, OrNone] = None
    mine: bool = False
    page: Annotated[int, Field(ge=1, le=500)] = 1

    def address(self, **changes: Any) -> str:
        """The inbox asked in another way; from its first page unless that is said."""
        asked = {**self.model_dump(), "page": 1, **changes}
        usual = InboxAsked().model_dump()
        query = urlencode({name: _plain(value) for name, value in asked.items() if value != usual[name]})
        return f"/incidents?{query}" if query else "/incidents"


class Given(BaseModel):
    """What somebody does with an incident."""

    action: Action
    hours: Annotated[Annotated[int, Field(ge=1, le=720)] | None, OrNone] = None
    to: Annotated[Annotated[str, Field(max_length=64)] | None, OrNone] = None
    officer: Annotated[Annotated[str, Field(max_length=64)] | None, OrNone] = None
    verdict: Annotated[Verdict | None, OrNone] = None
    duplicate_of: Annotated[Annotated[str, Field(pattern=INCIDENT_ID)] | None, OrNone] = None
    comment: Annotated[Annotated[str, Field(max_length=1000)] | None, OrNone] = None


@router.page("/incidents", rule=Deployment("alerts.read"))
def inbox(visit: AtConsole, asked: Annotated[InboxAsked, Query()]) -> Response:
    """The incidents of all the visitor's projects, those first that need them."""
    desk, purpose = visit.desk(IncidentDesk), visit.general_purpose()
    found = desk.inbox(
        purpose,
        asked=Asked(asked.pile, asked.level, asked.mine),
        project_id=asked.project,
        offset=(asked.page - 1) * PAGE,
        limit=PAGE,
    )
    projects = [project for project in desk.projects(purpose) if visit.allows("alerts.read", project)]
    return visit.page(
        "incidents/inbox.html",
        inbox=found,
        asked=asked,
        projects=projects,
        names={project.id: _name(visit, project) for project in projects},
        quality=_by_level(desk.quality(purpose)),
        silent=desk.silent_sources(purpose),
        news=visit.desk(SavedSearchDesk).news(purpose) if visit.allows("saved_searches.watch") else [],
        first=(asked.page - 1) * PAGE + 1,
        pages=-(-found.total // PAGE),
        units=names("units", visit.language),
    )


@router.page("/incidents/{incident_id}", rule=About("alerts.read"))
def incident(visit: AtConsole, incident_id: IncidentPath) -> Response:
    """Why now, what was not seen, what was done, and what to do."""
    return _shown(visit, incident_id)


@router.page("/incidents/{incident_id}/weeks.csv", rule=About("alerts.read"))
def weeks(visit: AtConsole, incident_id: IncidentPath) -> Response:
    """The figures of the chart."""
    drawn = _drawn(visit, visit.desk(IncidentDesk).dossier(incident_id, _purpose(visit)))
    if drawn is None:
        raise NotFound(f"E311: incident {incident_id} has no weeks")
    return csv_file(drawn.heads, drawn.lines, f"weeks-{incident_id}")


@router.act("/incidents/{incident_id}/answers", rule=About("alerts.answer"))
def answer(visit: AtConsole, incident_id: IncidentPath, given: Annotated[Given, Form()]) -> Response:
    """Records what the visitor does with an incident."""
    return _answered(visit, incident_id, given)


@router.act("/incidents/{incident_id}/cue", rule=About("life_safety.read"))
def answer_cue(visit: AtConsole, incident_id: IncidentPath, given: Annotated[Given, Form()]) -> Response:
    """Records what the duty officer does with a life-safety cue (P-18); for anybody else there is none."""
    return _answered(visit, incident_id, given)


@router.act("/incidents/{incident_id}/pointer", rule=About("life_safety.read"))
def pointer(visit: AtConsole, incident_id: IncidentPath) -> Response:
    """Opens the pointer to the source for the duty officer; it stands on this answer alone and is kept nowhere."""
    opened = visit.desk(IncidentDesk).pointer(incident_id, _purpose(visit))
    return _shown(visit, incident_id, opened=opened)


def _answered(visit: Visit, incident_id: str, given: Given) -> Response:
    if (given.action in REASONED or given.verdict == "false") and given.comment is None:
        return _shown(visit, incident_id, given, {"comment": visit.gettext("请写明理由。")})
    try:
        card = visit.desk(IncidentDesk).answer(
            incident_id,
            _purpose(visit),
            who=visit.account.name,
            action=given.action,
            hours=given.hours,
            to=given.officer or given.to if given.action == "assign" else None,
            verdict=given.verdict,
            duplicate_of=given.duplicate_of if given.verdict == "duplicate" else None,
            comment=given.comment,
        )
    except StoreConflict:
        raise
    except ValueError as error:
        return _shown(visit, incident_id, given, {"": _refusal(visit, given, str(error))})
    return visit.redirect(f"/incidents/{card['id']}", flash=_done(visit, given.action))


def _shown(
    visit: Visit,
    incident_id: str,
    given: Given | None = None,
    errors: dict[str, str] | None = None,
    opened: dict[str, Any] | None = None,
) -> Response:
    dossier = visit.desk(IncidentDesk).dossier(incident_id, _purpose(visit))
    page = dossier.page
    safety = page["kind"] == "life_safety"
    cue = taxonomy().cues.get(page["cue"] or "")
    project = visit.project
    open_to = project is not None and not safety and visit.allows("candidates.read", project)
    return visit.page(
        "incidents/life_safety.html" if safety else "incidents/incident.html",
        422 if errors else 200,
        dossier=dossier,
        incident=page,
        explained=page["explanation"],
        drawn=_drawn(visit, dossier),
        csv=f"/incidents/{incident_id}/weeks.csv",
        levels=_by_level(dossier.quality),
        given=given,
        errors=errors,
        opened=opened,
        matters=visit.desk(MattersDesk).spoken_of(
            page["project_id"], _purpose(visit), page["window_start"], page["window_end"]
        )
        if open_to
        else None,
        cue=(cue.name_en if visit.language == "en" else cue.name_zh) if cue else "",
        lasting=LASTING,
        usual={name: hours for name, (hours, _) in HOURS.items()},
        units=names("units", visit.language),
        k=visit.desk(IncidentDesk).k,
        project_name=_name(visit, project) if project else page["project_name"],
        factors=names("factors", visit.language),
    )


def _drawn(visit: Visit, dossier: Dossier) -> Drawn | None:
    return Charts(visit.language).volume(dossier.weeks) if dossier.weeks else None


def _purpose(visit: Visit) -> Purpose:
    """A cue that is hidden from the visitor is asked about like one that does not exist."""
    return visit.purpose(visit.project.id) if visit.project else visit.general_purpose()


def _refusal(visit: Visit, given: Given, error: str) -> str:
    say = visit.gettext
    if "cannot be redacted" in error:
        return say("这段文字中可能有个人信息，无法确认已脱敏，没有保存。请换一种说法，不写姓名、电话和门牌。")
    match given.action:
        case "assign":
            return say("请选择单位，或填写办理人的账号名。")
        case "verdict":
            return say("请选择判定结果；判为重复时，请选择与哪一条重复。")
        case "comment":
            return say("请填写备注。")
    return say("时限超出允许范围，请重新选择。")


def _done(
    visit: Visit, action: Literal["acknowledge", "silence", "reopen", "close", "assign", "comment", "verdict"]
) -> str:
    say = visit.gettext
    return {
        "acknowledge": say("已受理。到期仍未关闭的，会再次提醒。"),
        "silence": say("已静默，到期后自动恢复。"),
        "reopen": say("已重新打开。"),
        "close": say("已关闭。"),
        "assign": say("已指派。"),
        "comment": say("备注已保存。"),
        "verdict": say("判定已记录，并计入预警准确率。"),
    }[action]


def _by_level(rows: Any) -> list[dict[str, Any]]:
    """Verdicts by level, the highest first; levels that never occurred are left out."""
    found = []
    for level in reversed(LEVELS):
        mine = [row for row in rows if row.level == level]
        if mine:
            right, wrong = sum(row.true for row in mine), sum(row.false for row in mine)
            found.append({
                "level": level, "true": right, "false": wrong, "duplicate": sum(row.duplicate for row in mine),
                "unanswered": sum(row.unanswered for row in mine), "judged": right + wrong,
                "precision": right / (right + wrong) if right + wrong else None,
            })  # fmt: skip
    return found


def _name(visit: Visit, project: DecisionProject) -> str:
    return project.name_en if visit.language == "en" and project.name_en else project.name_zh


def _plain(value: Any) -> Any:
    return "1" if value is True else value
