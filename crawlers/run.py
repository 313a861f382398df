"""One crawl of one source: its windows are planned, read one after the other, and each is stored whole."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from time import monotonic
from typing import Final, Literal, Protocol

from sqlalchemy.exc import DBAPIError

from crawlers.monitoring.figures import Figures, introduce, watch
from crawlers.planning import Planned, plan
from crawlers.politeness.addresses import authority
from crawlers.politeness.budget import DailyBudget
from crawlers.politeness.traffic import Traffic
from crawlers.reading import read
from crawlers.registry.source import Source
from crawlers.spiders.base import Assignment, SourceSpider
from crawlers.storing import Tally, WindowStore
from crawlers.windows import BEIJING
from pipeline.backlog import full
from pipeline.hands import lease_name
from pipeline.intake import Intake
from pipeline.office import Office
from pipeline.store import LeaseLost, Store
from pipeline.work import release_the_dead

State = Literal["done", "cut", "blocked", "busy", "interrupted", "paused", "not_due"]
"""``cut``: some window could not be read whole; ``busy``: another process reads it; ``paused``: hours or budget."""
RENEW_EVERY: Final = 10.0
"""Seconds between two renewals of the lease, which is then looked at together with the kill switch."""
LEASE: Final = 60.0
SOONEST: Final = timedelta(minutes=5)
"""So long a source rests at least before a window that failed is tried again, unless its interval is shorter."""


class CrawlRefused(ValueError):
    """E706: the source is switched off. E707: it is blocked. Both say what to do."""


class TooMuchWaits(CrawlRefused):
    """E166: so much waits to be read that nothing more is fetched until some of it was."""


class CrawlProgress(Protocol):
    """Hears how a crawl goes: windows done of those planned, and items found."""

    def step(self, name: str, total: int) -> None: ...

    def reach(self, position: int, items: int) -> None: ...


@dataclass
class CrawlReport:
    """What one crawl of one source did."""

    source: str
    state: State = "done"
    why: str = ""
    windows: int = 0
    cut_short: int = 0
    requests: int = 0
    tally: Tally = field(default_factory=Tally)
    figures: Figures = field(default_factory=Figures)

    def as_json(self) -> dict[str, object]:
        """The report as plain values."""
        receipt = self.tally.receipt
        return {
            "source": self.source, "state": self.state, "why": self.why, "windows": self.windows,
            "cut_short": self.cut_short, "requests": self.requests, "found": self.tally.found, "new": receipt.new,
            "known": receipt.known, "revised": receipt.revised, "withdrawn": self.tally.withdrawn,
            "quarantined": receipt.quarantined, "reasons": receipt.reasons,
        }  # fmt: skip


class Stop:
    """Ends a crawl gracefully: the request under way is answered, what was read is stored, the window stays open."""

    def __init__(self) -> None:
        self._traffics: set[Traffic] = set()
        self.asked = False

    def __call__(self) -> None:
        """Asks for the end; safe from a signal handler and from other threads."""
        self.asked = True
        for traffic in list(self._traffics):
            traffic.stop("interrupted")

    @contextmanager
    def over(self, traffic: Traffic) -> Iterator[None]:
        """Stops this traffic too, while it lasts."""
        self._traffics.add(traffic)
        if self.asked:
            self()
        try:
            yield
        finally:
            self._traffics.discard(traffic)


def crawl(
    source: Source,
    office: Office,
    progress: CrawlProgress | None = None,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    stop: Stop | None = None,
    spider: type[SourceSpider] | None = None,
    only_when_due: bool = False,
) -> CrawlReport:
    """Reads what is due of a source: from its cursor on, recent windows again, and windows that failed.

    Killed anywhere, the next crawl loses nothing and doubles nothing. Sources may be crawled by any number of
    processes: a lease keeps each source, and each of its hosts, to one. SIGINT and SIGTERM end it gracefully. With
    ``only_when_due`` nothing is read before the next run is due, which another process may have put off meanwhile.
    Raises CrawlRefused when the source is switched off (E706) or blocked (E707), TooMuchWaits (E166).
    """
    permitted(source, office)
    stop = stop or Stop()
    return asyncio.run(_crawl(source, office, progress, since, until, stop, spider, only_when_due))


def permitted(source: Source, office: Office) -> None:
    """Makes sure that a source may be crawled and what it brings has room. Raises CrawlRefused, TooMuchWaits."""
    if reason := full(office):
        raise TooMuchWaits(reason)
    state = office.store.source_state(source.name)
    if not source.enabled or not state.enabled:
        reason = f" ({state.reason})" if not state.enabled and state.reason else ""
        raise CrawlRefused(
            f"E706: {source.name} is switched off{reason}; see: minyi sources enable {source.name} --help"
        )
    if state.blocked:
        raise CrawlRefused(
            f"E707: {source.name} is closed to us since {state.blocked_at:%Y-%m-%d %H:%M} ({state.blocked}); look at "
            f"the site, and once it may be read again: minyi sources enable {source.name} --reason …"
        )


async def _crawl(
    source: Source, office: Office, progress: CrawlProgress | None, since: datetime | None, until: datetime | None,
    stop: Stop, spider: type[SourceSpider] | None, only_when_due: bool,
) -> CrawlReport:  # fmt: skip
    report = CrawlReport(source.name)
    with leased(source, office) as holder:
        if holder is None:
            report.state, report.why = "busy", "another process reads the source, or another source of its host"
        elif only_when_due and not due(source, office):
            report.state = "not_due"
        else:
            await _crawl_leased(source, office, progress, since, until, stop, spider, report, holder)
    return report


def due(source: Source, office: Office) -> bool:
    """Whether the next crawl of a source is due."""
    next_run = office.store.source_state(source.name).next_run
    return next_run is None or next_run <= office.store.clock()


@contextmanager
def leased(source: Source, office: Office, seconds: float = LEASE) -> Iterator[str | None]:
    """The name under which this process holds a source and the hosts where it begins; None when another holds one."""
    holder = lease_name()
    release_the_dead(office.store)
    if office.store.hold(_leases(source), holder, seconds) is not None:
        yield None
        return
    try:
        yield holder
    finally:
        office.store.let_go(holder)


def _leases(source: Source) -> list[str]:
    return [f"source:{source.name}", *(f"host:{authority(url)}" for url in source.start)]


async def _crawl_leased(
    source: Source, office: Office, progress: CrawlProgress | None, since: datetime | None, until: datetime | None,
    stop: Stop, spider: type[SourceSpider] | None, report: CrawlReport, holder: str,
) -> None:  # fmt: skip
    store = office.store
    introduce(store, source)
    budget = DailyBudget(store, source.name, source.daily_requests, store.clock)
    traffic = Traffic(source, budget, store.clock, lambda decision: store.note_robots(source.name, decision))
    rest(source, store, traffic)
    ended = asyncio.Event()
    renewing = asyncio.create_task(_renew(office, source, holder, traffic, ended))
    try:
        with stop.over(traffic), _signals(stop):
            windows = await asyncio.to_thread(plan, source, store, store.clock(), since, until)
            await _windows(source, office, progress, windows, traffic, holder, spider, report)
    except LeaseLost:
        report.state, report.why = "interrupted", "another process took the source over"
    except Exception as error:
        report.state, report.why = "cut", f"the crawl ended in the middle ({type(error).__name__})"
        raise
    finally:
        ended.set()
        await renewing  # a renewal under way would take the lease again after it was let go
        report.requests = traffic.requests
        budget.close()
        _note(source, office, traffic, report)
        if report.tally.changed:
            store.scrub()


def rest(source: Source, store: Store, traffic: Traffic) -> None:
    """Begins with a pause once any source was read: nobody knows how long ago this host was asked, or for which."""
    if any(state.requests for state in store.source_states().values()):
        for url in source.start:
            traffic.back_off(url, traffic.delay(url))


async def _windows(
    source: Source, office: Office, progress: CrawlProgress | None, windows: list[Planned], traffic: Traffic,
    holder: str, spider: type[SourceSpider] | None, report: CrawlReport,
) -> None:  # fmt: skip
    projects = tuple(office.store.projects())
    intake = await asyncio.to_thread(office.intake)
    if progress:
        progress.step(source.name, len(windows))
    ahead, done = deque(windows), 0
    while ahead and not traffic.stopped:
        planned = ahead.popleft()
        ahead.extendleft(
            reversed(await _window(source, office, intake, projects, planned, traffic, holder, spider, report))
        )
        done += planned.parent is None
        if progress:
            progress.reach(min(done, len(windows)), report.tally.found)


async def _window(
    source: Source, office: Office, intake: Intake, projects: tuple[object, ...], planned: Planned, traffic: Traffic,
    holder: str, spider: type[SourceSpider] | None, report: CrawlReport,
) -> tuple[Planned, ...]:  # fmt: skip
    """Reads and stores one window; returns the finer windows that it has to be read in."""
    sink = await asyncio.to_thread(WindowStore, office, intake, source, planned, holder, report.tally)
    versions = sink.versions()
    splits = planned.length > source.window.finest
    assignment = Assignment(source, planned.window, projects, sink.known_urls, splits)  # type: ignore[arg-type]
    reading = await read(assignment, sink, traffic, spider, versions)
    outcome = reading.outcome
    if outcome.interrupted:
        await sink.give_up()
        report.state, report.why = "interrupted", "stopped before the window was read; it is read again"
        return ()
    parts = await sink.close(outcome, versions, _retry_at(source, office, traffic))
    report.windows += 1
    report.figures.add(reading.stats, cut=outcome.cut is not None and not parts)
    if outcome.cut is not None and not parts:
        report.cut_short += 1
        report.why = report.why or f"{planned.window}: {outcome.why}"
    if outcome.blocked:
        report.state, report.why = "blocked", outcome.why
        if outcome.blocked != "robots_unreadable":
            office.store.block_source(source.name, outcome.blocked)
    return parts


def _retry_at(source: Source, office: Office, traffic: Traffic) -> datetime | None:
    """When a window that could not be read may be read again, where the reason says so."""
    now = office.store.clock()
    if traffic.come_back_in is not None:
        return now + timedelta(seconds=traffic.come_back_in)
    here = now.astimezone(BEIJING)
    midnight = datetime.combine(here.date() + timedelta(days=1), time(), BEIJING)
    if traffic.stopped == "budget":
        return midnight
    if traffic.stopped == "hours" and source.night_window:
        opens = datetime.combine(here.date(), source.night_window.begins, BEIJING)
        return opens if opens > here else opens + timedelta(days=1)
    return None


def _note(source: Source, office: Office, traffic: Traffic, report: CrawlReport) -> None:
    """Notes in the store how the crawl went and when the next is due."""
    if report.state == "done" and traffic.stopped in ("hours", "budget"):
        report.state, report.why = "paused", report.why or f"stopped: {traffic.stopped}"
    elif report.state == "done" and traffic.stopped == "interrupted":
        report.state = "interrupted"
    elif report.state == "done" and report.cut_short:
        report.state = "cut"
    next_run = _retry_at(source, office, traffic) or _next_run(source, office)
    if report.state == "done":
        office.store.note_success(source.name, next_run)
    elif report.state != "interrupted":
        office.store.note_error(source.name, f"{report.state}: {report.why}", next_run)
    if report.windows:
        watch(office.store, source, report.state, report.figures)


def _next_run(source: Source, office: Office) -> datetime:
    """After the source's interval, or earlier where a window waits to be tried again."""
    now = office.store.clock()
    waiting = (window.not_before for window in office.store.queued_windows(source.name))
    return min(now + source.every, max(min(waiting, default=now + source.every), now + SOONEST))


async def _renew(office: Office, source: Source, holder: str, traffic: Traffic, ended: asyncio.Event) -> None:
    """Keeps the lease until the crawl has ended; stops the traffic when it is lost or the source is switched off.

    A store that is busy or away for a moment is asked again, for as long as the lease lasts.
    """
    lasts_until = monotonic() + LEASE
    while True:
        with suppress(TimeoutError):
            await asyncio.wait_for(ended.wait(), RENEW_EVERY)
            return
        asked_at = monotonic()
        try:
            taken = await asyncio.to_thread(office.store.hold, _leases(source), holder, LEASE) is not None
            state = await asyncio.to_thread(office.store.source_state, source.name)
        except DBAPIError:
            if monotonic() >= lasts_until:
                traffic.stop("interrupted")
            continue
        lasts_until = asked_at + LEASE
        if taken or not state.enabled:
            traffic.stop("interrupted")


@contextmanager
def _signals(stop: Stop) -> Iterator[None]:
    """SIGINT and SIGTERM end the crawl gracefully; a second one ends it at once. Elsewhere than in the main thread,
    signals are the caller's business."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    loop = asyncio.get_running_loop()
    kinds = (signal.SIGINT, signal.SIGTERM)

    def asked() -> None:
        for kind in kinds:
            loop.remove_signal_handler(kind)
        stop()

    for kind in kinds:
        loop.add_signal_handler(kind, asked)
    try:
        yield
    finally:
        for kind in kinds:
            loop.remove_signal_handler(kind)
