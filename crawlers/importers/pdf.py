"""The text layer of a PDF letter; a scan has none, and is refused."""

from __future__ import annotations

import logging
import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from crawlers.importers.files import File
from crawlers.importers.options import ImportRefused
from crawlers.importers.outcomes import MAX_CELL

MAX_PAGES: Final = 300
"""Pages of a letter with its enclosures."""
_PAGE_NUMBER: Final = re.compile(
    r"[-–— ]*(?:第\s*)?\d{1,4}\s*(?:页)?(?:\s*[/／,，]?\s*(?:共\s*)?\d{1,4}\s*页?)?[-–— ]*"
)
_ENDS: Final = re.compile(r"[。！？!?；;：:…”」』）)]$")
_FULL: Final = 0.8
"""From this share of the widest line on, a line that ends in no mark goes on in the next one."""
_RADICALS: Final = re.compile("[\u2e80-\u2fdf\uf900-\ufaff]")
"""Characters by which fonts of PDF files stand in for the usual ones; they look alike and are found by no search."""
_UNREADABLE: Final = 0.2
_NO_TEXT: Final = "has no text layer: it is a scan; have its text recognised (OCR) and import that as DOCX or TXT"


def pdf_lines(file: File) -> list[str]:
    """The lines of a letter, those that the page broke joined again. Raises ImportRefused, saying what to do."""
    lines = [line for page in _pages(file) for line in page.splitlines() if not _PAGE_NUMBER.fullmatch(line.strip())]
    text = "".join(lines)
    if not text.strip():
        raise ImportRefused(f"{file.name} {_NO_TEXT}")
    if sum(map(_is_no_character, text)) > _UNREADABLE * len(text):
        raise ImportRefused(
            f"{file.name} has a text layer without readable characters; open it, copy its text into a DOCX or TXT file"
        )
    return list(_joined([_RADICALS.sub(_usual, line).strip() for line in lines]))


def _pages(file: File) -> Iterator[str]:
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # its warnings may repeat what stands in the file
    length = 0
    try:
        with file.open("rb") as stream:
            reader = PdfReader(stream)
            if reader.is_encrypted and not reader.decrypt(""):
                raise ImportRefused(f"{file.name} is protected by a password; remove it and save the file again")
            if len(reader.pages) > MAX_PAGES:
                raise ImportRefused(f"{file.name} has more than {MAX_PAGES} pages, which no letter has")
            for page in reader.pages:
                text = page.extract_text()
                length += len(text)
                if length > 2 * MAX_CELL:
                    raise ImportRefused(f"the letter holds more than {MAX_CELL:,} characters")
                yield text
    except ImportRefused:
        raise
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError, OSError,
            ArithmeticError, AssertionError, NotImplementedError, MemoryError) as error:  # fmt: skip
        raise ImportRefused(f"the PDF document is damaged ({type(error).__name__}); save or export it again") from None


def _joined(lines: list[str]) -> Iterator[str]:
    """Paragraphs: a line that reaches the margin and ends in the middle of a sentence goes on in the next one."""
    widest = max(map(_width, lines), default=0)
    waiting = ""
    for line in lines:
        waiting = f"{waiting} {line}" if waiting[-1:].isascii() and waiting[-1:].isalnum() else waiting + line
        if line and _width(line) >= _FULL * widest and not _ENDS.search(line) and widest > 20:
            continue
        yield waiting
        waiting = ""
    if waiting:
        yield waiting


def _width(line: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in line)


def _usual(match: re.Match[str]) -> str:
    return unicodedata.normalize("NFKC", match[0])


def _is_no_character(character: str) -> bool:
    """Private-use characters, replacement marks and controls: a font without a table of its characters."""
    no_text = unicodedata.category(character) in {"Co", "Cn", "Cc"} and not character.isspace()
    return no_text or character == "\ufffd"
