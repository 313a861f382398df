"""Proposes risk points: recomputes the candidates of every project whose opinion has changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from pipeline.matters import Opinion
from pipeline.records import DecisionProject, Document, RiskPointCandidate
from pipeline.risk import candidates_of
from pipeline.store import OutboxRow, Store
from pipeline.store.engine import lock

PROPOSED_THROUGH = "proposed_through"
BATCH = 1000
ATTEMPTS = 3
"""Times that a project is read while others may write."""


def propose(store: Store, progress: Callable[[DecisionProject], None] = lambda project: None) -> int:
    """Recomputes what changed since the last time; returns how many projects that were. Safe to repeat.

    Several processes may do it at once, and others write meanwhile: a project is read without any lock, and what was
    found is written, under the project's lock, if nothing about it has changed since.
    """
    end = store.outbox_end()
    since = int(store.fact(PROPOSED_THROUGH) or 0)
    touched = touched_projects(store, since, end)
    for project in store.projects():
        if project.id in touched:
            _propose(store, project)
            progress(project)
    store.set_fact(PROPOSED_THROUGH, str(end))
    return len(touched)


def _propose(store: Store, project: DecisionProject) -> None:
    """Nobody's older reading replaces a newer one: it is written only if no text of the project came in between."""
    for _ in range(ATTEMPTS):
        read_through = store.outbox_end()
        found = candidates(store, project)
        with store.transaction() as connection:
            lock(connection, f"propose:{project.id}")
            end = store.outbox_end()
            if end == read_through or project.id not in touched_projects(store, read_through, end):
                store.replace_candidates(project.id, found)
                return
    with store.transaction() as connection:  # texts come in faster than they are read: now they wait
        lock(connection, f"propose:{project.id}")
        store.replace_candidates(project.id, candidates(store, project))


def candidates(store: Store, project: DecisionProject) -> tuple[RiskPointCandidate, ...]:
    """The candidates of one project from what the store holds now."""
    opinions = [Opinion(d, a, link) for d, a in store.analysed_documents_of(project.id) for link in a.links
                if link.project_id == project.id and link.relation == "about"]  # fmt: skip
    replies = {key: tuple(found) for key, found in store.replies_to(o.document.id for o in opinions).items()}
    opinions = [o for o in opinions if o.document.genre != "reply"]
    return candidates_of(project, opinions, replies, lambda ids: store.distinct_voices(project.id, ids))


def touched_projects(store: Store, since: int, end: int) -> set[str]:
    """Projects that a changed document is linked to now or was before; all of them when a text was withdrawn."""
    touched: set[str] = set()
    for rows in _pages(store, since, end):
        if any(row.kind == "delete" for row in rows):
            return {project.id for project in store.projects()}
        documents = store.documents_by_id(row.document_id for row in rows)
        for document in documents.values():
            touched |= _projects_of(store, document)
    return touched


def _projects_of(store: Store, document: Document) -> set[str]:
    """Projects of all analyses of the text, and of the petition when it is a reply."""
    ids = [document.id] + ([document.reply_to] if document.reply_to else [])
    return {link.project_id for key in ids for analysis in store.analyses_of(key) for link in analysis.links}


def _pages(store: Store, since: int, end: int) -> Iterator[list[OutboxRow]]:
    while since < end and (rows := store.outbox_after(since, BATCH)):
        yield [row for row in rows if row.sequence <= end]
        since = rows[-1].sequence
