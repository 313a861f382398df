"""XML of Office files, told event by event: no tree, no entities, and an end to what is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final
from xml.parsers import expat

from crawlers.importers.options import ImportRefused

MAX_ELEMENTS: Final = 500_000
"""Elements of one part; each takes its time. A letter of a hundred pages has some fifty thousand."""
_MAX_DEPTH: Final = 256


def read_markup(
    content: bytes,
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None],
    text: Callable[[str], None] | None = None,
) -> None:
    """Tells each element by ``namespace name``, and the text between them.

    Raises ExpatError for damaged XML, ImportRefused for entities and for more elements than any part has.
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    told = depth = 0

    def started(name: str, attributes: dict[str, str]) -> None:
        nonlocal told, depth
        told, depth = told + 1, depth + 1
        if told > MAX_ELEMENTS or depth > _MAX_DEPTH:
            raise ImportRefused(f"a part of the file has more than {MAX_ELEMENTS:,} elements, or is nested too deeply")
        start(name, attributes)

    def ended(name: str) -> None:
        nonlocal depth
        depth -= 1
        end(name)

    parser.StartElementHandler, parser.EndElementHandler = started, ended
    if text is not None:
        parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = _doctype
    parser.Parse(content, True)


def _doctype(*_: object) -> None:
    raise ImportRefused("the file declares XML entities, which no office program writes: refused")
