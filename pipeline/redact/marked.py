"""Texts with their expected redactions marked inline, ``联系人：[name|…]``, and how the redactor does on them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from pipeline.redact.redactor import redact, redactor_version
from pipeline.redact.result import CannotRedact

FIXTURES: Final = Path(__file__).parents[2] / "tests" / "pipeline" / "redact" / "fixtures.txt"
"""They come with the sources; an installation from a wheel has none."""
_MARK: Final = re.compile(
    r"\[(name|phone|id_number|case_number|account|plate|door_address|handle|minor|movement)\|([^\[\]]*(?:\[[^\[\]]*\][^\[\]]*)*)\]"
)


@dataclass(frozen=True)
class MarkedText:
    """A text without its marks, the spans they stood around, and whether it is an official text."""

    text: str
    spans: tuple[tuple[int, int, str], ...]
    official: bool

    def __str__(self) -> str:
        return self.text[:40]

    def passes(self) -> bool:
        """Whether exactly the marked passages are taken out."""
        try:
            taken = redact(self.text, official=self.official).redactions
        except CannotRedact:
            return False
        return tuple((span.start, span.end, span.cls) for span in taken) == self.spans


@dataclass(frozen=True)
class Tried:
    """How many of the marked texts pass, and with which redactor."""

    texts: int
    traps: int
    """Texts among them in which nothing may be taken out."""
    passed: int
    redactor: str


def marked(line: str) -> MarkedText:
    """Reads one line of ``fixtures.txt``."""
    official = line.startswith("official: ")
    line = line.removeprefix("official: ").replace("\\n", "\n")
    text, spans, at = "", [], 0
    for mark in _MARK.finditer(line):
        text += line[at : mark.start()]
        spans.append((len(text), len(text) + len(mark.group(2)), mark.group(1)))
        text += mark.group(2)
        at = mark.end()
    return MarkedText(text + line[at:], tuple(spans), official)


def fixtures() -> list[MarkedText]:
    """All of ``fixtures.txt``. Raises FileNotFoundError where the sources are not there."""
    lines = FIXTURES.read_text(encoding="utf-8").splitlines()
    return [marked(line) for line in lines if line and not line.startswith("#")]


def tried() -> Tried:
    """The redactor of this machine on all marked texts: seconds the first time. Raises FileNotFoundError."""
    return _tried(redactor_version())


@cache
def _tried(redactor: str) -> Tried:
    texts = fixtures()
    return Tried(len(texts), sum(not one.spans for one in texts), sum(one.passes() for one in texts), redactor)
