"""Door-level addresses (门牌): everything below estate, road section or village group; those themselves stay."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from pipeline.redact.finding import Finding

_N: Final = r"(?:[甲乙丙丁A-Za-z]?\d{1,4}[A-Za-z]?|[一二三四五六七八九十百零〇]{1,5}|[A-Za-z]|[甲乙丙丁东西南北])"
_BUILDING: Final = rf"{_N}\s?-?\s?(?:号楼|栋楼?|幢|座|号院|#楼?|号栋|排)"
_UNIT: Final = rf"{_N}\s?(?:单元|号门|门(?=[ \-]?\d)|门栋|门洞|梯(?!\u6b21|队|级))"
_FLOOR: Final = r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})\s?(?:楼|层)"
_ROOM: Final = (
    r"(?:[A-Za-z]?\d{1,4}[A-Za-z]?|[一二三四五六七八九十〇零]{1,5})\s?(?:号房|室|"
    r"房(?!屋|产|子|东|价|间|型|款|改|管|地)|户(?!型|居民|人家|主|口|籍|数|业主|"
    r"村民|均)|号(?!线|楼|令|文)|门)"
)
_BARE_ROOM: Final = r"[A-Za-z]?(?:\d{3,4}|[一二三四五六七八九十零〇]{3,4})[A-Za-z]?(?![\d元年月日人万平米个户%.:])"
_GAP: Final = r"[ \-]{0,2}"

_BELOW_ESTATE: Final = re.compile(
    rf"(?:(?:{_BUILDING}{_GAP}){{1,2}}(?:{_UNIT}{_GAP}(?:{_FLOOR}{_GAP})?(?:{_ROOM}|{_BARE_ROOM})?|"
    rf"(?:{_FLOOR}{_GAP})?(?:{_ROOM}|{_BARE_ROOM})|{_FLOOR}(?=住户))"
    rf"|{_UNIT}{_GAP}(?:{_FLOOR}{_GAP})?(?:{_ROOM}|{_BARE_ROOM})"
    rf"|\d{{1,3}}号{_GAP}{_UNIT}{_GAP}(?:{_ROOM}|{_BARE_ROOM})?"
    rf"|\d{{1,3}}号{_GAP}[A-Za-z]?\d{{3,4}}(?:室|房(?!屋|产|间))"
    rf"|{_FLOOR}{_GAP}\d{{2,4}}\s?(?:室|房(?!屋|产|间)|号(?![线楼])))"
)
_ALONE: Final = re.compile(
    r"(?<![\dA-Za-z.])[A-Za-z]?\d{3,4}\s?(?:室(?!外|内|温)|房(?!屋|产|子|东|价|间|型|款|改|管|地|源|贷|企))"
)
_NEXT_DOOR: Final = re.compile(r"(?<=楼[上下])\d{3,4}(?=住户|租户|业主|的|,|家)")
_DASHED: Final = re.compile(
    r"(?:(?<=住)|(?<=我家)|(?<=住在)|(?<=小区)|(?<=花园)|(?<=家园)|(?<=苑)|(?<=公寓)|(?<=新村)|"
    r"(?<=期)|(?<=址:)|(?<=业主:)|(?<=房号:)|(?<=房号))"
    r"\s?[A-Za-z]?\d{1,3}(?:-\d{1,2})?-[A-Za-z]?\d{3,4}(?![\d\-元年月])"
)
_NO_HOUSE: Final = (
    r"(?!线|公路|楼|栋|小区|院(?![墙子内里])|地块|地铁|桥|井|矿|坑|出?口|文|令|站|厂房?|"
    r"机|工地|标|宗地|泵|煤|隧|台|车|船|国道|省道|高速|仓|塘|山|闸|路|门|风|气|"
    r"汽|柴|水|字|塔|杆|灯|变|岗|生|病|教|食|商业|凌晨|上午|下午|晚|早|中午|左右|"
    r"前|之前|后|起|至|到|发|开|,?\d{1,2}[点时])"
)
"""What makes a number with 号 something else than a house."""
_ROAD: Final = re.compile(
    r"(?<=[路街巷弄道里坊同村组队湾屯庄寨坪冲段线社台园子])\s?(?:门牌)?"
    r"((?:[甲乙丙丁]?\d{1,4}|[一二三四五六七八九十百〇零]{1,5})(?:[\-之]\d{1,3})?(?:附|之)?\d{0,3}\s?号(?:附\d{1,3"
    r"}号?|之[一二三四五六七八九\d]{1,2}|-\d{1,3})?)"
    rf"{_NO_HOUSE}"
)
_PLATE_NUMBER: Final = re.compile(
    rf"(?:门牌号码?|门牌|门号|房号|房间号|住址|户室号|室号)\s?(?:是|为|[:(])?\s?((?:{_N}-?){{1,4}}(?:号|"
    rf"室)?|\d[\d\-]{{1,10}}(?:号|室)?)"
)
_HINT: Final = re.compile(
    r"[\dA-Za-z一二三四五六七八九十百零〇东西南北甲乙丙丁]\s?(?:室|房|栋|幢|座|"
    r"单元|号|梯|门|排|[#户])|\d-[A-Za-z]?\d|门牌|楼[上下]\d|房号|室号|住址"
)
_NUMERAL: Final = re.compile(r"[0-9一二三四五六七八九十〇零]")
_TAIL: Final = re.compile(
    rf"{_GAP}(?:{_BUILDING}|{_UNIT}|{_FLOOR}(?={_GAP}(?:{_ROOM}|{_BARE_ROOM}))|{_ROOM}|{_BARE_ROOM})"
)


_HOUSE: Final = re.compile(rf"(?<![\da-zA-Z第月年.])([甲乙丙丁]?\d{{1,4}}(?:[\-之]\d{{1,3}})?\s?号){_NO_HOUSE}")
_HOUSE_HINT: Final = re.compile(r"\d\s?号")


def may_have_house(text: str) -> list[int]:
    """Where a number in digits with 号 stands that could be that of a house; 一号 is more often an estate."""
    return [match.start(1) for match in _HOUSE.finditer(text)] if _HOUSE_HINT.search(text) else []


def house_at_end(text: str, start: int, end: int) -> tuple[int, int] | None:
    """The house number (with building, unit and room behind it) with which the address [start, end) of a text ends.

    None where the address has none, or is nothing else.
    """
    for match in _HOUSE.finditer(text, start):
        if match.start(1) >= end:
            break
        last = _with_tail(text, match.end(1))
        if match.start(1) > start and last >= end:
            return match.start(1), last
    return None


def find_door_addresses(text: str) -> Iterator[Finding]:
    """Building with unit or room, rooms, house numbers of roads, lanes and village groups.

    A building or a floor alone (3 号楼, 二楼), a lane or courtyard with its number, metro lines, plots and dates stay.
    """
    if not _HINT.search(text):
        return
    spans = [span for span in _parts(text) if _NUMERAL.search(text, *span)]
    merged: list[list[int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1] + 1 and not text[merged[-1][1] : start].strip(" ,-"):
            merged[-1][1] = max(end, merged[-1][1])
        else:
            merged.append([start, end])
    for start, end in merged:
        piece = text[start:end]
        left, right = len(piece) - len(piece.lstrip(" -")), len(piece) - len(piece.rstrip(" -"))
        yield Finding(start + left, end - right, "door_address")


def _parts(text: str) -> Iterator[tuple[int, int]]:
    for pattern in (_BELOW_ESTATE, _ALONE, _DASHED, _NEXT_DOOR):
        for match in pattern.finditer(text):
            yield match.span()
    for match in _ROAD.finditer(text):
        if not re.search(r"[\d月]\s?$", text[max(0, match.start(1) - 2) : match.start(1)]):
            yield match.start(1), _with_tail(text, match.end(1))
    for match in _PLATE_NUMBER.finditer(text):
        yield match.start(1), _with_tail(text, match.end(1))


def _with_tail(text: str, end: int) -> int:
    while match := _TAIL.match(text, end):
        end = match.end()
    return end
