"""When something began, read from words such as 去年10月, 三年前, 半年多了, against the day of publication."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta

from models.lexicon.numerals import bounds

Since = tuple[date | None, str]
"""The first day meant and the precision: day, month, year, or unknown with no date."""
UNKNOWN: Since = (None, "unknown")

_N = r"(\d{1,4}|[一二两三四五六七八九十百几数]+)"
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})|(?<!\d)(\d{2})(?=年)|([一二][零〇九]\S{2})(?=年)")
_RELATIVE_YEAR = {"大前年": 3, "前年": 2, "去年": 1, "上年": 1, "今年": 0, "本年": 0}
_MONTH = re.compile(r"(?<![\d.])(\d{1,2}|[一二三四五六七八九十]{1,2}|元|正)月(?!之久|多)")
_DOTTED = re.compile(r"(?<!\d)((?:19|20)\d{2})[./\-](\d{1,2})(?:[./\-](\d{1,2}))?")
_DAY = re.compile(r"月份?(\d{1,2}|[一二三四五六七八九十]{1,3})(日|号)?")
_SPAN = re.compile(
    rf"(?P<half>半)?{_N}?(?P<more>多|来|余|几)?(?:个)?(?P<half2>半)?(?:多)?(?P<unit>年|载|月|星期|周|礼拜|天|日)(?P<half3>半)?"
)
_RELATIVE_DAY = {
    "大前天": 3,
    "前天": 2,
    "前日": 2,
    "昨天": 1,
    "昨日": 1,
    "昨晚": 1,
    "昨夜": 1,
    "今天": 0,
    "今日": 0,
    "今早": 0,
    "今晚": 0,
    "今晨": 0,
}


def months_before(day: date, months: int) -> date:
    """The same day that many months earlier, or the month's last one."""
    index = day.year * 12 + day.month - 1 - months
    year, month = max(1, index // 12), index % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def _number(written: str) -> int | None:
    stated = bounds({"元": "一", "正": "一"}.get(written, written))
    return stated[0] if stated else None


def _calendar(words: str, published: date | None) -> Since:
    """A named year, month or day; a month without its year is the last such month before publication."""
    dotted = _DOTTED.search(words)
    year = month = day = None
    if dotted:
        year, month, day = (int(part) if part else None for part in dotted.groups())
    else:
        named = _YEAR.search(words)
        relative = next((word for word in _RELATIVE_YEAR if word in words), None)
        if named and named[1]:
            year = int(named[1])
        elif named and named[2]:
            ahead = (published.year if published else 2099) % 100
            year = int(named[2]) + (2000 if int(named[2]) <= ahead else 1900)
        elif relative and published:
            year = published.year - _RELATIVE_YEAR[relative]
        elif relative:
            return UNKNOWN
        if match := _MONTH.search(words):
            month = _number(match[1])
            if match := _DAY.search(words):
                day = _number(match[1])
        elif "年底" in words or "年末" in words:
            month = 12
    if month is not None and not 1 <= month <= 12:
        month = day = None
    if month is not None and year is None and published:
        year = published.year - (month > published.month)
    if year is None or not 1900 <= year <= 2100:
        return UNKNOWN
    if month is None:
        return date(year, 1, 1), "year"
    if day is None or not 1 <= day <= monthrange(year, month)[1]:
        return date(year, month, 1), "month"
    return date(year, month, day), "day"


def resolve(words: str, published: date | None) -> Since:
    """The day that the words mean. Years, months and days that need the publication date are unknown without it."""
    calendar = _calendar(words, published)
    if calendar[0] is not None or published is None:
        return calendar
    for word, days in _RELATIVE_DAY.items():
        if word in words:
            return published - timedelta(days=days), "day"
    if re.search("上个?月", words):
        return months_before(published, 1).replace(day=1), "month"
    if re.search("本月|这个月", words):
        return published.replace(day=1), "month"
    match = _SPAN.search(words)
    if match is None:
        return UNKNOWN
    unit = match["unit"]
    number = _number(match[2]) if match[2] else None
    half = bool(match["half"] or match["half2"] or match["half3"])
    if (number is None and not half) or (match[2] and re.search("[几数]", match[2])):
        return UNKNOWN
    if unit in ("年", "载"):
        months = 12 * (number or 0) + (6 if half else 0)
        return (months_before(published, months), "month" if half else "year") if months < 2400 else UNKNOWN
    if unit == "月":
        return (
            (published - timedelta(days=15), "day") if number is None else (months_before(published, number), "month")
        )
    days = (number or 0) * (7 if unit in ("星期", "周", "礼拜") else 1)
    return (published - timedelta(days=days), "day") if days and days < 40_000 else UNKNOWN
