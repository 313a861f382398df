"""Short forms of registry words: what people write instead of a full name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pipeline.link.rarity import rarity

TELLING = 4.5
"""Rarity that a short form of a place must have: what half of all petitions say tells nothing."""
_ALTERNATIVE = re.compile(r"(.+?)[（(](.+?)[)）]$")
_BRACKET = re.compile(r"[（(《][^（(《）)》]*[)）》]")
_DIVISION = re.compile(r"[A-Za-z]\d*[市区县]|[\u4e00-\u9fff]{1,6}?(?:自治区|自治州|省|市|区|县|旗)")
_NO_DIVISION = re.compile(r"(?:[小社片园地校景辖市山厂库院]区|(?<![上下])城区|城市|超市|夜市|门市|菜市|上市|农贸市)$")
_LEADING = re.compile(rf"^(?:{_DIVISION.pattern}|[\u4e00-\u9fff]{{2,4}}?(?:街道|镇|乡)|新建|拟建|关于)")
_TRAILING = re.compile(
    r"(?:项目|工程|建设|改造|改扩建|新建|扩建|处置|征地拆迁|征收|拆迁|方案|规划|选址|选择|试行|政策|调整|公路|道路|与|及|和|的)$"
)
_KIND_OF_PLACE = re.compile(
    r"(?:小区|花园|家园|花苑|公寓|社区|街道|镇|乡|村|工业园区|工业园|产业园|园区|新村|片区|片)$"
)
_PHASE = re.compile(r"[一二三四五六七八九十\d]+[期组]$")
_FACILITY = "站厂场所点"


def divisions(text: str) -> set[str]:
    """Names of provinces, cities and counties as they are written."""
    return {word for word in _DIVISION.findall(text) if not _NO_DIVISION.search(word)}


def spellings(word: str) -> tuple[str, ...]:
    """A registry word and what its brackets hold: 东环路（环城东路） is also said as either of the two."""
    match = _ALTERNATIVE.match(word)
    return (word, match.group(1), match.group(2)) if match else (word,)


def short_names(name: str, telling: Sequence[str]) -> tuple[str, ...]:
    """A name without its brackets, the region before it and the general words after it, longest first.

    A short form names the project only while it holds one of the ``telling`` words: 旧城改造 alone is any town's.
    """
    bare = name
    while (shorter := _BRACKET.sub("", bare)) != bare:
        bare = shorter
    found = [bare]
    for ending in (_LEADING, _TRAILING):
        while len(shorter := ending.sub("", bare)) > 2 and shorter != bare:
            bare = shorter
            found.append(bare)
    return tuple(w for w in dict.fromkeys(found) if w != name and len(w) > 2 and any(t in w for t in telling))


def short_places(place: str) -> tuple[str, ...]:
    """A place without its phase or the kind of place that it is: 石桥镇 is also said as 石桥, 东山路 as 东山大道."""
    return tuple(w for w in dict.fromkeys(_shorter(place)) if w != place and len(w) > 1 and rarity(w) >= TELLING)


def _shorter(place: str) -> Iterator[str]:
    bare = _PHASE.sub("", place)
    yield bare
    yield _KIND_OF_PLACE.sub("", bare)
    if bare.endswith("路") and len(bare) > 2:
        yield bare[:-1] + "大道"
    if bare.endswith("大道"):
        yield bare[:-2] + "路"


def like_words(word: str) -> tuple[str, ...]:
    """Other words for the same facility: 搅拌站 is also said as 搅拌厂."""
    if len(word) > 2 and word[-1] in _FACILITY:
        return tuple(word[:-1] + last for last in _FACILITY if last != word[-1])
    return ()
