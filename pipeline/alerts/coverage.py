"""From what each source delivered in an hour to one observation: gaps, caps and new sources."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from pipeline.alerts.observation import Observation

PHASE_IN: Final = timedelta(days=14)
"""A new source is only watched for so long before it counts."""


@dataclass(frozen=True, slots=True)
class SourceHour:
    """One source in one hour: negative and all origins, since when it is collected, and whether it was cut short.

    ``missing``: it was not collected, or the collection of that hour failed.
    """

    source: str
    since: datetime
    count: float = 0.0
    total: float | None = None
    capped: bool = False
    missing: bool = False


def counts_now(source: SourceHour, hour: datetime) -> bool:
    """Whether the source has been collected long enough at that hour."""
    return hour - source.since >= PHASE_IN


def observe(hour: datetime, sources: Iterable[SourceHour], weights: Mapping[str, float]) -> Observation:
    """One observation from the sources that count at that hour.

    ``weights``: what share of the project's origins each source usually brings (any scale; a source that is not
    named weighs as much as the mean of the others). Exposure is the weight of the sources that delivered over the
    weight of those that count; with none of them the hour is missing.
    """
    counting = [source for source in sources if counts_now(source, hour)]
    usual = sum(weights.values()) / len(weights) if weights else 1.0
    weight = {source.source: weights.get(source.source, usual) for source in counting}
    present = [source for source in counting if not source.missing]
    whole = sum(weight.values())
    exposure = sum(weight[source.source] for source in present) / whole if whole > 0 else 0.0
    if exposure <= 0:
        return Observation(hour, missing=True, exposure=0.0)
    totals = [source.total for source in present]
    return Observation(
        hour,
        count=sum(source.count for source in present),
        total=None if any(total is None for total in totals) else sum(total or 0.0 for total in totals),
        exposure=exposure,
        capped=any(source.capped for source in present),
    )


def growth(counts: Mapping[str, float], source: str) -> float:
    """By what factor a source that begins to count raises the habit, from origins per source while it was watched.

    Give it to ``State.rescaled`` at the hour the source begins to count, 1 / growth when it is given up.
    """
    others = sum(count for name, count in counts.items() if name != source)
    return 1.0 + counts.get(source, 0.0) / max(others, 1.0)
