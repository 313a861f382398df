"""How likely a text is missed, from probes: exact binomial intervals, and unknown where there are no probes."""

from __future__ import annotations

from typing import Final

from scipy.special import betaincinv

from pipeline.records import MissProbability, Probes

CONFIDENCE: Final = 0.95
DIGITS: Final = 4


def probes_of(tried: int, missed: int) -> Probes | None:
    """The probes with their 95 % interval (Clopper and Pearson); None where none were tried."""
    if not tried:
        return None
    tail = (1 - CONFIDENCE) / 2
    low = float(betaincinv(missed, tried - missed + 1, tail)) if missed else 0.0
    high = float(betaincinv(missed + 1, tried - missed, 1 - tail)) if missed < tried else 1.0
    return Probes(tried=tried, missed=missed, low=_down(low), high=_up(high))


def miss_of(factor: str | None, held_out: Probes | None, planted: Probes | None) -> MissProbability:
    """Both kinds of probes side by side, never pooled; the worse upper end counts."""
    upper = max((probes.high for probes in (held_out, planted) if probes), default=None)
    return MissProbability(factor=factor, held_out=held_out, planted=planted, upper=upper)


def _down(share: float) -> float:
    return int(share * 10**DIGITS) / 10**DIGITS


def _up(share: float) -> float:
    """Rounded away from zero: an interval is never made narrower by rounding."""
    return min(1.0, -int(-share * 10**DIGITS // 1) / 10**DIGITS)
