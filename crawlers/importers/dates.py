"""Dates as petition systems write them, read in Asia/Shanghai (北京时间)."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Final
from zoneinfo import ZoneInfo

BEIJING: Final = ZoneInfo("Asia/Shanghai")
EARLIEST_YEAR: Final = 1990
_EXCEL_EPOCH: Final = datetime(1899, 12, 30)
_SERIALS: Final = (32874.0, 73051.0)
"""Excel serial days of 1990-01-01 and 2100-01-01."""
_LARGEST: Final = 10**15
"""No number beyond it is a date, and none that is no number (NaN)."""
_LONGEST: Final = 100
"""Characters of a date, with weekday, time and zone."""
_CHINESE_DIGITS: Final = str.maketrans("〇零○一二三四五六七八九", "000123456789")
_CHINESE_YEAR: Final = re.compile(
    "([〇零○一二三四五六七八九]{4})年([一二三四五六七八九十元]{1,3})月(?:([一二三四五六七八九十]{1,3})[日号])?"
)
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

_CLOCK: Final = (
    r"(?:(?:[(\[]?(?:星期|周|礼拜)[一二三四五六日天][)\]]?)?[\s,T]*"
    r"(?P<part>上午|下午|凌晨|早上|早晨|清晨|中午|正午|傍晚|晚上|晚间|夜间|晚|am|pm)?\s*"
    r"(?P<hour>\d{1,2})\s*[:时点]\s*(?:(?P<half>半)|(?:(?P<minute>\d{1,2})\s*分?)?(?:\s*:?\s*(?P<second>\d{1,2})(?:\.\d+)?\s*秒?)?)"
    r"\s*(?P<after>am|pm)?\s*(?P<zone>z|[+-]\d{2}:?\d{2}|utc|gmt)?)?"
)
_WRITTEN: Final = re.compile(
    r"(?P<year>\d{4,5})\s*(?P<mark>[年/.\-])\s*(?P<month>\d{1,2})\s*(?:月|(?P=mark))\s*(?P<day>\d{1,2})\s*[日号]?\s*"
    r"(?:[(\[]?(?:星期|周|礼拜)[一二三四五六日天][)\]]?)?\s*" + _CLOCK + r"\s*",
    re.IGNORECASE,
)
_COMPACT: Final = re.compile(
    r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})(?:[\sT_-]*(?P<hour>\d{2}):?(?P<minute>\d{2}):?(?P<second>\d{2})?)?"
)
_ENGLISH: Final = re.compile(
    r"[a-z]{3},?\s+(?:(?P<m1>[a-z]{3})\s+(?P<d1>\d{1,2})|(?P<d2>\d{1,2})\s+(?P<m2>[a-z]{3})\s+(?P<y2>\d{4}))\s+"
    r"(?P<hour>\d{1,2}):(?P<minute>\d{2}):(?P<second>\d{2})\s+(?P<zone>[+-]\d{4}|gmt|utc)(?:\s+(?P<y1>\d{4}))?",
    re.IGNORECASE,
)
_AFTERNOON: Final = frozenset({"下午", "傍晚", "晚上", "晚间", "夜间", "晚", "pm", "中午", "正午"})
_MORNING: Final = frozenset({"上午", "凌晨", "早上", "早晨", "清晨", "am"})


class DateUnreadable(ValueError):
    """A date that cannot be read or cannot be true; the message does not repeat it."""


def moment_of(value: object, now: datetime | None = None) -> datetime | None:
    """The moment that a cell states, in Asia/Shanghai; None for an empty cell.

    Text without a zone is Beijing time; a date alone is its midnight. Numbers are Excel serial days, YYYYMMDD or
    Unix time. Raises DateUnreadable for a date without a year, in an ambiguous order, before 1990 or after tomorrow.
    """
    found = _moment(value)
    return None if found is None else _plausible(found, now or datetime.now(BEIJING))


def _moment(value: object) -> datetime | None:
    if value is None:
        return None
    if isinstance(value, datetime):
        return value.replace(tzinfo=BEIJING) if value.tzinfo is None else _in_beijing(value)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=BEIJING)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise DateUnreadable("is not a date")
    if isinstance(value, str):
        return _of_text(value)
    if not abs(value) < _LARGEST:
        raise DateUnreadable("is a number that is no date")
    return _of_number(float(value))


def _of_number(number: float) -> datetime:
    if _SERIALS[0] <= number < _SERIALS[1]:
        seconds = round(number * 86_400)
        return (_EXCEL_EPOCH + timedelta(seconds=seconds)).replace(tzinfo=BEIJING)
    if number == int(number) and 19_000_000 <= number < 30_000_000:
        return _of_text(str(int(number)))
    if 600_000_000 <= number < 4_200_000_000:
        return datetime.fromtimestamp(number, BEIJING)
    if 600_000_000_000 <= number < 4_200_000_000_000:
        return datetime.fromtimestamp(number / 1000, BEIJING)
    if number == int(number) and 10**13 <= number < 3 * 10**13:
        return _of_text(str(int(number)))
    raise DateUnreadable("is a number that is no date")


def _of_text(text: str) -> datetime:
    plain = " ".join(unicodedata.normalize("NFKC", text).split()).strip("'\"").strip()
    if len(plain) > _LONGEST:
        raise DateUnreadable("is not a date that can be read: write 2023-05-06 09:30")
    if not plain or plain in {"-", "--", "/", "无", "null", "None", "NULL", "nan", "NaN"}:
        return None  # type: ignore[return-value]
    plain = _CHINESE_YEAR.sub(_arabic, plain)
    if match := _WRITTEN.fullmatch(plain):
        return _built(match)
    if match := _COMPACT.fullmatch(plain):
        return _built(match)
    if match := _ENGLISH.fullmatch(plain):
        return _english(match)
    if re.fullmatch(r"\d{5}(\.\d+)?|\d{10}|\d{13}", plain):
        return _of_number(float(plain))
    if re.match(r"\d{1,2}\s*[月/.\-]\s*\d{1,2}\s*[日号]?\s*(?:\d{1,2}:\d{2}.*)?$", plain):
        raise DateUnreadable("has no year")
    if re.match(r"\d{4}\s*[年/.\-]\s*\d{1,2}\s*月?$", plain):
        raise DateUnreadable("has no day")
    if re.match(r"\d{1,2}[/.\-]\d{1,2}[/.\-]\d{2,4}", plain):
        raise DateUnreadable("does not say which number is the year: write 2023-05-06")
    if re.search("前$|刚刚|昨天|今天|前天", plain):
        raise DateUnreadable("is relative to a moment that the file does not state")
    raise DateUnreadable("is not a date that can be read: write 2023-05-06 09:30")


def _built(match: re.Match[str]) -> datetime:
    parts = match.groupdict()
    hour = _hour(int(parts.get("hour") or 0), (parts.get("part") or parts.get("after") or "").lower())
    minute = 30 if parts.get("half") else int(parts.get("minute") or 0)
    year = int(parts["year"])
    if not EARLIEST_YEAR <= year <= 9999:
        raise DateUnreadable(f"lies in an impossible year (before {EARLIEST_YEAR} or of five digits)")
    try:
        day = datetime(year, int(parts["month"]), int(parts["day"]))
        clock = timedelta(days=1) if hour == 24 else timedelta(hours=hour)
        found = (day + clock).replace(minute=minute, second=int(parts.get("second") or 0))
    except (ValueError, OverflowError):
        raise DateUnreadable("names a day or time that does not exist") from None
    zone = parts.get("zone")
    return found.replace(tzinfo=BEIJING) if zone is None else _in_beijing(found.replace(tzinfo=_zone(zone)))


def _hour(hour: int, part: str) -> int:
    if part in _MORNING and hour == 12:
        return 0 if part in {"凌晨", "am"} else 12
    if part in {"晚上", "晚间", "夜间", "晚"} and hour == 12:
        return 24
    if part in {"中午", "正午"} and hour >= 10:
        return hour
    if part in _AFTERNOON and hour < 12:
        return hour + 12
    if hour > 24:
        raise DateUnreadable("names a day or time that does not exist")
    return hour


def _zone(text: str) -> timezone:
    if text.lower() in {"z", "utc", "gmt"}:
        return UTC
    digits = text[1:].replace(":", "")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    if offset >= timedelta(hours=24):
        raise DateUnreadable("has a time zone that does not exist")
    return timezone(-offset if text[0] == "-" else offset)


def _english(match: re.Match[str]) -> datetime:
    parts = match.groupdict()
    month, year = (parts["m1"] or parts["m2"]).lower(), parts["y1"] or parts["y2"]
    if month not in _MONTHS or year is None:
        raise DateUnreadable("is not a date that can be read: write 2023-05-06 09:30")
    try:
        found = datetime(
            int(year), _MONTHS.index(month) + 1, int(parts["d1"] or parts["d2"]),
            int(parts["hour"]), int(parts["minute"]), int(parts["second"]), tzinfo=_zone(parts["zone"]),
        )  # fmt: skip
    except ValueError:
        raise DateUnreadable("names a day or time that does not exist") from None
    return _in_beijing(found)


def _arabic(match: re.Match[str]) -> str:
    year, month, day = match.groups()
    written = f"{year.translate(_CHINESE_DIGITS)}年{_ordinal(month)}月"
    return f"{written}{_ordinal(day)}日" if day else written


def _ordinal(text: str) -> int:
    text = "一" if text == "元" else text
    tens, ten, ones = text.translate(_CHINESE_DIGITS).rpartition("十")
    try:
        return int(ones) if not ten else int(tens or 1) * 10 + int(ones or 0)
    except ValueError:
        raise DateUnreadable("names a day or time that does not exist") from None


def _in_beijing(moment: datetime) -> datetime:
    try:
        return moment.astimezone(BEIJING)
    except (OverflowError, ValueError):
        raise DateUnreadable("lies in an impossible year") from None


def _plausible(moment: datetime, now: datetime) -> datetime:
    if moment.year < EARLIEST_YEAR:
        raise DateUnreadable(f"lies before {EARLIEST_YEAR}")
    if moment.date() > now.astimezone(BEIJING).date() + timedelta(days=1):
        raise DateUnreadable("lies in the future")
    return moment
