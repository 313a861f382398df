"""Storing a window: its items as they come, and with the last of them the window, the cursor and what is gone."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from crawlers.items import RawItem, Withdrawn
from crawlers.planning import Planned, cursor_of, moved
from crawlers.politeness.unchanged import PageVersions
from crawlers.registry.source import Source
from crawlers.spiders.base import Outcome
from pipeline.addresses import kept_address
from pipeline.intake import Intake, Receipt
from pipeline.office import Office
from pipeline.store import CrawlWindow

BATCH: Final = 50
"""Items that are held in memory before they are stored."""
MOST_ATTEMPTS: Final = 5
"""A window that failed so often waits no longer; it stays a lower bound."""
FIRST_RETRY: Final = timedelta(minutes=15)
SUSPICIOUS: Final = 5
"""From so many vanished items on, a list that shows nothing at all is never believed."""


@dataclass
class Tally:
    """What became of the items of a crawl."""

    receipt: Receipt = field(default_factory=Receipt)
    found: int = 0
    withdrawn: int = 0

    @property
    def changed(self) -> int:
        """Stored texts that were changed or withdrawn."""
        return self.withdrawn + self.receipt.revised


class WindowStore:
    """The sink of one window (:class:`crawlers.pipelines.Sink`): items go to the intake in batches, in a thread."""

    def __init__(
        self, office: Office, intake: Intake, source: Source, planned: Planned, holder: str, tally: Tally
    ) -> None:
        self._office = office
        self._store = office.store
        self._intake = intake
        self._source = source
        self._planned = planned
        self._holder = holder
        self._tally = tally
        self._items: list[RawItem] = []
        self._withdrawn: list[Withdrawn] = []
        self._lock = asyncio.Lock()
        window = planned.window
        self.stored = self._store.documents_of_window(source.name, window.since, window.until)
        """Address by id of what the store has of this window."""

    @property
    def known_urls(self) -> tuple[str, ...]:
        """Addresses of what the store has of this window, where they are kept in clear."""
        return tuple(dict.fromkeys(url for url in self.stored.values() if url and url.startswith("http")))

    def versions(self) -> PageVersions:
        """The versions of the window's pages."""
        return PageVersions(self._store.validators(self._planned.id), self._office.keys.keyed_url)

    async def take(self, item: RawItem | Withdrawn) -> None:
        """Holds an item until there are enough of them, then stores them."""
        if isinstance(item, Withdrawn):
            self._withdrawn.append(item)
            return
        self._items.append(item)
        async with self._lock:
            if len(self._items) >= BATCH:
                items, self._items = self._items, []
                await asyncio.to_thread(self._keep, items)

    async def give_up(self) -> None:
        """Stores what is held and leaves the window open: it is read again."""
        await asyncio.to_thread(self._keep, self._items)
        self._items = []

    async def close(self, outcome: Outcome, versions: PageVersions, retry_at: datetime | None) -> tuple[Planned, ...]:
        """Closes the window; returns the finer windows that it is to be read in, if it was full."""
        return await asyncio.to_thread(self._close, outcome, versions, retry_at)

    def _keep(self, items: Sequence[RawItem]) -> None:
        with self._store.transaction():
            self._store.require_lease(f"source:{self._source.name}", self._holder)
            self._intake.receive_crawled(items, self._planned.id, self._tally.receipt)

    def _close(self, outcome: Outcome, versions: PageVersions, retry_at: datetime | None) -> tuple[Planned, ...]:
        """One transaction: the last items, what is gone, the window, the cursor, the queue, the page versions."""
        planned, store = self._planned, self._store
        parts = planned.parts(self._source.window.finest) if outcome.split else ()
        with store.transaction():
            self._keep(self._items)
            self._withdraw(outcome)
            window = CrawlWindow(
                id=planned.id,
                source=self._source.name,
                since=planned.window.since,
                until=planned.window.until,
                cut_short=outcome.cut,
                found=outcome.found,
            )
            cursor = moved(cursor_of(store, self._source.name), planned.window)
            store.close_window(window, cursor.astimezone(UTC).isoformat())
            store.keep_validators(planned.id, versions.read)
            store.forget_validators(self._source.name, self._oldest_read_again())
            if parts:
                store.queue_windows(part.queued("split", 0, store.clock()) for part in parts)
            attempts = planned.attempts + (outcome.cut != "budget")
            if outcome.cut in (None, "page_cap") or attempts >= MOST_ATTEMPTS:
                store.unqueue_window(planned.id)
            else:
                later = retry_at or store.clock() + FIRST_RETRY * 2**planned.attempts
                store.queue_windows([planned.queued(outcome.cut, attempts, later)])
        self._items = []
        self._tally.found += outcome.found
        return parts

    def _oldest_read_again(self) -> str:
        """Beginning of the ids of windows that crawls to come still read."""
        window = self._source.window
        oldest = self._store.clock() - window.recrawl - 2 * window.length
        return f"{self._source.name}:{oldest.astimezone(UTC):%Y%m%d%H%M}"

    def _withdraw(self, outcome: Outcome) -> None:
        """Withdraws what the source took back (P-12): said so item by item, or missing from a complete list.

        An official reply goes with the petition that it answers.
        """
        gone = set(self._said())
        if outcome.listed_completely and outcome.cut is None:
            vanished = self._unseen(outcome) - gone
            if self._believed(vanished, outcome):
                gone |= vanished
            else:
                outcome.cut, outcome.why = "outage", f"{len(vanished)} items are missing from the list: read it again"
        replies = {reply.id for below in self._store.replies_to(gone).values() for reply in below}
        self._tally.withdrawn += self._store.withdraw_documents(gone | replies)

    def _said(self) -> Iterable[str]:
        for item in self._withdrawn:
            if item.item_key is not None:
                yield self._office.keys.document_id(self._source.title, item.item_key)
            if item.url is not None:
                yield from self._store.documents_at(self._source.name, self._kept(item.url))

    def _unseen(self, outcome: Outcome) -> set[str]:
        seen = {self._office.keys.document_id(self._source.title, key) for key in outcome.seen}
        there = {self._kept(url) for url in outcome.seen_urls}
        return {key for key, url in self.stored.items() if key not in seen and url not in there}

    def _kept(self, url: str) -> str:
        return kept_address(self._office.keys, self._source.kind, url)

    def _believed(self, vanished: set[str], outcome: Outcome) -> bool:
        """Whether so many items may be gone: a changed layout looks like that. A second reading is believed.

        A tombstone is for ever: one empty answer of a board that fails must not take a day of few petitions away.
        """
        if 2 * len(vanished) <= len(self.stored):
            return True
        return self._planned.attempts > 0 and (outcome.found > 0 or len(vanished) < SUSPICIOUS)
