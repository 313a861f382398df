"""What can go wrong in the index, each with its code and with what to do about it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

REBUILD: Final = "minyi reindex"
"""The command that builds the index anew from the store."""


class SearchError(Exception):
    """Anything the index refuses or cannot do."""


class QueryError(SearchError):
    """A query that cannot be run; ``position`` counts code points in what was typed, None when nothing was typed."""

    def __init__(self, message: str, *, position: int | None = None, expected: str = "") -> None:
        where = "" if position is None else f" (at character {position + 1})"
        wanted = f"; expected {expected}" if expected else ""
        super().__init__(f"E601: {message}{where}{wanted}")
        self.position = position
        self.expected = expected


class CursorError(SearchError, ValueError):
    """A cursor that is damaged, or that belongs to another search."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"E602: this cursor cannot be used: {reason}; start again from the first page")


class IndexBusy(SearchError):
    """Another process is writing; one index has one writer at a time."""

    def __init__(self, folder: Path, doing: str) -> None:
        super().__init__(f"E603: another process is {doing} the index in {folder}; wait for it or stop it")


class IndexUnusable(SearchError):
    """The index on disk has another format, or is damaged; nothing is lost, since the store has every document."""

    def __init__(self, folder: Path, reason: str) -> None:
        super().__init__(f"E604: the index in {folder} cannot be used: {reason}; rebuild it with `{REBUILD}`")
        self.reason = reason
