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
from pipeline.hands import Hands, Pulse, one_run
from pipeline.office import Office
from pipeline.process.routing import city_routing
from pipeline.propose import keep_first
from pipeline.records import DecisionProject, Document, Versions
from pipeline.store.reanalysis import AnalysisRun, Scope
from pipeline.versions import current_versions
from pipeline.voices import rotate
from pipeline.work import (
    Done,
    Progress,
    Silent,
    Stopped,
    encode,
    never,
    note_the_dead,
    read,
    readers,
    spread,
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


def go_on(
    office: Office, usual: Versions, progress: Progress | None = None, stopped: Stopped = never
) -> Reread:  # fmt: skip
    """Reads what the runs of this process's versions have left, then tells index and candidates, and ends the runs.

    Killed anywhere it goes on from there; other processes may do the same at once. Where this process reads as the
    settings say, it reads new texts too, which get the larger share; with another model it gives way while others read
    new ones. Once ``stopped`` says so, what is in hand is stored and the run stays open.
    """
    store, told, progress = office.store, Reread(), progress or Silent()
    projects = store.projects()
    versions = current_versions(projects, office.settings.link_threshold)
    rotate(office.voice_keys, store)
    note_the_dead(store)
    if store.open_runs(versions):
        with one_run(store) as pulse:
            _read(office, projects, versions, versions == usual, progress, told.new, stopped, pulse)
            told.read, told.failed = told.new.reread, told.new.failed
            if stopped():
                return told
            pulse.beat("spreading")
            spread(office, progress, told.new)
            encode(office, progress, told.new)
            told.ended = store.end_runs(versions, usual)
    return told


def _read(
    office: Office, projects: Sequence[DecisionProject], versions: Versions, usual: bool, progress: Progress,
    done: Done, stopped: Stopped, pulse: Pulse,
) -> None:  # fmt: skip
    store, settings = office.store, office.settings
    total = store.left_to_read(versions)
    progress.step("reanalyse", total)
    if not total:
        return
    with readers(office, projects, total) as (pool, worker):
        pulse.begin(versions)
        hands = Hands(
            store, versions, worker, settings.lease_seconds, new=usual, share=settings.backfill_share, stopped=stopped
        )

        def claimed() -> Sequence[Document]:
            if not usual and store.in_hands("received"):
                time.sleep(0.2)  # the processors are theirs who read what is new
            return hands.take()

        def left() -> int:
            return 0 if stopped() else store.left_to_read(versions)

        read(office, pool, hands, claimed, left, pulse, progress, done)
