"""The share channel: did the negatives rise, or did everything."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from pipeline.alerts.observation import Bools, Floats
from pipeline.alerts.state import States
from pipeline.alerts.tail import upper_tail

_MEMORY: Final = 672.0
_PRIOR_TOTAL: Final = 20.0
_PRIOR_SHARE: Final = 0.3
_OVERDISPERSION: Final = 0.02
FLAT: Final = 0.05
"""A share this likely is an ordinary one."""
RISEN: Final = 1.5
"""From this many times the usual total on, everything rose."""


def look(states: States) -> tuple[Floats, Bools]:
    """P(so high a negative share in the last 24 ticks) – NaN without totals – and whether everything rose alike."""
    c: dict[str, Any] = states.columns
    if not c["total"].any():
        return np.full(len(states), np.nan), np.zeros(len(states), dtype=bool)
    total = np.cumsum(c["total"], axis=1)[:, -1].astype(np.float64)
    known = c["total"] > 0
    count = np.cumsum(np.where(known, c["count"], 0), axis=1)[:, -1].astype(np.float64)
    share = (c["share_count"] + _PRIOR_SHARE * _PRIOR_TOTAL) / (c["share_total"] + _PRIOR_TOTAL)
    share = np.minimum(share.astype(np.float64), 0.98)
    mean = total * share
    dispersion = np.maximum((1 - share) * (1 + total * _OVERDISPERSION), 1.0)
    p = np.full(len(states), np.nan)
    rows = total > 0
    p[rows] = upper_tail(count[rows], mean[rows], dispersion[rows])
    usual = c["total_level"].astype(np.float64) * 24
    artefact = rows & (np.nan_to_num(p, nan=0.0) > FLAT) & (usual > 0) & (total > RISEN * usual)
    return p, artefact


def learn(states: States, count: Floats, total: Floats, known: Bools) -> None:
    """Adds one tick whose total is known."""
    if not known.any():
        return
    c: dict[str, Any] = states.columns
    keep = np.where(known, np.exp(-1.0 / _MEMORY), 1.0)
    gain = np.where(c["total_level"] > 0, 1.0 - keep, 1.0)
    new = np.where(known, total, 0.0)
    c["share_count"] = (c["share_count"] * keep + np.where(known, np.minimum(count, total), 0.0)).astype(np.float32)
    c["share_total"] = (c["share_total"] * keep + new).astype(np.float32)
    level = c["total_level"] + np.where(known, gain * (new - c["total_level"]), 0.0)
    c["total_level"] = level.astype(np.float32)
