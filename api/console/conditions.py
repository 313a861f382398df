"""Conditions of a typed query that are chips: field conditions that stand at its top, added and taken away in its text.

They are kept in the query itself, so that what a chip narrows can be read, saved and asked over ``/v1`` as well.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final, NamedTuple

from api.console.i18n import Language
from index import QueryError
from index.query import All, And, Not, Or, Query, Range, Term, parse, render
from models.taxonomy import taxonomy
from pipeline.vocabulary import codes

FIELDS: Final[dict[str, tuple[str, str]]] = {
    "source_kind": ("source_kind", "来源类别"),
    "genre": ("genre", "体裁"),
    "attitude": ("attitude", "态度"),
    "category": ("categories", "类别"),
    "factor": ("factors", "因素"),
    "stakeholder": ("stakeholder_groups", "群体"),
    "county": ("region_codes", "地区"),
    "township": ("region_codes", "地区"),
    "escalation": ("escalation", "激化"),
}
"""Facet → field of the index, and what the field is called where Chinese is typed."""


class Condition(NamedTuple):
    """A field condition at the top of a query; ``excluded`` ones stand behind NOT."""

    part: Term | Range
    excluded: bool

    @property
    def tree(self) -> Query:
        """The condition as a part of the query."""
        return Not(self.part) if self.excluded else self.part


def conditions(query: Query) -> list[Condition]:
    """The field conditions that all texts of the answer meet."""
    found = []
    for part in query.parts if isinstance(query, And) else (query,):
        inner = part.part if isinstance(part, Not) else part
        if isinstance(inner, Term | Range):
            found.append(Condition(inner, part is not inner))
    return found


def condition(facet: str, value: str, *, excluded: bool = False) -> Condition:
    """The condition that a value of a facet stands for."""
    field, _ = FIELDS[facet]
    return Condition(Term(field, (int(value) if field == "escalation" else value,)), excluded)


def added(typed: str, facet: str, value: str, language: Language, *, excluded: bool = False) -> str:
    """The query with one condition more, in the words of the language. Raises QueryError for what cannot be read."""
    before = typed.strip()
    if isinstance(_read(before), Or):
        before = f"({before})"
    return f"{before} {_said(facet, value, language, excluded)}".strip()


@lru_cache(maxsize=64)
def _read(typed: str) -> Query:
    """The same query is read once for each value beside it."""
    return parse(typed, codes())


@lru_cache(maxsize=10_000)
def _said(facet: str, value: str, language: Language, excluded: bool) -> str:
    return _typed(condition(facet, value, excluded=excluded), FIELDS[facet][1], value, language)


def removed(typed: str, taken: Condition) -> str:
    """The query without one of its conditions; as it was typed where that piece can be found, else written anew."""
    query = parse(typed, codes())
    left = tuple(part for part in (query.parts if isinstance(query, And) else (query,)) if part != taken.tree)
    wanted: Query = And(left) if len(left) > 1 else left[0] if left else All()
    pieces = typed.split()
    for at in range(len(pieces)):
        shorter = " ".join(pieces[:at] + pieces[at + 1 :])
        if _reads_as(shorter, wanted):
            return shorter
    return render(wanted)


def _typed(wanted: Condition, name: str, code: str, language: Language) -> str:
    said = [f"{name}:{value}" for value in _names(wanted.part, code)] if language == "zh" else []
    sign = "-" if wanted.excluded else ""
    return next((sign + one for one in said if _reads_as(one, wanted.part)), render(wanted.tree))


def _names(part: Term | Range, code: str) -> list[str]:
    """What a value is called in Chinese, bare and in quotation marks."""
    known = taxonomy()
    match part.field:
        case "factors":
            name = known.factors[code].name_zh if code in known.factors else code
        case "stakeholder_groups":
            name = known.stakeholders[code].name_zh if code in known.stakeholders else code
        case "categories":
            name = known.categories[code].name_zh if code in known.categories else code
        case "attitude":
            name = {"negative": "负面", "neutral": "中性", "positive": "正面"}.get(code, code)
        case "source_kind":
            name = {"petition": "信访", "hotline": "热线", "weibo": "微博", "news": "新闻", "notice": "公告",
                    "survey": "问卷"}.get(code, code)  # fmt: skip
        case "genre":
            name = {"petition": "信访", "post": "帖子", "news": "新闻", "reply": "答复", "notice": "公告",
                    "comment": "评论"}.get(code, code)  # fmt: skip
        case _:
            name = code
    return [name, f'"{name}"']


def _reads_as(typed: str, wanted: Query) -> bool:
    try:
        return parse(typed, codes()) == wanted
    except QueryError:
        return False
