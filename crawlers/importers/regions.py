"""Regions (地区) of petitions: never finer than a county, whatever the column holds (P-20)."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_BETWEEN: Final = re.compile(r"[\s/\\\-—–·>,，、|]+")
_LEVELS: Final = (
    re.compile(r"\w{1,8}?(?:省|自治区|特别行政区)|(?:北京|上海|天津|重庆)市"),
    re.compile(r"(?:(?![县区])\w){1,10}?(?:自治州|地区|盟|市|州(?!市|区|县))"),
    re.compile(r"\w{1,8}?(?:自治县|县|自治旗|旗|区|市)"),
)
"""Province, city and county, in the order in which they are written; each may be missing."""
_NO_REGION: Final = re.compile(
    "(?:[小社校厂景院片辖库街园营活舍属墅宅置业新村]|工矿)区$|[超夜菜门集楼股城]市$|街道|大道|小区|社区|花园|公寓|\\d{3}"
)
_REAL_AFTER_ALL: Final = re.compile("(?:浦东|滨海|兰州|两江|天府|贵安|西咸|雄安|舟山群岛|西海岸)新区$")
_BARE: Final = re.compile(r"[一-鿿]{2,6}")
_BELOW_COUNTY: Final = re.compile("[乡镇村组路街道巷弄号栋幢楼室苑园里坊庄湾屯]|小区|社区|单元")


def county_of(text: str) -> str | None:
    """The part of a place down to its county, without separators; None when it names none.

    A bare name of two to six characters (长沙) stays when nothing in it is finer than a county.
    """
    place = _BETWEEN.sub("", unicodedata.normalize("NFKC", text))
    found, rest = "", place
    for level in _LEVELS:
        match = level.match(rest)
        if match is None or _is_no_region(match[0], rest[match.end() :]):
            continue
        found, rest = found + match[0], rest[match.end() :]
    if found:
        return found
    return place if _BARE.fullmatch(place) and not _BELOW_COUNTY.search(place) else None


def _is_no_region(name: str, rest: str) -> bool:
    """Whether a name that ends like one of a region is an estate, a market or a building (小区、菜市场)."""
    if name[-1] == "市" and rest[:1] in {"场", "民", "政", "长", "委"}:
        return True
    return _NO_REGION.search(name) is not None and _REAL_AFTER_ALL.search(name) is None


def joined(parts: list[str]) -> str:
    """Province, city and county as one region; a part that the next one repeats is named once."""
    whole = ""
    for part in parts:
        whole = part if part.startswith(whole) else whole if whole.endswith(part) else whole + part
    return whole
