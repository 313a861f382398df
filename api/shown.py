"""Counts as JSON, the same on the command line and over HTTP."""

from __future__ import annotations

from typing import Any

from api.counting import Facet, Timeline
from api.finding import Found
from api.policy import Figure


def count_json(count: Figure | None) -> dict[str, Any] | None:
    """``{"value": 12, "exact": true}``, ``{"less_than": 5}``, ``{"at_least": 12}`` or null."""
    return count.as_json() if count else None


def facet_json(facet: Facet) -> dict[str, Any]:
    """A facet with its values in the order they are shown."""
    return {
        "values": [{"value": row.value, "count": row.count.as_json()} for row in facet.rows],
        "others": count_json(facet.others),
        "more": facet.more,
    }


def timeline_json(timeline: Timeline) -> dict[str, Any]:
    """A timeline, period by period."""
    return {
        "interval": timeline.interval,
        "periods": [
            {
                "first": period.first,
                "last": period.last,
                "count": count_json(period.count),
                "coverage": period.coverage,
                "missing_sources": list(period.missing_sources),
            }
            for period in timeline.periods
        ],
        "undated": timeline.undated.as_json(),
        "months": [
            {
                "first": month.first,
                "last": month.last,
                "stances": {stance: count_json(count) for stance, count in month.counts.items()},
                "coverage": month.coverage,
            }
            for month in timeline.months
        ],
    }


def counts_json(found: Found) -> dict[str, Any]:
    """Everything that was counted; what was not asked for is empty or null."""
    return {
        "total": found.total.as_json(),
        "origins": count_json(found.origins),
        "facets": {name: facet_json(facet) for name, facet in found.facets.items()},
        "timeline": timeline_json(found.timeline) if found.timeline else None,
    }
