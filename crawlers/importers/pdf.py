"""The text layer of a PDF letter; a scan has none, and is refused."""

from __future__ import annotations

import logging
import re
import unicodedata
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from crawlers.importers.files import File
from crawlers.importers.options import ImportRefused
from crawlers.importers.outcomes import MAX_CELL

if TYPE_CHECKING:
    from pypdf import PageObject

MAX_PAGES: Final = 300
"""Pages of a letter with its enclosures."""
MAX_DRAWN: Final = 8 * 2**20
"""Bytes of what draws one page, unpacked, with forms and tables of fonts; a page of text takes some ten thousand."""
MAX_DRAWN_IN_ALL: Final = 4 * MAX_DRAWN
"""The same for a letter: pages may share what draws them, and each takes its time anew."""
MAX_OPERATIONS: Final = 500_000
"""Steps of drawing in a letter: forms that use forms multiply them, and each takes its time."""
_PAGE_NUMBER: Final = re.compile(
    r"[-–— ]*(?:第\s*)?\d{1,4}\s*(?:页)?(?:\s*[/／,，]?\s*(?:共\s*)?\d{1,4}\s*页?)?[-–— ]*"
)
_LONGEST_NUMBER: Final = 60
"""Characters of the number of a page with what stands around it."""
_ENDS: Final = re.compile(r"[。！？!?；;：:…”」』）)]$")
_FULL: Final = 0.8
"""From this share of the widest line on, a line that ends in no mark goes on in the next one."""
_RADICALS: Final = re.compile("[\u2e80-\u2fdf\uf900-\ufaff]")
"""Characters by which fonts of PDF files stand in for the usual ones; they look alike and are found by no search."""
_UNREADABLE: Final = 0.2
_NO_TEXT: Final = "has no text layer: it is a scan; have its text recognised (OCR) and import that as DOCX or TXT"


def pdf_lines(file: File) -> list[str]:
    """The lines of a letter, those that the page broke joined again. Raises ImportRefused, saying what to do."""
    lines = [line for page in _pages(file) for line in page.splitlines() if not _is_page_number(line.strip())]
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
    length = weight = 0
    try:
        with file.open("rb") as stream:
            reader = PdfReader(stream)
            if reader.is_encrypted and not reader.decrypt(""):
                raise ImportRefused(f"{file.name} is protected by a password; remove it and save the file again")
            if len(reader.pages) > MAX_PAGES:
                raise ImportRefused(f"{file.name} has more than {MAX_PAGES} pages, which no letter has")
            steps = _Steps()
            for page in reader.pages:
                on_page = drawn(page)
                weight += on_page
                if on_page > MAX_DRAWN or weight > MAX_DRAWN_IN_ALL:
                    raise ImportRefused(
                        f"a page is drawn with more than {MAX_DRAWN:,} bytes, or the letter with more than "
                        f"{MAX_DRAWN_IN_ALL:,}, which no letter takes"
                    )
                text = page.extract_text(visitor_operand_before=steps)
                length += len(text)
                if length > 2 * MAX_CELL:
                    raise ImportRefused(f"the letter holds more than {MAX_CELL:,} characters")
                yield text
    except ImportRefused:
        raise
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError, OSError,
            ArithmeticError, AssertionError, NotImplementedError, MemoryError) as error:  # fmt: skip
        raise ImportRefused(f"the PDF document is damaged ({type(error).__name__}); save or export it again") from None


class _Steps:
    """Counts the steps of drawing that a reader takes. Raises ImportRefused beyond :data:`MAX_OPERATIONS`."""

    def __init__(self) -> None:
        self.taken = 0

    def __call__(self, *_: object) -> None:
        self.taken += 1
        if self.taken > MAX_OPERATIONS:
            raise ImportRefused(f"the letter is drawn in more than {MAX_OPERATIONS:,} steps, which no letter takes")


def drawn(page: PageObject) -> int:
    """Bytes of the page's content, of each form under it and of the tables of their fonts, unpacked, once each.

    What comes after the one that passes :data:`MAX_DRAWN` is neither counted nor unpacked.
    """
    weight = 0
    for stream in _streams(page):
        weight += len(stream.get_data())
        if weight > MAX_DRAWN:
            break
    return weight


def _streams(page: PageObject) -> Iterator[Any]:
    """What draws a page, one after the other, as the file packs it."""
    contents = _got(page, "/Contents")
    parts = (part.get_object() for part in contents) if isinstance(contents, list) else [contents]
    yield from filter(_is_stream, parts)
    waiting, seen = [_got(page, "/Resources")], dict[int, Any]()
    while waiting:
        resources = waiting.pop()
        for part in (*_parts(resources, "/XObject"), *_parts(resources, "/Font")):
            if id(part) in seen:
                continue
            seen[id(part)] = part
            if _got(part, "/Subtype") == "/Form":
                waiting.append(_got(part, "/Resources"))
                yield from filter(_is_stream, [part])
            yield from filter(_is_stream, [_got(part, "/ToUnicode")])


def _is_stream(part: Any) -> bool:
    return hasattr(part, "get_data")


def _parts(resources: Any, kind: str) -> list[Any]:
    """The forms, pictures or fonts that resources name."""
    named = _got(resources, kind)
    return [value.get_object() for value in named.values()] if isinstance(named, dict) else []


def _got(holder: Any, key: str) -> Any:
    """What a dictionary of the file has under a key, wherever it stands; None where there is none."""
    found = holder.get(key) if isinstance(holder, dict) else None
    return found.get_object() if found is not None else None


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


def _is_page_number(line: str) -> bool:
    return len(line) <= _LONGEST_NUMBER and _PAGE_NUMBER.fullmatch(line) is not None


def _width(line: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in line)


def _usual(match: re.Match[str]) -> str:
    return unicodedata.normalize("NFKC", match[0])


def _is_no_character(character: str) -> bool:
    """Private-use characters, replacement marks and controls: a font without a table of its characters."""
    no_text = unicodedata.category(character) in {"Co", "Cn", "Cc"} and not character.isspace()
    return no_text or character == "\ufffd"
