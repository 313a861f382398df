"""When a post appeared, as the platform writes it: absolute, or relative to the server's clock."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime, timedelta
from typing import Final

from crawlers.importers.dates import BEIJING, DateUnreadable, moment_of
from crawlers.spiders.interface import MOST_SKEW

_AGO: Final = re.compile(r"(\d{1,4})\s*(秒|分钟|小时|天)前")
_UNITS: Final = {"秒": "seconds", "分钟": "minutes", "小时": "hours", "天": "days"}
_DAY: Final = re.compile(r"(今天|昨天|前天)\s*(?:(\d{1,2}):(\d{2}))?")
_DAYS: Final = {"今天": 0, "昨天": 1, "前天": 2}
_NO_YEAR: Final = re.compile(r"(\d{1,2})[-月/](\d{1,2})日?(?:\s*(\d{1,2}):(\d{2}))?")


def created_at(written: object, now: datetime) -> datetime | None:
    """The moment that ``created_at`` states, in Asia/Shanghai and never after ``now``; None when it states none.

    ``now`` is the moment of the answer by the server's clock. 3分钟前 and 昨天 08:15 count back from it; a day without
    a year (01-05) is the last such day.
    """
    if not isinstance(written, str):
        return None
    now = now.astimezone(BEIJING)
    found = _moment(unicodedata.normalize("NFKC", written).strip(), now)
    if found is None or found - now > MOST_SKEW:
        return None
    return min(found, now)


def _moment(text: str, now: datetime) -> datetime | None:
    if text == "刚刚":
        return now
    try:
        if found := _AGO.fullmatch(text):
            return now - timedelta(**{_UNITS[found[2]]: int(found[1])})
        if found := _DAY.fullmatch(text):
            day = now - timedelta(days=_DAYS[found[1]])
            return day.replace(hour=int(found[2] or 0), minute=int(found[3] or 0), second=0, microsecond=0)
        if found := _NO_YEAR.fullmatch(text):
            return _last(int(found[1]), int(found[2]), int(found[3] or 0), int(found[4] or 0), now)
        return moment_of(text, now)
    except (DateUnreadable, ValueError, OverflowError):
        return None


def _last(month: int, day: int, hour: int, minute: int, now: datetime) -> datetime | None:
    for year in range(now.year, now.year - 5, -1):
        try:
            found = datetime(year, month, day, hour, minute, tzinfo=BEIJING)
        except ValueError:
            continue
        if found <= now + timedelta(days=1):
            return found
    return None
