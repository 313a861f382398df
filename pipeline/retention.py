"""Retention (留存期限, P-11): what is past its time goes by itself, and nothing that a setting says can keep it longer.

Texts go 90 days after the report of their project was filed, and two years after they came in whatever happens; what
comes in after the filing stays 90 days. Aggregates go after five years, tokens with their period (P-04). Of the audit
trail nothing goes. What a named person decided stays, with the figures that the candidate had last.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, Literal

from pipeline.audit import AuditLog
from pipeline.records import Role
from pipeline.store.retention import Forgotten, Retention
from pipeline.store.scrubbing import SCRUB_DUE
from pipeline.voices import rotate

if TYPE_CHECKING:
    from pipeline.office import Office
    from pipeline.store import Store

CLOCK_SEEN: Final = "clock_seen"
"""The fact that says what the clock showed at the last work."""
RETAINED_ON: Final = "retained_on"
"""The fact that says on which day the work last looked for what is past its time."""
GAP: Final = timedelta(days=3)
"""A clock that moved further since the last work, or back, may be wrong: nothing is removed by it on that day."""
BACK: Final = timedelta(minutes=10)


class ClockInDoubt(RuntimeError):
    """E250: the clock moved further than work was away, so that it cannot tell what is past its time."""


@dataclass
class Purged:
    """What went because it was past its time, in counts; ``dry`` ones would go."""

    texts_of_filed: int = 0
    texts_too_old: int = 0
    periods: int = 0
    """Voice periods whose tokens went."""
    pointers: int = 0
    moments: int = 0
    """Earlier moments of candidates."""
    aggregates: Forgotten = field(default_factory=Forgotten)

    @property
    def texts(self) -> int:
        return self.texts_of_filed + self.texts_too_old

    def __bool__(self) -> bool:
        return bool(self.texts or self.periods or self.pointers or self.moments or any(self.aggregates))


def purge(office: Office, who: str = "minyi", role: Role | Literal["system"] = "system") -> Purged:
    """Removes what is past its time; returns what that was. Killed anywhere, the next call goes on.

    Index and candidates follow with the next steps of the work.
    """
    store, done = office.store, Purged()
    audit, kept = AuditLog(store), Retention(store)
    done.periods = len(rotate(office.voice_keys, store))
    done.pointers = store.forget_pointers(store.clock())
    done.texts_of_filed = _withdraw(store, audit, who, role, "retention.filed", filed_texts(office))
    done.texts_too_old = _withdraw(store, audit, who, role, "retention.texts", old_texts(office))
    done.moments = store.forget_snapshots(min(office.settings.snapshot_days, office.settings.aggregate_days))
    before = store.clock() - timedelta(days=office.settings.aggregate_days)
    if kept.aggregates_before(before):
        with store.transaction():
            done.aggregates = kept.forget_aggregates(before)
            audit.append(who, role, "retention.aggregates", subject=f"rows:{sum(done.aggregates)}")
    return done


def due(office: Office) -> Purged:
    """What :func:`purge` would remove now, as far as texts go."""
    return Purged(
        texts_of_filed=sum(map(len, filed_texts(office))),
        texts_too_old=sum(map(len, old_texts(office))),
    )


def retain(office: Office) -> Purged:
    """What the work does about retention: once a day, and not on a day on which the clock jumped.

    What went, now or before, leaves SQLite's log as soon as nobody reads it: each work looks whether that is due.
    """
    store, today = office.store, f"{office.store.clock():%Y-%m-%d}"
    doubt = clock_doubt(store)
    store.set_fact(CLOCK_SEEN, store.clock().isoformat())
    done = Purged()
    if store.fact(RETAINED_ON) != today:
        done = done if doubt else purge(office)
        store.set_fact(RETAINED_ON, today)
    if store.fact(SCRUB_DUE):
        store.scrub()
    return done


def clock_doubt(store: Store) -> str | None:
    """Why the clock may be wrong, None where nothing speaks against it."""
    now, seen = store.clock(), store.fact(CLOCK_SEEN)
    if seen is None:
        return None
    moved = now - datetime.fromisoformat(seen)
    if moved < -BACK:
        return f"the clock shows {now:%Y-%m-%d %H:%M} UTC and showed {seen[:16].replace('T', ' ')} at the last work"
    if moved > GAP:
        return f"the last work was {moved.days} days ago by this clock"
    return None


def filed_texts(office: Office) -> Iterator[list[str]]:
    """Texts whose every project was filed so long ago, and that came in so long ago."""
    moment = office.store.clock() - timedelta(days=office.settings.text_days_after_filing)
    kept = Retention(office.store)
    filed = [project for project, at in kept.filed_projects().items() if at < moment]
    yield from kept.texts_of(filed, moment)


def old_texts(office: Office) -> Iterator[list[str]]:
    """Texts that came in longer ago than any may be kept."""
    yield from Retention(office.store).texts_before(office.store.clock() - timedelta(days=office.settings.text_days))


def _withdraw(
    store: Store,
    audit: AuditLog,
    who: str,
    role: Role | Literal["system"],
    action: str,
    pages: Iterable[list[str]],
) -> int:
    gone = 0
    for ids in pages:
        with store.transaction():
            went = store.withdraw_documents(ids)
            if went:
                audit.append(who, role, action, subject=f"texts:{went}")
        gone += went
    return gone
