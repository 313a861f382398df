"""Texts with their expected redactions marked inline: ``联系人：[name|…]``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

_MARK = re.compile(
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
    """All of ``fixtures.txt``."""
    lines = (Path(__file__).parent / "fixtures.txt").read_text(encoding="utf-8").splitlines()
    return [marked(line) for line in lines if line and not line.startswith("#")]
