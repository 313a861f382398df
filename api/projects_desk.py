"""The desk that lists projects for those who work on them: parents before their parts, with how far each has come."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from api.board_needs import undecided
from api.confirmed import CONFIRMED, confirmed_only
from api.desk import Desk
from api.policy import access
from pipeline.parents import sub_projects
from pipeline.process.stages import process
from pipeline.records import DecisionProject
from pipeline.records.project import Stage
from pipeline.store import Standing

PAGE: Final = 20


@dataclass(frozen=True, slots=True)
class Listed:
    """One project of the list; ``depth`` counts the projects of the list around it.

    ``candidates`` wait for a decision, None where the reader's seat shows none; ``confirmed`` None where it may not
    read risk points at all.
    """

    project: DecisionProject
    depth: int
    parts: int
    candidates: int | None
    confirmed: int | None
    done: int | None
    steps: int


@dataclass(frozen=True, slots=True)
class ProjectList:
    """A page of the list, how many projects are on it in all, and how many in each stage."""

    rows: list[Listed]
    total: int
    stages: dict[Stage, int]


class ProjectsDesk(Desk):
    """One reader before the list of projects."""

    def listed(
        self,
        purpose: str | None,
        *,
        stage: Stage | None = None,
        words: str = "",
        offset: int = 0,
        limit: int = PAGE,
    ) -> ProjectList:
        """The reader's projects, in a stage, with these words in their names or region. Raises Denied."""
        mine = self.projects(purpose)
        stages: dict[Stage, int] = {one.code: 0 for one in process().stages}
        for project in mine:
            stages[project.stage] += 1
        chosen = [project for project in mine if stage in (None, project.stage) and _named(project, words)]
        page = list(_nested(chosen))[offset : offset + limit]
        standings = self._office.store.standings([project.id for project, _ in page])
        parts = sub_projects(mine)
        return ProjectList(
            rows=[self._listed(project, depth, standings, parts) for project, depth in page],
            total=len(chosen),
            stages=stages,
        )

    def _listed(
        self,
        project: DecisionProject,
        depth: int,
        standings: Mapping[str, Standing],
        parts: Mapping[str, Sequence[str]],
    ) -> Listed:
        standing, reads = standings[project.id], access().allows(self._reader, "risk_points.read", project)
        steps = process().stage(project.stage).steps
        done = None
        if access().allows(self._reader, "checklist.read", project):
            marked = {mark.subject: mark.value for mark in self._office.store.marks_on(project.id)}
            done = sum(marked.get(step.code) in ("done", "not_applicable") for step in steps)
        return Listed(
            project=project,
            depth=depth,
            parts=len(parts.get(project.id, ())),
            candidates=undecided(standing) if reads and not confirmed_only(self._reader, project) else None,
            confirmed=sum(n for state, n in standing.risk_points.items() if state in CONFIRMED) if reads else None,
            done=done,
            steps=len(steps),
        )


def _nested(projects: Sequence[DecisionProject]) -> Iterator[tuple[DecisionProject, int]]:
    """Projects by name, each followed by those that are part of it."""
    there = {project.id for project in projects}
    below: dict[str | None, list[DecisionProject]] = {}
    for project in sorted(projects, key=lambda one: (one.name_zh, one.id)):
        below.setdefault(project.parent_id if project.parent_id in there else None, []).append(project)

    def walk(parent: str | None, depth: int) -> Iterator[tuple[DecisionProject, int]]:
        for project in below.get(parent, ()):
            yield project, depth
            yield from walk(project.id, depth + 1)

    yield from walk(None, 0)


def _named(project: DecisionProject, words: str) -> bool:
    said = " ".join(filter(None, (project.name_zh, project.name_en, project.region, *project.aliases))).casefold()
    return all(word in said for word in words.casefold().split())
