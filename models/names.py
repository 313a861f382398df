"""Person names (人名) in Chinese running text: a linear model over characters and their context."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import rjieba

from models.checksums import verified
from models.surnames import COMPOUND_SURNAMES, SURNAMES

ARTIFACT: Final = "person_names.json.gz"
OWN_FLOOR: Final = -4.0
"""Names whose own characters weigh less are not looked at in their context."""

_REMEMBERED: Final = 20_000
_HAN: Final = ("㐀", "鿿")
_CANDIDATE: Final = re.compile(
    f"(?=({'|'.join(sorted(COMPOUND_SURNAMES))}|[{''.join(sorted(SURNAMES))}])([{_HAN[0]}-{_HAN[1]}]{{1,2}}))"
)


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
    for match in _CANDIDATE.finditer(text):
        family, end = match.end(1), match.end(2)
        yield match.start(), family, family + 1
        if end == family + 2:
            yield match.start(), family, end


class Segments:
    """Where the dictionary's words begin and end, as features of a name's surroundings."""

    def __init__(self, text: str) -> None:
        self.starts: dict[int, str] = {}
        self.ends: dict[int, str] = {}
        position = 0
        for word in rjieba.cut(text):
            self.starts[position] = word
            position += len(word)
            self.ends[position] = word

    def word_at(self, position: int) -> str:
        """The word that the character at ``position`` belongs to; "" inside a word of more than nine characters."""
        for start in range(position, position - 9, -1):
            if start in self.starts:
                return self.starts[start]
        return ""


def own_features(surname: str, given: str) -> list[str]:
    """The features of the name itself."""
    size = str(len(given))
    return [
        "L" + size,
        "S" + size + surname,
        "g" + size + given[0],
        "h" + given[-1],
        "G" + given,
        "s" + surname + given[0],
        "N" + surname + given,
    ]


def context_features(text: str, start: int, family: int, end: int, words: Segments) -> list[str]:
    """The features of what stands around one candidate, and of its fit to word boundaries."""
    size = str(end - family)
    before = text[max(0, start - 3) : start].rjust(3, "^")
    after = text[end : end + 3].ljust(3, "$")
    begins, closes = words.starts.get(start), words.ends.get(end)
    fit = f"{begins is not None:d}{closes is not None:d}{begins is not None and len(begins) == end - start:d}"
    first = words.word_at(start)
    previous = words.ends.get(start, "-")
    return [
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
        "U" + fit + text[start:family],
        "w" + previous,
        "W" + words.starts.get(end, "-"),
        "k" + text[end - 1] + after[0],
        "V" + fit + previous,
    ]


class PersonNames:
    """The trained model: a weight a feature, a bias, and nothing else."""

    def __init__(self, weights: dict[str, float], bias: float) -> None:
        self.weights = weights
        self.bias = bias
        self._own: dict[str, float] = {}

    def candidates(
        self, text: str, words: Callable[[], Segments], *, floor: float = -6.0, own_floor: float = OWN_FLOOR
    ) -> list[NameCandidate]:
        """Every candidate whose log-odds reach ``floor``, in text order; candidates may overlap.

        ``words`` is called only when a candidate's own characters weigh ``own_floor`` or more.
        """
        weight = self.weights.get
        limit = floor - self.bias
        found = []
        for start, family, end in candidate_spans(text):
            score = self._own_score(text[start:family], text[family:end])
            if score < own_floor:
                continue
            for feature in context_features(text, start, family, end, words()):
                score += weight(feature, 0.0)
            if score >= limit:
                found.append(NameCandidate(start, family, end, score + self.bias))
        return found

    def _own_score(self, surname: str, given: str) -> float:
        """What the characters of the name weigh; kept in memory for the first ``_REMEMBERED`` different strings."""
        key = f"{surname} {given}"
        score = self._own.get(key)
        if score is None:
            score = sum(self.weights.get(feature, 0.0) for feature in own_features(surname, given))
            if len(self._own) < _REMEMBERED:
                self._own[key] = score
        return score


@cache
def load() -> PersonNames:
    """The model that ships in ``models/artifacts``, read once a process. Raises ArtifactError (E210)."""
    packed = verified(Path(__file__).parent / "artifacts" / ARTIFACT, "models.training.names")
    content = json.loads(gzip.decompress(packed))
    return PersonNames({name: value / content["scale"] for name, value in content["weights"].items()}, content["bias"])
