"""The continuous service (``minyi work --keep-on``): crawls what is due, works on it, notifies, until it is stopped.

What others write to the store wakes it (:mod:`pipeline.store.wake`), as it wakes a worker that crawls nothing.
When a source is due stands in the store (``sources.next_run``, ``window_queue.not_before``), so that any number of
machines share one schedule and a restart loses none: a scheduler with a memory of its own would have to be told.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.exc import DBAPIError

from crawlers.registry import Source, sources
from crawlers.run import CrawlRefused, CrawlReport, Stop, TooMuchWaits, crawl
from crawlers.windows import BEIJING
from pipeline.failures import named
from pipeline.hands import Pulse
from pipeline.notify import Sent
from pipeline.office import Office
from pipeline.records import Versions
from pipeline.sources.incidents import review
from pipeline.stopping import until_asked
from pipeline.store import SourceState
from pipeline.store.wake import Bell, BellLost, wait_until
from pipeline.versions import current_versions
from pipeline.watching import LATEST, SOONEST
from pipeline.work import Done, work

AT_ONCE: Final = 4
"""Sources that one process reads side by side; each keeps its own rate."""
TICK: Final = 20.0
"""Seconds between two looks at the schedule, and for leases that ran out."""
HOUR: Final = timedelta(hours=1)
"""As each hour of the clock ends the work is done though nothing came in: the watch judges whole hours, voice periods
end, texts pass their time."""
NOTIFY_EVERY: Final = 60.0
"""Seconds between two looks at what is to be told: digests come due, quiet hours end, failed sends are tried again."""
FAILED: Final = 300.0
"""Seconds after which a source whose crawl failed unexpectedly, or is held by another process, is tried again."""


class _Stopped(BaseException):
    """Ends the work where it is: every step of it is one transaction, and what was claimed is released."""


@dataclass(frozen=True)
class Told:
    """Something happened: a crawl ended, work was done, messages were sent. Names and counts only."""

    what: str
    report: CrawlReport | None = None
    done: Done | None = None
    sent: Sent | None = None


class Service:
    """One process of the service. ``told`` hears what happens; ``stop()`` ends it from any thread.

    ``notify`` plans and sends what is to be told of incidents; it runs beside the crawls, never twice at once.
    """

    def __init__(
        self, office: Office, told: Callable[[Told], None] = lambda told: None, *, tick: float = TICK,
        crawl_with: Callable[..., CrawlReport] = crawl, notify: Callable[[Office], Sent] = lambda office: Sent(),
    ) -> None:  # fmt: skip
        self._office = office
        self._told = told
        self._tick = tick
        self._crawl = crawl_with
        self._notify = notify
        self._notified_at: datetime | None = None
        self._stop = Stop()
        self._ended = threading.Event()
        self._wake = threading.Event()
        self._later: dict[str, datetime] = {}
        self._working = False
        self._worked_in: int | None = None
        self._pulse = Pulse(office.store)
        self._rest = 0.0
        self._reading: frozenset[str] = frozenset()
        self._crawling: dict[str, Future[CrawlReport]] = {}
        self._notifying: Future[Sent] | None = None

    def stop(self) -> None:
        """Ends the service: requests under way are answered, what was read is stored, open windows are read again."""
        self._ended.set()
        self._stop()
        self._wake.set()

    def run(self) -> None:
        """Runs until :meth:`stop`, SIGTERM or SIGINT; a second signal ends the process at once."""
        pool, pause = ThreadPoolExecutor(AT_ONCE + 1, thread_name_prefix="service"), SOONEST
        with until_asked(self._ended, self._break_off):
            try:
                while not self._ended.is_set():
                    try:
                        with self._office.store.listening() as bell:
                            while not self._ended.is_set():
                                self._round(bell, pool)
                                pause = SOONEST
                    except (DBAPIError, BellLost) as error:
                        self._told(Told(f"store out of reach ({named(error)}); tried again in {pause:.0f} s"))
                        self._ended.wait(pause)
                        pause = min(2 * pause, LATEST)
            except _Stopped:
                pass
            finally:
                self._stop()
                pool.shutdown()
                self._collect()
                self._told_people()
                self._pulse.beat("ended")

    def _round(self, bell: Bell, pool: ThreadPoolExecutor) -> None:
        """Takes what ended, begins what is due, works on what there is, and waits for what comes next."""
        changed = self._collect()
        self._begin_if_possible(pool)
        rest = 0.0
        reading = self._pulse.reading(self._versions())
        if worked := changed or (self._worked_in, self._reading) != (self._hour(), reading) or self._something():
            self._worked_in, self._reading = self._hour(), reading
            rest = self._work()
        self._tell_people(pool, at_once=worked and not rest)
        self._pulse.beat("waiting")
        if rest:
            self._wake.wait(rest)
        else:
            seconds = self._tick if self._crawling else min(self._tick, self._until_next())
            wait_until(bell, self._something, self._wake.is_set, seconds)
        self._wake.clear()

    def due(self) -> list[Source]:
        """The sources that are to be read now: switched on, not blocked, within their hours, next run reached."""
        now, states = self._office.store.clock(), self._office.store.source_states()
        return [
            source
            for name, source in sources(self._office.settings.home).items()
            if isinstance(source, Source)
            and source.enabled
            and _is_due(source, states.get(name, SourceState(name)), now)
            and self._later.get(name, now) <= now
        ]

    def _begin_if_possible(self, pool: ThreadPoolExecutor) -> None:
        """Begins what is due; a store that is away for a while puts it off and does not end the service."""
        try:
            self._begin(pool)
        except DBAPIError as error:
            self._told(Told(f"store out of reach ({named(error)}); tried again in {self._tick:.0f} s"))

    def _begin(self, pool: ThreadPoolExecutor) -> None:
        for source in self.due():
            room = len(self._crawling) < AT_ONCE and not self._ended.is_set()
            if source.name not in self._crawling and room:
                future = pool.submit(self._crawl, source, self._office, stop=self._stop, only_when_due=True)
                self._crawling[source.name] = future
                future.add_done_callback(lambda _: self._wake.set())

    def _collect(self) -> bool:
        """Takes the crawls that ended; whether any of them left something to work on."""
        changed = False
        for name in [name for name, future in self._crawling.items() if future.done()]:
            try:
                report = self._crawling.pop(name).result()
            except CrawlRefused as refusal:
                self._put_off(name)
                self._told(Told(str(refusal)))
                changed |= isinstance(refusal, TooMuchWaits)  # the work makes room, if nobody else does
                continue
            except Exception as error:  # one source's defect or a store that is away must not end the others
                self._put_off(name)
                self._told(Told(f"{name}: failed ({named(error)}); tried again later"))
                continue
            if report.state == "busy":
                self._put_off(name)
            if report.state != "not_due":
                self._told(Told(f"{name}: {report.state}", report))
            changed |= bool(report.tally.receipt.new or report.tally.changed)
        return changed

    def _put_off(self, name: str) -> None:
        self._later[name] = self._office.store.clock() + timedelta(seconds=FAILED)

    def _work(self) -> float:
        """Works; returns for how many seconds it is of no use to work again."""
        self._working = True
        try:
            before = {(one.source, one.kind) for one in self._office.store.source_incidents(only_open=True)}
            present = {(name, kind) for name, kinds in review(self._office.store).items() for kind in kinds}
            for name, kind in sorted(present - before):
                self._told(Told(f"{name}: incident {kind}; see: minyi sources status {name}"))
            if not self._ended.is_set():
                self._pulse.begin(self._versions())
                done = work(self._office, pulse=self._pulse)
                self._told(Told("work", done=done))
                self._rest = min(max(SOONEST, 2 * self._rest), LATEST) if done.index_busy else 0.0
                return self._rest  # another process writes the index: it may take over the rest
        except _Stopped:
            raise
        except Exception as error:  # the store or the search cluster may be away for a while
            self._worked_in = None  # what was left is tried again at the next tick, not in an hour
            self._told(Told(f"work failed ({named(error)}); tried again in {self._tick:.0f} s"))
            return self._tick
        finally:
            self._working = False
        return 0.0

    def _something(self) -> bool:
        return self._office.store.something_waits(self._versions())

    def _versions(self) -> Versions:
        return current_versions(self._office.store.projects(), self._office.settings.link_threshold)

    def _tell_people(self, pool: ThreadPoolExecutor, *, at_once: bool) -> None:
        """Begins a notification when one is due and none is under way."""
        if self._notifying is not None and not self._notifying.done():
            return
        self._told_people()
        now = self._office.store.clock()
        waited = self._notified_at is None or (now - self._notified_at).total_seconds() >= NOTIFY_EVERY
        if not self._ended.is_set() and (at_once or waited):
            self._notified_at = now
            self._notifying = pool.submit(self._notify, self._office)

    def _told_people(self) -> None:
        """Tells of the notification that was begun last, if it was not told yet."""
        notifying, self._notifying = self._notifying, None
        if notifying is None:
            return
        try:
            sent = notifying.result()
        except Exception as error:  # the store may be away for a while; what is to be told waits in it
            self._told(Told(f"notification failed ({named(error)}); it goes on at the next one"))
            return
        if sent != Sent():
            self._told(Told("notify", sent=sent))

    def _hour(self) -> int:
        return int(self._office.store.clock().timestamp() // HOUR.total_seconds())

    def _until_next(self) -> float:
        """Seconds until the earliest next run."""
        now = self._office.store.clock()
        try:
            runs = [state.next_run for state in self._office.store.source_states().values() if state.next_run]
        except DBAPIError:
            return self._tick
        ahead = [(moment - now).total_seconds() for moment in runs if moment > now]
        return max(0.05, min(ahead, default=self._tick))

    def _break_off(self) -> None:
        """Whoever waits is woken; the work is broken off, the next start takes it up again."""
        self.stop()
        if self._working:
            raise _Stopped


def _is_due(source: Source, state: SourceState, now: datetime) -> bool:
    if not state.enabled or state.blocked:
        return False
    if source.night_window and not source.night_window.open_at(now.astimezone(BEIJING).time()):
        return False
    return state.next_run is None or state.next_run <= now
