"""Places (地点): where a text says something is, with its level and the code of the finest division it names."""

from __future__ import annotations

import re
from collections.abc import Iterable

from spacy.language import Language
from spacy.tokens import Doc

import models.context  # noqa: F401 - registers doc._.region
from models.gazetteer import Division, gazetteer
from models.spans import Finding, mark
from models.tagger import tagged, without_people

ESTATE = (
    "小区|花园|苑|家园|公寓|新村|新城|佳园|公馆|府|郡|墅|庭|轩|阁|居|里弄|家属[院区楼]|宿舍|安置[房点]|[栋幢楼]|单元"
)
ROAD = (
    r"路|大道|街|巷|弄|胡同|[国省县乡]道|高速|环线|[东南西北一二三四五]+环|路口|段|隧道|立交桥|高架|高架桥|匝道口?|\d+线|"
    r"交界处|交叉口|路[东南西北]侧?"
)
LEVELS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("township", re.compile(r"(?:街道|街道办|镇|乡|苏木|办事处)$")),
    ("estate", re.compile(rf"(?:{ESTATE}|[一二三四五六七八九十\d]+期)$")),
    ("road", re.compile(rf"(?:{ROAD})$")),
    ("village", re.compile(r"(?:村|社区|村委会|居委会|组|村民小组|[屯寨]|自然村|队|湾|冲|坪|塘|庄|堡|屋场)$")),
    ("county", re.compile(r"(?:县|区|旗)$")),
    ("city", re.compile(r"(?:市|州|盟|地区)$")),
    ("province", re.compile(r"(?:省|自治区|特别行政区)$")),
)
SUBDIVISION = re.compile(
    r"(?:校区|园区|矿区|景区|库区|辖区|片区|厂区|社区|小区|山区|城区|功能区|工业区|开发区|高新区|经开区|新区|示范区)$"
)
ROAD_SIDE = re.compile(r"(?:号|附近|旁边?|对面|门口|沿线|两侧|路面|[东南西北]面)$")


def level_of(mention: str, division: Division | None = None) -> str:
    """The level of the most specific part of a mention, read from its ending: 泉塘街道丽苑小区 is an estate.

    ``division`` is the gazetteer's finest division in the mention; it settles names without a telling ending (北京).
    """
    core = ROAD_SIDE.sub("", mention) or mention
    if SUBDIVISION.search(core) and not core.endswith(("小区", "社区")):
        return "county" if core.endswith(("新区", "高新区", "经开区", "开发区")) else "poi"
    for level, ending in LEVELS:
        if ending.search(core):
            return level
    if division is not None and division.short_name is not None and core.endswith((division.name, division.short_name)):
        return "county" if division.level == "functional_area" else division.level
    return "poi"


def find(text: str, region: str | None = None) -> list[Finding]:
    """The places of a text in text order; ``code`` is the finest division named beyond doubt, else None.

    ``region`` (a code or names such as 浙江省杭州市) settles names that several places bear.
    """
    return described(text, tagged(text).places, region)


def described(text: str, spans: Iterable[tuple[int, int]], region: str | None = None) -> list[Finding]:
    """Passages that name places, each with its level and division, without those that hold or end like a person."""
    table = gazetteer()
    around = table.region(region)
    found = []
    for start, end in without_people(text, spans):
        mention = text[start:end]
        division = table.resolve(mention, around)
        code = division.adcode if division is not None else None
        found.append(Finding(start, end, level_of(mention, division), {"code": code}))
    return found


class Places:
    """Leaves ``doc.spans["places"]``: label is the level, ``span._.code`` the division's code or None."""

    def __call__(self, doc: Doc) -> Doc:
        mark(doc, "places", find(doc.text, doc._.region))
        return doc


@Language.factory("places", assigns=["doc.spans"], requires=["token.text"])
def make_places(nlp: Language, name: str) -> Places:
    """Places by the shipped tagger, resolved with the gazetteer and the document's region (BRIEF §8)."""
    return Places()
