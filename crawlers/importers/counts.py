"""Counts of likes and reposts as boards show them."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from crawlers.importers.outcomes import Cell

_COUNT: Final = re.compile(r"(\d{1,15})(?:\.(\d{1,6}))?(万|亿|w|k)?\+?")
_TIMES: Final = {None: 1, "万": 10_000, "w": 10_000, "k": 1_000, "亿": 100_000_000}


def count_of(value: Cell) -> int | None:
    """A count of 0 or more (``1.2万`` is 12,000); None for what is not a count, since no text depends on it."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    text = unicodedata.normalize("NFKC", str(value)).strip().lower().replace(",", "")
    match = _COUNT.fullmatch(text)
    if match is None:
        return None
    whole, decimals, unit = match.groups()
    return round(float(f"{whole}.{decimals or 0}") * _TIMES[unit]) if decimals else int(whole) * _TIMES[unit]
