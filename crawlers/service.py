"""The continuous service (``minyi work --keep-on``): crawls what is due, works on it, notifies, until it is stopped.

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
from pipeline.notify import Sent
from pipeline.office import Office
from pipeline.sources.incidents import review
from pipeline.stopping import until_asked
from pipeline.store import SourceState
from pipeline.work import Done, work

AT_ONCE: Final = 4
"""Sources that one process reads side by side; each keeps its own rate."""
TICK: Final = 20.0
"""Seconds between two looks at the schedule and at what others imported."""
HOUR: Final = timedelta(hours=1)
"""As each hour of the clock ends the work is done though no crawl brought anything: the watch judges whole hours, voice
periods end, others import."""
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

    def stop(self) -> None:
        """Ends the service: requests under way are answered, what was read is stored, open windows are read again."""
        self._ended.set()
        self._stop()
        self._wake.set()

    def run(self) -> None:
        """Runs until :meth:`stop`, SIGTERM or SIGINT; a second signal ends the process at once."""
        crawling: dict[str, Future[CrawlReport]] = {}
        pool = ThreadPoolExecutor(AT_ONCE + 1, thread_name_prefix="service")
        notifying: Future[Sent] | None = None
        with until_asked(self._ended, self._break_off):
            try:
                while not self._ended.is_set():
                    changed = self._collect(crawling)
                    self._begin_if_possible(crawling, pool)
                    worked = changed or self._worked_in != self._hour()
                    if worked:
                        self._worked_in = self._hour()
                        self._work()
                    notifying = self._tell_people(notifying, pool, at_once=worked)
                    self._wake.wait(self._tick if crawling else min(self._tick, self._until_next()))
                    self._wake.clear()
            except _Stopped:
                pass
            finally:
                self._stop()
                pool.shutdown()
                self._collect(crawling)
                self._told_people(notifying)

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

    def _begin_if_possible(self, crawling: dict[str, Future[CrawlReport]], pool: ThreadPoolExecutor) -> None:
        """Begins what is due; a store that is away for a while puts it off and does not end the service."""
        try:
            self._begin(crawling, pool)
        except DBAPIError as error:
            self._told(Told(f"store out of reach ({type(error).__name__}); tried again in {self._tick:.0f} s"))

    def _begin(self, crawling: dict[str, Future[CrawlReport]], pool: ThreadPoolExecutor) -> None:
        for source in self.due():
            if source.name not in crawling and len(crawling) < AT_ONCE and not self._ended.is_set():
                future = pool.submit(self._crawl, source, self._office, stop=self._stop, only_when_due=True)
                crawling[source.name] = future
                future.add_done_callback(lambda _: self._wake.set())

    def _collect(self, crawling: dict[str, Future[CrawlReport]]) -> bool:
        """Takes the crawls that ended; whether any of them left something to work on."""
        changed = False
        for name in [name for name, future in crawling.items() if future.done()]:
            try:
                report = crawling.pop(name).result()
            except CrawlRefused as refusal:
                self._put_off(name)
                self._told(Told(str(refusal)))
                changed |= isinstance(refusal, TooMuchWaits)  # the work makes room, if nobody else does
                continue
            except Exception as error:  # one source's defect or a store that is away must not end the others
                self._put_off(name)
                self._told(Told(f"{name}: failed ({type(error).__name__}); tried again later"))
                continue
            if report.state == "busy":
                self._put_off(name)
            if report.state != "not_due":
                self._told(Told(f"{name}: {report.state}", report))
            changed |= bool(report.tally.receipt.new or report.tally.changed)
        return changed

    def _put_off(self, name: str) -> None:
        self._later[name] = self._office.store.clock() + timedelta(seconds=FAILED)

    def _work(self) -> None:
        self._working = True
        try:
            before = {(one.source, one.kind) for one in self._office.store.source_incidents(only_open=True)}
            present = {(name, kind) for name, kinds in review(self._office.store).items() for kind in kinds}
            for name, kind in sorted(present - before):
                self._told(Told(f"{name}: incident {kind}; see: minyi sources status {name}"))
            if not self._ended.is_set():
                self._told(Told("work", done=work(self._office)))
        except _Stopped:
            raise
        except Exception as error:  # the store or the search cluster may be away for a while
            self._worked_in = None  # what was left is tried again at the next tick, not in an hour
            self._told(Told(f"work failed ({type(error).__name__}); tried again in {self._tick:.0f} s"))
        finally:
            self._working = False

    def _tell_people(
        self, running: Future[Sent] | None, pool: ThreadPoolExecutor, *, at_once: bool
    ) -> Future[Sent] | None:  # fmt: skip
        """Begins a notification when one is due and none is under way; returns the one that is."""
        if running is not None and not running.done():
            return running
        self._told_people(running)
        now = self._office.store.clock()
        waited = self._notified_at is None or (now - self._notified_at).total_seconds() >= NOTIFY_EVERY
        if self._ended.is_set() or not (at_once or waited):
            return None
        self._notified_at = now
        return pool.submit(self._notify, self._office)

    def _told_people(self, ended: Future[Sent] | None) -> None:
        if ended is None:
            return
        try:
            sent = ended.result()
        except Exception as error:  # the store may be away for a while; what is to be told waits in it
            self._told(Told(f"notification failed ({type(error).__name__}); it goes on at the next one"))
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
