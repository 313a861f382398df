"""Values as every engine keeps them: keywords, moments, Beijing days, and the keys that documents are sorted by."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from index.fields import FIELDS, region_path

BEIJING: Final = ZoneInfo("Asia/Shanghai")
HASH_BITS: Final = 25
"""Bits of a sort key below the second: a hash of the id, so that equal seconds have a fixed order."""
UNDATED_LAST: Final = 2**39 - 1
"""More seconds than any date has since year 1: undated documents come last in either order."""
_EPOCH: Final = datetime(1, 1, 1, tzinfo=UTC)
_SECOND: Final = timedelta(seconds=1)


def microseconds(moment: datetime) -> int:
    """Microseconds since year 1, UTC."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


def moment_of(microseconds_since: int) -> datetime:
    """The moment, in UTC, that many microseconds after the beginning of year 1."""
    return _EPOCH + timedelta(microseconds=microseconds_since)


def sort_keys(entry_id: str, published_at: datetime | None) -> tuple[int, int]:
    """Keys for newest and oldest first: the second, then 25 bits of the id's hash; undated documents are last."""
    tail = int.from_bytes(hashlib.blake2b(entry_id.encode(), digest_size=4).digest(), "big") >> (32 - HASH_BITS)
    if published_at is None:
        return tail, UNDATED_LAST << HASH_BITS | tail
    key = ((published_at - _EPOCH) // _SECOND + 1) << HASH_BITS | tail
    return key, key


def beijing_day(moment: datetime) -> int:
    """Ordinal of the calendar day in Asia/Shanghai; the last day there is for moments beyond the calendar."""
    try:
        return moment.astimezone(BEIJING).toordinal()
    except OverflowError:
        return moment.toordinal()


def beijing_month(moment: datetime) -> str:
    """The calendar month in Asia/Shanghai, YYYY-MM; as it is in UTC for moments beyond the calendar."""
    with suppress(OverflowError):
        moment = moment.astimezone(BEIJING)
    return f"{moment.year:04d}-{moment.month:02d}"


def keyword(text: str) -> str:
    """A keyword as engines take it: lone surrogates cannot be encoded and become U+FFFD; at most 1,000 characters."""
    return (
        text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")[:1000] if not text.isascii() else text[:1000]
    )


def flag(value: bool) -> str:
    """A yes or no as a keyword."""
    return "true" if value else "false"


def keywords(field: str, value: str | bool | tuple[str, ...]) -> list[str]:
    """What a document is found under in a field: distinct keywords, a region with everything above it, no blanks."""
    kind = FIELDS[field].kind
    if kind == "flag":
        return [flag(bool(value))]
    values = value if isinstance(value, tuple) else (str(value),)
    if kind == "region":
        values = tuple(level for region in values for level in region_path(region))
    return [keyword(text) for text in dict.fromkeys(values) if text]
