"""Writes a query tree as a person would type it; reading it again gives the same tree."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Final

from index.bigrams import fold, is_chinese
from index.days import BEIJING, day_start
from index.errors import QueryError
from index.query.names import spoken_name
from index.query.reading import DESCRIPTION_SHARE, SENTENCE
from index.query.tree import All, And, Near, Not, Or, Query, Range, Term, Text, Words

_OPERATORS: Final = {
    "OR",
    "AND",
    "NOT",
    "或",
    "或者",
    "且",
    "并且",
    "非",
    "ＯＲ",
    "ＡＮＤ",
    "ＮＯＴ",
    "TO",
    "to",
    "至",
    "到",
}
_PLAIN: Final = re.compile(r"\w+")
_QUOTE: Final = re.compile('["“”＂「」『』]')


def render(query: Query) -> str:
    """The query as text. Raises QueryError for the few trees that cannot be typed, such as Words of another share."""
    return "" if isinstance(query, All) else _written(query)


def _written(query: Query) -> str:
    match query:
        case Text(string=string, scope="title"):
            return f"title:{_string(string)}"
        case Text(string=string):
            return _string(string)
        case Words():
            return _description(query)
        case Near():
            return _near(query)
        case Term():
            return _term(query)
        case Range():
            return _range(query)
        case Not(part=part):
            return f"-{_inside(part)}"
        case And(parts=parts):
            return " ".join(_inside(part) for part in parts)
        case Or(parts=parts):
            return " OR ".join(_inside(part) for part in parts)
        case All():
            raise QueryError("everything as a part of a query cannot be typed")


def _inside(query: Query) -> str:
    written = _written(query)
    return f"({written})" if isinstance(query, (And, Or)) else written


def _string(string: str) -> str:
    """A plain word as it stands, anything else in quotation marks; marks inside become the one they fold to."""
    plain = _PLAIN.fullmatch(string) and string not in _OPERATORS
    if plain and not (len(string) > SENTENCE and is_chinese(fold(string))):
        return string
    return f"「{_QUOTE.sub(chr(34), string)}」" if _QUOTE.search(string) else f'"{string}"'


def _description(query: Words) -> str:
    if query.share != DESCRIPTION_SHARE:
        raise QueryError(f"words of which a share of {query.share} must occur cannot be typed")
    if _PLAIN.fullmatch(query.string) and len(query.string) > SENTENCE and is_chinese(fold(query.string)):
        return query.string
    return f"like:{_string(query.string)}"


def _near(query: Near) -> str:
    strings = (query.first, query.second)
    if any(len(string.split()) != 1 or string != string.strip() for string in strings):
        raise QueryError("strings with blanks in them cannot be typed as near")
    both = " ".join(strings)
    quoted = f"「{_QUOTE.sub(chr(34), both)}」" if _QUOTE.search(both) else f'"{both}"'
    return f"{quoted}~{query.slop}"


def _term(query: Term) -> str:
    name = spoken_name(query.field)
    values = [_value(value) for value in query.values]
    return f"{name}:{values[0]}" if len(values) == 1 else f"{name}:({' OR '.join(values)})"


def _value(value: str | bool | int) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value) if isinstance(value, int) else _string(value)


def _range(query: Range) -> str:
    name = spoken_name(query.field)
    if query.last_days is not None:
        return f"{name}:last{query.last_days}d"
    if None not in (query.ge, query.gt) or None not in (query.le, query.lt):
        raise QueryError("two bounds on one side cannot be typed")
    low, high = _low(query), _high(query)
    if low and high:
        return f"{name}:{'[' if low[0] == '>=' else '{'}{low[1]} TO {high[1]}{']' if high[0] == '<=' else '}'}"
    operator, bound = low or high or ("", "")
    return f"{name}:{operator}{bound}"


def _low(query: Range) -> tuple[str, str] | None:
    if query.ge is None:
        return None if query.gt is None else (">", _bound(query.gt))
    if isinstance(query.ge, datetime) and _is_midnight(query.ge):
        return ">=", query.ge.astimezone(BEIJING).date().isoformat()
    return ">=", _bound(query.ge)


def _high(query: Range) -> tuple[str, str] | None:
    if query.lt is None:
        return None if query.le is None else ("<=", _bound(query.le))
    if isinstance(query.lt, datetime) and _is_midnight(query.lt):
        return "<=", (query.lt.astimezone(BEIJING).date() - timedelta(days=1)).isoformat()
    return "<", _bound(query.lt)


def _bound(bound: int | datetime) -> str:
    return bound.astimezone(BEIJING).isoformat() if isinstance(bound, datetime) else str(bound)


def _is_midnight(moment: datetime) -> bool:
    return moment == day_start(moment.astimezone(BEIJING).date())
