"""Monitors (监测): what the figures of a crawl say beside the source's own history. Pure; numbers only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any, Final

from pipeline.sources.habit import FEWEST_DAYS, Habit
from pipeline.store import SourceCrawl

Verdict = dict[str, Any]
"""``ok`` (None: too little is known), the number found and what was expected."""
SILENT: Final = 7.0
"""So many items missed by habit are no accident: with a Poisson rate of 7, none at all has a probability of 0.0009."""
FEWEST_ITEMS: Final = 10
"""Shares of fewer items say nothing."""
FEWEST_PAGES: Final = 5
MOST_FAILURES: Final = 0.1
MOST_UNDECODABLE: Final = 0.02
FIELD_LOSS: Final = 0.25
"""A field that so much less of the items have than before is lost: the layout has changed."""


def monitors(figures: Mapping[str, Any], habit: Habit, before: Sequence[SourceCrawl]) -> dict[str, Verdict]:
    """Item count, freshness, field coverage, error rate and encoding faults of one crawl."""
    return {
        "items": _items(habit),
        "freshness": _freshness(habit),
        "fields": _fields(figures, before),
        "errors": _share(figures["failures"], figures["pages"], FEWEST_PAGES, MOST_FAILURES),
        "encoding": _share(figures["undecodable"], figures["items"], FEWEST_ITEMS, MOST_UNDECODABLE),
    }


def _items(habit: Habit) -> Verdict:
    """The last whole day against the habit of the days before."""
    if habit.days < FEWEST_DAYS or habit.empty_since:
        return {"ok": None}
    facts = {"found": round(habit.last_found, 1), "median": round(habit.per_day, 1), "lowest": round(habit.lowest, 1)}
    return {"ok": habit.last_found >= habit.lowest, **facts}


def _freshness(habit: Habit) -> Verdict:
    """Whether the source has shown something lately, for its habit."""
    if habit.days < FEWEST_DAYS:
        return {"ok": None}
    since = habit.empty_since.isoformat() if habit.empty_since else None
    return {"ok": habit.missed < SILENT, "empty_since": since, "missed_by_habit": round(habit.missed, 1)}


def _fields(figures: Mapping[str, Any], before: Sequence[SourceCrawl]) -> Verdict:
    """Fields that fewer items have than in the crawls before."""
    if figures["items"] < FEWEST_ITEMS:
        return {"ok": None}
    past = [crawl.figures for crawl in before if crawl.figures["items"] >= FEWEST_ITEMS]
    names = {name for row in past for name in row["fields"]}
    usual = {name: median(row["fields"].get(name, 0) / row["items"] for row in past) for name in sorted(names)}
    share = {name: figures["fields"].get(name, 0) / figures["items"] for name in usual}
    lost = {name: [round(share[name], 2), round(usual[name], 2)] for name in usual
            if share[name] < usual[name] - FIELD_LOSS}  # fmt: skip
    return {"ok": not lost, "lost": lost} if past else {"ok": None}


def _share(count: int, of: int, fewest: int, most: float) -> Verdict:
    if of < fewest:
        return {"ok": None, "count": count, "of": of}
    return {"ok": count / of <= most, "count": count, "of": of, "most": most}
