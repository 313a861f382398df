"""Since when, or for how long, a problem lasts (持续时间), resolved against the publication date."""

from __future__ import annotations

import re
from functools import cache

from spacy.language import Language
from spacy.tokens import Doc

from models.lexicon.dates import resolve
from models.lexicon.matching import clause_end
from models.lexicon.ranking import Candidate, ranker, surroundings
from models.normalise import folded
from models.spans import Finding, mark

_N = (
    r"(?:\d{1,4}(?:[.、~\-至到]\d{1,2})?|[一二两三四五六七八九十百]+(?:[、至到][一二两三四五六七八九十]+)?|"
    r"好几|这么多|几|数|多|大半|半|近?半)"
)
_LEAD = re.compile(
    r"(?:自从|自|从|早在|打从|截止|截至|到现在|至今|如今|已经?|连续|持续了?|长达|历时|近|将近|快|差不多|大概|大约|约|整整|足足|"
    r"过去|这|最近|有|超过|拖了)+$"
)
_TAIL = re.compile(
    r"(?:份)?(?:左右|前后|上半年|下半年|年底|年末|年初|底|初|末|中旬|上旬|下旬|月底|月初|春节|期间|秋季|春季|夏天|冬天|上午|下午|"
    r"晚上?|早上|凌晨|前|之前|以前|后|之后|以后|开始|起|至今|到现在|到今天|以来|来|时间|多时间|之久|有余|多了|了|多|余|过去了|过去)*"
)
_DAY_OF_MONTH = r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})"
_DATE = (
    r"(?:(?:(?:19|20)\d{2}|(?<!\d)\d{2}|[一二][零〇九][零〇一二三四五六七八九]{2})年(?:的)?|大前年|前年|去年|今年|上年)(?:底|初|末|春节)?"
    rf"(?:(?:农历)?(?:\d{{1,2}}|[一二三四五六七八九十]{{1,2}}|元)月份?(?:{_DAY_OF_MONTH}(?:日|号)?)?)?"
)
_MONTH = r"(?:\d{1,2}|[一二三四五六七八九十]{1,2}|正)"
_VAGUE = (
    r"长期以来|长期|常年|长年|多年来|多年以来|多年|近年来|近年|近几年来?|近几天|近几日|前几日|近段时间|已?经?很长时间|好长时间|"
    r"经年累月|年年|连年|近期|近日|近来|最近几年|最近|一直以来|长久以来|好久|许久|前几年|前几天|前段时间|这段时间|这几年来?|这几天|"
    r"历年来|日前|年初|年底|开年|每天|每到\S{1,4}"
)
_DAY = (
    r"大前天|前天|昨天|昨日|昨晚|昨夜|今天|今日|今早|今晚|今晨|本周|上周.?|春节期间|春节|国庆节?期间?|清明节?|五一|暑假期间|寒假期间|"
    r"暑假|寒假|春运期间|上月底|入冬|入夏"
)
_KINDS = (
    ("dotted", r"(?:19|20)\d{2}[./\-]\d{1,2}(?:[./\-]\d{1,2})?(?:日|号)?"),
    ("date", _DATE),
    ("month", rf"(?<![\d年个])(?:上个?|本|这个)?(?:{_MONTH}|元)?月份?{_DAY_OF_MONTH}?(?:日|号)"),
    ("month", rf"(?<![\d年个]){_MONTH}月份|上个月|(?<![\d年]){_MONTH}月(?!\d)"),
    ("span", rf"{_N}(?:多|来|余|几)?(?:个)?(?:多|半)?(?:年|月|星期|礼拜|周|天|小时|载)(?:半)?(?!级|代|检|龄|费|租)"),
    ("vague", _VAGUE),
    ("day", _DAY),
    ("event", r"(?:自从?|从)[^，。！？；,\d]{2,16}?(?:以来|开始|起|之后|以后|后|至今)"),
)
_CORE = re.compile("|".join(f"(?P<k{number}>{core})" for number, (_, core) in enumerate(_KINDS)))
LEAD_REACH = 8
"""Characters before a time expression that may belong to it (已经持续了, 从, 将近 …)."""


def candidates(text: str) -> list[Candidate]:
    """Every expression of a time or a duration, with the features that the ranker weighs."""
    found: list[Candidate] = []
    order: dict[str, int] = {}
    for match in _CORE.finditer(text):
        kind = _KINDS[int((match.lastgroup or "k0")[1:])][0]
        opening = _LEAD.search(text, max(0, match.start() - LEAD_REACH), match.start())
        closing = _TAIL.match(text, match.end())
        lead, tail, core = opening.group() if opening else "", closing.group() if closing else "", match.group()
        start, end = match.start() - len(lead), match.end() + len(tail)
        rest = text[end : clause_end(text, end)]
        order[kind] = order.get(kind, 0) + 1
        features = [kind, f"lead={lead}", f"tail={tail}", f"{kind}#{min(3, order[kind])}", f"nth{min(5, len(found))}"]
        features += [
            f"{kind}:lead{bool(lead)}tail{bool(tail)}",
            f"core={core}" if kind in ("vague", "day") else f"unit={kind}{core[-1:]}",
        ]
        features += [
            f"rest:{word}"
            for word in re.findall(
                "没|未|还|仍|一直|至今|不|开始|无|都|就|经常|合同|交房|购买|买|签|停|拆|建|被", rest[:16]
            )
        ]
        features += [f"year{core[:2]}" if kind in ("date", "dotted") else f"len{len(core)}"]
        found.append(Candidate(start, end, (*features, *surroundings(text, start, end))))
    return found


class SinceWhen:
    """Leaves ``doc.spans["since"]``: at most one span; ``span._.since`` = (date or None, precision)."""

    def __call__(self, doc: Doc) -> Doc:
        text = folded(doc)
        best = ranker("since").best(candidates(text))
        published = doc._.published_at.date() if doc._.published_at else None
        found = []
        if best:
            resolved = resolve(text[best.start : best.end], published)
            found.append(Finding(best.start, best.end, "since", {"since": resolved}))
        mark(doc, "since", found)
        return doc


@cache
def _component() -> SinceWhen:
    return SinceWhen()


@Language.factory("since", assigns=["doc.spans"], requires=["token.text"])
def make_since(nlp: Language, name: str) -> SinceWhen:
    """The component with the shipped ranker."""
    return _component()
