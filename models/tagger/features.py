"""Hashed features of every character of a text: characters, words, known names, and what the document repeats."""

from __future__ import annotations

from functools import cache

import ahocorasick
import numpy as np
import numpy.typing as npt

from models.gazetteer import gazetteer
from models.segment import words
from models.taxonomy import taxonomy

Ints = npt.NDArray[np.int64]
Words = npt.NDArray[np.uint64]

PAD = 12
STEP = np.uint64(0x9E3779B97F4A7C15)
MIX = np.uint64(0xFF51AFD7ED558CCD)
LEVEL_CLASS = {"province": 1, "city": 2, "county": 3, "township": 4, "functional_area": 5}
UNIT_CLASS = 6
# (first, last) offsets of the character n-grams around a character
NGRAMS = (
    *((k, k) for k in range(-4, 5)),
    *((k, k + 1) for k in range(-4, 4)),
    *((k, k + 2) for k in range(-4, 3)),
    (-3, 0), (-2, 1), (-1, 2), (0, 3), (-4, -1), (1, 4),
    (0, 4), (-4, 0),
)  # fmt: skip
TEMPLATES = len(NGRAMS) + 16


@cache
def _names() -> ahocorasick.Automaton:
    """Every division name of two characters or more and every unit alias, each with its class."""
    automaton = ahocorasick.Automaton()
    for name, divisions in gazetteer().by_name.items():
        if len(name) >= 2:
            automaton.add_word(name, (len(name), LEVEL_CLASS[divisions[0].level]))
    for unit in taxonomy().units.values():
        for name in (*unit.aliases, *unit.legacy_names):
            automaton.add_word(name, (len(name), UNIT_CLASS))
    automaton.make_automaton()
    return automaton


def _name_classes(text: str, length: int) -> Ints:
    """For each character the class of the longest known name over it, times four, plus its place in the name."""
    classes = np.zeros(length, dtype=np.int64)
    sizes = np.zeros(length, dtype=np.int64)
    for last, (size, kind) in _names().iter(text):
        first = last - size + 1
        if size > sizes[first : last + 1].max():
            sizes[first : last + 1] = size
            classes[first : last + 1] = kind * 4 + 2
            classes[first] = kind * 4 + 1
            classes[last] = kind * 4 + 3
    return classes


def _shapes(codes: Ints) -> Ints:
    """Characters with digits, capitals and small letters folded to one sign each (A7县 and K8县 look alike)."""
    shapes = codes.copy()
    shapes[(codes >= 48) & (codes <= 57)] = 1
    shapes[(codes >= 65) & (codes <= 90)] = 2
    shapes[(codes >= 97) & (codes <= 122)] = 3
    return shapes


def _word_spans(text: str, length: int) -> tuple[Ints, Ints]:
    """For each character the first offset of its word and the offset after it."""
    sizes = np.fromiter(map(len, words(text)), dtype=np.int64)
    ends = np.cumsum(sizes)
    return np.repeat(ends - sizes, sizes)[:length], np.repeat(ends, sizes)[:length]


def _repeats(pair: Words) -> Ints:
    """For each character how often the two characters beginning there occur in the document, 1 to 4."""
    _, inverse, counts = np.unique(pair, return_inverse=True, return_counts=True)
    return np.minimum(counts, 4)[inverse].astype(np.int64)


def codes_of(text: str) -> npt.NDArray[np.uint32]:
    """32-bit feature codes, one row a template and one column a character; the text's first line is its title."""
    length = len(text)
    signs = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(np.int64)
    shapes = np.zeros(length + 2 * PAD, dtype=np.uint64)
    shapes[PAD:-PAD] = _shapes(signs).astype(np.uint64)
    firsts, ends = _word_spans(text, length)
    known = np.zeros(length + 2, dtype=np.int64)
    known[1:-1] = _name_classes(text, length)

    at = np.arange(length)
    rolled = {0: np.zeros(length + 2 * PAD, dtype=np.uint64)}
    for size in range(1, 6):
        previous = rolled[size - 1]
        gram = shapes.copy()
        gram[:-1] += previous[1:] * STEP if size > 1 else np.uint64(0)
        rolled[size] = gram
    raw = np.empty((TEMPLATES, length), dtype=np.uint64)
    for row, (first, last) in enumerate(NGRAMS):
        raw[row] = rolled[last - first + 1][PAD + first : PAD + first + length]

    word = _word_hashes(shapes, firsts, ends)
    before = word[np.maximum(firsts - 1, 0)]
    after = word[np.minimum(ends, length - 1)]
    place = np.minimum(at - firsts, 3) * 4 + np.minimum(ends - 1 - at, 3)
    repeats = _repeats(rolled[2][PAD : PAD + length])
    title = text.find("\n")
    zone = np.where(at < title, 1, 0) * 8 + np.minimum(np.log2(at - np.where(at < title, 0, title) + 1), 7).astype(
        np.int64
    )
    single = shapes[PAD:-PAD]
    extra = (
        place, word + place.astype(np.uint64), before + place.astype(np.uint64), after + place.astype(np.uint64),
        before * STEP + word, word * STEP + after,
        known[1:-1], known[:-2] * 64 + known[1:-1], known[1:-1] * 64 + known[2:],
        single * STEP + known[1:-1].astype(np.uint64), single * STEP + place.astype(np.uint64),
        repeats, repeats * 64 + zone, zone, single * STEP + repeats.astype(np.uint64), known[1:-1] * 64 + place,
    )  # fmt: skip
    for row, values in enumerate(extra, start=len(NGRAMS)):
        raw[row] = values
    raw += np.arange(1, TEMPLATES + 1, dtype=np.uint64)[:, None] * np.uint64(0xC2B2AE3D27D4EB4F)
    raw ^= raw >> np.uint64(29)
    raw *= MIX
    raw >>= np.uint64(32)
    return raw.astype(np.uint32)


def _word_hashes(shapes: Words, firsts: Ints, ends: Ints) -> Words:
    """For each character a hash of its word: the sum of the hashes of its characters and their places in it."""
    length = len(firsts)
    place = (np.arange(length) - firsts).astype(np.uint64)
    turned = (shapes[PAD : PAD + length] + (place << np.uint64(32))) * STEP
    turned ^= turned >> np.uint64(31)
    turned *= MIX
    total = np.zeros(length + 1, dtype=np.uint64)
    np.cumsum(turned, out=total[1:])
    return total[ends] - total[firsts]
