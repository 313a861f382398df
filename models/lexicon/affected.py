"""How many people or households are affected (涉及人数/户数), as a range with its unit."""

from __future__ import annotations

import re
from functools import cache

from spacy.language import Language
from spacy.tokens import Doc

from models.lexicon.matching import clause_end, clause_start
from models.lexicon.numerals import NUMBER, bounds
from models.lexicon.ranking import Candidate, ranker, surroundings
from models.normalise import folded
from models.spans import Finding, mark

Count = tuple[int, int | None, str]
"""At least, at most (None: open), and household, person, all_households or all_persons."""

_PEOPLE = (
    "业主|居民|村民|住户|用户|商户|师生|学生|学员|考生|幼儿|孩子|家长|老师|教师|教职工|教职员工|员工|职工|工人|农民工|民工|农民|"
    "群众|老百姓|百姓|乡亲|市民|人民|司机|的哥|租户|租客|购房者|受害者|受害人|投资人|投资者|消费者|会员|客户|老人|退休人员|人员|"
    "人口|家庭|人家|农户|拆迁户|安置户|贫困户|股东|患者|旅客|乘客|帐户|账户|户"
)
_NEAR = "(?:附近|周边|周围|沿线|沿途|小区|本村|全村|全组|我们|我村|村里|共|共有|合计|总共|常住|现有)"
_BEFORE = "(?:超过|不下于?|不少于|至少|多达|高达|将近|接近|近|快|约|大约|大概|差不多|上|有)"
_COUNTED = re.compile(
    rf"(?P<before>{_BEFORE}*)(?P<n>{NUMBER})(?P<after>多|余|来|几|把)?(?P<more>万|千)?(?P<unit>个家庭|家庭|户|名|位|个|家|口|号|人)?"
    rf"(?P<of>[^，。！？；、,\d\s]{{0,6}}?)(?P<noun>{_PEOPLE}|人|口)?(?P<tail>左右|以上|上下)?"
)
_MANY = re.compile(
    rf"(?P<many>成千上万|千千万万|不计其数|千家万户|很多|许多|众多|大量|大批|广大|不少|绝?大部分|绝?大多数|多数|部分|数名|几名|多名|多户|几户|好多|无数|好几|百分之.{{1,4}}|\d+%(以上)?)"
    rf"(?P<of>[^，。！？；、,\d\s]{{0,6}}?)(?P<noun>{_PEOPLE}|老年人|残疾人|人(?!员|民))"
)
_PLACES = re.compile(
    rf"(?P<places>(?:{NUMBER}|好几|几|数|多|好多|所有)(?:多|余)?(?:个|栋|座|幢))(?P<of>(?:自然)?)"
    r"(?P<noun>小区|村庄|村子?|乡镇|村民小组|小组|组|楼的?(?:居民|业主|住户)|住户|楼)(?!长|干部|委)"
)
_ALL = re.compile(
    rf"(?P<all>全体|全村|全小区|全组|全乡|全镇|全县|全市|全校|全院|全厂|全家|全楼|所有|整个|整栋|整幢|整条|每家|家家|户户|每户|每个|一家)"
    rf"(?P<of>[^，。！？；、,\s]{{0,8}}?)(?P<noun>{_PEOPLE}|乡民|受害群众|小区|村子?|村庄|社区|楼|村组|院|街|户户|单元)?"
)
_HOUSEHOLD = re.compile("户|家庭|人家|小区|村|社区|楼|栋|组")


def count_of(passage: str) -> Count | None:
    """The range that a passage states: 三百多户村民 → (300, 399, household), 全村 → (0, None, all_households)."""
    home = re.search(rf"家.{{0,2}}?({NUMBER})口", passage)
    if home and (stated := bounds(home[1])):
        return *stated, "person"
    match = _COUNTED.search(passage)
    if match and (match["unit"] or match["noun"]):
        number, after = match["n"] + (match["more"] or "" if not match["after"] else ""), match["after"] or ""
        stated = bounds(
            number,
            match["before"] or passage[max(0, match.start("n") - 2) : match.start("n")],
            after or match["tail"] or "",
        )
        if stated:
            scale = {"万": 10_000, "千": 1000}.get(match["more"] or "", 1) if match["after"] else 1
            low, high = stated
            household = (match["unit"] or "") in ("户", "家庭", "个家庭", "家") or bool(
                re.search("户$|家庭|人家", match["noun"] or "")
            )
            return (
                low * scale,
                None if high is None else high * scale + scale - 1,
                "household" if household else "person",
            )
    whole = _ALL.search(passage) or _PLACES.search(passage)
    if whole:
        return 0, None, "all_households" if _HOUSEHOLD.search(whole.group()) else "all_persons"
    many = _MANY.search(passage)
    if many:
        low = {"成千上万": 1000, "千家万户": 1000}.get(many["many"], 2)
        return low, None, "household" if re.search("户", many.group()) else "person"
    return None


class AffectedCounts:
    """Leaves ``doc.spans["affected"]``: at most one span that says how many; ``span._.count`` its range."""

    def __call__(self, doc: Doc) -> Doc:
        text = folded(doc)
        best = ranker("affected").best(candidates(text))
        mark(doc, "affected", [self.finding(text, best)] if best else [])
        return doc

    def finding(self, text: str, chosen: Candidate) -> Finding:
        """The candidate with the count that it states."""
        return Finding(chosen.start, chosen.end, "affected", {"count": count_of(text[chosen.start : chosen.end])})


def candidates(text: str) -> list[Candidate]:
    """Every passage that counts people or households, with the features that the ranker weighs."""
    found = []
    for kind, pattern in (("counted", _COUNTED), ("many", _MANY), ("all", _ALL), ("places", _PLACES)):
        for match in pattern.finditer(text):
            unit, noun = match.groupdict().get("unit") or "", match["noun"] or ""
            if kind == "counted" and not (noun or unit in ("户", "人", "家", "口", "个家庭", "家庭", "名", "位")):
                continue
            end = match.end()
            if not noun and match["of"]:
                end = match.start("of")
            start = match.start()
            if kind == "counted" and not match["before"].strip("有"):
                start = match.start("n")
            features = [kind, f"unit={unit}", f"noun={noun}", f"{kind}:{noun}", f"of={match['of'] if noun else ''}"]
            if kind == "counted":
                stated = bounds(match["n"])
                size = len(str(stated[0])) if stated else 0
                features += [f"size{size}", f"size{size}{unit}", f"around={bool(match['before'])}{match['after']}"]
            else:
                features.append(f"{kind}={match.group(1)}")
            clause = text[clause_start(text, start) : clause_end(text, max(start, end - 1))]
            features += [
                f"clause:{word}"
                for word in re.findall("影响|导致|造成|涉及|小区|共|反对|没有|无法|生活|出行|元|平|万元|钱|分", clause)
            ]
            found.append(Candidate(start, end, (*features, *surroundings(text, start, end))))
    return found


@cache
def _component() -> AffectedCounts:
    return AffectedCounts()


@Language.factory("affected", assigns=["doc.spans"], requires=["token.text"])
def make_affected(nlp: Language, name: str) -> AffectedCounts:
    """The component with the shipped ranker."""
    return _component()
