"""The home of one project: how fresh and complete the texts are, what to look at first, how far the process is."""

from __future__ import annotations

from typing import Final

from fastapi import Response

from api.console.names import names
from api.console.opinion import stance_chart
from api.console.rules import ConsoleRouter, InProject
from api.console.visit import AtConsole, ProjectPath
from api.coverage_desk import CoverageDesk
from api.desk import Desk
from api.freshness import freshness
from api.process_desk import ProcessDesk
from api.ranked_desk import RankedDesk
from api.registry_desk import RegistryDesk

CARDS: Final = 5
router = ConsoleRouter()


@router.page("/projects/{project_id}", rule=InProject("projects.read"))
def home(visit: AtConsole, project_id: ProjectPath) -> Response:
    """What the visitor's seat may see of a project, the most urgent first."""
    purpose, project = visit.purpose(project_id), visit.project

    def may(action: str) -> bool:
        return visit.allows(action, project)

    mine, parts = visit.desk(RegistryDesk).family(project_id, purpose)
    full = may("candidates.read")
    shown = visit.desk(CoverageDesk).coverage(project_id, purpose) if full and may("coverage.read") else None
    listed = may("risk_points.read") or may("sealed.read")
    return visit.page(
        "project/home.html",
        project=mine,
        parts=parts,
        full=full,
        coverage=shown,
        fresh=freshness(shown) if shown else [],
        ranked=visit.desk(RankedDesk).ranked(project_id, purpose, limit=CARDS) if listed else None,
        checklist=visit.desk(ProcessDesk).checklist(project_id, purpose) if may("checklist.read") else None,
        milestones=visit.desk(Desk).milestones(project_id, purpose) if may("milestones.read") else None,
        groups=names("stakeholders", visit.language),
        k=visit.office.settings.k_anonymity,
        opinion=stance_chart(visit) if may("documents.read") else None,
    )
