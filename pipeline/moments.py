"""Moments (时点): keeps what the candidates of a project are now, and finds a moment again by run, version or time."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from pipeline.records import DecisionProject, RiskPointCandidate, Versions
from pipeline.records.snapshot import Figures
from pipeline.risk import Ground
from pipeline.store import Store
from pipeline.store.analyses import digest_of
from pipeline.store.snapshots import FOR, Content, Passage, Snapshot
from pipeline.store.snapshots import Ground as Digests

BEIJING: Final = ZoneInfo("Asia/Shanghai")
RUN: Final = re.compile(r"(before:)?(a[0-9a-f]{24})")
NUMBER: Final = re.compile(r"s(\d{1,9})")
DAYS: Final = re.compile(r"(\d{1,5})d")
VERSION: Final = re.compile(r"[0-9a-f]{8,64}")


class NoMoment(ValueError):
    """E170: what was given names no moment. E172: the earlier of two moments is the later one."""


class NothingKept(NoMoment):
    """E171: nothing is kept of the project from that moment."""


@dataclass(frozen=True)
class Point:
    """A moment that was asked for: the snapshot that held then, and up to when people's decisions count."""

    snapshot: Snapshot
    at: datetime


def keep(
    store: Store,
    project: DecisionProject,
    candidates: Iterable[RiskPointCandidate],
    readings: Mapping[str, Versions],
    ground: Ground,
    through: int,
) -> int | None:
    """Keeps what stands now; returns the number of the snapshot, None where nothing has changed. Sealed ones are not
    kept (P-14)."""
    shown = [one for one in candidates if not one.sealed]
    passages = {
        Passage(one.id, role, passage.document_id, passage.start, passage.end)
        for one in shown
        for role, passage in [*((FOR, e) for e in one.evidence), *((e.kind, e) for e in one.counter_evidence)]
    }
    versions = {digest_of(one): one for one in dict.fromkeys(readings.values())}
    by_record = {one: digest for digest, one in versions.items()}
    content = Content(
        {one.id: Figures.of(one) for one in shown},
        frozenset(passages),
        {document_id: by_record[one] for document_id, one in readings.items()},
    )
    return store.keep_snapshot(project.id, content, digests_of(project, ground), through, versions)


def digests_of(project: DecisionProject, ground: Ground) -> Digests:
    """What the candidates of a project stand on beside its texts, in short."""
    routing = "\n".join(repr(ground.routing[factor]) for factor in sorted(ground.routing))
    words = project.model_copy(update={"milestones": ()}).canonical_json()
    return Digests(
        *(hashlib.sha256(part.encode()).hexdigest()[:32] for part in (repr(ground.calibration), routing, words))
    )


def moment(store: Store, project_id: str, named: str) -> Point:
    """The moment that a run (``a…``, ``before:a…``), a snapshot (``s12``), a version, a time or ``now`` names.

    A date is its beginning in Asia/Shanghai, ``30d`` so many days ago. A version is the last moment at which it had
    read most of the project's texts. Raises NoMoment (E170) and NothingKept (E171).
    """
    kept = store.snapshots_of(project_id)
    now = store.clock()
    if named == "now":
        return _last(kept, lambda one: True, named, now)
    if found := NUMBER.fullmatch(named):
        number = int(found[1])
        return _until_next(kept, lambda one: one.number == number, named, now)
    if found := RUN.fullmatch(named):
        run = store.analysis_run(found[2])
        if run is None:
            raise NoMoment(f"E170: there is no run {found[2]}; see: minyi analyse --list")
        if found[1]:
            return _last(kept, lambda one: one.through <= run.begun_on, named, run.begun_at)
        end = run.ended_on
        if end is None:
            raise NoMoment(f"E170: run {run.id} has not ended; go on with: minyi analyse")
        return _last(kept, lambda one: one.through <= end, named, run.ended_at or now)
    if VERSION.fullmatch(named) and not named.isdigit():
        digests = {d for d, one in store.reading_versions().items() if d.startswith(named) or one.model == named}
        return _until_next(kept, lambda one: one.versions in digests, named, now)
    at = time_of(named, now)
    return _last(kept, lambda one: one.taken_at <= at, named, at)


def time_of(named: str, now: datetime) -> datetime:
    """The moment that a day (its beginning in Asia/Shanghai), a time or ``30d`` names. Raises NoMoment (E170)."""
    if found := DAYS.fullmatch(named):
        return now - timedelta(days=int(found[1]))
    try:
        at = datetime.fromisoformat(named)
    except ValueError:
        raise NoMoment(f"E170: {named!r} is no moment; give a day, a time such as 2026-03-01T08:00, or 30d") from None
    return at if at.tzinfo else at.replace(tzinfo=BEIJING)


def _last(kept: list[Snapshot], holds: Callable[[Snapshot], bool], named: str, at: datetime) -> Point:
    found = [one for one in kept if holds(one)]
    if not found:
        since = (
            f"the first is of {kept[0].taken_at.astimezone(BEIJING):%Y-%m-%d %H:%M}" if kept else "there is none yet"
        )
        raise NothingKept(f"E171: nothing is kept of the project at {named}; {since} (minyi diff PROJECT --list)")
    return Point(found[-1], at)


def _until_next(kept: list[Snapshot], holds: Callable[[Snapshot], bool], named: str, now: datetime) -> Point:
    """The last snapshot of the kind, with the decisions that were made before the one after it."""
    found = _last(kept, holds, named, now).snapshot
    following = next((one.taken_at for one in kept if one.number > found.number), now)
    return Point(found, following)
