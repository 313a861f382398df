"""A linear-chain tagger over characters and a pointer to one passage, on hashed features, with numpy alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import Path

import numpy as np
import numpy.typing as npt

from models.checksums import verified
from models.tagger.facility import best_passages, context_rows, passage_scores
from models.tagger.features import codes_of
from models.tagger.labels import BREAK, LABELS, Passage, best_labels, clauses, passages

Floats = npt.NDArray[np.float32]

WINDOW = 4000
PERSON = re.compile(
    "(?:先生|女士|师傅|老师|某某?|[局厅处科所站校院园村镇乡县市区队组行]长|董事长|书记|主任|经理|老板|总)$"
)
SLOT_BITS = 20
SLOT_MASK = np.uint32((1 << SLOT_BITS) - 1)


@dataclass(frozen=True, slots=True)
class Tagged:
    """What the tagger found in one text, as half-open code-point offsets."""

    places: tuple[Passage, ...]
    organisations: tuple[Passage, ...]
    facilities: tuple[Passage, ...]
    """The passages the grievance may be about, best first; empty when none beats silence."""


class Tagger:
    """Places, organisations and the facility of a text. Weights and model card lie in ``models/artifacts``."""

    def __init__(self, packed: bytes) -> None:
        with np.load(BytesIO(packed)) as arrays:
            codes = np.cumsum(arrays["code_steps"], dtype=np.uint32)
            weights: npt.NDArray[np.int8] = arrays["weights"]
            self.scale: Floats = arrays["scale"]
            self.transitions: Floats = arrays["transitions"]
            self.context: Floats = arrays["context"]
            self.lengths: Floats = arrays["lengths"]
            self.silence = float(arrays["silence"])
        # Row 0 stands for every feature that training did not keep.
        self.codes = np.concatenate([np.zeros(1, dtype=np.uint32), codes])
        # Sixteen bits hold the sum of all templates' bytes, so nothing is widened while a text is read.
        self.weights = np.concatenate([np.zeros((1, weights.shape[1]), dtype=np.int16), weights.astype(np.int16)])
        self.rows = np.zeros(1 << SLOT_BITS, dtype=np.int32)
        self.rows[codes & SLOT_MASK] = np.arange(1, len(codes) + 1)

    def scores(self, text: str) -> Floats:
        """For every character the scores of :data:`LABELS`, then of beginning, being inside and ending the facility."""
        codes = codes_of(text)
        rows = self.rows[codes & SLOT_MASK]
        rows[self.codes[rows] != codes] = 0
        totals: Floats = self.weights[rows].sum(axis=0, dtype=np.int16).astype(np.float32)
        return totals * self.scale

    def tag(self, text: str) -> Tagged:
        """Places and organisations by the best label sequence, the facility by the best passages.

        A text longer than :data:`WINDOW` is read window by window; its facility is looked for in the first.
        """
        places: list[Passage] = []
        organisations: list[Passage] = []
        facilities: tuple[Passage, ...] = ()
        for start, end in windows(text):
            found = self._tag_window(text[start:end])
            places += [(start + a, start + b) for a, b in found.places]
            organisations += [(start + a, start + b) for a, b in found.organisations]
            if start == 0:
                facilities = found.facilities
        return Tagged(tuple(places), tuple(organisations), facilities)

    def _tag_window(self, text: str) -> Tagged:
        if not text.strip():
            return Tagged((), (), ())
        scores = self.scores(text)
        labels = best_labels(scores[:, : len(LABELS)], self.transitions, clauses(text))
        found = passages(labels)
        pointing = scores[:, len(LABELS) :] + self.context[context_rows(text, labels)].sum(axis=0)
        facilities = best_passages(passage_scores(pointing, self.lengths), self.silence)
        return Tagged(tuple(found["places"]), tuple(found["organisations"]), facilities)


def windows(text: str) -> Iterator[Passage]:
    """Stretches of at most :data:`WINDOW` characters, cut after punctuation where there is any: memory stays flat."""
    start = 0
    while start < len(text):
        end = min(start + WINDOW, len(text))
        if end < len(text):
            breaks = [match.end() for match in BREAK.finditer(text, start + WINDOW // 2, end)]
            end = breaks[-1] if breaks else end
        yield start, end
        start = end


@lru_cache(maxsize=1)
def tagger() -> Tagger:
    """The tagger that ships, read once."""
    return Tagger(verified(Path(__file__).parents[1] / "artifacts" / "entities.npz", "models.training.entities"))


@lru_cache(maxsize=32)
def tagged(text: str) -> Tagged:
    """What the tagger that ships finds; the components for places, organisations and facilities share one pass."""
    return tagger().tag(text)


def without_people(text: str, found: Iterable[Passage]) -> list[Passage]:
    """The passages that hold nothing the redactor put in (〈人名〉) and end like no person (P-13), edges trimmed."""
    kept = []
    for start, end in found:
        mention = text[start:end]
        start += len(mention) - len(mention.lstrip())
        end -= len(mention) - len(mention.rstrip())
        if start >= end or "〈" in mention or "〉" in mention or _inside_placeholder(text, start):
            continue
        if not PERSON.search(text[start:end]):
            kept.append((start, end))
    return kept


def _inside_placeholder(text: str, position: int) -> bool:
    opened = text.rfind("〈", 0, position + 1)
    return opened >= 0 and text.find("〉", opened) >= position
