"""Decision projects (重大决策事项): the registry."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import insert, select, update

from pipeline.records import DecisionProject
from pipeline.store.engine import Database, lock
from pipeline.store.milestones import with_accepted
from pipeline.store.tables import projects


class Upserted(NamedTuple):
    """Which projects are new, changed, and unchanged, by id."""

    new: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: tuple[str, ...]


class Projects(Database):
    """The store's projects."""

    def upsert_projects(self, registry: Iterable[DecisionProject]) -> Upserted:
        """Writes projects by id, each as it is last named; those not named stay, and milestones that were accepted."""
        new, changed, unchanged = [], [], []
        with self.transaction() as connection:
            lock(connection, "projects")
            known = {row.id: row.digest for row in connection.execute(select(projects.c.id, projects.c.digest))}
            for named in {project.id: project for project in registry}.values():
                project = with_accepted(connection, named)
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
