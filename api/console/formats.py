"""How numbers, dates and quoted texts are written on a page, in Chinese and in English."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from markupsafe import Markup, escape

from api.console.i18n import Language
from api.policy import Figure

SHANGHAI: Final = ZoneInfo("Asia/Shanghai")
NOTHING: Final = "—"
"""Stands for what is not shown or not known; never for zero."""
FORM: Final = {"exact": "", "less_than": "<", "at_least": "≥"}
MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
WEEKDAYS: Final = {"zh": "一二三四五六日", "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")}
DIRECTION: Final = {
    0x202A: "LRE", 0x202B: "RLE", 0x202C: "PDF", 0x202D: "LRO", 0x202E: "RLO", 0x2066: "LRI", 0x2067: "RLI",
    0x2068: "FSI", 0x2069: "PDI", 0x200E: "LRM", 0x200F: "RLM", 0x061C: "ALM", 0x200B: "ZWSP", 0x200C: "ZWNJ",
    0x200D: "ZWJ", 0x2060: "WJ", 0xFEFF: "BOM", 0x00AD: "SHY",
}  # fmt: skip
"""Characters that nobody sees and that can turn a line around, with the names they are shown by."""


def figure(value: Figure | Mapping[str, Any] | int | None) -> str:
    """A count as it may be shown: ``12``, ``<5``, ``≥5``, ``—``; takes a Figure or its JSON form as well."""
    match value:
        case None:
            return NOTHING
        case Figure():
            return str(value)
        case Mapping():
            for form in ("less_than", "at_least"):
                if value.get(form) is not None:
                    return f"{FORM[form]}{value[form]:,}"
            return NOTHING if value.get("value") is None else f"{value['value']:,}"
        case _:
            return f"{value:,}"


def exact_number(value: Figure | Mapping[str, Any] | int | None) -> int | None:
    """The number itself where it may be shown exactly; for what is drawn to scale."""
    match value:
        case Figure():
            return value.number if value.form == "exact" else None
        case Mapping():
            found = value.get("value")
            return int(found) if found is not None else None
        case _:
            return value


def voices(value: Mapping[str, Any] | None) -> str:
    """Distinct voices, which are bounds: ``8``, ``8–11``, ``<5``."""
    if value and value.get("low") is not None:
        low, high = value["low"], value.get("high")
        return f"{low:,}" if high in (None, low) else f"{low:,}–{high:,}"
    return figure(value)


def percent(value: float | None) -> str:
    """A share between 0 and 1 in whole per cent: ``37%``; what is neither none nor all is not rounded to it."""
    if value is None:
        return NOTHING
    if 0 < value < 0.005:
        return "<1%"
    return ">99%" if 0.995 < value < 1 else f"{round(value * 100)}%"


def percent_range(low: float, high: float) -> str:
    """An interval of shares: ``31–43%``."""
    return percent(low) if round(low * 100) == round(high * 100) else f"{round(low * 100)}–{round(high * 100)}%"


def day(value: date | datetime | str | None, language: Language = "zh") -> str:
    """A day in Shanghai: ``2026年11月27日`` or ``27 Nov 2026``; a partial date (``2026-11``) as far as it is known."""
    if not value:
        return NOTHING
    if isinstance(value, str) and len(value) < 10:
        parts = [int(part) for part in value.split("-")]
        if language == "zh":
            return "".join(f"{part}{unit}" for part, unit in zip(parts, "年月", strict=False))
        return " ".join([*(MONTHS[part - 1] for part in parts[1:]), str(parts[0])])
    on = _local(value)
    if language == "zh":
        return f"{on.year}年{on.month}月{on.day}日"
    return f"{on.day} {MONTHS[on.month - 1]} {on.year}"


def short_day(value: date | datetime | str | None, language: Language = "zh") -> str:
    """A day without its year, for dense tables: ``11月27日`` or ``27 Nov``."""
    if not value:
        return NOTHING
    on = _local(value)
    return f"{on.month}月{on.day}日" if language == "zh" else f"{on.day} {MONTHS[on.month - 1]}"


def period(first: date | datetime | str | None, last: date | datetime | str | None, language: Language = "zh") -> str:
    """From one day to another, a year that both have once: ``2026年9月12日–11月20日``, ``12 Sep – 20 Nov 2026``."""
    if not first or not last or _local(first) == _local(last):
        return day(first or last, language)
    begin, end = _local(first), _local(last)
    if begin.year != end.year:
        return f"{day(begin, language)}{'–' if language == 'zh' else ' – '}{day(end, language)}"
    if language == "zh":
        return f"{day(begin)}–{short_day(end)}"
    return f"{short_day(begin, 'en')} – {day(end, 'en')}"


def weekday(value: date | datetime | str, language: Language = "zh") -> str:
    """``周五`` or ``Fri``."""
    name = WEEKDAYS[language][_local(value).weekday()]
    return f"周{name}" if language == "zh" else name


def moment(value: datetime | str | None, language: Language = "zh") -> str:
    """An instant in Shanghai to the minute: ``2026年11月27日 16:05`` or ``27 Nov 2026, 16:05``."""
    if not value:
        return NOTHING
    at = datetime.fromisoformat(value) if isinstance(value, str) else value
    clock = (at.astimezone(SHANGHAI) if at.tzinfo else at).strftime("%H:%M")
    return f"{day(at, language)}{' ' if language == 'zh' else ', '}{clock}"


def machine_time(value: date | datetime | str) -> str:
    """What stands in ``<time datetime>``: ISO 8601, in Shanghai's time for instants."""
    if isinstance(value, str):
        return value
    return value.astimezone(SHANGHAI).isoformat() if isinstance(value, datetime) and value.tzinfo else value.isoformat()


def visible(text: str) -> Markup:
    """The text, escaped, with every character that nobody sees (zero width, direction, control) shown as a mark."""
    return Markup("").join(_seen(character) for character in _runs(text))


def _runs(text: str) -> list[str]:
    """The text cut so that every unseen character stands alone."""
    runs: list[str] = []
    start = 0
    for at, character in enumerate(text):
        if _unseen(character):
            runs += [text[start:at], character]
            start = at + 1
    return [run for run in (*runs, text[start:]) if run]


def _unseen(character: str) -> bool:
    return character not in "\n\t" and unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co"}


def _seen(run: str) -> Markup:
    if len(run) > 1 or not _unseen(run):
        return escape(run)
    code = f"U+{ord(run):04X}"
    name = DIRECTION.get(ord(run), code)
    return Markup('<span class="unseen" title="{}">{}</span>').format(code, name)


def _local(value: date | datetime | str) -> date:
    if isinstance(value, str):
        value = datetime.fromisoformat(value) if len(value) > 10 else date.fromisoformat(value)
    if isinstance(value, datetime):
        return (value.astimezone(SHANGHAI) if value.tzinfo else value).date()
    return value
