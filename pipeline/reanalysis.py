"""Re-analysis (重新分析): stored texts are read again by other versions; new texts come first, nothing is lost.

The texts of a run wait in a queue of their own, which any number of processes share. What was found before is
superseded and kept; what people decided stays; index and candidates follow through the outbox.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from models.transformer.chosen import choose, chosen
from pipeline.office import Office
from pipeline.process.routing import city_routing
from pipeline.propose import keep_first
from pipeline.reader import Failure, Outcome
from pipeline.records import DecisionProject, Document, Versions
from pipeline.store import Store
from pipeline.store.reanalysis import AnalysisRun, Scope
from pipeline.versions import current_versions
from pipeline.voices import rotate
from pipeline.work import (
    BATCH,
    Done,
    Progress,
    Silent,
    complete,
    encode,
    fill,
    note_the_dead,
    readers,
    spread,
    wait_for_others,
)


@dataclass
class Reread:
    """What one call did: texts that it read again or could not read again, new texts, and runs that ended."""

    read: int = 0
    failed: int = 0
    new: Done = field(default_factory=Done)
    ended: list[AnalysisRun] = field(default_factory=list)


class NoModel(FileNotFoundError):
    """E173: there is no model in the folder that was named."""


@contextmanager
def reading_with(office: Office, folder: Path | None) -> Iterator[Versions]:
    """Reads with the model in a folder for as long as the block runs; gives the versions that the settings name.

    Raises NoModel (E173).
    """
    usual, before = versions_of(office), chosen()
    if folder is not None and choose(folder.resolve()).missing:
        choose(before.folder)
        raise NoModel(f"E173: {folder} holds no model (no card.json); see docs/TRAINING.md")
    try:
        yield usual
    finally:
        choose(before.folder)


def versions_of(office: Office) -> Versions:
    """The versions with which this process reads."""
    return current_versions(office.store.projects(), office.settings.link_threshold)


def begin(office: Office, scope: Scope, usual: Versions) -> AnalysisRun | None:
    """Begins a run over the scope, or joins the open one of the same versions and scope; None: nothing is to be read.

    What the candidates are now is kept first, so that it can be compared with what they become.
    """
    versions = versions_of(office)
    keep_first(office.store, city_routing(office.settings.routing_table).rows)
    return office.store.begin_run(versions, usual, scope)


def go_on(office: Office, usual: Versions, progress: Progress | None = None) -> Reread:
    """Reads what the runs of this process's versions have left, then tells index and candidates, and ends the runs.

    Killed anywhere it goes on from there; other processes may do the same at once. New texts are read first, by this
    process where it reads as the settings say; with another model it gives way while others read new ones.
    """
    store, told, progress = office.store, Reread(), progress or Silent()
    projects = store.projects()
    versions = current_versions(projects, office.settings.link_threshold)
    rotate(office.voice_keys, store)
    note_the_dead(store)
    if store.open_runs(versions):
        _read(office, projects, versions, versions == usual, progress, told)
        spread(office, progress, told.new)
        encode(office, progress, told.new)
        told.ended = store.end_runs(versions)
    return told


def _read(
    office: Office,
    projects: Sequence[DecisionProject],
    versions: Versions,
    usual: bool,
    progress: Progress,
    told: Reread,
) -> None:
    store, seconds = office.store, office.settings.lease_seconds
    total = store.left_to_read(versions)
    progress.step("reanalyse", total)
    if not total:
        return
    again: set[str] = set()
    with readers(office, projects, total) as (pool, worker):

        def claimed() -> Sequence[Document]:
            if usual and (batch := store.claim("received", BATCH, worker, seconds)):
                return batch
            if not usual and store.in_hands("received"):
                time.sleep(0.2)  # the processors are theirs who read what is new
            batch = store.claim_again(versions, BATCH, worker, seconds)
            again.update(document.id for document in batch)
            return batch

        while fill(pool, claimed) or pool.busy or wait_for_others(store, lambda: store.left_to_read(versions)):
            if pool.busy:
                outcomes = pool.collect()
                mine = [one for one in outcomes if _id(one) in again]
                _settle(store, mine, told)
                complete(store, [one for one in outcomes if _id(one) not in again], told.new)
                again.difference_update(map(_id, mine))
                progress.advance(len(mine))


def _settle(store: Store, outcomes: Sequence[Outcome], told: Reread) -> None:
    """A text that these versions cannot read keeps the analysis that it has."""
    failed = [one.document.id for one in outcomes if isinstance(one, Failure)]
    read = [one for one in outcomes if not isinstance(one, Failure)]
    store.complete_again(read, failed)
    told.read += len(read)
    told.failed += len(failed)


def _id(outcome: Outcome) -> str:
    return outcome.document.id if isinstance(outcome, Failure) else outcome.document_id
