"""The list of projects, parts under what they are part of."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Query, Response
from pydantic import BaseModel, Field

from api.console.rules import ConsoleRouter, Deployment
from api.console.visit import AtConsole
from api.projects_desk import PAGE, ProjectsDesk
from pipeline.records.project import Stage

router = ConsoleRouter()


class ProjectsAsked(BaseModel):
    """Which projects, and which page of them."""

    stage: Stage | None = None
    q: Annotated[str, Field(max_length=100)] = ""
    page: Annotated[int, Field(ge=1, le=50_000)] = 1

    def address(self, **changes: Any) -> str:
        """The list asked in another way."""
        asked = {**self.model_dump(), **changes}
        query = urlencode({name: value for name, value in asked.items() if value not in (None, "", 1)})
        return f"/projects?{query}" if query else "/projects"


@router.page("/projects", rule=Deployment("projects.read"))
def projects(visit: AtConsole, asked: Annotated[ProjectsAsked, Query()]) -> Response:
    """A page of the list."""
    found = visit.desk(ProjectsDesk).listed(
        visit.general_purpose(), stage=asked.stage, words=asked.q, offset=(asked.page - 1) * PAGE
    )
    return visit.page(
        "projects/list.html",
        found=found,
        asked=asked,
        start=(asked.page - 1) * PAGE,
        pages=-(-found.total // PAGE),
        everything=sum(found.stages.values()),
    )
