"""What stands after a field: a value, a comparison, a range; dates are days in Beijing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from index.bigrams import fold
from index.days import BEIJING, day_start
from index.errors import QueryError
from index.fields import FIELDS
from index.query.names import ANY_SOURCE, CLOSED, Codes, coded
from index.query.tree import Bound, Or, Query, Range, Term

_DAY: Final = re.compile(r"(\d{4})(?:[-/.年](\d{1,2})(?:[-/.月](\d{1,2})日?|月)?|年)?")
_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\dt\d\d:\d\d(:\d\d(\.\d{1,6})?)?(z|[+-]\d\d:\d\d(:\d\d)?)?")
_RECENT: Final = re.compile(r"(?:last|最近|近|过去)(\d{1,5})(d|days?|天|日|w|weeks?|周)")
_YES: Final = {"yes", "true", "是", "有", "1"}
_NO: Final = {"no", "false", "否", "无", "0"}
_LEVELS: Final = "a level from 0 to 5"
_DATES: Final = "a day such as 2026-01-31, a month 2026-01, a year 2026, or last30d"


@dataclass(frozen=True, slots=True)
class Typed:
    """A piece of what was typed, without its quotation marks, and where it begins."""

    text: str
    position: int

    @property
    def shown(self) -> str:
        """The piece as an error message shows it: short, printable."""
        return repr(self.text[:20])


def valued(field: str, values: Sequence[Typed], codes: Codes) -> Query:
    """Documents whose field has one of the values. Raises QueryError."""
    for value in values:
        _refuse_wildcard(field, value)
    if field == ANY_SOURCE:
        return _source(values)
    kind = FIELDS[field].kind
    if kind == "time":
        ranges = tuple(_when(field, value) for value in values)
        return ranges[0] if len(ranges) == 1 else Or(ranges)
    if kind == "number":
        return Term(field, tuple(_level(value) for value in values))
    if kind == "flag":
        return Term(field, tuple(_flag(value) for value in values))
    return Term(field, tuple(_keyword(field, value, codes) for value in values))


def compared(field: str, operator: str, value: Typed) -> Query:
    """Documents whose number or time is above or below. Raises QueryError."""
    operator = {"≥": ">=", "≤": "<="}.get(operator, fold(operator))
    _refuse_unordered(field, value.position)
    if operator in (">", ">="):
        name, bound = _lower(field, value, inclusive=operator == ">=")
    else:
        name, bound = _upper(field, value, inclusive=operator == "<=")
    return Range(field, **{name: bound})  # type: ignore[arg-type]


def between(field: str, opening: Typed, low: Typed, high: Typed, closing: Typed) -> Query:
    """Documents whose number or time lies in a range; ``*`` leaves a side open. Raises QueryError."""
    _refuse_unordered(field, opening.position)
    bounds: dict[str, Bound] = {}
    if low.text not in ("*", "＊"):
        bounds.update([_lower(field, low, inclusive=opening.text in "[［【")])
    if high.text not in ("*", "＊"):
        bounds.update([_upper(field, high, inclusive=closing.text in "]］】")])
    if not bounds:
        raise QueryError("the range is open on both sides", position=low.position, expected="a bound")
    _refuse_backwards(bounds, high.position)
    return Range(field, **bounds)  # type: ignore[arg-type]


def _source(values: Sequence[Typed]) -> Query:
    """``source:weibo`` is a kind of source, ``source:晨报`` a source; what may be both finds both."""
    kinds = tuple(
        CLOSED["source_kind"][name] for value in values if (name := fold(value.text)) in CLOSED["source_kind"]
    )
    named = Term("source", tuple(value.text for value in values))
    return Or((Term("source_kind", tuple(dict.fromkeys(kinds))), named)) if kinds else named


def _keyword(field: str, value: Typed, codes: Codes) -> str:
    text = value.text.strip()
    if not text:
        raise QueryError("nothing stands between the quotation marks", position=value.position, expected="a value")
    return coded(field, text, value.position, codes)


def _level(value: Typed) -> int:
    folded = fold(value.text).strip()
    if not re.fullmatch(r"[0-5]", folded):
        raise QueryError(f"{value.shown} is no level", position=value.position, expected=_LEVELS)
    return int(folded)


def _flag(value: Typed) -> bool:
    folded = fold(value.text).strip()
    if folded not in _YES | _NO:
        raise QueryError(f"{value.shown} is neither yes nor no", position=value.position, expected="yes or no (是, 否)")
    return folded in _YES


def _when(field: str, value: Typed) -> Range:
    folded = fold(value.text).strip()
    if folded in ("today", "今天", "今日"):
        return Range(field, last_days=1)
    if recent := _RECENT.fullmatch(folded):
        days = int(recent[1]) * (7 if recent[2][0] in "w周" else 1)
        if not 1 <= days <= 36_600:
            raise QueryError(f"{value.shown} is no number of days", position=value.position, expected="1 to 36600 days")
        return Range(field, last_days=days)
    if _MOMENT.fullmatch(folded):
        raise QueryError("a moment has no length", position=value.position, expected="a day, or >= before the moment")
    first, end = _days(value)
    return Range(field, ge=first, lt=end)


def _lower(field: str, value: Typed, *, inclusive: bool) -> tuple[str, Bound]:
    if FIELDS[field].kind == "number":
        return ("ge" if inclusive else "gt"), _level(value)
    if moment := _moment(value):
        return ("ge" if inclusive else "gt"), moment
    first, end = _days(value)
    return "ge", first if inclusive else end


def _upper(field: str, value: Typed, *, inclusive: bool) -> tuple[str, Bound]:
    if FIELDS[field].kind == "number":
        return ("le" if inclusive else "lt"), _level(value)
    if moment := _moment(value):
        return ("le" if inclusive else "lt"), moment
    first, end = _days(value)
    return "lt", end if inclusive else first


def _moment(value: Typed) -> datetime | None:
    """A moment with its time of day, in Beijing unless it names its zone."""
    folded = fold(value.text).strip()
    if not _MOMENT.fullmatch(folded):
        return None
    try:
        moment = datetime.fromisoformat(folded.upper())
        _refuse_far(moment.year, value)
        return (moment if moment.tzinfo else moment.replace(tzinfo=BEIJING)).astimezone(UTC)
    except ValueError:
        raise QueryError(f"{value.shown} is no moment there is", position=value.position, expected=_DATES) from None


def _days(value: Typed) -> tuple[datetime, datetime]:
    """The first moment of a day, month or year in Beijing, and the first one after it."""
    found = _DAY.fullmatch(fold(value.text).strip())
    if not found:
        raise QueryError(f"{value.shown} is no date", position=value.position, expected=_DATES)
    year, month, day = (int(part) if part else None for part in found.groups())
    assert year is not None
    _refuse_far(year, value)
    try:
        first = date(year, month or 1, day or 1)
    except ValueError:
        raise QueryError(f"{value.shown} is no day there is", position=value.position, expected=_DATES) from None
    if day:
        end = first + timedelta(days=1)
    elif month:
        end = date(year + month // 12, month % 12 + 1, 1)
    else:
        end = date(year + 1, 1, 1)
    return day_start(first), day_start(end)


def _refuse_wildcard(field: str, value: Typed) -> None:
    if "*" in fold(value.text):
        raise QueryError(
            f"a wildcard in {field} would compare every value there is",
            position=value.position,
            expected="a whole value",
        )


def _refuse_far(year: int, value: Typed) -> None:
    if not 1900 <= year <= 2199:
        raise QueryError(f"{value.shown} is too far away", position=value.position, expected="a year from 1900 to 2199")


def _refuse_unordered(field: str, position: int) -> None:
    if field not in FIELDS or FIELDS[field].kind not in ("number", "time"):
        raise QueryError(f"the values of {field} have no order", position=position, expected="a value")


def _refuse_backwards(bounds: dict[str, Bound], position: int) -> None:
    low = next((bounds[name] for name in ("ge", "gt") if name in bounds), None)
    high = next((bounds[name] for name in ("le", "lt") if name in bounds), None)
    if low is not None and high is not None and low > high:  # type: ignore[operator]
        raise QueryError("the range ends before it begins", position=position, expected="the earlier bound first")
