"""Single letters (来信), one DOCX, PDF or TXT file each, in a folder or an archive."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePath
from typing import Final

from crawlers.importers.archive import Member
from crawlers.importers.dates import DateUnreadable, moment_of
from crawlers.importers.encoding import encoding_of
from crawlers.importers.files import File, OpenFile, size_of
from crawlers.importers.kinds import kind_of
from crawlers.importers.options import ImportOptions, ImportRefused
from crawlers.importers.outcomes import MAX_CELL, Bad, Cell, Cells, Column
from crawlers.importers.parts import DAMAGED
from crawlers.importers.pdf import pdf_lines
from crawlers.importers.personal import is_personal
from crawlers.importers.word import docx_lines

_LABELLED: Final = re.compile(r"^[\s　]*([\w（）()、/ 　]{1,12}?)[\s　]*[:：]")
_DATE_LABEL: Final = re.compile(r"^(?:日期|时间|来信日期|来信时间|写信日期|写信时间)\s*[:：]\s*")
_DATE_IN_NAME: Final = re.compile(r"(?<!\d)((?:19|20)\d{2}[-_.年]\d{1,2}[-_.月]\d{1,2}日?|(?:19|20)\d{6})(?!\d)")
_SALUTATION: Final = re.compile(r"[:：，,]$|^尊敬的|^敬爱的|^您好|^你好")
_MAX_TITLE: Final = 60
_DATE_WITHIN: Final = 5
"""Lines from the top and from the bottom among which a line that is nothing but a date dates the letter."""
_FAILED: Final = (
    *DAMAGED,
    ArithmeticError,
    AttributeError,
    LookupError,
    MemoryError,
    RecursionError,
    TypeError,
    ValueError,
)
"""What a reader raises at a letter that is spoilt in a way that nobody foresaw: the other letters go in."""


class LetterReader:
    """One row a letter: first line as title, the rest as body. Files are numbered in the order of their names.

    Names of files often hold names of people: they are neither kept nor reported, except digits and the ending.
    """

    kind = "letters"
    unit = "files"
    sheets: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def __init__(self, letters: Sequence[File], options: ImportOptions) -> None:
        self._files = letters
        if options.mapping:
            raise ImportRefused("--map: letters have no columns to map")
        self._encoding = options.encoding
        self.encoding: str | None = options.encoding
        self.total_hint = len(self._files)
        self.position = 0

    @property
    def columns(self) -> tuple[Column, ...]:
        return (
            Column("", "first line", "recognised", "title"),
            Column("", "date in the file's name, or alone on a line", "recognised", "published_at"),
            Column("", "the other lines", "recognised", "body"),
            Column("", "lines such as 姓名：…, 电话：…", "dropped (personal)"),
        )

    @property
    def mapped(self) -> frozenset[str]:
        return frozenset()

    def __iter__(self) -> Iterator[Cells | Bad]:
        self.position = 0
        for number, path in enumerate(self._files, 1):
            yield self._letter(number, path)
            self.position = number

    def _letter(self, number: int, path: File) -> Cells | Bad:
        shown = masked(path.name)
        try:
            path = path.unpacked() if isinstance(path, Member) else path
            kind = kind_of(path)
            if kind == "zip":
                return Bad(number, shown, "", "is an archive, not a letter; unpack it and import it by itself")
            if kind not in {"docx", "pdf", "text"}:
                return Bad(number, shown, "", "is a table, not a letter; import it by itself")
            lines = self._lines(kind, path)
        except ImportRefused as refused:
            return Bad(number, shown, "", str(refused).replace(path.name, "the file"))
        except _FAILED as error:
            return Bad(number, shown, "", f"the letter is damaged ({type(error).__name__}); open it and save it again")
        lines = [line for line in map(str.strip, lines) if line and not _is_personal_line(line)]
        if sum(map(len, lines)) > MAX_CELL:
            return Bad(number, shown, "body", f"the letter holds more than {MAX_CELL:,} characters")
        published_at, rest = _date_of(path, lines)
        title = rest[0] if len(rest) > 1 and _is_title(rest[0]) else ""
        values: dict[str, Cell] = {"title": title, "body": "\n".join(rest[1:] if title else rest)}
        return Cells(number, shown, {**values, "published_at": published_at})  # type: ignore[dict-item]

    def _lines(self, kind: str, path: File) -> list[str]:
        if kind == "text":
            return _text_lines(path, self._encoding)
        return docx_lines(path) if kind == "docx" else pdf_lines(path)


def masked(name: str) -> str:
    """A file's name with all but short numbers and the ending hidden: ``张三-3.docx`` is ``…-3.docx``."""
    path = PurePath(name)
    stem = re.sub(r"\d{9,}", "…", re.sub(r"[^\d\s().\-_]+", "…", path.stem))
    return stem + (path.suffix if re.fullmatch(r"\.[A-Za-z0-9]{1,5}", path.suffix) else "")


def letters_in(folder: Path) -> list[Path]:
    """The files of a folder in the order of their names. Raises ImportRefused where there is none."""
    found = sorted(
        path
        for path in folder.rglob("*")
        if path.is_file() and not any(part.startswith((".", "~$")) for part in path.relative_to(folder).parts)
    )
    if not found:
        raise ImportRefused(f"{folder.name} is a folder without DOCX or TXT files, or PDF files with a text layer")
    return found


def _is_title(line: str) -> bool:
    return len(line) <= _MAX_TITLE and not _SALUTATION.search(line)


def _is_personal_line(line: str) -> bool:
    """A line of a form that states who writes (姓名：…、联系电话：…), not one of the letter."""
    label = _LABELLED.match(line) if len(line) <= _MAX_TITLE else None
    return label is not None and is_personal(label[1])


def _date_of(path: File, lines: list[str]) -> tuple[Cell, list[str]]:
    """The letter's date, as written, and its lines without a date that stands first."""
    named = _DATE_IN_NAME.search(path.stem)
    if named is not None and _is_date(named[1].replace("_", "-")):
        return named[1].replace("_", "-"), lines[1:] if lines and _is_date(lines[0]) else lines
    for position in [*range(min(_DATE_WITHIN, len(lines))), *range(len(lines) - 1, len(lines) - 1 - _DATE_WITHIN, -1)]:
        if 0 <= position < len(lines) and _is_date(_DATE_LABEL.sub("", lines[position])):
            written = _DATE_LABEL.sub("", lines[position])
            return written, lines[1:] if position == 0 else lines
    return None, lines


def _is_date(line: str) -> bool:
    try:
        return len(line) <= 40 and moment_of(line) is not None
    except DateUnreadable:
        return False


def _text_lines(path: File, encoding: str | None) -> list[str]:
    if size_of(path) <= 8 * MAX_CELL:
        with OpenFile(path) as file, file.text(encoding_of(path, encoding)) as stream:
            text = stream.read(8 * MAX_CELL + 1)
        if len(text) <= 8 * MAX_CELL:
            return text.splitlines()
    raise ImportRefused(f"the letter holds more than {MAX_CELL:,} characters")
