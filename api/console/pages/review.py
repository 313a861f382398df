"""The queue of a project's candidates, those first on which a judgement tells most."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Response
from pydantic import BaseModel, Field

from api.console.rules import ConsoleRouter, InProject
from api.console.visit import AtConsole, ProjectPath
from api.queue_desk import PAGE, QueueDesk
from api.review_standing import PARTS, Part
from api.routes.question import RISK_POINT_ID

router = ConsoleRouter()


class QueueAsked(BaseModel):
    """Which part of the queue, from where on; ``done`` is what was decided a moment ago."""

    part: Part = "open"
    offset: Annotated[int, Field(ge=0, le=100_000)] = 0
    done: Annotated[str, Field(pattern=f"{RISK_POINT_ID}|^$")] = ""


@router.page("/projects/{project_id}/review", rule=InProject("risk_points.read"))
def queue(visit: AtConsole, project_id: ProjectPath, asked: Annotated[QueueAsked, Query()]) -> Response:
    """A page of the queue, with what recurs after it was closed."""
    purpose = visit.purpose(project_id)
    found = visit.desk(QueueDesk).queue(project_id, purpose, part=asked.part, offset=asked.offset)
    return visit.page(
        "review/queue.html",
        queue=found,
        part=asked.part,
        parts=PARTS,
        offset=asked.offset,
        page_size=PAGE,
        done=asked.done,
        back=f"/projects/{project_id}/review?part={asked.part}",
    )
