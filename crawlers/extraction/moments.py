"""Points in time as Chinese pages write them: 2026年1月5日 08:15, 01-05 08:15, 3小时前, 昨天 08:15, 刚刚, 星期三, ISO
8601, RFC 822.

What says no time zone is Asia/Shanghai. What says no year lies in the year before the page was fetched.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from email.utils import parsedate_to_datetime
from typing import Final, Literal

from crawlers.extraction.moment_patterns import (
    AGO,
    COMPACT,
    DAY,
    ENGLISH,
    FULL,
    MONTHS,
    NAMED_DAY,
    NOW,
    NUMERALS,
    SHORT_YEAR,
    WEEK,
    WEEKDAYS,
    WRITTEN,
)
from crawlers.windows import BEIJING

Precision = Literal["date", "minute", "second"]
SLACK: Final = timedelta(minutes=10)
"""How far a page's clock may be ahead of ours before its time counts as future."""
_EARLIEST: Final = 1990
_LONGEST_VALUE: Final = 120


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time with its precision: a date is midnight in Asia/Shanghai. ``start`` and ``end`` are its place in
    the text.

    ``relative`` times were reckoned from the moment of fetching; ``yearless`` ones took its year.
    """

    value: datetime
    precision: Precision
    start: int = 0
    end: int = 0
    relative: bool = False
    yearless: bool = False

    def isoformat(self) -> str:
        """``2026-01-05`` for a date, else ``2026-01-05T08:15:00+08:00`` in the time of Asia/Shanghai."""
        local = self.value.astimezone(BEIJING)
        return local.date().isoformat() if self.precision == "date" else local.isoformat(timespec="seconds")

    def possible(self, now: datetime) -> bool:
        """Whether it is neither in the future nor before there were news sites."""
        if self.value.year < _EARLIEST:
            return False
        return self.value <= now + SLACK

    def settled(self, now: datetime) -> Moment:
        """The same moment, or ``now`` where the page's clock is a little ahead."""
        return replace(self, value=now) if self.value > now else self


def moments_in(text: str, now: datetime) -> list[Moment]:
    """The points in time in a text, in order, without overlaps.

    Future ones are left out. ``now`` is when it was fetched.
    """
    shown = _plain(text)
    found: list[Moment] = []
    for reader in (_full, _written, _english, _short_year, _named_day, _ago, _day, _week, _just_now):
        for moment in reader(shown, now):
            if moment.possible(now) and all(moment.end <= other.start or other.end <= moment.start for other in found):
                found.append(moment.settled(now))
    return sorted(found, key=lambda moment: moment.start)


def moment_of(stated: str, now: datetime) -> Moment | None:
    """The point in time that a whole value states (a meta tag, an attribute, a field of a feed), if it is possible."""
    text = _plain(stated[:_LONGEST_VALUE]).strip()
    if re.fullmatch(r"1\d{9}(?:\.\d+)?|1\d{12}", text):
        seconds = float(text) / (1000 if len(text) == 13 else 1)
        return _possible(Moment(datetime.fromtimestamp(seconds, UTC), "second"), now)
    if re.match(r"[A-Za-z]{3},?\s+\d", text):
        try:
            value = parsedate_to_datetime(text)
        except (TypeError, ValueError, IndexError):
            pass
        else:
            return _possible(Moment(value if value.tzinfo else value.replace(tzinfo=BEIJING), "second"), now)
    found = moments_in(text, now) or [settled for moment in _compact(text, now) if (settled := _possible(moment, now))]
    return found[0] if found else None


def _possible(moment: Moment, now: datetime) -> Moment | None:
    return moment.settled(now) if moment.possible(now) else None


def _plain(text: str) -> str:
    """The text with full-width digits and signs made plain; its length stays the same."""
    return "".join(plain if len(plain := unicodedata.normalize("NFKC", char)) == 1 else char for char in text)


def _full(text: str, now: datetime) -> Iterator[Moment]:
    for found in FULL.finditer(text):
        year = found["year"]
        number = int(re.sub(r"\D", "", year)) + (0 if year[:2].isdigit() else 1911)
        yield from _made(found, number, int(found["month"]), int(found["day"]))


def _compact(text: str, now: datetime) -> Iterator[Moment]:
    for found in COMPACT.finditer(text):
        yield from _made(found, int(found["year"]), int(found["month"]), int(found["day"]))


def _short_year(text: str, now: datetime) -> Iterator[Moment]:
    for found in SHORT_YEAR.finditer(text):
        yield from _made(found, 2000 + int(found["year"]), int(found["month"]), int(found["day"]))


def _written(text: str, now: datetime) -> Iterator[Moment]:
    for found in WRITTEN.finditer(text):
        year = int("".join(NUMERALS[char] for char in found["year"]))
        yield from _made(found, year, _numeral(found["month"]), _numeral(found["day"]))


def _english(text: str, now: datetime) -> Iterator[Moment]:
    for found in ENGLISH.finditer(text):
        name = (found["name"] or found["name2"]).lower()
        yield from _made(found, int(found["year"]), MONTHS.index(name) + 1, int(found["day"] or found["day2"]))


def _day(text: str, now: datetime) -> Iterator[Moment]:
    year = now.astimezone(BEIJING).year
    for found in DAY.finditer(text):
        prefix = "" if found["month"] else "x"
        month, day = int(found["month"] or found["month2"]), int(found["day"] or found["day2"])
        for candidate in (year, year - 1):
            made = next(_made(found, candidate, month, day, prefix=prefix, yearless=True), None)
            if made and made.possible(now):
                yield made
                break


def _named_day(text: str, now: datetime) -> Iterator[Moment]:
    days = {"今": 0, "昨": 1, "前": 2, "大": 3}
    for found in NAMED_DAY.finditer(text):
        day = now.astimezone(BEIJING) - timedelta(days=days[found["name"][0]])
        yield from _made(found, day.year, day.month, day.day, relative=True)


def _week(text: str, now: datetime) -> Iterator[Moment]:
    local = now.astimezone(BEIJING)
    for found in WEEK.finditer(text):
        wanted = WEEKDAYS.index("日" if found["name"] == "天" else found["name"])
        back = (local.weekday() - wanted) % 7
        if found["last"]:
            back = local.weekday() + 7 - wanted
        for days in (back, back + 7):
            day = local - timedelta(days=days)
            made = next(_made(found, day.year, day.month, day.day, relative=True), None)
            if made and made.possible(now):
                yield made
                break


def _ago(text: str, now: datetime) -> Iterator[Moment]:
    for found in AGO.finditer(text):
        shown, unit = found["number"], found["unit"].lstrip("个個")
        number = (
            0.5
            if shown == "半"
            else float(shown)
            if shown.isdigit()
            else 3.0
            if shown in "几幾"
            else float(_numeral(shown))
        )
        number += 0.5 if found["half"] else 0
        step: tuple[timedelta, Precision]
        match unit[0]:
            case "秒":
                step = timedelta(seconds=number), "second"
            case "分":
                step = timedelta(minutes=number), "minute"
            case "小" | "鐘":
                step = timedelta(hours=number), "minute"
            case "天" | "日":
                step = timedelta(days=number), "date"
            case "星" | "礼" | "禮" | "周" | "週":
                step = timedelta(weeks=number), "date"
            case "月":
                step = timedelta(days=30 * number), "date"
            case _:
                step = timedelta(days=365 * number), "date"
        yield _relative(now - step[0], step[1], found)


def _just_now(text: str, now: datetime) -> Iterator[Moment]:
    for found in NOW.finditer(text):
        yield _relative(now, "minute", found)


def _relative(value: datetime, precision: Precision, found: re.Match[str]) -> Moment:
    local = value.astimezone(BEIJING).replace(microsecond=0)
    if precision == "minute":
        local = local.replace(second=0)
    if precision == "date":
        local = local.replace(hour=0, minute=0, second=0)
    return Moment(local, precision, found.start(), found.end(), relative=True)


def _made(
    found: re.Match[str],
    year: int,
    month: int,
    day: int,
    *,
    prefix: str = "",
    relative: bool = False,
    yearless: bool = False,
) -> Iterator[Moment]:
    """The moment of a match with the groups of CLOCK; nothing where the calendar has no such day."""
    groups = {name.removeprefix(prefix): value for name, value in found.groupdict().items() if name.startswith(prefix)}
    try:
        value = datetime(year, month, day, tzinfo=BEIJING)
    except ValueError:
        return
    precision: Precision = "date"
    if groups.get("hour"):
        hour = _hour(int(groups["hour"]), (groups.get("half") or groups.get("half2") or "").lower())
        if hour > 24:
            return
        value += timedelta(hours=hour, minutes=int(groups["minute"]), seconds=int(groups.get("second") or 0))
        precision = "second" if groups.get("second") else "minute"
        value = value.replace(tzinfo=_zone(groups.get("zone")))
    yield Moment(value, precision, found.start(), found.end(), relative, yearless)


def _hour(hour: int, half: str) -> int:
    afternoon = (
        half in ("下午", "晚上", "晚间", "傍晚", "夜间") or half.startswith("p") or (half == "中午" and hour < 6)
    )
    if afternoon and hour < 12:
        return hour + 12
    return 0 if (half in ("凌晨",) or half.startswith("a")) and hour == 12 else hour


def _zone(stated: str | None) -> tzinfo:
    if not stated:
        return BEIJING
    digits = re.sub(r"[^\d]", "", stated)
    if not digits:
        return UTC
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:4]))
    return timezone(-offset if "-" in stated else offset)


def _numeral(shown: str) -> int:
    """一 … 三十一 as a number."""
    shown = shown.replace("两", "二").replace("兩", "二")
    if "十" not in shown:
        return int("".join(NUMERALS[char] for char in shown))
    tens, _, ones = shown.partition("十")
    return (int(NUMERALS[tens]) if tens else 1) * 10 + (int(NUMERALS[ones]) if ones else 0)
