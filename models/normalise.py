"""Folding for matching: one character becomes one character, so an offset in the folded text is one in the text."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # whoever only folds texts need not wait for spaCy
    from spacy.tokens import Doc


@cache
def _table() -> dict[int, int]:
    """Full-width letters and digits, blanks, capitals, and traditional characters (繁体).

    The pairs in ``traditional.txt`` are OpenCC's TSCharacters (Apache-2.0), first choice, without characters that
    GB 2312 has: those (乾, 著 …) are also good simplified ones. Full-width punctuation stays: it breaks clauses.
    """
    rows = (resources.files("models") / "traditional.txt").read_text("utf-8").splitlines()
    table = dict(zip(map(ord, rows[0]), map(ord, rows[1]), strict=True))
    kept = "！（），：；？"
    for code in range(0xFF01, 0xFF5F):
        if chr(code) not in kept:
            table[code] = code - 0xFEE0
    for upper in range(ord("A"), ord("Z") + 1):
        table[upper] = table[upper + 0xFEE0] = upper + 32
    table[0x3000] = table[0xA0] = table[ord("\t")] = ord(" ")
    return table


def fold(text: str) -> str:
    """The text for matching: half-width, simplified, lower case, and exactly as long as the original."""
    return text.translate(_table())


def folded(doc: Doc) -> str:
    """``fold(doc.text)``, computed once a Doc."""
    kept: str | None = doc.user_data.get("folded")
    if kept is None:
        kept = doc.user_data["folded"] = fold(doc.text)
    return kept
