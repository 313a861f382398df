"""A query as a tree in words: what the search box understood, for who typed it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

from markupsafe import Markup

from api.console import formats
from api.console.i18n import N_, Language, spoken, translations
from api.console.words import word
from index.query import All, And, Near, Not, Or, Query, Range, Term, Text, Words
from models.gazetteer import gazetteer
from models.taxonomy import taxonomy

Gettext = Callable[[str], str]
NAMES: Final[dict[str, str]] = {
    "factors": N_("风险因素"), "categories": N_("因素类别"), "attitude": N_("态度"), "source_kind": N_("来源类别"),
    "source": N_("来源"), "genre": N_("体裁"), "places": N_("地点"), "region_codes": N_("地区"),
    "stakeholder_groups": N_("群体"), "escalation": N_("激化程度"), "published_at": N_("发布时间"),
    "is_grievance": N_("诉求"), "project_ids": N_("项目"), "project_mentions": N_("提及项目"),
    "origin_id": N_("原件"), "is_origin": N_("首发"), "id": N_("编号"),
}  # fmt: skip
"""Field of the index → what a page calls it."""


def tree_of(query: Query, gettext: Gettext, language: Language) -> list[dict[str, Any]]:
    """The query as nodes of ``macros/timeline.html: tree``; what was typed stands in quotation marks."""
    return [_node(query, gettext, language)]


def _node(query: Query, _: Gettext, language: Language) -> dict[str, Any]:
    match query:
        case And(parts=parts):
            return {"name": _("以下条件同时满足"), "children": [_node(part, _, language) for part in parts]}
        case Or(parts=parts):
            return {"name": _("以下条件满足其一"), "children": [_node(part, _, language) for part in parts]}
        case Not(part=part):
            return {"name": _("排除"), "children": [_node(part, _, language)]}
        case All():
            return {"name": _("全部文本（没有限定条件）")}
        case Term() | Range():
            return {"name": condition_name(query, _, language)}
        case Text(string=string, scope="title"):
            return {"name": _said(language, N_("标题中有“%(words)s”"), words=string)}
        case Text(string=string):
            return {"name": _said(language, N_("文中有“%(words)s”"), words=string)}
        case Words(string=string):
            return {"name": _said(language, N_("与描述相近：“%(words)s”"), words=string)}
        case Near(first=first, second=second, slop=slop):
            apart = N_("“%(first)s”与“%(second)s”相距不超过 %(slop)s 字")
            return {"name": _said(language, apart, first=first, second=second, slop=str(slop))}


def condition_name(part: Term | Range, gettext: Gettext, language: Language) -> Markup:
    """A field condition in words: ``风险因素：大气污染``."""
    name = gettext(NAMES.get(part.field, part.field))
    if isinstance(part, Term):
        values = gettext("、").join(value_name(part.field, value, gettext, language) for value in part.values)
    else:
        values = _range(part, language)
    return _said(language, N_("%(field)s：%(values)s"), field=name, values=values)


def value_name(field: str, value: str | bool | int, gettext: Gettext, language: Language) -> str:
    """What a value of a field is called; a code that has no name is shown as it is."""
    known = taxonomy()
    match field:
        case "factors" if value in known.factors:
            factor = known.factors[str(value)]
            return factor.name_en if language == "en" else factor.name_zh
        case "categories" if value in known.categories:
            category = known.categories[str(value)]
            return category.name_en if language == "en" else category.name_zh
        case "stakeholder_groups" if value in known.stakeholders:
            group = known.stakeholders[str(value)]
            return group.name_en if language == "en" else group.name_zh
        case "attitude" | "source_kind" | "genre":
            return word(gettext, str(value), field)
        case "region_codes":
            division = gazetteer().by_code.get(str(value))
            return division.name if division else str(value)
        case _ if isinstance(value, bool):
            return gettext("是") if value else gettext("否")
    return str(value)


def _range(part: Range, language: Language) -> str:
    if part.last_days is not None:
        return spoken(language, "近 %(n)s 天", n=part.last_days)
    low, high = (part.ge if part.ge is not None else part.gt), (part.le if part.le is not None else part.lt)
    low_text, high_text = _bound(low, language, first=True), _bound(high, language, first=part.lt is None)
    if low_text and high_text:
        same = low_text == high_text
        return low_text if same else spoken(language, "%(low)s 至 %(high)s", low=low_text, high=high_text)
    if low_text:
        return spoken(language, N_("%(low)s 起") if part.gt is None else N_("%(low)s 之后"), low=low_text)
    reached = part.le is not None or isinstance(high, datetime)
    return spoken(language, N_("至 %(high)s") if reached else N_("低于 %(high)s"), high=high_text)


def _bound(bound: int | datetime | None, language: Language, *, first: bool) -> str:
    """A bound as it is read; the first moment that is too late is the day before it."""
    if bound is None:
        return ""
    if isinstance(bound, datetime):
        return formats.day(bound if first else bound - timedelta(microseconds=1), language)
    return str(bound)


def _said(language: Language, text: str, **typed: str) -> Markup:
    """The sentence with what was typed in it, escaped, unseen characters shown."""
    return Markup(translations(language).gettext(text)) % {name: formats.visible(text) for name, text in typed.items()}
