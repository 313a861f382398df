"""The work: analyse what was received, feed the index, propose risk points, judge the hours, until nothing is left."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Protocol

from index import IndexBusy, SearchError
from pipeline import meters, semantics
from pipeline.alerts.watch import Watched, watch
from pipeline.drift import note_drift
from pipeline.feed import feed
from pipeline.fold import refold_withdrawn
from pipeline.hands import BEAT, Hands, Pulse, is_dead, lease_name, one_run, repeated, signing
from pipeline.memory import give_back
from pipeline.notices.proposing import propose_milestones
from pipeline.office import Office
from pipeline.process.overdue import watch_dispatches
from pipeline.process.routing import city_routing
from pipeline.propose import propose
from pipeline.reader import Failure, Outcome, Pool, reading, reading_apart
from pipeline.records import DecisionProject, Document, Versions
from pipeline.retention import Purged, retain
from pipeline.saved import match_new
from pipeline.store import Store
from pipeline.store.decoded import let_go
from pipeline.versions import current_versions
from pipeline.voices import rotate
from pipeline.withdrawn import note_withdrawals

AT_ONCE = 256
"""Documents that other versions read are sent back so many at a time, when no new one waits: new ones come first."""
SMALL = 60
"""Up to so many documents, this process reads them itself: starting others takes longer."""
DEATHS = "deaths_at_work"
"""The fact that says how many times in a row a run of the work ended with documents in its hands."""
SUSPICIOUS = 2
"""After so many a document may be what ended them: from then on other processes than this one read."""
ROUND = 60.0
"""While a long reading goes on, what was read is spread at most so often, and for a tenth of the time at most."""
Stopped = Callable[[], bool]


class Progress(Protocol):
    """Hears how the work goes; ``total`` is what is known to be ahead in this step."""

    def step(self, name: str, total: int) -> None: ...

    def advance(self, count: int) -> None: ...


class Silent:
    """Nobody listens."""

    def step(self, name: str, total: int) -> None:
        """Hears that a step begins."""

    def advance(self, count: int) -> None:
        """Hears that ``count`` more are done."""


@dataclass
class Done:
    """What one run of the work did."""

    analysed: int = 0
    reread: int = 0
    """Texts of runs of re-analysis that were read again."""
    failed: int = 0
    """Texts of such runs that could not be read; they keep the analysis that they have."""
    quarantined: int = 0
    indexed: int = 0
    encoded: int = 0
    projects: int = 0
    notices: int = 0
    overdue: int = 0
    """Dispatches that became overdue."""
    watched: Watched = field(default_factory=Watched)
    purged: Purged = field(default_factory=Purged)
    index_busy: bool = False


def never() -> bool:
    """Nobody asks for the end."""
    return False


def work(
    office: Office, progress: Progress | None = None, stopped: Stopped = never, pulse: Pulse | None = None
) -> Done:  # fmt: skip
    """Does everything that is to be done; returns what it did. Any number of processes may do it at once.

    Once ``stopped`` says so, what is in hand is read to its end and stored, and nothing else is begun. ``pulse`` is
    that of a worker that stays; without one, the worker ends with its work.

    Killed anywhere, it loses nothing and repeats nothing: every step is one transaction, and what was claimed by a
    process that is gone is claimed again.
    """
    with signing(pulse) if pulse else one_run(office.store) as signs:
        return _work(office, progress or Silent(), stopped, signs)


def _work(office: Office, progress: Progress, stopped: Stopped, pulse: Pulse) -> Done:
    done, store = Done(), office.store
    rotate(office.voice_keys, store)
    note_the_dead(store)
    store.forget_old_links()
    done.purged = retain(office)
    note_withdrawals(store, office.settings.keys_folder)
    refold_withdrawn(store)
    versions = _analyse(office, progress, done, stopped, pulse)
    if stopped():
        return done
    pulse.beat("spreading")
    spread(office, progress, done)
    store.end_runs(versions, versions)
    done.notices = propose_milestones(store)
    done.overdue = watch_dispatches(store)
    done.watched += watch(store, office.settings)
    encode(office, progress, done)
    if not done.index_busy:  # whoever writes it notes what it holds then
        with suppress(SearchError):  # a cluster that is away now is looked at in an hour
            note_drift(store, office.index, office.settings.k_anonymity)
    return done


def spread(office: Office, progress: Progress, done: Done) -> None:
    """Takes what was analysed to the index and into the candidates, and keeps what these are now."""
    store = office.store
    progress.step("index", store.outbox_end() - store.indexed_through())
    try:
        done.indexed += feed(store, office.index, progress.advance)
        done.index_busy = False
        match_new(store)
    except IndexBusy:
        done.index_busy = True
    finally:
        office.index.release()  # this process may live for months: whoever has something to index next may write
    progress.step("propose", len(store.projects()))
    routing = city_routing(office.settings.routing_table).rows
    done.projects += propose(store, lambda project: progress.advance(1), routing)
    store.forget_snapshots(office.settings.snapshot_days)
    let_go()
    give_back()


def encode(office: Office, progress: Progress, done: Done) -> None:
    """Vectors follow last: nothing waits for them. Switched off, they go, since withdrawn texts would stay in them."""
    if not office.settings.semantic:
        semantics.forget(office.settings)
        return
    progress.step("encode", office.store.outbox_end() - office.semantics.vectors.last_sequence())
    try:
        done.encoded = office.semantics.feed(office.store, progress.advance)
    except IndexBusy:
        done.index_busy = True
    finally:
        office.semantics.vectors.release()


def _analyse(office: Office, progress: Progress, done: Done, stopped: Stopped, pulse: Pulse) -> Versions:
    store, projects = office.store, office.store.projects()
    versions = current_versions(projects, office.settings.link_threshold)

    def besides() -> set[str]:
        """Whose reading stands as well: two versions at work at once would read each other's texts without end."""
        return store.asked_besides(versions) | store.digests_at_work(besides=pulse.name)

    outdated = store.outdated(versions, besides())
    total = store.waiting("received") + outdated + store.left_to_read(versions)
    progress.step("analyse", total)
    if not total:
        return versions

    last = ""
    with readers(office, projects, total) as (pool, worker):
        pulse.begin(versions)
        hands = Hands(
            store,
            versions,
            worker,
            office.settings.lease_seconds,
            share=office.settings.backfill_share,
            stopped=stopped,
        )

        def claimed() -> Sequence[Document]:
            nonlocal outdated, last  # no more than there were: another process may send back what this one read
            batch = hands.take()
            if batch or outdated <= 0 or stopped():
                return batch
            if sent := store.requeue_outdated(versions, besides(), min(outdated, AT_ONCE), last):
                outdated, last = outdated - len(sent), sent[-1]
            return hands.take()

        def left() -> int:
            return 0 if stopped() else store.waiting("received")

        read(office, pool, hands, claimed, left, pulse, progress, done)
    return versions


def read(
    office: Office, pool: Pool, hands: Hands, claimed: Callable[[], Sequence[Document]], left: Callable[[], int],
    pulse: Pulse, progress: Progress, done: Done,
) -> None:  # fmt: skip
    """Reads what is claimed until nothing is left; what was read is spread now and then, so that nothing waits days."""
    store, spread_at, cost = office.store, time.monotonic(), 0.0
    while fill(pool, claimed) or pool.busy or wait_for_others(store, left):
        if pool.busy:
            outcomes = pool.collect()
            keep(store, hands, outcomes, pulse, done)
            progress.advance(len(outcomes))
        if time.monotonic() - spread_at > max(ROUND, 9 * cost):
            spread_at = time.monotonic()
            pulse.beat("spreading")
            spread(office, Silent(), done)
            if not store.new_ones_wait():  # an hour is judged once: with all that it brought
                done.watched += watch(store, office.settings)
            pulse.beat("reading")
            cost, spread_at = time.monotonic() - spread_at, time.monotonic()


@contextmanager
def readers(office: Office, projects: Sequence[DecisionProject], total: int) -> Iterator[tuple[Pool, str]]:
    """Readers for so many documents, and the name under which this process claims them. Its leases end with it."""
    store, settings = office.store, office.settings
    worker = lease_name()
    processes = 1 if total <= SMALL else settings.processes
    pools = reading if _deaths(store) < SUSPICIOUS else reading_apart
    with (
        pools(projects, settings.link_threshold, processes) as pool,
        renewed(store, worker, settings.lease_seconds),
    ):
        try:
            yield pool, worker
        finally:
            store.release(worker)
    if _deaths(store):
        store.set_fact(DEATHS, "0")


def note_the_dead(store: Store) -> None:
    """Releases what dead processes of this machine held, and counts that a run ended with documents in its hands.

    In the list of workers they have ended: what other versions read is theirs no longer.
    """
    if release_the_dead(store):
        store.set_fact(DEATHS, str(_deaths(store) + 1))
    now = store.clock()
    for worker in store.workers():
        if worker.alive(now) and is_dead(worker.name):
            store.sign(worker.name, "ended")


def _deaths(store: Store) -> int:
    return int(store.fact(DEATHS) or 0)


@contextmanager
def renewed(store: Store, worker: str, lease_seconds: float) -> Iterator[None]:
    """Keeps the worker's leases from running out for as long as the block runs, however long a batch takes."""
    with repeated(min(BEAT, lease_seconds / 3), lambda: store.renew(worker, lease_seconds), "leases"):
        yield


def fill(pool: Pool, claim: Callable[[], Sequence[Document]]) -> bool:
    """Claims batches while the pool has room; whether anything was claimed."""
    claimed = False
    while pool.room and (batch := claim()):
        pool.submit(batch)
        claimed = True
    return claimed


def complete(store: Store, outcomes: Sequence[Outcome], done: Done) -> None:
    """Stores what was read for the first time; what could not be read is set aside."""
    failures = [outcome for outcome in outcomes if isinstance(outcome, Failure)]
    analyses = [outcome for outcome in outcomes if not isinstance(outcome, Failure)]
    with store.transaction():
        store.complete_analyses(store.still_as_read(analyses))
    for failure in failures:
        store.quarantine(failure.document.id, "analysis", failure.reason, failure.document.source)
    done.analysed += len(analyses)
    done.quarantined += len(failures)
    linked = sum(any(link.counts for link in one.links) for one in analyses)
    for stage, outcome, number in (
        ("analysis", "analysed", len(analyses)), ("analysis", "quarantined", len(failures)),
        ("link", "linked", linked), ("link", "unlinked", len(analyses) - linked),
    ):  # fmt: skip
        meters.count(stage, outcome, number)


def keep(store: Store, hands: Hands, outcomes: Sequence[Outcome], pulse: Pulse, done: Done) -> None:
    """Stores what was read, for the first time or again, in one transaction with the counters.

    A text that is read again and cannot be keeps the analysis that it has.
    """
    new, again = hands.apart(outcomes)
    failed = [one.document.id for one in again if isinstance(one, Failure)]
    reread = [one for one in again if not isinstance(one, Failure)]
    with store.transaction():
        if new:
            complete(store, new, done)
        kept = store.complete_again(hands.versions, reread, failed) if again else 0
        set_aside = sum(isinstance(one, Failure) for one in new)
        pulse.count(len(new) - set_aside, kept, set_aside + len(failed))
    done.reread += kept
    done.failed += len(failed)


def wait_for_others(store: Store, left: Callable[[], int]) -> bool:
    """Whether other live processes still hold what is left to read; waits a moment if so."""
    release_the_dead(store)
    if not left():
        return False
    time.sleep(0.2)
    return True


def release_the_dead(store: Store) -> int:
    """Ends the leases of processes of this machine that are no more, so that nobody waits for them to run out."""
    dead = filter(is_dead, store.lease_holders() | store.holders())
    return sum(store.release(holder) + store.let_go(holder) for holder in dead)
