"""Records of a CSV file, one at a time, with a bound on their size and a way back after a quote that never closes."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, TextIO

from crawlers.importers.outcomes import MAX_CELL

RECORD_LIMIT: Final = 1 << 20
"""Most characters of one record that are held in memory."""
_PIECE: Final = 1 << 16
_REREAD: Final = 4 * RECORD_LIMIT
"""Characters that may be read again in any file, before those that it has earned."""
_EARNED: Final = 4
"""For each character of a file, so many may be read again: stray quotes are few, or close within some lines."""
_LINE: Final = 64
"""Characters that a line counts for, beside its own: short lines take their time too."""


@dataclass(frozen=True, slots=True)
class BrokenRecord:
    """A record that cannot be read; ``column`` is the position of the cell where it went wrong."""

    column: int | None
    reason: str


class CsvRecords:
    """Iterates the records of a table: a list of cells each, or a BrokenRecord.

    A quote opens a cell only at its beginning, as spreadsheets write it. When a quote never closes, only the line
    with that quote is lost: the lines that it would swallow are read again as records. In a file where quote upon quote
    stays open, no line is read again and again: each that leaves a quote open is then lost by itself.
    """

    def __init__(self, stream: TextIO, delimiter: str, width: int | None = None) -> None:
        self._stream = stream
        self._delimiter = delimiter
        self._again: deque[str] = deque()
        self._allowance = _REREAD
        self.width = width
        """Cells of a whole record, once the header is known: tells swallowed records from lines of a long text."""

    def __iter__(self) -> Iterator[list[str] | BrokenRecord]:
        while True:
            was_swallowed = bool(self._again)
            if not (line := self._line()):
                return
            yield self._record(line, was_swallowed and self._allowance <= 0)

    def _line(self) -> str:
        if self._again:
            return self._again.popleft()
        line = self._stream.readline(RECORD_LIMIT)
        self._allowance += _EARNED * len(line)
        return line

    def _record(self, line: str, stands_alone: bool) -> list[str] | BrokenRecord:
        lines, size = [line], len(line)
        quoted = self._quoted_after(line, inside=False)
        if quoted and stands_alone:
            return self._unclosed(lines)
        while (quoted or not lines[-1].endswith(("\n", "\r"))) and size < RECORD_LIMIT:
            more = self._line()
            if not more:
                break
            lines.append(more)
            size += len(more)
            quoted = self._quoted_after(more, inside=quoted)
        if size >= RECORD_LIMIT and (quoted or not lines[-1].endswith(("\n", "\r"))):
            return self._overlong(lines, quoted)
        if quoted:
            return self._unclosed(lines)
        return self._parsed(lines)

    def _parsed(self, lines: list[str]) -> list[str] | BrokenRecord:
        try:
            return next(csv.reader(lines, delimiter=self._delimiter, strict=len(lines) > 1), [])
        except csv.Error as error:
            if "field larger" in str(error):
                return self._too_large(lines)
            return self._unclosed(lines)

    def _unclosed(self, lines: list[str]) -> BrokenRecord:
        """The first line is lost; the lines after it are read again."""
        self._again.extendleft(reversed(lines[1:]))
        self._allowance -= sum(len(line) + _LINE for line in lines[1:])
        return BrokenRecord(self._last_column(lines[:1]), "opens a quotation mark that is not closed in its place")

    def _overlong(self, lines: list[str], quoted: bool) -> BrokenRecord:
        following = lines[1:21]
        if following and sum(self._is_whole(line) for line in following) * 2 > len(following):
            return self._unclosed(lines)
        last = lines[-1]
        while quoted or not last.endswith(("\n", "\r")):
            last = self._piece()
            if not last:
                break
            quoted = self._quoted_after(last, inside=quoted)
        return self._too_large(lines)

    def _too_large(self, lines: list[str]) -> BrokenRecord:
        return BrokenRecord(self._last_column(lines), f"the cell holds more than {MAX_CELL:,} characters")

    def _piece(self) -> str:
        """Some text that ends neither within a pair of quotes nor before a quote that opens a cell."""
        piece = self._line() if self._again else self._stream.readline(_PIECE)
        while piece.endswith(('"', self._delimiter)) and (more := self._stream.readline(1)):
            piece += more
        return piece

    def _quoted_after(self, text: str, *, inside: bool) -> bool:
        """Whether the end of ``text`` lies within a quoted cell, given whether its beginning does."""
        if '"' not in text:
            return inside
        position, opening = 0, self._delimiter + '"'
        if not inside and text.startswith('"'):
            inside, position = True, 1
        while True:
            if inside:
                position = text.find('"', position)
                if position < 0:
                    return True
                if text.startswith('"', position + 1):
                    position += 2
                else:
                    inside, position = False, position + 1
            else:
                position = text.find(opening, position)
                if position < 0:
                    return False
                inside, position = True, position + 2

    def _is_whole(self, line: str) -> bool:
        if self._quoted_after(line, inside=False) or self.width is None or self.width < 2:
            return False
        try:
            return len(next(csv.reader([line], delimiter=self._delimiter), [])) == self.width
        except csv.Error:
            return False

    def _last_column(self, lines: list[str]) -> int:
        """Position of the cell in which the lines break off, or of the longest one when all are there."""
        text = "".join(lines)[:RECORD_LIMIT]
        column, longest, start, position = 0, (0, 0), 0, 0
        while position < len(text):
            quoted = text.startswith('"', position)
            end = text.find('"' + self._delimiter, position + 1) if quoted else text.find(self._delimiter, position)
            if end < 0:
                break
            end += 1 if quoted else 0
            longest = max(longest, (end - start, column))
            column, position = column + 1, end + 1
            start = position
        return max(longest, (len(text) - start, column))[1]
