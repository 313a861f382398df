"""Person names (人名) in Chinese running text: a linear model over characters and their context."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

import rjieba

from models.surnames import COMPOUND_SURNAMES, SURNAMES

ARTIFACT: Final = "person_names.json.gz"
_HAN: Final = ("㐀", "鿿")


@dataclass(frozen=True, slots=True)
class NameCandidate:
    """A surname with one or two characters after it, and the log-odds that it is a person's name there."""

    start: int
    family: int
    """Where the surname ends."""
    end: int
    logit: float


def is_han(character: str) -> bool:
    """Whether it is one Chinese character of the basic planes."""
    return _HAN[0] <= character <= _HAN[1]


def candidate_spans(text: str) -> Iterator[tuple[int, int, int]]:
    """(start, end of the surname, end) of every surname-led string of two to four characters."""
    length = len(text)
    for start, character in enumerate(text):
        pair = text[start : start + 2]
        if pair in COMPOUND_SURNAMES:
            family = start + 2
        elif character in SURNAMES:
            family = start + 1
        else:
            continue
        for end in (family + 1, family + 2):
            if end > length or not is_han(text[end - 1]):
                break
            yield start, family, end


class Segments:
    """Where the dictionary's words begin and end, as features of a name's surroundings."""

    def __init__(self, text: str) -> None:
        self.starts: dict[int, str] = {}
        self.ends: dict[int, str] = {}
        self.inside: dict[int, str] = {}
        for word, start, end in rjieba.Jieba.tokenize(_segmenter(), text):
            self.starts[start] = word
            self.ends[end] = word
            for position in range(start, end):
                self.inside[position] = word


@cache
def _segmenter() -> rjieba.Jieba:
    return rjieba.Jieba()


def features(text: str, start: int, family: int, end: int, words: Segments) -> list[str]:
    """The features of one candidate: its characters, its neighbours and its fit to word boundaries."""
    surname, given = text[start:family], text[family:end]
    size = str(len(given))
    before = text[max(0, start - 3) : start].rjust(3, "^")
    after = text[end : end + 3].ljust(3, "$")
    begins, closes = words.starts.get(start), words.ends.get(end)
    fit = f"{begins is not None:d}{closes is not None:d}{begins is not None and len(begins) == end - start:d}"
    first = words.inside[start]
    return [
        "L" + size,
        "S" + size + surname,
        "g" + size + given[0],
        "h" + given[-1],
        "G" + given,
        "s" + surname + given[0],
        "N" + surname + given,
        "p" + before[2],
        "P" + before[1:],
        "Q" + before,
        "n" + size + after[0],
        "m" + after[0],
        "M" + after[:2],
        "O" + after,
        "x" + before[2] + after[0],
        "F" + fit + size,
        "T" + first if len(first) > 1 else "t",
        "U" + fit + surname,
        "w" + words.ends.get(start, "-"),
        "W" + words.starts.get(end, "-"),
        "k" + given[-1] + after[0],
        "V" + fit + words.ends.get(start, "-"),
    ]


class PersonNames:
    """The trained model: a weight a feature, a bias, and nothing else."""

    def __init__(self, weights: dict[str, float], bias: float) -> None:
        self.weights = weights
        self.bias = bias

    def candidates(self, text: str, words: Segments, *, floor: float = -6.0) -> list[NameCandidate]:
        """Every candidate whose log-odds reach ``floor``, in text order; candidates may overlap."""
        weight = self.weights.get
        limit = floor - self.bias
        found = []
        for start, family, end in candidate_spans(text):
            score = 0.0
            for feature in features(text, start, family, end, words):
                score += weight(feature, 0.0)
            if score >= limit:
                found.append(NameCandidate(start, family, end, score + self.bias))
        return found


@cache
def load() -> PersonNames:
    """The model that ships in ``models/artifacts``, read once a process."""
    content = json.loads(gzip.decompress(files("models").joinpath("artifacts", ARTIFACT).read_bytes()))
    return PersonNames({name: value / content["scale"] for name, value in content["weights"].items()}, content["bias"])
