"""The text of a DOCX letter, read from its one part that holds it: nothing else of the document is unpacked."""

from __future__ import annotations

import zipfile
from typing import Final
from xml.parsers import expat

from crawlers.importers.files import File
from crawlers.importers.markup import read_markup
from crawlers.importers.options import ImportRefused
from crawlers.importers.parts import DAMAGED, whole
from crawlers.importers.personal import is_personal

MAX_TEXT: Final = 8 * 2**20
"""Bytes of XML in which a letter is written, unpacked; the longest letter that is taken needs about half of it."""
_MAX_ENCLOSED: Final = 192 * 2**20
"""Bytes of everything in a document, pictures among them."""
_PART: Final = "word/document.xml"
_WORD: Final = "http://schemas.openxmlformats.org/wordprocessingml/2006/main "
_STRICT: Final = "http://purl.oclc.org/ooxml/wordprocessingml/main "
_NO_TEXT: Final = frozenset({"pPr", "rPr", "tblPr", "tblGrid", "sectPr", "txbxContent", "del", "moveFrom", "rt"})
"""Properties, boxes beside the text, what was struck out, and readings above characters."""
_MARKS: Final = {"tab": "\t", "ptab": "\t", "cr": "\n", "noBreakHyphen": "-"}
_MAX_COLUMNS: Final = 63
"""Columns that a table can have in Word."""


def docx_lines(file: File) -> list[str]:
    """Paragraphs and table rows in their order; a cell that follows a personal label in a form is left out.

    Raises ImportRefused for a document that is damaged, or larger than any letter.
    """
    told = _Told()
    try:
        with file.open("rb") as stream, zipfile.ZipFile(stream) as archive:
            text = archive.getinfo(_PART)
            if text.file_size > MAX_TEXT or sum(entry.file_size for entry in archive.infolist()) > _MAX_ENCLOSED:
                raise ImportRefused("the document is too large for a letter")
            read_markup(whole(archive, text, MAX_TEXT), told.start, told.end, told.text)
    except (*DAMAGED, KeyError, ValueError, expat.ExpatError) as error:
        if isinstance(error, ImportRefused):
            raise
        raise ImportRefused(f"the document is damaged ({type(error).__name__}); open it and save it again") from None
    if not told.has_body:
        raise ImportRefused("the document is damaged (it has no text); open it and save it again")
    return [line for block in told.blocks for line in block.splitlines()]


class _Row:
    """A row of a form: what is kept of its cells, and in which column the present one stands."""

    def __init__(self) -> None:
        self.kept: list[str] = []
        self.column = 0
        self.follows_label = False


class _Told:
    """What the markup tells: a block for each paragraph and each row of a table."""

    def __init__(self) -> None:
        self.blocks: list[str] = []
        self.has_body = False
        self._passed_over = 0
        """Elements open from the one on whose text is none of the letter."""
        self._paragraph: list[str] | None = None
        self._listening = False
        self._in_table = False
        self._row: _Row | None = None
        self._cell: list[str] | None = None
        self._span, self._goes_on = 1, False
        self._labels: dict[int, bool] = {}
        """Columns of the table whose last cell is a personal label: a cell merged with it goes on being one."""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        tag = _tag(name)
        if self._passed_over or tag in _NO_TEXT or (tag == "tbl" and self._in_table):
            self._passed_over += 1
        elif tag == "body":
            self.has_body = True
        elif tag == "p":
            self._paragraph = []
        elif tag == "tbl":
            self._in_table, self._labels = True, {}
        elif tag == "tr":
            self._row = _Row() if self._in_table else None
        elif tag == "tc":
            self._cell, self._span, self._goes_on = [], 1, False
        elif tag == "gridBefore" and self._row is not None:
            self._row.column = _columns(attributes)
        elif tag == "gridSpan":
            self._span = _columns(attributes)
        elif tag == "vMerge":
            self._goes_on = _value(attributes, "val") != "restart"
        elif self._paragraph is not None:
            self._listening = tag == "t"
            if tag in _MARKS:
                self._paragraph.append(_MARKS[tag])
            elif tag == "br" and _value(attributes, "type") in {"", "textWrapping"}:
                self._paragraph.append("\n")

    def text(self, data: str) -> None:
        if self._listening and self._paragraph is not None and not self._passed_over:
            self._paragraph.append(data)

    def end(self, name: str) -> None:
        if self._passed_over:
            self._passed_over -= 1
            return
        tag = _tag(name)
        if tag == "t":
            self._listening = False
        elif tag == "p" and self._paragraph is not None:
            (self.blocks if self._cell is None else self._cell).append("".join(self._paragraph))
            self._paragraph = None
        elif tag == "tc" and self._cell is not None:
            if self._row is not None:
                self._close(self._row, "\n".join(self._cell))
            self._cell = None
        elif tag == "tr" and self._row is not None:
            self.blocks.append("\n".join(self._row.kept))
            self._row = None
        elif tag == "tbl":
            self._in_table = False

    def _close(self, row: _Row, text: str) -> None:
        if not self._goes_on:
            is_label = not row.follows_label and bool(text.strip()) and is_personal(text)
            self._labels[row.column] = is_label
        else:
            is_label = not row.follows_label and self._labels.get(row.column, False)
        if not is_label and not row.follows_label:
            row.kept.append(text)
        row.follows_label = is_label
        row.column = min(row.column + self._span, _MAX_COLUMNS)


def _tag(name: str) -> str:
    """The name of an element of a text; empty for those of pictures, formulas and the like."""
    space, _, tag = name.rpartition(" ")
    return tag if f"{space} " in {_WORD, _STRICT} else ""


def _value(attributes: dict[str, str], name: str) -> str:
    return attributes.get(_WORD + name) or attributes.get(_STRICT + name) or ""


def _columns(attributes: dict[str, str]) -> int:
    stated = _value(attributes, "val")
    return min(int(stated), _MAX_COLUMNS) if stated.isdecimal() and len(stated) < 10 else 1
