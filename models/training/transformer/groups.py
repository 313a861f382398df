"""Splits that keep copies together: a text and its near-duplicates lie on one side."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from datasketch import MinHash, MinHashLSH

from models.normalise import fold

WIDTH = 5
LIKE = 0.6
"""Jaccard similarity of character 5-grams from which two texts count as copies."""


def groups(texts: Sequence[str]) -> list[int]:
    """For every text the number of the first one that it is a copy of (itself where it is none)."""
    lsh = MinHashLSH(threshold=LIKE, num_perm=64)
    result: list[int] = []
    for number, text in enumerate(texts):
        plain = "".join(character for character in fold(text) if character.isalnum())
        sketch = MinHash(num_perm=64, seed=1)
        sketch.update_batch([plain[i : i + WIDTH].encode() for i in range(max(1, len(plain) - WIDTH + 1))])
        earlier = lsh.query(sketch)
        result.append(min(result[int(key)] for key in earlier) if earlier else number)
        lsh.insert(str(number), sketch)
    return result


def held_out(key: str, share: float, salt: str = "") -> bool:
    """Whether a text (or a group) belongs to the share kept back, decided by its hash: the same on every machine."""
    return hashlib.sha256(f"{salt}{key}".encode()).digest()[0] < 256 * share
