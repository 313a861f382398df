"""Drift as it may be shown: shares and numbers of texts without those that few people stand behind (P-06)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from api.policy import Figure
from api.policy.suppression import Cell, suppress
from pipeline.drift import Drift, Shift
from pipeline.drift.counts import Breakdown, Counted, Head, Texts


@dataclass(frozen=True)
class ShareShown:
    """A share last month and this; None is not shown. ``moved`` None: cannot tell."""

    head: Head
    before: float | None
    now: float | None
    moved: bool | None
    few: tuple[bool, bool]
    """Whether it is not shown because too few people stand behind it, or behind what is left."""


@dataclass(frozen=True)
class DriftRow:
    """Shares among the texts of one kind. Where a month has too few of them, ``texts`` says how many; they may not be
    told either, then None."""

    value: str
    told: bool
    texts: tuple[Figure | None, Figure | None]
    shares: tuple[ShareShown, ...]


@dataclass(frozen=True)
class DriftShown:
    """What :class:`pipeline.drift.Drift` says, for people."""

    months: tuple[date, date]
    silent: tuple[str, ...] | None
    sources: tuple[str, ...] | None
    total: DriftRow
    by: Mapping[Breakdown, tuple[DriftRow, ...]]


def drift_shown(found: Drift, k: int) -> DriftShown:
    """Numbers of texts are kept back as in a facet, shares where fewer than k are for or against what they say."""
    was, is_ = (one.whole for one in found.counts)
    return DriftShown(
        found.months,
        found.silent,
        found.sources,
        _row(found, found.shifts, (_figures(was, None, k).get(""), _figures(is_, None, k).get("")), k),
        {
            breakdown: tuple(
                _row(found, shifts, (before.get(value), now.get(value)), k, breakdown, value)
                for value, shifts in rows.items()
            )
            for breakdown, rows in found.by.items()
            for before, now in [(_figures(was, breakdown, k), _figures(is_, breakdown, k))]
        },
    )


def _row(
    found: Drift, shifts: tuple[Shift, ...], texts: tuple[Figure | None, Figure | None], k: int,
    breakdown: Breakdown | None = None, value: str = "",
) -> DriftRow:  # fmt: skip
    shares = []
    for one in shifts:
        few = found.few(one.head, k, breakdown, value)
        before, now = (None if hidden else share for share, hidden in zip((one.before, one.now), few, strict=True))
        shares.append(ShareShown(one.head, before, now, one.moved, few))
    return DriftRow(value, all(one.moved is not None for one in shifts), texts, tuple(shares))


def _figures(counted: Counted, breakdown: Breakdown | None, k: int) -> dict[str, Figure]:
    """Numbers of texts by value; of all texts under no name."""
    cells = [_cell(value, texts) for value, texts in counted.by[breakdown].items()] if breakdown else []
    shown = suppress(_cell("", counted.total), cells, k)
    return {"": shown.total, **shown.cells}


def _cell(key: str, texts: Texts) -> Cell:
    """The index knows no voices: origins stand for them, of which first copies are the least."""
    return Cell(key, texts.documents, 0, texts.documents, texts.firsts)
