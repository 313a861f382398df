"""In which order candidates are offered: 3 to 10 a project are what people can check (BRIEF §0).

None is dropped: one well-argued objection may be a risk point. Lists show the first ten and say how many follow.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Final

from pipeline.records import RiskPointCandidate

OFFERED: Final = 10
ATTENTION: Final = {"verify_first": 30, "focus": 15, "watch": 0}
VOLUME_FROM: Final = 5
"""Origins below this number weigh alike: a rank must not tell how few there are (P-06)."""


def priority_of(candidate: RiskPointCandidate) -> int:
    """0–100: likelihood 40, attention 30, volume 15 (each doubling 5), kinds of source 5, rising 5, official row 5."""
    volume = 5 * math.log2(max(candidate.counts.origins, VOLUME_FROM) / VOLUME_FROM)
    value = (
        40 * candidate.p_valid.p
        + ATTENTION[candidate.attention]
        + min(volume, 15.0)
        + (5 if candidate.triangulation == "several_source_kinds" else 0)
        + (5 if candidate.trend == "rising" else 0)
        + (5 if not candidate.filed_under else 0)
    )
    return round(value)


def ranked(candidates: Iterable[RiskPointCandidate]) -> list[RiskPointCandidate]:
    """Highest priority first; sealed ones, which show nothing, last."""
    return sorted(candidates, key=lambda one: (one.sealed, -one.priority, one.factor, one.id))
