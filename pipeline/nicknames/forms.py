"""The form of a name: what an expression must be, and must not be, to be one; and what an entry says already."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

import rjieba

from models.gazetteer import gazetteer
from models.gazetteer.load import LONGEST_NAME
from models.units import NO_BODY, unit_of
from pipeline.link.names import divisions, spellings
from pipeline.link.rarity import rarity
from pipeline.nicknames.persons import THING
from pipeline.records import DecisionProject

RARE: Final = 4.5
"""Rarity below which an expression is an everyday one (``pipeline.link.rarity``)."""
SELDOM: Final = 6.2
"""Rarity from which even a word of the dictionary (臭水沟, 大烟囱) may be a name."""
_NAMED: Final = re.compile(
    r"(?:补贴|新政|政策|办法|方案|计划|拆迁|征拆|征收|改造|旧改|通道|高速|高铁|地铁|轻轨|铁路|电站|基站|电缆|公司|集团|学校|"
    r"幼儿园|医院|工厂|公园|陵园|殡仪馆|火葬场|市场|大道|环线|快线|专线|管道|码头|机场|水库|填埋场|焚烧炉|烟囱)$"
)
_INSIDE: Final = re.compile(
    r"[的了]|附近|旁边|对面|门口|何时|什么|怎么|我们|没有|以及|或者|还是|最后|这个|现在|标准|问题|情况|原因|扰民|污染|比较?|\d+万?元|放在|位于"
)
"""What stands in sentences and in no name."""
_AUTHORITY: Final = re.compile(
    r"(?:政府|委员会|办公[厅室]|[局厅委]|法院|检察院|派出所|办事处|指挥部|居委会|村委会|国务院|人大|政协|党委)$"
)
_FUNCTION: Final = frozenset(
    "的了在是有和与及或也都就还而并对从向被把给将让使要会能可不没未这那该此其我你他她它们每各很太极等于为以因所到去来说请问"
    "已正又再至但且若如则即由按据经自跟同比像么吗呢吧啊呀哦个些后前时中里内外旁边侧处附近上下再次多少几仍未曾均"
)
_OPENERS: Final = frozenset({"v", "p", "r", "c", "u", "uj", "ul", "y", "m"})
"""Kinds of words, as the dictionary names them, with which no name begins."""
_ANONYMOUS: Final = re.compile(r"[A-Z]\d*[市区县](?=.{2})")
"""A region as anonymised texts write it: A市, B3区."""
CUT_REGION: Final = re.compile(r"[A-Z0-9][市区县]")
_JOINTS: Final = frozenset("而的了吗呢吧把被让给但且若则即就还也都")
_VERBS: Final = frozenset(
    "建修搞办开做拆停设装放住买卖离距靠近隔看见听想申请咨询关于反映投诉举报要求建议希望通往去往位来自属落户启动恢复"
)


def names_a_thing(expression: str) -> bool:
    """Whether it ends as the names of facilities, roads, estates and programmes do."""
    return bool(THING.search(expression) or _NAMED.search(expression))


def is_everyday(expression: str) -> bool:
    """Whether the dictionary has it as one word that is no name and not rare: 高速公路, 高压线."""
    if len(rjieba.cut(expression, False)) > 1 or rarity(expression) >= SELDOM:
        return False
    return not rjieba.tag(expression)[0][1].startswith(("nr", "ns", "nt", "nz", "x"))


def known_words(project: DecisionProject) -> tuple[str, ...]:
    """The words of an entry, longest first."""
    words = (project.name_zh, *project.aliases, *project.places, *project.keywords, *project.impact_area)
    parts = (part for word in words for part in spellings(word))
    return tuple(sorted({part for part in parts if len(part) > 1}, key=len, reverse=True))


def is_said(expression: str, project: DecisionProject, known: Collection[str] = ()) -> bool:
    """Whether the entry says it already: as one of its words, or as words of it with nothing of its own besides."""
    known = known or known_words(project)
    if expression in known or expression in project.region or _is_division(expression):
        return True
    rest = expression
    for word in known:
        rest = rest.replace(word, "\n")
    for name in (*divisions(rest), project.region):
        rest = rest.replace(name, "\n") if name else rest
    own = [part for part in rest.split("\n") if len(part) > 1]
    return rest != expression and max((rarity(part) for part in own), default=0.0) < RARE


def _is_division(expression: str) -> bool:
    """Provinces, cities, counties and townships are regions, and authorities are addressed: neither is a nickname."""
    if gazetteer().named(expression) or expression in divisions(expression):
        return True
    return bool(unit_of(expression) or NO_BODY.fullmatch(expression) or _AUTHORITY.search(expression))


def is_bounded(expression: str) -> bool:
    """Whether it may be a name as it stands: no verb and no region before it, no word that joins others in it."""
    tagged = rjieba.tag(expression)
    (first, kind), last = tagged[0], tagged[-1][0]
    if expression[0] in _JOINTS or first in _FUNCTION or last in _FUNCTION or _INSIDE.search(expression):
        return False
    if any(set(word) <= _VERBS for word, _ in tagged) or (len(tagged) > 1 and len(first) > 1 and kind in _OPENERS):
        return False
    return not _begins_with_region(expression)


def _begins_with_region(expression: str) -> bool:
    if _ANONYMOUS.match(expression):
        return True
    heads = (expression[:size] for size in range(2, min(len(expression) - 1, LONGEST_NAME)))
    return any(head[-1] in "省市区县乡镇" and gazetteer().named(head) for head in heads)
