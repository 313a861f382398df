"""Disguised words (隐语): 维quan, 拆qian, zf, 强*拆 – a copy of the text that says them plainly, and the way back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import product
from typing import Any, Final, NamedTuple

import yaml
from spacy.language import Language
from spacy.tokens import Doc

from models.lexicon.matching import Literals
from models.normalise import fold
from models.passages import Passages
from models.posts.anatomy import anatomy
from models.spans import Finding, mark

CANCELS_WITHIN: Final = 6
NEEDS_WITHIN: Final = 12
"""Characters to either side of a form in which a word of ``unless`` cancels it and one of ``near`` must stand."""
_UNREAD: Final = frozenset({"mention", "link", "media"})
_LATIN: Final = re.compile(r"[a-z0-9_]")
_CUT_BY: Final = r"(?:[·.*/|~+\-]| {1,2})"


class Reading(NamedTuple):
    """A text to match and to classify, and for each of its characters the passage of the original it stands for."""

    text: str
    offsets: tuple[tuple[int, int], ...] | None
    """Half-open spans of the original, one a character; None where the text is the original itself."""

    def original(self, start: int, end: int) -> tuple[int, int]:
        """The passage of the original that ``text[start:end]`` stands for. Raises IndexError outside the text."""
        if not 0 <= start <= end <= len(self.text):
            raise IndexError(f"[{start}, {end}) does not lie in a reading of {len(self.text)} characters")
        if self.offsets is None:
            return start, end
        if start == end:
            at = self.offsets[start][0] if start < len(self.offsets) else self.offsets[-1][1] if self.offsets else 0
            return at, at
        return self.offsets[start][0], self.offsets[end - 1][1]


@dataclass(frozen=True, slots=True)
class Disguise:
    """One spelling and what it means, with the words that cancel it and those that it needs around it."""

    form: str
    plain: str
    unless: tuple[str, ...] = ()
    near: tuple[str, ...] = ()


@cache
def table() -> tuple[Disguise, ...]:
    """Every spelling of ``disguises.yaml``, those written out and those that a row's pinyin makes."""
    content = (resources.files("models.posts") / "disguises.yaml").read_bytes()
    rows: list[dict[str, Any]] = yaml.load(content, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))["rows"]
    found: dict[str, list[Disguise]] = {}
    for row in rows:
        unless, near = tuple(map(fold, row.get("unless", ()))), tuple(map(fold, row.get("near", ())))
        for form in dict.fromkeys([*map(fold, row.get("forms", ())), *_spelt(row["plain"], row.get("pinyin", ""))]):
            found.setdefault(form, []).append(Disguise(form, row["plain"], unless, near))
    return tuple(disguise for rows_of_form in found.values() for disguise in rows_of_form)


@cache
def _cut_words() -> re.Pattern[str]:
    content = (resources.files("models.posts") / "disguises.yaml").read_bytes()
    listed = yaml.load(content, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))["cut"]
    longest_first = sorted(listed, key=len, reverse=True)
    words = "|".join(_CUT_BY.join(word) for word in longest_first)
    return re.compile(rf"(?:{words})(?:{_CUT_BY}(?:{words}))*")


def _spelt(plain: str, pinyin: str) -> Iterator[str]:
    """The word with one or more of its characters in Latin letters."""
    syllables = pinyin.split()
    for letters in product((False, True), repeat=len(syllables)):
        if any(letters):
            yield "".join(s if latin else c for c, s, latin in zip(plain, syllables, letters, strict=True))


@cache
def _literals() -> Literals:
    return Literals((disguise.form, disguise) for disguise in table())


def find(text: str) -> list[tuple[int, int, str]]:
    """The disguised passages as (start, end, plain words), in text order, none overlapping; the longest form wins."""
    folded = fold(text)
    hits: list[tuple[int, int, str]] = []
    for start, end, found in _literals().find(folded):
        if isinstance(found, Disguise) and _means(found, folded, start, end):
            hits.append((start, end, found.plain))
    hits += [(m.start(), m.end(), re.sub(_CUT_BY, "", m.group())) for m in _cut_words().finditer(folded)]
    if not hits:
        return []
    taken = Passages()
    for part in anatomy(text).parts:
        if part.kind in _UNREAD:
            taken.add(part.start, part.end)
    kept = []
    for start, end, plain in sorted(hits, key=lambda hit: (hit[0] - hit[1], hit[0])):
        if not taken.overlap(start, end):
            taken.add(start, end)
            kept.append((start, end, plain))
    return sorted(kept)


def _means(disguise: Disguise, text: str, start: int, end: int) -> bool:
    """Whether the form stands alone where it is written in Latin letters, and what is around it speaks for the word."""
    form = disguise.form
    if _LATIN.match(form[0]) and _runs_on(text, start - 1, -1, form.isascii()):
        return False
    if _LATIN.match(form[-1]) and _runs_on(text, end, 1, form.isascii()):
        return False
    if disguise.unless:
        around = text[max(0, start - CANCELS_WITHIN) : end + CANCELS_WITHIN]
        if any(word in around for word in disguise.unless):
            return False
    around = text[max(0, start - NEEDS_WITHIN) : start] + "\n" + text[end : end + NEEDS_WITHIN]
    return not disguise.near or any(word in around for word in disguise.near)


def _runs_on(text: str, at: int, step: int, latin: bool) -> bool:
    """Whether Latin letters go on at ``at``: after one blank or sign, too, where the whole form is Latin."""
    if not 0 <= at < len(text):
        return False
    if _LATIN.match(text[at]):
        return True
    beyond = at + step
    return latin and text[at] in " .@/-&'" and 0 <= beyond < len(text) and bool(_LATIN.match(text[beyond]))


def reading_copy(text: str) -> Reading:
    """The text with its disguised words said plainly; the text itself, at no cost, where it disguises nothing.

    Only what differs is replaced (维quan: ``quan`` becomes 权), so a passage that ends inside a disguised word still
    maps to characters that stand for it.
    """
    return _said_plainly(text, find(text))


def _said_plainly(text: str, found: list[tuple[int, int, str]]) -> Reading:
    if not found:
        return Reading(text, None)
    pieces: list[str] = []
    offsets: list[tuple[int, int]] = []
    at = 0
    for start, end, plain in found:
        start, end, plain = _differing(text, start, end, plain)
        pieces += [text[at:start], plain]
        offsets += [(n, n + 1) for n in range(at, start)] + [(start, end)] * len(plain)
        at = end
    pieces.append(text[at:])
    offsets += [(n, n + 1) for n in range(at, len(text))]
    return Reading("".join(pieces), tuple(offsets))


def _differing(text: str, start: int, end: int, plain: str) -> tuple[int, int, str]:
    """The disguise without the characters that it shares with the plain word at either side."""
    while len(plain) > 1 and end - start > 1 and text[start] == plain[0]:
        start, plain = start + 1, plain[1:]
    while len(plain) > 1 and end - start > 1 and text[end - 1] == plain[-1]:
        end, plain = end - 1, plain[:-1]
    return start, end, plain


if not Doc.has_extension("reading"):
    Doc.set_extension("reading", default=None)


class Disguises:
    """Sets ``doc._.reading`` and leaves ``doc.spans["disguises"]``: label ``disguise``, ``span._.plain`` = the word."""

    def __call__(self, doc: Doc) -> Doc:
        disguised = find(doc.text)
        doc._.reading = _said_plainly(doc.text, disguised)
        mark(doc, "disguises", [Finding(start, end, "disguise", {"plain": plain}) for start, end, plain in disguised])
        return doc


@Language.factory("disguises", assigns=["doc._.reading", "doc.spans"], requires=["token.text"])
def make_disguises(nlp: Language, name: str) -> Disguises:
    """The component that reads disguised words."""
    return Disguises()
