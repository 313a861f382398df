"""Proposes milestones: each notice about a registered project states a step of it, with the clock of its statute."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from datetime import date
from typing import Final
from zoneinfo import ZoneInfo

from pipeline.notices.clock import clock_of
from pipeline.notices.kinds import kind_of
from pipeline.notices.periods import issuing_unit, signed_on
from pipeline.records import DecisionProject, Document, Evidence, ProjectLink
from pipeline.records.milestone import MilestoneProposal
from pipeline.store import Store
from pipeline.store.engine import lock

PROPOSED_THROUGH: Final = "milestones_through"
BATCH: Final = 500
_BEIJING: Final = ZoneInfo("Asia/Shanghai")


def propose_milestones(store: Store) -> int:
    """Reads the notices that changed since the last time; returns how many. Safe to repeat and to share."""
    end, read = store.outbox_end(), 0
    projects = {project.id: project for project in store.projects()}
    since = int(store.fact(PROPOSED_THROUGH) or 0)
    while since < end and (rows := store.outbox_after(since, BATCH)):
        ids = {row.document_id for row in rows}
        notices = [d for d in store.documents_by_id(ids).values() if d.genre == "notice"]
        for notice in notices:
            with store.transaction() as connection:
                lock(connection, f"milestones:{notice.id}")
                current = store.document(notice.id) or notice
                analysis = store.current_analyses([notice.id]).get(notice.id)
                links = () if current.tombstone or analysis is None else analysis.links
                store.replace_milestones(current, proposals_of(current, links, projects))
        read += len(notices)
        since = rows[-1].sequence
        store.set_fact(PROPOSED_THROUGH, str(since))
    return read


def proposals_of(
    notice: Document, links: Collection[ProjectLink], projects: dict[str, DecisionProject]
) -> list[MilestoneProposal]:
    """One proposal for each project that the notice is about, or mentions by its name. Pure."""
    found = kind_of(notice)
    published = _published(notice)
    if found is None or published is None:
        return []
    kind, words = found
    signed = issuing_unit(notice.text)
    clock = clock_of(kind, notice, published)
    return [
        MilestoneProposal(
            id=_id(project.id, notice.id),
            project_id=project.id,
            document_id=notice.id,
            kind=kind.code,
            name=kind.name_zh,
            date=published.isoformat(),
            evidence=words,
            issued_by=Evidence(document_id=notice.id, start=signed[0], end=signed[1]) if signed else None,
            clock=clock,
        )
        for link in links
        if (project := projects.get(link.project_id)) and (link.relation == "about" or _named(project, notice))
    ]


def _named(project: DecisionProject, notice: Document) -> bool:
    return any(name in notice.text for name in (project.name_zh, *project.aliases))


def _published(notice: Document) -> date | None:
    """The day of publication in Asia/Shanghai, else the date at the foot of the notice."""
    if notice.published_at is not None:
        return notice.published_at.astimezone(_BEIJING).date()
    return signed_on(notice.text)


def _id(project_id: str, document_id: str) -> str:
    return "m" + hashlib.sha256(f"{project_id}\x1f{document_id}".encode()).hexdigest()[:24]
