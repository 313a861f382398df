"""What shows that an expression is a name by which people call a project: how it is said, and what it is made of."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, Literal, get_args

Sign = Literal["introduced", "quoted", "scrambled", "abbreviated", "named"]
SIGNS: Final[tuple[Sign, ...]] = get_args(Sign)
"""introduced: 大家叫…, 俗称…, 以下简称…; quoted: in quotation marks; scrambled: a registered name misspelt;
abbreviated: shortened from a registered name; named: the reading took it for a place, facility or organisation."""
_OPENING: Final = "“\"'‘「『《【"
_CLOSING: Final = "”\"'’」』》】"
_INTRODUCED: Final = re.compile(
    r"(?:俗称|人称|又称|也称|别称|简称|下称|合称|统称|戏称|绰号|外号|别名|又名|曾用名|原名|改名[为叫]?|更名为|"
    r"(?:大家|人们|我们|村民们?|居民们?|老百姓|百姓|业主们?|当地人?|本地人?|民间|网友|群众)(?:都|们|也|私下)*(?:管[它这]|把[它这])?(?:叫|称|喊)|"
    r"[又也都就]叫|叫做|叫作|称为|称作|称之为|也就是|即所谓|所谓)"
    r"(?:的|是|它|其|为|做|作|[:：,，]|\s)*$"
)


def signs_at(text: str, start: int, end: int) -> frozenset[Sign]:
    """What the words around a passage say: that it is introduced as a name, or stands in quotation marks."""
    found: set[Sign] = set()
    left, right = text[start - 1 : start], text[end : end + 1]
    if left and left in _OPENING and right and right in _CLOSING:
        found.add("quoted")
        start -= 1
    if _INTRODUCED.search(text, max(0, start - 16), start):
        found.add("introduced")
    return frozenset(found)


def likeness(expression: str, names: Iterable[str]) -> Sign | None:
    """Whether an expression is a misspelt or a shortened form of a registered name or place; None for neither.

    Misspelt: the same characters in another order, or one of at least four replaced, left out or put in. Shortened: at
    least three characters, with the name's first one, in the order of the name, and at most two thirds of it.
    """
    for name in names:
        if name == expression or name in expression or expression in name:
            continue
        if len(name) >= 3 and (sorted(name) == sorted(expression) or _one_apart(name, expression)):
            return "scrambled"
    for name in names:
        if 3 <= len(expression) <= len(name) * 2 / 3 and expression[0] == name[0] and expression not in name:
            rest = iter(name)
            if all(character in rest for character in expression):
                return "abbreviated"
    return None


def _one_apart(one: str, other: str) -> bool:
    if min(len(one), len(other)) < 4 or abs(len(one) - len(other)) > 1:
        return False
    begin = 0
    while begin < min(len(one), len(other)) and one[begin] == other[begin]:
        begin += 1
    shift_one, shift_other = int(len(one) >= len(other)), int(len(other) >= len(one))
    return one[begin + shift_one :] == other[begin + shift_other :]
