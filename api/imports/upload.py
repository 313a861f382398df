"""Files that were sent and wait for the next step: in the memory of this process, for one session, for half an hour."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any, Final

from crawlers.importers import Bad, Column, ImportOptions, Uploaded
from crawlers.importers.letters import masked
from pipeline.records import SourceKind

WAITS: Final = timedelta(minutes=30)
AT_ONCE: Final = 4
"""So many files of the largest size may wait at the same time; the memory is the machine's."""


class UploadGone(LookupError):
    """E910: no file of this session waits under that id: it expired, was imported, or the server was started anew."""


class UploadsFull(RuntimeError):
    """E911: too many files wait in memory; nothing was kept."""


@dataclass(frozen=True)
class Stated:
    """What those say who bring a file: where it comes from, what it covers, and who allowed it in writing (P-20)."""

    source_kind: SourceKind
    source: str
    authorised_by: str
    since: date | None = None
    until: date | None = None
    complete: bool = False


@dataclass(frozen=True)
class Checked:
    """What a dry run found: the first bad rows, how many there are, and how many good ones; ``refused`` where the file
    ends in its middle."""

    good: int
    bad: tuple[Bad, ...]
    rejected: int
    repeated: int
    columns: tuple[Column, ...]
    notes: tuple[str, ...]
    refused: str = ""


@dataclass(frozen=True, repr=False)
class Upload:
    """A file that waits, with what was stated and chosen about it; it has no representation, since it is raw."""

    id: str
    holder: str
    file: Uploaded
    size: int
    kind: str
    stated: Stated
    expires_at: datetime
    headers: tuple[str, ...] = ()
    """Of a table without a column for the text: what its columns are called."""
    mapping: Mapping[str, str] = field(default_factory=dict)
    checked: Checked | None = None

    @property
    def name(self) -> str:
        """The file's name as it may be shown: names of letters often are names of people."""
        return masked(self.file.name) if self.kind == "letters" else self.file.name

    @property
    def options(self) -> ImportOptions:
        """How the file is read."""
        stated = self.stated
        return ImportOptions(mapping=self.mapping, source=stated.source, source_kind=stated.source_kind)


class Uploads:
    """The files that wait. ``holder`` is whoever sent one, such as a session; nobody else gets at it."""

    def __init__(self, clock: Callable[[], datetime], megabytes: int) -> None:
        self._clock = clock
        self._most = AT_ONCE * megabytes * 2**20
        self._waiting: dict[str, Upload] = {}
        self._lock = threading.Lock()
        self._sweeper: threading.Timer | None = None
        """Ends when nothing waits any more; there is never a second one."""

    def keep(
        self, holder: str, file: Uploaded, size: int, *, kind: str, stated: Stated, headers: tuple[str, ...] = ()
    ) -> Upload:
        """Keeps a file, in place of the one that its holder sent before. Raises UploadsFull (E911)."""
        self._forget_expired()
        kept = Upload(
            secrets.token_hex(8), holder, file, size, kind, stated, self._clock() + WAITS, headers=tuple(headers)
        )
        with self._lock:
            others = {key: one for key, one in self._waiting.items() if one.holder != holder}
            if sum(one.size for one in others.values()) + size > self._most:
                raise UploadsFull("E911: too many files wait in memory; try again in half an hour")
            self._waiting = {**others, kept.id: kept}
            self._sweep_later()
        return kept

    def get(self, holder: str, upload_id: str) -> Upload:
        """The file that waits; its half hour begins anew. Raises UploadGone (E910)."""
        return self.change(holder, upload_id)

    def change(self, holder: str, upload_id: str, **changes: Any) -> Upload:
        """The file with what was chosen about it."""
        self._forget_expired()
        with self._lock:
            found = self._waiting.get(upload_id)
            if found is None or found.holder != holder:
                raise UploadGone("E910: the file is no longer in memory; send it once more")
            self._waiting[upload_id] = replace(found, expires_at=self._clock() + WAITS, **changes)
            return self._waiting[upload_id]

    def drop(self, upload_id: str) -> None:
        """Forgets a file."""
        with self._lock:
            self._waiting.pop(upload_id, None)

    def _forget_expired(self) -> None:
        now = self._clock()
        with self._lock:
            self._waiting = {key: one for key, one in self._waiting.items() if one.expires_at > now}

    def _sweep(self) -> None:
        self._forget_expired()
        with self._lock:
            self._sweeper = None
            self._sweep_later()

    def _sweep_later(self) -> None:
        """Has what nobody asks for again leave memory, too; call it with the lock."""
        if self._sweeper is not None or not self._waiting:
            return
        first = min(one.expires_at for one in self._waiting.values())
        wait = min(max((first - self._clock()).total_seconds(), 0.0), WAITS.total_seconds())
        self._sweeper = threading.Timer(wait + 1, self._sweep)
        self._sweeper.daemon = True
        self._sweeper.start()
