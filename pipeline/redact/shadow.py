"""A plain twin of the text to search in: full-width forms folded, invisible characters gone, offsets kept."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from pipeline.redact.result import CannotRedact

MAX_CHARACTERS: Final = 1_000_000
"""Longer texts are refused: no petition, post or notice is that long, and what is cannot be checked by eye."""

_LINE_BREAKS: Final = str.maketrans(dict.fromkeys("\v\f\x1c\x1d\x1e\x1f\x85\u2028\u2029", "\n"))
_REFUSED: Final = re.compile("[\x00-\x08\x0e-\x1b\x7f\x80-\x84\x86-\x9f\ufffe\uffff]")
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_INVISIBLE: Final = re.compile(
    "[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\u20e3\ufeff]"
)


def _folding() -> dict[int, str]:
    table = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
    table |= dict.fromkeys([0x3000, 0x00A0, *range(0x2000, 0x200B), 0x202F, 0x205F], " ")
    table |= dict.fromkeys(map(ord, "—–‐‑‒―−﹣⁻─"), "-")
    table |= {
        ord("﹫"): "@",
        ord("﹕"): ":",
        ord("∶"): ":",
        ord("•"): "·",
        ord("‧"): "·",
        ord("・"): "·",
        ord("●"): "·",
    }
    table |= {ord("〔"): "[", ord("〕"): "]", ord("【"): "[", ord("】"): "]"}
    for code in range(0x80, 0x1FC00):
        if unicodedata.category(chr(code)) == "Nd":
            table[code] = str(unicodedata.decimal(chr(code)))
    for code in [*range(0x1D400, 0x1D6A4), *range(0x2100, 0x2140)]:
        folded = unicodedata.normalize("NFKC", chr(code))
        if len(folded) == 1 and folded.isascii() and folded.isalpha():
            table[code] = folded
    return table


_FOLDING: Final = _folding()


@dataclass(frozen=True, slots=True)
class Shadow:
    """The text to search in, and where each of its characters stands in the text it was made from."""

    text: str
    positions: tuple[int, ...] | None

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """The span of the original that ``text[start:end]`` was made from."""
        if self.positions is None:
            return start, end
        return self.positions[start], self.positions[end - 1] + 1


def cleaned(text: str) -> str:
    """The text with exotic line breaks (vertical tab, form feed, U+2028 …) as line feeds, one for one.

    Raises CannotRedact for lone surrogates, for all other control characters except tab, line feed and carriage
    return, for non-characters, and for more than ``MAX_CHARACTERS`` code points.
    """
    if len(text) > MAX_CHARACTERS:
        raise CannotRedact("too_long")
    if text.isascii() and text.isprintable():
        return text
    if _SURROGATE.search(text):
        raise CannotRedact("lone_surrogate")
    if _REFUSED.search(text):
        raise CannotRedact("control_character")
    return text.translate(_LINE_BREAKS)


def shadow_of(text: str) -> Shadow:
    """Folds full-width, mathematical and foreign digits and letters, spaces and dashes; drops invisible characters."""
    positions = None
    if _INVISIBLE.search(text):
        positions = tuple(index for index, character in enumerate(text) if not _INVISIBLE.match(character))
        text = "".join(text[index] for index in positions)
    return Shadow(text if text.isascii() else text.translate(_FOLDING), positions)
