"""How a running office does: database, queue, index against store, sources, backups. One finding a check."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select, text

from api.findings import Finding
from api.surroundings import clock
from pipeline.audit import AuditLog
from pipeline.sources.status import statuses
from pipeline.store.tables import documents
from pipeline.withdrawn import FILE_NAME, LedgerDamaged, backups, known_backups, lagging_backups

if TYPE_CHECKING:
    from index import SearchIndex
    from pipeline.settings import Settings
    from pipeline.store import Store

LOWEST_SQLITE: Final = (3, 35, 0)
LOWEST_POSTGRESQL: Final = 13
WAITS: Final = timedelta(hours=24)
"""How long a text may wait to be read: within a day what was withdrawn is gone (P-12), which the same work does."""
WITHOUT_BACKUP: Final = timedelta(days=7)
"""For how long an office may be without a new backup."""


def running(settings: Settings, store: Store) -> Iterator[Finding]:
    """What is asked of an office whose store can be read; nothing is changed."""
    yield database(store)
    yield clock(store)
    yield queue(store)
    yield sources(store)
    yield backed_up(settings, store)


def database(store: Store) -> Finding:
    """The database is new enough, and keeps Chinese."""
    problems: list[str] = []
    if store.engine.dialect.name == "sqlite":
        if sqlite3.sqlite_version_info < LOWEST_SQLITE:
            problems.append(f"SQLite is {sqlite3.sqlite_version}, 3.35 or newer is needed")
    else:
        with store.reading() as connection:
            version = connection.execute(text("SHOW server_version_num")).scalar_one()
            encoding = connection.execute(text("SHOW server_encoding")).scalar_one()
        if int(version) // 10_000 < LOWEST_POSTGRESQL:
            problems.append(f"PostgreSQL is {int(version) // 10_000}, {LOWEST_POSTGRESQL} or newer is needed")
        if encoding != "UTF8":
            problems.append(f"the database's encoding is {encoding}")
    advice = "upgrade it; create the database with: CREATE DATABASE minyi ENCODING 'UTF8' TEMPLATE template0"
    return Finding.of("database is new enough", 0, problems, advice)


def queue(store: Store) -> Finding:
    """Nothing has waited to be read for a day."""
    query = select(func.count(), func.min(documents.c.collected_at, type_=documents.c.collected_at.type))
    with store.reading() as connection:
        waiting, oldest = connection.execute(query.where(documents.c.state == "received")).one()
    problems = []
    if oldest is not None and datetime.now(UTC) - oldest > WAITS:
        problems.append(f"{waiting:,} texts wait, the oldest since {oldest:%Y-%m-%d %H:%M} UTC")
    advice = "run: minyi work, and see that the service minyi work --keep-on runs"
    return Finding.of("texts are read within a day", waiting, problems, advice)


def index_against_store(store: Store, index: SearchIndex) -> Finding:
    """The index has what it was told, and was told all; whether each text agrees, ``minyi verify`` looks."""
    end, through, last = store.outbox_end(), store.indexed_through(), index.last_sequence()
    problems, advice = [], "run: minyi work"
    if last > end:
        problems.append("it holds changes that the store does not know: it is another store's, or a restored one's")
        advice = "run: minyi reindex --drop-previous"
    elif last < through:
        problems.append(f"{through - last:,} changes that it was told are not there")
    return Finding.of("index is that of the store", end, problems, advice)


def sources(store: Store) -> Finding:
    """Every enabled source was read lately and is not closed to us."""
    found = statuses(store)
    troubled = {incident.source: incident.kind for incident in store.source_incidents(only_open=True)}
    problems = [f"{source}: {kind.replace('_', ' ')}" for source, kind in sorted(troubled.items())]
    return Finding.of("sources can be read", len(found), problems, "run: minyi sources status, and minyi sources check")


def backed_up(settings: Settings, store: Store) -> Finding:
    """There is a backup of the last week, none that is older than texts may be kept, and all of them can be told."""
    check, advice = (
        "backups are made, and old ones deleted",
        "run: minyi backup FOLDER every night, and delete old ones",
    )
    try:
        known = known_backups(settings.keys_folder)
        reached = {str(folder) for folder in backups(settings.keys_folder)}
        lagging = [str(folder) for folder in lagging_backups(settings.keys_folder)]
    except LedgerDamaged as error:
        return Finding.of(check, 0, [str(error)], "copy the file from a backup")
    now, there = datetime.now(UTC), [line for line in known if line["folder"] in reached]
    problems = [
        f"{line['folder']} is {(now - _when(line)).days} days old: delete it"
        for line in there
        if now - _when(line) > timedelta(days=settings.backup_days)
    ]
    newest = max(map(_when, there), default=None)
    begun = next(iter(AuditLog(store).events(0, 1)), None)
    if not known and begun is not None and now - begun.when > WITHOUT_BACKUP:
        problems.append("no backup was made so far")
    if known and newest is None:
        problems.append(f"none of {len(known)} can be reached: they were deleted, or their disk is not mounted")
    if newest is not None and now - newest > WITHOUT_BACKUP:
        problems.append(f"the newest that can be reached is {(now - newest).days} days old")
    ledger = settings.keys_folder / FILE_NAME
    problems += [
        f"{folder} lacks withdrawals, since minyi work cannot write there: copy {ledger} into it" for folder in lagging
    ]
    return Finding.of(check, len(reached), problems, advice)


def _when(line: dict[str, str]) -> datetime:
    return datetime.fromisoformat(line["made_at"])


def log_of(store: Path) -> Finding:
    """SQLite's write-ahead log is emptied now and then: one that only grows means that a reader never lets go."""
    log = store.with_name(f"{store.name}-wal")
    grown = log.exists() and log.stat().st_size > max(1 << 30, store.stat().st_size)
    problems = [f"{log.name} has {log.stat().st_size >> 20:,} MB"] if grown else []
    return Finding.of("write-ahead log is emptied", 0, problems, "stop all minyi processes and start them again")
