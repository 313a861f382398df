"""Whether a server can serve: database, its tables, index and models, each with a reason that is a code, no secret."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Final

from api.health_answers import Part, PartName, Readiness
from index import SearchError
from models.checksums import SUMS
from pipeline.logbook import Code, Event, log
from pipeline.migrations import HEAD, revision
from pipeline.office import Office

MOST_BEHIND: Final = 100_000
"""Changes that the index may lie behind: more, and what is shown is too old to rely on."""


def readiness(office: Office) -> Readiness:
    """One part after another; none is asked what it holds."""
    parts = [
        _part("database", lambda: _database(office)),
        _part("migrations", lambda: _migrations(office)),
        _part("index", lambda: _index(office)),
        _part("models", _models),
    ]
    return Readiness(status="ok" if all(part.ready for part in parts) else "failing", parts=parts)


def _part(name: PartName, examine: Callable[[], str]) -> Part:
    """The part, ready when nothing is said against it; an error's message may say too much, its kind does not."""
    try:
        reason = examine()
    except Exception as error:
        log(Event.NOT_WELL, logging.ERROR, of=Code(name), error=Code.of(error))
        reason = "rebuild_needed" if isinstance(error, SearchError) else "out_of_reach"
    return Part(name=name, ready=not reason, reason=reason or None)


def _database(office: Office) -> str:
    with office.store.reading() as connection:
        connection.exec_driver_sql("SELECT 1")
    return ""


def _migrations(office: Office) -> str:
    with office.store.reading() as connection:
        found = revision(connection)
    return "" if found == HEAD else "other_revision"


def _index(office: Office) -> str:
    behind = office.store.outbox_end() - office.index.last_sequence()
    return "far_behind" if behind > MOST_BEHIND else ""


def _models() -> str:
    """Whether the files that ship are there; ``minyi doctor`` compares them byte by byte."""
    from pathlib import Path

    import models
    from models.checksums import stated

    folders = [path.parent for path in Path(models.__path__[0]).glob(f"**/{SUMS}")]
    if not folders:
        return "missing"
    return "" if all((folder / name).is_file() for folder in folders for name in stated(folder)) else "missing"
