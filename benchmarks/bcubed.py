"""B-cubed (Bagga & Baldwin 1998): how well groups agree, seen from every single member."""

from __future__ import annotations

from collections.abc import Hashable, Sequence


def bcubed(said: Sequence[Hashable], truth: Sequence[Hashable]) -> tuple[float, float, float]:
    """Precision, recall and their harmonic mean, averaged over the items; both name the group of every item."""
    precision = recall = 0.0
    for mine, right in zip(said, truth, strict=True):
        group = [other for one, other in zip(said, truth, strict=True) if one == mine]
        whole = [one for one, other in zip(said, truth, strict=True) if other == right]
        precision += group.count(right) / len(group)
        recall += whole.count(mine) / len(whole)
    p, r = precision / max(len(said), 1), recall / max(len(said), 1)
    return p, r, 2 * p * r / (p + r) if p + r else 0.0
