"""Milestones that notices propose (节点建议), and what named people decided about them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, delete, insert, select, update

from pipeline.records import DecisionProject, Document, Milestone
from pipeline.records.milestone import MilestoneProposal, MilestoneState
from pipeline.redacted import RedactedText
from pipeline.store.engine import Database, StoreConflict, UnknownRecord, lock, portions
from pipeline.store.tables import documents, milestone_proposals, projects


class StoredMilestone(NamedTuple):
    """A proposal with what was decided about it. Its spans hold for the text with this ``content_hash``."""

    payload: MilestoneProposal
    content_hash: str
    state: MilestoneState
    decided_by: str | None
    decided_at: datetime | None
    reason: RedactedText | None


COLUMNS = [milestone_proposals.c[name] for name in StoredMilestone._fields]


class Milestones(Database):
    """The store's proposed milestones."""

    def replace_milestones(self, notice: Document, proposals: Sequence[MilestoneProposal]) -> None:
        """Puts what a notice proposes now in place of what it proposed; what was decided stays as it is."""
        table = milestone_proposals
        with self.transaction() as connection:
            mine = table.c.document_id == notice.id
            connection.execute(delete(table).where(mine, table.c.state == "proposed"))
            decided = set(connection.execute(select(table.c.id).where(mine)).scalars())
            for proposal in proposals:
                if proposal.id not in decided:
                    values = {"project_id": proposal.project_id, "document_id": notice.id, "state": "proposed"}
                    values |= {"id": proposal.id, "content_hash": notice.content_hash}
                    connection.execute(insert(table).values(**values, payload=proposal))

    def milestone_proposals(self, project_id: str) -> list[StoredMilestone]:
        """What notices propose for a project, and what became of it, by date."""
        query = select(*COLUMNS).where(milestone_proposals.c.project_id == project_id)
        with self.reading() as connection:
            found = [StoredMilestone(*row) for row in connection.execute(query)]
        return sorted(found, key=lambda one: (one.payload.date, one.payload.id))

    def decide_milestone(
        self, project_id: str, proposal_id: str, *, accept: bool, by: str, reason: RedactedText
    ) -> StoredMilestone:
        """Records what a named person decided (P-23); an accepted one is a milestone of its project from now on.

        The same decision twice is one. Raises UnknownRecord (E151), and StoreConflict (E152) when it was decided
        otherwise before.
        """
        state: MilestoneState = "accepted" if accept else "rejected"
        table = milestone_proposals
        query = select(*COLUMNS).where(table.c.id == proposal_id, table.c.project_id == project_id)
        with self.transaction() as connection:
            lock(connection, "projects")
            row = connection.execute(query.with_for_update()).one_or_none()
            if row is None:
                raise UnknownRecord(f"E151: no proposed milestone {proposal_id} in project {project_id}")
            if row.state != "proposed":
                if row.state != state:
                    raise StoreConflict(f"E152: milestone {proposal_id} was {row.state} by {row.decided_by} before")
                return StoredMilestone(*row)
            values = {"state": state, "decided_by": by, "decided_at": self.clock(), "reason": reason}
            connection.execute(update(table).where(table.c.id == proposal_id).values(**values))
            if accept:
                payload = select(projects.c.payload).where(projects.c.id == project_id)
                rewritten(connection, with_accepted(connection, connection.execute(payload).scalar_one()), self.clock())
            return StoredMilestone(*connection.execute(query).one())


def forget_notices(connection: Connection, ids: Sequence[str], now: datetime) -> None:
    """Takes notices out of what they proposed, in the transaction that withdraws them and before it does (P-12).

    What nobody decided goes. What was decided stays without the notice's passages, and without its address.
    """
    table = milestone_proposals
    query = select(table.c.id, table.c.payload, documents.c.url).join(documents, documents.c.id == table.c.document_id)
    addresses: dict[str, set[str]] = {}
    for portion in portions(ids):
        mine = table.c.document_id.in_(portion)
        connection.execute(delete(table).where(mine, table.c.state == "proposed"))
        for row in connection.execute(query.where(mine)).all():
            connection.execute(update(table).where(table.c.id == row.id).values(payload=row.payload.without_passages()))
            if row.url is not None:
                addresses.setdefault(row.payload.project_id, set()).add(row.url)
    if addresses:
        lock(connection, "projects")
    for project_id, gone in sorted(addresses.items()):
        project = connection.execute(select(projects.c.payload).where(projects.c.id == project_id)).scalar_one()
        kept = tuple(
            one.model_copy(update={"notice_url": None}) if one.notice_url in gone else one for one in project.milestones
        )
        if kept != project.milestones:
            rewritten(connection, project.model_copy(update={"milestones": kept}), now)


def with_accepted(connection: Connection, project: DecisionProject) -> DecisionProject:
    """The project with the milestones that people accepted for it: a registry file does not take them back."""
    table = milestone_proposals
    query = select(table.c.payload, documents.c.url).join(documents, documents.c.id == table.c.document_id)
    rows = connection.execute(query.where(table.c.project_id == project.id, table.c.state == "accepted")).all()
    accepted = [Milestone(name=row.payload.name, date=row.payload.date, notice_url=row.url) for row in rows]
    known = {(one.name, one.date) for one in project.milestones}
    new: Iterable[Milestone] = [one for one in accepted if (one.name, one.date) not in known]
    if not new:
        return project
    ordered = sorted((*project.milestones, *new), key=lambda one: one.date)
    return project.model_copy(update={"milestones": tuple(ordered)})


def rewritten(connection: Connection, project: DecisionProject, now: datetime) -> None:
    """Writes a project that people changed in place of what it was."""
    digest = hashlib.sha256(project.canonical_json().encode()).hexdigest()
    values = {"stage": project.stage, "digest": digest, "payload": project, "updated_at": now}
    connection.execute(update(projects).where(projects.c.id == project.id).values(**values))
