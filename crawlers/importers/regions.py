"""Regions (地区) of petitions: never finer than a county, whatever the column holds (P-20)."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_BETWEEN: Final = re.compile(r"[\s/\\\-—–·>,，、|]+")
_FILLER: Final = re.compile("市辖区|(?:省|自治区)直辖县级行政区划")
_LEVELS: Final = (
    re.compile(r"\w{1,8}?(?:省|自治区|特别行政区)|(?:北京|上海|天津|重庆)市"),
    re.compile(r"(?:(?![县区])\w){1,10}?(?:自治州|地区|盟|市(?![场区])|州(?!市|区|县))"),
    re.compile(r"\w{1,8}?(?:自治县|县|自治旗|旗(?!区)|区|市(?![场区]))"),
)
"""Province, city and county, in the order in which they are written; each may be missing."""
_NO_REGION: Final = re.compile(
    "(?:小|社|校|厂|景|院|片|辖|库|街|营|产业园|工业园|科技园|生活|宿舍|家属|别墅|住宅|安置|商业|工矿|新村)区$"
    "|[超夜菜集楼股]市$|门市$|街道|大道|小区|社区|花园|公寓|\\d{3}"
)
_BARE: Final = re.compile(r"[一-鿿]{2,3}")
_BELOW_COUNTY: Final = re.compile("[乡镇村组路街道巷弄号栋幢楼室苑园里坊湾屯旁边]|小区|社区|单元")


def county_of(text: str) -> str | None:
    """The part of a place (市, 区, 县, 旗) down to its county, without separators; None when it names none.

    A bare name of two or three characters (长沙) stays when nothing in it is finer than a county.
    """
    place = _FILLER.sub("", _BETWEEN.sub("", unicodedata.normalize("NFKC", text)))
    found, rest = "", place
    for level in _LEVELS:
        match = level.match(rest)
        if match is None or _NO_REGION.search(match[0]):
            continue
        found, rest = found + match[0], rest[match.end() :]
    if found:
        return found
    return place if _BARE.fullmatch(place) and not _BELOW_COUNTY.search(place) else None


def joined(parts: list[str]) -> str:
    """Province, city and county as one region; a part that the next one repeats is named once."""
    whole = ""
    for part in parts:
        whole = part if part.startswith(whole) else whole if whole.endswith(part) else whole + part
    return whole
