"""The backlog (积压): how many texts may wait to be read before whatever brings more slows down."""

from __future__ import annotations

import time
from typing import Final

from pipeline.office import Office
from pipeline.work import work

EVERY: Final = 1000
"""Rows between two looks at the backlog."""


def full(office: Office) -> str | None:
    """Why nothing more may come in now (E166), with what to do; None while there is room."""
    limit = office.settings.queue_limit
    if not office.store.more_wait_than(limit):
        return None
    return (
        f"E166: more than {limit:,} texts wait to be read (queue_limit); start minyi work, on more machines if need "
        "be, and run the same command again: what is in stays in"
    )


def worked_off(office: Office) -> str | None:
    """Makes room by reading what waits; None, since there is room then."""
    if full(office):
        work(office)
    return None


def waited_for(office: Office, pause: float = 1.0) -> str | None:
    """Waits for room while other processes read; why nothing more may come in where nobody does."""
    store = office.store
    while (reason := full(office)) and any(one.alive(store.clock()) for one in store.workers()):
        time.sleep(pause)
    return reason
