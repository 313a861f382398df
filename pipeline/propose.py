"""Proposes risk points: recomputes the candidates of every project whose opinion has changed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

from models.taxonomy import Routing, taxonomy
from pipeline import meters
from pipeline.matters import Opinion, matters_of
from pipeline.matters.aside import Aside, as_fact, asides_of, fact_of
from pipeline.matters.opinion import is_sealed
from pipeline.matters.sheet import sheet_of
from pipeline.matters.vectors import vectors_of
from pipeline.moments import keep
from pipeline.records import DecisionProject, Document, RiskPointCandidate, Versions
from pipeline.records.matter import MatterSheet
from pipeline.risk import Ground, candidates_of, grievances_among
from pipeline.risk.decided import decided_cases
from pipeline.risk.validity import on_decisions
from pipeline.store import OutboxRow, Store
from pipeline.store.engine import lock

PROPOSED_THROUGH = "proposed_through"
GROUND = "proposed_on"
"""The fact that says on which routing and calibration the candidates stand."""
BATCH = 1000
ATTEMPTS = 3
"""Times that a project is read until a reading counts during which texts of it came in."""
LAST = 10
"""The reading during which nobody else may write."""


@dataclass(frozen=True)
class Found:
    """What the store's texts say about one project now."""

    candidates: tuple[RiskPointCandidate, ...]
    matters: tuple[MatterSheet, ...]
    asides: tuple[Aside, ...] = ()
    readings: Mapping[str, Versions] = field(default_factory=dict)
    """The versions that read each open text about the project."""
    texts: Mapping[str, str] = field(default_factory=dict)
    """The content hash of every text that was read, replies too."""


def propose(
    store: Store,
    progress: Callable[[DecisionProject], None] = lambda project: None,
    routing: Mapping[str, Routing] | None = None,
) -> int:
    """Recomputes what changed since the last time; returns how many projects that were. Safe to repeat.

    Several processes may do it at once, and others write meanwhile: a project is read without any lock, and what was
    found is written, under the project's lock, if nothing about it has changed since.
    """
    end = store.outbox_end()
    since = int(store.fact(PROPOSED_THROUGH) or 0)
    ground = ground_of(store, routing)
    digest = _digest(ground)
    anew = since > 0 and store.fact(GROUND) != digest
    touched = {project.id for project in store.projects()} if anew else touched_projects(store, since, end)
    for project in store.projects():
        if project.id in touched:
            _propose(store, project, ground)
            meters.count("proposal", "proposed")
            progress(project)
    store.set_fact(PROPOSED_THROUGH, str(end))
    store.set_fact(GROUND, digest)
    return len(touched)


def _propose(store: Store, project: DecisionProject, ground: Ground) -> None:
    """Nobody's older reading replaces a newer one."""

    def written(found: Found, through: int) -> None:
        if through >= _read_through(store, project):
            _write(store, project, found, ground, through)

    _read_and(written, store, project, ground)


def _read_and(
    written: Callable[[Found, int], None], store: Store, project: DecisionProject, ground: Ground
) -> None:  # fmt: skip
    """Reads one project and has it written under its lock, with the change up to which it was read.

    A reading during which texts of the project came in is repeated. While they come faster than it can be read, the
    last reading is written all the same: what came in between lies beyond what was proposed through and is next. Only
    where a text that was read has other words by then, or none, or was sealed, everything is read again: spans quote
    what was read. Where that happens to every reading, the last one keeps others from writing.
    """
    for attempt in range(1, LAST):
        through = store.outbox_end()
        found = read(store, project, ground)
        with store.transaction() as connection:
            lock(connection, f"propose:{project.id}")
            end = store.outbox_end()
            if not _changed(store, project, through, end):
                return written(found, end)
            if attempt >= ATTEMPTS and _still_says(store, found, through, end):
                return written(found, through)
    with store.transaction() as connection:
        lock(connection, f"propose:{project.id}")
        return written(read(store, project, ground), store.outbox_end())


def _changed(store: Store, project: DecisionProject, since: int, end: int) -> bool:
    return end != since and project.id in touched_projects(store, since, end)


def _still_says(store: Store, found: Found, since: int, end: int) -> bool:
    """Whether every text that was read has the words still that it had then, and is open still if it was."""
    changed = {row.document_id for rows in _pages(store, since, end) for row in rows} & found.texts.keys()
    now = store.documents_by_id(changed)
    open_then = changed & found.readings.keys()
    return all(
        key in now and not now[key].tombstone and now[key].content_hash == found.texts[key] for key in changed
    ) and not any(is_sealed(one) for one in store.current_analyses(open_then).values())


def _fact_of(project: DecisionProject) -> str:
    """The fact that says up to which change the texts of a project were read."""
    return f"read:{hashlib.sha256(project.id.encode()).hexdigest()[:32]}"


def _read_through(store: Store, project: DecisionProject) -> int:
    """Up to which change the texts were read on which the candidates of a project stand."""
    return int(store.fact(_fact_of(project)) or 0)


def keep_first(store: Store, routing: Mapping[str, Routing] | None = None) -> int:
    """Keeps what stands now of every project of which nothing is kept yet; returns how many those were."""
    ground = ground_of(store, routing)
    bare = [project for project in store.projects() if not store.snapshots_of(project.id)]
    for project in bare:
        _read_and(partial(_kept_first, store, project, ground), store, project, ground)
    return len(bare)


def _kept_first(store: Store, project: DecisionProject, ground: Ground, found: Found, through: int) -> None:
    if not store.snapshots_of(project.id):  # by another process, meanwhile
        keep(store, project, found.candidates, found.readings, ground, through)


def _write(store: Store, project: DecisionProject, found: Found, ground: Ground, through: int) -> None:
    with store.transaction():
        store.replace_candidates(project.id, found.candidates)
        store.set_fact(_fact_of(project), str(through))
        store.replace_matters(project.id, found.matters)
        store.set_fact(fact_of(project.id), as_fact(found.asides))
        keep(store, project, found.candidates, found.readings, ground, through)


def ground_of(store: Store, routing: Mapping[str, Routing] | None = None) -> Ground:
    """The routing in force and the calibration that the deployment's decisions allow."""
    return Ground(routing=routing or taxonomy().routing, calibration=on_decisions(decided_cases(store)))


def _digest(ground: Ground) -> str:
    parts = [repr(ground.calibration), *(repr(ground.routing[factor]) for factor in sorted(ground.routing))]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]


def read(store: Store, project: DecisionProject, ground: Ground | None = None) -> Found:
    """Candidates and matters of one project from what the store holds now."""
    opinions = [Opinion(d, a, link) for d, a in store.analysed_documents_of(project.id) for link in a.links
                if link.project_id == project.id and link.counts]  # fmt: skip
    replies = {key: tuple(found) for key, found in store.replies_to(o.document.id for o in opinions).items()}
    documents = [*(o.document for o in opinions), *(one for found in replies.values() for one in found)]
    opinions = [o for o in opinions if o.document.genre != "reply"]
    ground = replace(ground or ground_of(store), vectors=vectors_of(store, opinions))

    def voices(ids: Iterable[str]) -> tuple[int, int]:
        return store.distinct_voices(project.id, ids)

    matters = matters_of(project, grievances_among(opinions), ground.vectors)
    return Found(
        candidates_of(project, opinions, replies, voices, ground),
        tuple(sheet_of(matter, replies, voices, ground.routing) for matter in matters),
        asides_of(opinions, voices),
        {one.document.id: one.analysis.versions for one in opinions if not one.sealed},
        {document.id: document.content_hash for document in documents},
    )


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
