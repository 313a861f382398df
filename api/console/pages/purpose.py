"""For what purpose somebody asks: chosen once a session and project from the closed list of the role (P-09)."""

from __future__ import annotations

from typing import Annotated

from fastapi import Form, Query, Response
from pydantic import BaseModel

from api.console.links import local
from api.console.rules import ConsoleRouter, InProject, SignedIn
from api.console.visit import AtConsole, ProjectPath

Next = Annotated[str, Query()]
router = ConsoleRouter()


class Chosen(BaseModel):
    """The purpose, and the page to go on to."""

    purpose: str = ""
    next: str = ""


@router.page("/purpose", rule=SignedIn())
def general(visit: AtConsole, next: Next = "") -> Response:
    """The purposes of the role, for what concerns no single project."""
    return visit.page("purpose.html", action="/purpose", next=local(next), chosen=visit.chosen_purpose(""))


@router.act("/purpose", rule=SignedIn())
def choose_general(visit: AtConsole, chosen: Annotated[Chosen, Form()]) -> Response:
    """Keeps the purpose of what concerns no single project."""
    visit.choose_purpose("", chosen.purpose)
    return visit.redirect(local(chosen.next))


@router.page("/projects/{project_id}/purpose", rule=InProject("projects.read"))
def of_project(visit: AtConsole, project_id: ProjectPath, next: Next = "") -> Response:
    """The purposes of the role, for this project; the one chosen for everything else is proposed."""
    return visit.page(
        "purpose.html",
        action=f"/projects/{project_id}/purpose",
        next=local(next, f"/projects/{project_id}"),
        chosen=visit.chosen_purpose(project_id) or visit.chosen_purpose(""),
    )


@router.act("/projects/{project_id}/purpose", rule=InProject("projects.read"))
def choose_of_project(visit: AtConsole, project_id: ProjectPath, chosen: Annotated[Chosen, Form()]) -> Response:
    """Keeps the purpose of questions about this project."""
    visit.choose_purpose(project_id, chosen.purpose)
    return visit.redirect(local(chosen.next, f"/projects/{project_id}"))
