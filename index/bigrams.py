"""Analysis of text for search: character bigrams (二元组) with positions, and single characters.

Folding maps every code point to exactly one code point, so an offset in the folded text is an offset in the text.
Every character takes part, punctuation and blanks too: a string is found exactly where it stands, and
``补偿，标准`` is another string than ``补偿标准``. Full and half width, case, traditional and simplified
characters, the kinds of quotation mark, dash and blank are one.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterator
from functools import cache
from importlib import resources
from operator import add
from typing import Final

BLANK: Final = "\u2423"
"""Stands for a blank inside a term, since terms are handed to engines separated by blanks."""
_QUOTES: Final = dict.fromkeys("“”„‟«»「」『』〝〞〟", '"') | dict.fromkeys("‘’‚‛‹›", "'")
_DASHES: Final = dict.fromkeys("‐‑‒–—―−─", "-")
_ALIKE: Final = _QUOTES | _DASHES | {BLANK: " "}


@cache
def _simplified() -> dict[str, str]:
    lines = resources.files("index").joinpath("simplified.txt").read_text(encoding="utf-8").splitlines()
    return {pair[0]: pair[1] for line in lines if not line.startswith("#") for pair in line.split()}


def _fold_once(character: str) -> str:
    if character.isspace() or unicodedata.category(character) == "Cc":
        return " "
    if unicodedata.category(character) == "Cs":
        return "\ufffd"
    for folded in (unicodedata.normalize("NFKC", character), character.lower()):
        if len(folded) == 1 and folded != character:
            return folded
    return _ALIKE.get(character) or _simplified().get(character, character)


class _Folding(dict[int, int]):
    """Code point → folded code point, worked out when a character is first met."""

    def __missing__(self, code: int) -> int:
        character, seen = chr(code), {""}
        while character not in seen:
            seen.add(character)
            character = _fold_once(character)
        self[code] = ord(character)
        return self[code]


_FOLDING: Final = _Folding()


def fold(text: str) -> str:
    """The text with width, case, script variant, quotation marks, dashes and blanks made one; same length."""
    return text.translate(_FOLDING)


def grams(folded: str) -> str:
    """Every two neighbouring characters as one term, in order, separated by blanks: the term's rank is its position."""
    marked = folded.replace(" ", BLANK)
    return " ".join(map(add, marked, marked[1:]))


def cover(folded: str) -> list[tuple[int, str]]:
    """The fewest bigrams, with positions, that together fix every character of a string of two or more characters."""
    marked = folded.replace(" ", BLANK)
    last = len(marked) - 2
    return [(at, marked[at : at + 2]) for at in sorted({*range(0, last + 1, 2), last})]


def runs(folded: str) -> Iterator[str]:
    """Maximal runs of letters, digits and marks: what is left when punctuation and blanks are taken out."""
    return iter("".join(c if _is_word(c) else " " for c in folded).split())


def _is_word(character: str) -> bool:
    return character.isalnum() or unicodedata.category(character)[0] == "M"


def word_terms(text: str) -> tuple[str, ...]:
    """Distinct bigrams of the word runs of a text (a run of one character gives that character), in order."""
    terms: dict[str, None] = {}
    for run in runs(fold(text)):
        terms.update(dict.fromkeys(map(add, run, run[1:]) if len(run) > 1 else (run,)))
    return tuple(terms)


def is_chinese(text: str) -> bool:
    """Whether the text has at least one Han character (汉字)."""
    return any("㐀" <= c <= "鿿" or "\U00020000" <= c <= "\U0003ffff" or c == "〇" for c in text)


@cache
def analysis_version() -> str:
    """Digest of what decides the terms of a text; an index built with another one is refused."""
    table = "".join(sorted(a + b for a, b in (_simplified() | _ALIKE).items()))
    return hashlib.blake2b(f"bigrams-1 {table}".encode(), digest_size=6).hexdigest()
