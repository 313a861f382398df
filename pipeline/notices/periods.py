"""The period that a notice announces (公示期、公告期限), and the dates and unit that it states, each with its place."""

from __future__ import annotations

import re
from datetime import date
from typing import Final, NamedTuple

from models.lexicon.numerals import exact
from pipeline.records.milestone import DayUnit

_YEAR, _REST = r"(?:\d{4})\s*[年./\-]\s*", r"\d{1,2}\s*(?:[月./\-]\s*)\d{1,2}(?:\s*[日号])?"
_RANGE: Final = re.compile(
    rf"(?P<y1>{_YEAR})?(?P<d1>{_REST})(?:\s*\d{{1,2}}[:：时]\d{{0,2}}分?)?\s*(?:起)?\s*(?:至|到|[—–~～\-]+)\s*"
    rf"(?P<y2>{_YEAR})?(?P<d2>{_REST}|\d{{1,2}}\s*[日号])"
)
_CUE: Final = re.compile(
    r"(?:公示|公告|公布|征求意见|征集意见|意见征集|意见反馈|反馈意见|张贴)(?:的)?(?:期限|时限|时间|日期|期间|期)"
)
_NUMBER: Final = r"(?P<number>\d{1,3}|[一二三四五六七八九十两]{1,4})\s*个?\s*(?P<unit>工作日|日|天)"
_LENGTH: Final = re.compile(rf"[^。；\n]{{0,16}}?(?<![月\d]){_NUMBER}(?!\d|前|起|\s*[至到—–~～\-])")
_FROM_TODAY: Final = re.compile(
    rf"自(?:本)?(?:公告|公示|通告|通知)?(?:发布|公布|张贴|刊登|公示|公告)?之日起{_NUMBER}内?[^。；\n]{{0,20}}(?:提出|反馈|意见|异议)"
)
_DATED: Final = re.compile(r"(?P<y>\d{4})\s*年\s*(?P<m>\d{1,2})\s*月\s*(?P<d>\d{1,2})\s*日\s*$")
_NAMED_UNIT: Final = re.compile(
    r"(?:(?:发布|公告|发文|公示|征求意见)(?:单位|机关|机构|部门)|(?:信息)?来源)\s*[:：]\s*(?P<unit>[\u4e00-\u9fff（）]{3,40})"
)
_SIGNED: Final = re.compile(
    r"^\s*(?P<unit>[\u4e00-\u9fff（）]{2,36}(?:人民政府|政府|管委会|委员会|办公室|办事处|指挥部|中心|大队|公司|厅|局|部|院))"
    r"\s*(?:\d{4}\s*年.*)?$",
    re.MULTILINE,
)
CUE_REACH: Final = 24
"""Characters between the word that announces a period and its dates."""
FOOT: Final = 120
"""Characters at the end of a notice in which its issuing unit and date stand."""


class Period(NamedTuple):
    """An announced period and where it stands; either its days, or a number of days in a unit."""

    start: int
    end: int
    first: date | None = None
    last: date | None = None
    number: int | None = None
    unit: DayUnit = "day"


def announced_period(text: str, published: date | None) -> Period | None:
    """The first period that a notice says it stands for, or takes opinions in; None when it names none."""
    for cue in _CUE.finditer(text):
        dated = _RANGE.search(text, cue.end(), cue.end() + CUE_REACH + 40)
        if dated and dated.start() - cue.end() <= CUE_REACH and (found := _dated(dated, cue.start(), published)):
            return found
        if length := _LENGTH.match(text, cue.end()):
            return _lasting(length, cue.start())
    return _lasting(length, length.start()) if (length := _FROM_TODAY.search(text)) else None


def signed_on(text: str) -> date | None:
    """The date at the foot of a notice."""
    found = _DATED.search(text.rstrip(), max(0, len(text) - FOOT))
    return _day(int(found["y"]), int(found["m"]), int(found["d"])) if found else None


def issuing_unit(text: str) -> tuple[int, int] | None:
    """Where the unit stands that issued the notice: as the notice labels it, else the last unit at its foot."""
    if labelled := _NAMED_UNIT.search(text):
        return labelled.span("unit")
    signed = list(_SIGNED.finditer(text, max(0, len(text) - FOOT)))
    return signed[-1].span("unit") if signed else None


def _dated(found: re.Match[str], start: int, published: date | None) -> Period | None:
    numbers = [int(n) for n in re.findall(r"\d+", found["d1"])]
    year = _number(found["y1"]) or (published.year if published else None)
    if year is None:
        return None
    first = _day(year, *numbers)
    until = [int(n) for n in re.findall(r"\d+", found["d2"])]
    if first is None:
        return None
    month, day = until if len(until) == 2 else (first.month, until[0])
    last = _day(_number(found["y2"]) or year + (not found["y2"] and month < first.month), month, day)
    if last is None or last < first:
        return None
    return Period(start, found.end(), first, last)


def _lasting(found: re.Match[str], start: int) -> Period | None:
    number = exact(found["number"])
    unit: DayUnit = "working_day" if found["unit"] == "工作日" else "day"
    return Period(start, found.end("unit"), number=number, unit=unit) if number else None


def _number(written: str | None) -> int | None:
    found = re.search(r"\d{4}", written or "")
    return int(found[0]) if found else None


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
