"""The rows of one worksheet, streamed from its XML; only the wanted columns are ever turned into values."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, Final, NamedTuple
from xml.parsers import expat

from crawlers.importers.options import ImportRefused
from crawlers.importers.outcomes import MAX_CELL

_PIECE: Final = 1 << 16
_MAX_COLUMNS: Final = 16_384
_MAX_TAG: Final = 1 << 20
"""Bytes of one tag: a reader of XML keeps it until it ends, and looks through it anew with each piece."""
_MAX_ROW: Final = 64 * MAX_CELL
"""Characters of the cells of one row that are kept."""


class StoredCell(NamedTuple):
    """A cell as the file stores it: its type, its style and the characters of its value."""

    type: str
    style: int
    text: str
    too_large: bool
    formula: bool


class SheetRows:
    """Iterates (row number, position → StoredCell); ``bytes_read`` counts the sheet's XML."""

    def __init__(self, stream: IO[bytes], wanted: frozenset[int] | None = None) -> None:
        self._stream = stream
        self.wanted = wanted
        """Positions of the columns to read; None for all. May be set while iterating."""
        self.bytes_read = 0
        self._done: list[tuple[int, dict[int, StoredCell]]] = []
        self._row: dict[int, StoredCell] = {}
        self._row_number = 0
        self._position = -1
        self._type, self._style = "n", 0
        self._text: list[str] = []
        self._length = self._row_length = 0
        self._formula = False
        self._collecting = False
        self._in_phonetic = 0

    def __iter__(self) -> Iterator[tuple[int, dict[int, StoredCell]]]:
        """Raises ImportRefused when the XML is damaged, declares entities or has a tag that does not end."""
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.StartDoctypeDeclHandler = self._doctype
        told = 0
        while True:
            piece = self._stream.read(_PIECE)
            self.bytes_read += len(piece)
            try:
                parser.Parse(piece, not piece)
            except expat.ExpatError as error:
                yield from self._done
                raise ImportRefused(
                    f"the workbook is damaged after row {self._row_number} ({error}); open it and save it again"
                ) from None
            yield from self._done
            self._done.clear()
            told = max(told, parser.CurrentByteIndex)
            if self.bytes_read - told > _MAX_TAG:
                raise ImportRefused(
                    f"the workbook is damaged after row {self._row_number} (a tag of more than {_MAX_TAG:,} bytes)"
                )
            if not piece:
                return

    def _doctype(self, *_: object) -> None:
        raise ImportRefused("the workbook declares XML entities, which no spreadsheet program writes: refused")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        tag = name.rpartition(":")[2]
        if tag == "c":
            reference = attributes.get("r")
            self._position = _position(reference) if reference else self._position + 1
            self._type = attributes.get("t", "n")
            self._style = _number(attributes.get("s"), 0)
            self._text.clear()
            self._length, self._formula = 0, False
        elif tag == "v" or (tag == "t" and not self._in_phonetic):
            self._collecting = self.wanted is None or self._position in self.wanted
        elif tag == "f":
            self._formula = True
        elif tag == "rPh":
            self._in_phonetic += 1
        elif tag == "row":
            self._row_number = _number(attributes.get("r"), self._row_number + 1)
            self._position = -1
            self._row, self._row_length = {}, 0

    def _characters(self, data: str) -> None:
        if self._collecting:
            self._length += len(data)
            if self._length <= 2 * MAX_CELL:
                self._text.append(data)

    def _end(self, name: str) -> None:
        tag = name.rpartition(":")[2]
        if tag in {"v", "t"}:
            self._collecting = False
        elif tag == "rPh":
            self._in_phonetic -= 1
        elif tag == "c":
            if (self._text or self._formula) and self._position < _MAX_COLUMNS:
                if self.wanted is None or self._position in self.wanted:
                    self._row_length += self._length
                    too_large = self._length > MAX_CELL or self._row_length > _MAX_ROW
                    text = "" if too_large else "".join(self._text)
                    self._row[self._position] = StoredCell(self._type, self._style, text, too_large, self._formula)
                self._text.clear()
        elif tag == "row" and self._row:
            self._done.append((self._row_number, self._row))


def _number(stated: str | None, otherwise: int) -> int:
    """A number of the file; where it states none, or what is no number, ``otherwise``."""
    return int(stated) if stated and stated.isdecimal() and len(stated) < 10 else otherwise


def _position(reference: str) -> int:
    """``C7`` is column 2. Beyond the last column that a sheet can have it does not matter which one it is."""
    position = 0
    for letter in reference:
        if position > _MAX_COLUMNS or not (letter.isascii() and letter.isalpha()):
            break
        position = position * 26 + ord(letter.upper()) - 64
    return position - 1
