"""Decision projects (重大决策事项): the registry."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import Connection, insert, select, update

from pipeline.parents import ParentRefused, refused_parents
from pipeline.records import DecisionProject
from pipeline.store.aliases import with_aliases
from pipeline.store.engine import Database, lock
from pipeline.store.milestones import with_accepted
from pipeline.store.process_tables import process_marks
from pipeline.store.tables import projects

STAGE = "stage"
"""Subject of the marks by which people move a project from stage to stage."""


class Upserted(NamedTuple):
    """Which projects are new, changed, and unchanged, by id."""

    new: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: tuple[str, ...]


class Projects(Database):
    """The store's projects."""

    def upsert_projects(self, registry: Iterable[DecisionProject]) -> Upserted:
        """Writes projects by id, each as it is last named; those not named stay.

        What people decided stays as well: milestones and names that were accepted, and the stage into which a person
        moved it.
        Raises ParentRefused (E165) where a project names a parent that is unknown, or is in the end part of itself.
        """
        new, changed, unchanged = [], [], []
        named_last = {project.id: project for project in registry}
        with self.transaction() as connection:
            lock(connection, "projects")
            stored = connection.execute(select(projects.c.id, projects.c.digest, projects.c.payload)).all()
            if refused := refused_parents(named_last.values(), {row.id: row.payload.parent_id for row in stored}):
                raise ParentRefused(next(iter(refused.values())))
            known = {row.id: row.digest for row in stored}
            for named in named_last.values():
                project = with_aliases(connection, with_accepted(connection, _with_stage(connection, named)))
                digest = hashlib.sha256(project.canonical_json().encode()).hexdigest()
                if known.get(project.id) == digest:
                    unchanged.append(project.id)
                    continue
                values = {"stage": project.stage, "status": project.status, "digest": digest, "payload": project}
                values["updated_at"] = self.clock()
                if project.id in known:
                    connection.execute(update(projects).where(projects.c.id == project.id).values(**values))
                    changed.append(project.id)
                else:
                    connection.execute(insert(projects).values(id=project.id, **values))
                    new.append(project.id)
        return Upserted(tuple(new), tuple(changed), tuple(unchanged))

    def project(self, project_id: str) -> DecisionProject | None:
        """The project of this id, or None."""
        with self.reading() as connection:
            query = select(projects.c.payload).where(projects.c.id == project_id)
            return connection.execute(query).scalar_one_or_none()

    def projects(self) -> list[DecisionProject]:
        """All projects in order of id."""
        with self.reading() as connection:
            return list(connection.execute(select(projects.c.payload).order_by(projects.c.id)).scalars())


def _with_stage(connection: Connection, project: DecisionProject) -> DecisionProject:
    """The project in the stage into which a person moved it last, where one did."""
    mine = (process_marks.c.project_id == project.id, process_marks.c.subject == STAGE)
    query = select(process_marks.c.value).where(*mine).order_by(process_marks.c.number.desc()).limit(1)
    stage = connection.execute(query).scalar_one_or_none()
    return project if stage is None else project.model_copy(update={"stage": stage})
