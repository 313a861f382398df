"""The list of rejected rows, for the person who corrects the file."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from types import TracebackType
from typing import Final, TextIO

from crawlers.importers.options import ImportRefused
from crawlers.importers.outcomes import Bad

HEADER: Final = ("file", "row", "sheet", "field", "reason")
_MARK: Final = b"\xef\xbb\xbffile,row,sheet,field,reason"


class RejectReport:
    """``rejects.csv``: file, row, sheet, field and reason, UTF-8 with a byte-order mark so that Excel opens it.

    It appears when the report is closed, in place of the one of an earlier run; without a rejected row there is
    none. Raises ImportRefused when the path holds a file that is not such a report.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.count = 0
        self._draft = path.with_name(f".{path.name}.part")
        self._stream: TextIO | None = None
        if path.exists():
            with path.open("rb") as existing:
                if existing.read(len(_MARK)) != _MARK:
                    raise ImportRefused(f"{path.name} exists and is not a list of rejected rows; name another file")

    def add(self, bad: Bad, file: str = "") -> None:
        """Writes one rejected row of a file."""
        if self._stream is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._stream = io.open(self._draft, "w", encoding="utf-8-sig", newline="")  # noqa: SIM115, UP020
            csv.writer(self._stream).writerow(HEADER)
        csv.writer(self._stream).writerow((_inert(file), bad.row_number, _inert(bad.sheet), bad.field, bad.reason))
        self.count += 1

    def close(self) -> None:
        """Puts the finished report in place; a stale one of an earlier run goes."""
        if self._stream is not None:
            self._stream.close()
            self._stream = None
            self._draft.replace(self.path)
        elif not self.count:
            self.path.unlink(missing_ok=True)

    def __enter__(self) -> RejectReport:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _inert(text: str) -> str:
    """A name as text: a spreadsheet program must not run it as a formula."""
    return f"'{text}" if text[:1] in {"=", "+", "-", "@"} else text
