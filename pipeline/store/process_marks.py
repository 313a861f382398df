"""What named people marked in a project's checklist, and the stages into which they moved it; all of it is kept."""

from __future__ import annotations

from datetime import datetime
from typing import Final, NamedTuple

from sqlalchemy import insert, select

from pipeline.records.project import Stage
from pipeline.redacted import RedactedText
from pipeline.store.engine import Database, StoreConflict, UnknownRecord
from pipeline.store.milestones import rewritten
from pipeline.store.process_tables import process_marks
from pipeline.store.projects import STAGE
from pipeline.store.risk_points import next_revision
from pipeline.store.tables import projects


class Mark(NamedTuple):
    """One mark: ``subject`` is a step and ``value`` its state, or ``stage`` and the stage the project was moved to."""

    id: str
    project_id: str
    subject: str
    value: str
    who: str
    at: datetime
    reason: RedactedText


COLUMNS: Final = [process_marks.c[name] for name in Mark._fields]


class ProcessMarks(Database):
    """The store's checklist marks and changes of stage."""

    def add_mark(self, mark: Mark) -> bool:
        """Records a mark; False when this very mark is known already (its moment apart).

        Raises UnknownRecord for an unknown project, StoreConflict when the id stands for another mark.
        """
        with self.transaction() as connection:
            next_revision(connection, mark.project_id)
            query = select(*COLUMNS).where(process_marks.c.id == mark.id)
            if known := connection.execute(query).one_or_none():
                if Mark(*known)._replace(at=mark.at) != mark:
                    raise StoreConflict(f"E152: mark {mark.id} is known with another content")
                return False
            connection.execute(insert(process_marks).values(**mark._asdict()))
        return True

    def move_project(self, mark: Mark) -> bool:
        """Moves a project to the stage that the mark names, which no registry file takes back; False when known."""
        stage: Stage = mark.value  # type: ignore[assignment]
        with self.transaction() as connection:
            new = self.add_mark(mark)
            if new:
                query = select(projects.c.payload).where(projects.c.id == mark.project_id)
                project = connection.execute(query).scalar_one_or_none()
                if project is None:
                    raise UnknownRecord(f"E151: no project {mark.project_id}")
                rewritten(connection, project.model_copy(update={"stage": stage}), self.clock())
        return new

    def marks_on(self, project_id: str) -> list[Mark]:
        """All marks on a project, in the order they came."""
        query = select(*COLUMNS).where(process_marks.c.project_id == project_id).order_by(process_marks.c.number)
        with self.reading() as connection:
            return [Mark(*row) for row in connection.execute(query)]


__all__ = ["STAGE", "Mark", "ProcessMarks"]
