"""When a lease is over: by the clock, or because no clock that is right can have given it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, or_

LONGEST: Final = timedelta(days=1)
"""No lease is given for so long: one that ends later was given by a clock that ran ahead, and binds nobody."""


def is_free(until: ColumnElement[Any], now: datetime) -> ColumnElement[bool]:
    """Whether a row is leased to nobody at this moment; ``until`` is the column that says how long it is."""
    return or_(until.is_(None), until <= now, until > now + LONGEST)
