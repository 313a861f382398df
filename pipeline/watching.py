"""Watching (``minyi work --watch``): one worker that stays, works when something comes in, and ends when it is asked.

It is woken by whoever writes (:mod:`pipeline.store.wake`); each hour of the clock it works anyway, since the watch
judges whole hours, voice periods end and texts pass their time. A database or a cluster that is away is waited for.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic
from typing import Final

from sqlalchemy.exc import DBAPIError

from index import IndexBusy, IndexUnusable
from index.errors import ClusterTrouble
from pipeline.failures import named
from pipeline.hands import BEAT, Pulse
from pipeline.notify import Sent
from pipeline.office import Office
from pipeline.records import Versions
from pipeline.stopping import until_asked
from pipeline.store.wake import Bell, BellLost, wait_until
from pipeline.versions import current_versions
from pipeline.work import Done, work

HOUR: Final = 3600
NOTIFY_EVERY: Final = 60.0
"""Seconds between two looks at what is to be told: digests come due, failed sends are tried again."""
SOONEST, LATEST = 1.0, 30.0
"""Seconds until a store or an index that was away is asked again: first, and after several times."""
AWAY: Final = (DBAPIError, BellLost, ClusterTrouble, IndexBusy, IndexUnusable)
"""What may be well again without this process: a cluster is started, a key is granted, an index is rebuilt."""


@dataclass(frozen=True)
class Happened:
    """What the worker did: work, notifications, or an error that it goes on after. Names, counts and advice only."""

    what: str
    done: Done | None = None
    sent: Sent | None = None
    report: None = None
    """Of a crawl, as in the service's log: there is none, since nothing is crawled."""


class Watching:
    """One worker that stays. ``stop()`` ends it from any thread: what is in hand is stored, what is leased let go."""

    def __init__(
        self, office: Office, happened: Callable[[Happened], None] = lambda one: None, *,
        notify: Callable[[Office], Sent] = lambda office: Sent(),
    ) -> None:  # fmt: skip
        self._office, self._happened, self._notify = office, happened, notify
        self._pulse = Pulse(office.store)
        self._ended = threading.Event()
        self._hour = -1
        self._reading: frozenset[str] = frozenset()
        self._rest = 0.0
        self._notified_at: float | None = None

    def stop(self) -> None:
        """Asks for the end."""
        self._ended.set()

    def stopped(self) -> bool:
        """Whether the end was asked for."""
        return self._ended.is_set()

    def run(self) -> None:
        """Works and waits until :meth:`stop`, SIGTERM or SIGINT; a second signal ends the process at once."""
        pause = SOONEST
        with until_asked(self._ended):
            while not self.stopped():
                try:
                    self._pulse.begin(self._versions())
                    with self._office.store.listening() as bell:
                        while not self.stopped():
                            self._round(bell)
                            pause = SOONEST
                except AWAY as error:
                    self._happened(Happened(f"{named(error)}; tried again in {pause:.0f} s"))
                    self._ended.wait(pause)
                    pause = min(2 * pause, LATEST)
        with self._quietly():
            self._pulse.beat("ended")

    def _round(self, bell: Bell) -> None:
        hour = int(self._office.store.clock().timestamp() // HOUR)
        reading = self._pulse.reading(self._versions())
        if (hour, reading) != (self._hour, self._reading) or self._something():
            done = work(self._office, stopped=self.stopped, pulse=self._pulse)
            if not self.stopped():
                self._hour, self._reading = hour, reading
            self._happened(Happened("work", done=done))
            self._tell()
            self._rest = min(max(SOONEST, 2 * self._rest), LATEST) if done.index_busy else 0.0
            self._ended.wait(self._rest)  # another process writes the index: it may take over what is left
        elif self._notified_at is None or monotonic() - self._notified_at >= NOTIFY_EVERY:
            self._tell()
        self._pulse.beat("waiting")
        wait_until(bell, self._something, self.stopped, BEAT)

    def _tell(self) -> None:
        if self.stopped():
            return
        self._notified_at = monotonic()
        sent = self._notify(self._office)
        if sent != Sent():
            self._happened(Happened("notify", sent=sent))

    def _something(self) -> bool:
        return self._office.store.something_waits(self._versions())

    def _versions(self) -> Versions:
        return current_versions(self._office.store.projects(), self._office.settings.link_threshold)

    @contextmanager
    def _quietly(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError:
            self._happened(Happened("the store is away; leases run out by themselves"))
