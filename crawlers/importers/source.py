"""An opened import: iterate it for the outcome of every row."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from pathlib import Path, PurePath
from typing import Protocol

from crawlers.importers.archive import PackedLetters
from crawlers.importers.delimited import DelimitedReader
from crawlers.importers.files import File
from crawlers.importers.jsonl import JsonLinesReader
from crawlers.importers.kinds import kind_of
from crawlers.importers.letters import LetterReader, letters_in
from crawlers.importers.options import ImportOptions, ImportRefused
from crawlers.importers.outcomes import Bad, Cells, Column, Row
from crawlers.importers.parts import DAMAGED
from crawlers.importers.personal import plain
from crawlers.importers.petition import PetitionReader
from crawlers.importers.xlsx import WorkbookReader


class CellReader(Protocol):
    """What reads one kind of file: the kept cells of every row, and where it stands."""

    kind: str
    unit: str
    encoding: str | None
    sheets: tuple[str, ...]
    notes: tuple[str, ...]
    total_hint: int

    @property
    def columns(self) -> tuple[Column, ...]: ...
    @property
    def mapped(self) -> frozenset[str]: ...
    @property
    def position(self) -> int: ...
    def __iter__(self) -> Iterator[Cells | Bad]: ...


class ImportSource:
    """The rows of a file or folder, read lazily; iterating again reads it again from the start."""

    def __init__(self, path: File, options: ImportOptions, reader: CellReader) -> None:
        self._path = path
        self._reader = reader
        self._options = options
        self.name = _writable(options.source or source_name(path))
        self.duplicates = 0
        """Rows so far that repeat an earlier row word for word; they are not handed over again."""

    def __iter__(self) -> Iterator[Row]:
        """Raises ImportRefused where the file turns out to be damaged; the rows before it have come by then."""
        petitions = PetitionReader(self.name, self._options)
        reached = 0
        try:
            for cells in self._reader:
                reached = cells.row_number
                yield from (cells,) if isinstance(cells, Bad) else petitions.rows(cells)
                self.duplicates = petitions.duplicates
        except DAMAGED as error:
            raise ImportRefused(
                f"{self._path.name} is damaged after row {reached} ({type(error).__name__}); copy or export it again"
            ) from None

    @property
    def kind(self) -> str:
        """csv, xlsx, jsonl or letters."""
        return self._reader.kind

    @property
    def total_hint(self) -> int:
        """How much there is to read, in ``unit`` (bytes or files)."""
        return self._reader.total_hint

    @property
    def position(self) -> int:
        """How much is read so far, in ``unit``."""
        return min(self._reader.position, self.total_hint)

    @property
    def unit(self) -> str:
        return self._reader.unit

    @property
    def columns(self) -> tuple[Column, ...]:
        """What happens to every column, for ``--dry-run``."""
        return self._reader.columns

    @property
    def encoding(self) -> str | None:
        """Codec of a text file; None for workbooks."""
        return self._reader.encoding

    @property
    def sheets(self) -> tuple[str, ...]:
        """Names of the sheets that are read."""
        return self._reader.sheets

    @property
    def notes(self) -> tuple[str, ...]:
        """What was left out, such as sheets without a header."""
        return self._reader.notes


def source_name(path: File) -> str:
    """The file's name without its endings, in NFC: the name of a source that has no other.

    Bytes that are no UTF-8, and control characters, become question marks: a source has a name that can be written.
    """
    stem = path.name.removesuffix(".gz")
    is_folder = isinstance(path, Path) and path.is_dir()
    name = unicodedata.normalize("NFC", stem if is_folder else PurePath(stem).stem)
    return _writable(name)


def _writable(name: str) -> str:
    characters = name.encode("utf-8", "replace").decode("utf-8")
    return "".join("?" if unicodedata.category(one) == "Cc" else one for one in characters)


def open_source(path: File, options: ImportOptions | None = None) -> ImportSource:
    """Opens a file or a folder of letters, by its content. Raises ImportRefused, saying what to do instead.

    A file that was sent stays in memory as :class:`Uploaded`; reading it writes nothing.
    """
    options = options or ImportOptions()
    if isinstance(path, Path) and not path.exists():
        raise ImportRefused(f"{path} does not exist")
    try:
        reader = _reader(path, options)
    except DAMAGED as error:
        raise ImportRefused(f"{path.name} is damaged ({type(error).__name__}); copy or export it again") from None
    absent = [header for header in options.mapping if plain(header) not in reader.mapped]
    if absent:
        raise ImportRefused(f"--map: {path.name} has no column {absent[0]!r}")
    return ImportSource(path, options, reader)


def _reader(path: File, options: ImportOptions) -> CellReader:
    if isinstance(path, Path) and path.is_dir():
        return LetterReader(letters_in(path), options)
    kind = kind_of(path)
    if kind == "xlsx":
        return WorkbookReader(path, options)
    if kind == "jsonl":
        return JsonLinesReader(path, options)
    if kind == "zip":
        return LetterReader(PackedLetters(path).letters, options)
    if kind in {"docx", "pdf"}:
        return LetterReader([path], options)
    if kind == "text" and not (options.mapping or options.delimiter):
        try:
            return DelimitedReader(path, options)
        except ImportRefused:
            if path.suffix.lower() not in {".txt", ".text", ".md"}:
                raise
            return LetterReader([path], options)
    return DelimitedReader(path, options)
