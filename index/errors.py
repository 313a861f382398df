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
        self.reason = message
        self.position = position
        self.expected = expected

    def placed(self, position: int) -> QueryError:
        """The same error with a position, where it has none."""
        return self if self.position is not None else QueryError(self.reason, position=position, expected=self.expected)


class CursorError(SearchError, ValueError):
    """A cursor that is damaged, or that belongs to another search."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"E602: this cursor cannot be used: {reason}; start again from the first page")


class IndexBusy(SearchError):
    """Another process is writing or rebuilding; ``folder`` is the folder, or the name on the cluster, of the index."""

    def __init__(self, folder: Path | str, doing: str) -> None:
        super().__init__(f"E603: another process is {doing} the index in {folder}; wait for it or stop it")


class IndexUnusable(SearchError):
    """The index has another format, or is damaged; nothing is lost, since the store has every document."""

    def __init__(self, folder: Path | str, reason: str) -> None:
        super().__init__(f"E604: the index in {folder} cannot be used: {reason}; rebuild it with `{REBUILD}`")
        self.reason = reason


class ClusterTrouble(SearchError):
    """Elasticsearch cannot be reached or cannot serve; the message names the address, what is wrong and what to do."""

    def __init__(self, where: str, reason: str, advice: str) -> None:
        super().__init__(f"E605: Elasticsearch at {where}: {reason}; {advice}")
        self.reason = reason
        self.advice = advice
