"""Origins: near-duplicates (form letters, reposts) fold under their first copy, and what a copy adds stays readable.

MinHash over character shingles (Broder 1997, by datasketch) finds pairs; a pair is a property of its two texts alone,
so the clusters are the same in whatever order the texts arrive.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from datasketch import MinHash

SHINGLE = 4
"""Characters in a shingle: longer than most words, shorter than a form letter's gaps."""
PERMUTATIONS = 64
BANDS = 16
ROWS = PERMUTATIONS // BANDS
SIMILARITY = 0.7
"""Estimated Jaccard similarity above which two texts are copies (see docs/adr/0004)."""
_IGNORED = re.compile(r"[\W_]+|〈[^〉]{1,6}〉")
_SENTENCE = re.compile(r"[^。！？!?；;\n]+[。！？!?；;]*")
_SCHEME = "affine32"


@dataclass(frozen=True, slots=True)
class Signature:
    """MinHash of one text, with the band keys under which the store finds similar ones."""

    values: bytes
    bands: tuple[str, ...]

    def similarity(self, other: bytes) -> float:
        """Estimated Jaccard similarity of the two texts' shingles, 0–1."""
        mine, theirs = np.frombuffer(self.values, np.uint32), np.frombuffer(other, np.uint32)
        return float(np.mean(mine == theirs))


def shingles(text: str) -> set[str]:
    """Distinct runs of four characters, punctuation and redaction marks left out."""
    bare = _IGNORED.sub("", text).casefold()
    if len(bare) <= SHINGLE:
        return {bare} if bare else set()
    return {bare[i : i + SHINGLE] for i in range(len(bare) - SHINGLE + 1)}


def signature(text: str, kind: str) -> Signature | None:
    """Signature of a text among texts of one ``kind`` (replies are not copies of petitions); None for an empty text."""
    grams = shingles(text)
    if not grams:
        return None
    minhash = _template().copy()
    minhash.update_batch([gram.encode("utf-8", "surrogatepass") for gram in grams])
    values = minhash.hashvalues.astype(np.uint32)
    return Signature(values.tobytes(), tuple(_band_key(kind, i, values) for i in range(BANDS)))


@cache
def _template() -> MinHash:
    """An empty MinHash with the permutations. Its library takes a second to import: readers of texts need it not."""
    from datasketch import MinHash

    return MinHash(num_perm=PERMUTATIONS, seed=1, scheme=_SCHEME)


def _band_key(kind: str, band: int, values: np.ndarray[tuple[int], np.dtype[np.uint32]]) -> str:
    part = values[band * ROWS : (band + 1) * ROWS].tobytes()
    return hashlib.blake2b(part, digest_size=8, key=f"{kind}:{band}".encode()).hexdigest()


def same_origin(mine: Signature, theirs: bytes) -> bool:
    """Whether two texts that share a band are copies of each other."""
    return mine.similarity(theirs) >= SIMILARITY


def residue(origin: str, copy: str) -> list[tuple[int, int]]:
    """Sentences of a copy that its origin does not have, as half-open spans in the copy."""
    known = shingles(origin)
    spans = []
    for match in _SENTENCE.finditer(copy):
        own = shingles(match.group())
        if len(own) >= 3 and len(own & known) / len(own) < 0.5:
            start = match.start() + len(match.group()) - len(match.group().lstrip())
            spans.append((start, match.end()))
    return spans


class Clusters:
    """Disjoint sets of ids that grow together as pairs are joined (union–find)."""

    def __init__(self) -> None:
        self._parent: dict[str, str] = {}

    def root(self, item: str) -> str:
        """The member that stands for the item's set; an unknown item is a set of its own."""
        parent = self._parent
        parent.setdefault(item, item)
        while parent[item] != item:
            parent[item] = parent[parent[item]]
            item = parent[item]
        return item

    def join(self, left: str, right: str) -> None:
        """Makes one set of the two items' sets."""
        self._parent[self.root(left)] = self.root(right)

    def sets(self) -> list[set[str]]:
        """All sets."""
        groups: dict[str, set[str]] = {}
        for item in self._parent:
            groups.setdefault(self.root(item), set()).add(item)
        return list(groups.values())


def clusters(pairs: Iterable[tuple[str, str]]) -> list[set[str]]:
    """Connected components of the pairs."""
    joined = Clusters()
    for left, right in pairs:
        joined.join(left, right)
    return joined.sets()
