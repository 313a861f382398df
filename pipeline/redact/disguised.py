"""Numbers in disguise (变体号码): digits written in several scripts at once, or held apart by whatever comes to hand.

Where ``phones``, ``identity`` and ``accounts`` know the usual spellings, the digits alone count here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from pipeline.records.document import RedactionClass
from pipeline.redact.digits import NUMERALS
from pipeline.redact.finding import Finding
from pipeline.redact.identity import is_identity_card, valid_checksum
from pipeline.redact.luhn import luhn
from pipeline.redact.result import PLACEHOLDERS


def _unfolded() -> dict[int, str]:
    """Digits that the plain twin leaves as they are, since elsewhere they number clauses: ①, ⒈, ⑴, ❶, ², ₂."""
    table = {ord(numeral): digit for numeral, digit in NUMERALS.items()}
    for code in (*range(0xB2, 0xBA), *range(0x2070, 0x208A), *range(0x2460, 0x2500), *range(0x2776, 0x2794)):
        value = unicodedata.digit(chr(code), None)
        if value is not None:
            table[code] = str(value)
    return table


_FOLDED: Final = _unfolded()
_DIGIT: Final = "0-9" + "".join(map(re.escape, map(chr, _FOLDED)))
_GONE: Final = "|".join(sorted(map(re.escape, PLACEHOLDERS.values())))
_APART: Final = rf"(?:{_GONE}|[^\w〈〉]|_){{0,3}}?"
_CHAIN: Final = re.compile(rf"[{_DIGIT}](?:{_APART}[{_DIGIT}]){{9,}}[Xx]?")
_GROUP: Final = re.compile(rf"[{_DIGIT}]+[Xx]?")
_LETTERS: Final = re.compile(r"(?<![A-Za-z0-9])(?=(?:[OolI]*\d){5})1?[0-9OolI]{11,13}(?![A-Za-z0-9])")
_AS_DIGITS: Final = str.maketrans("OolI", "0011")
_MOBILE: Final = re.compile(r"(?:0086|86|0)?(1[3-9]\d{9})")
_INSIDE: Final = re.compile(r"1[3-9]\d{9}")
_USUAL: Final = frozenset({(11,), (3, 4, 4), (3, 8), (7, 4), (3, 3, 5), (4, 4, 3), (4, 3, 4), (1,) * 11})
_CUE: Final = re.compile(
    r"(?:电话|手机|号码|联系方式|联系|致电|来电|拨打|[Tt][Ee][Ll]|短信|微信同号|[Vv]信|卡号|账号|帐号)[^\n。;]{0,8}$"
)
_LIST: Final = re.compile(r"[,，、;；。:\n/+*=><!?！？%]")
"""Marks that stand between numbers of a list, a sum or two sentences at least as often as inside one number."""
_YEAR: Final = re.compile(r"(?:19|20)\d{2}")
_DECIMAL: Final = re.compile(r"(?<!\d)\d+\.\d{1,2}(?!\d)")
LONGEST: Final = 24
CRUMBS: Final = 8
"""Groups from which on digits are one number that somebody took apart."""


@dataclass(frozen=True, slots=True)
class _Part:
    """Whole groups of a chain: where they stand, their digits, and what stands between them."""

    start: int
    end: int
    groups: tuple[str, ...]
    between: tuple[str, ...]
    whole: bool
    """Whether they are all groups of the chain: nothing else of numbers stands beside them."""
    written: str

    @property
    def digits(self) -> str:
        return "".join(self.groups)

    @property
    def sizes(self) -> tuple[int, ...]:
        return tuple(map(len, self.groups))

    @property
    def in_disguise(self) -> bool:
        """Whether some digits are no plain ones; a single 一 between plain digits is often a dash."""
        others = re.sub(r"[0-9]|[^\w]|_", "", self.written).upper().replace("X", "")
        return others != "" and others != "一"

    @property
    def is_torn(self) -> bool:
        """Whether a placeholder that somebody wrote, or that stands for a name, holds its digits apart."""
        return any(re.search(_GONE, mark) for mark in self.between)

    @property
    def is_enumeration(self) -> bool:
        """Figures that grow: 1、3、5、12."""
        figures = [int(group.rstrip("X") or 0) for group in self.groups]
        return len(figures) > 2 and all(one < other for one, other in pairwise(figures))

    @property
    def in_usual_groups(self) -> bool:
        """Groups as people write a mobile number, with nothing of a list beside them."""
        sizes, extra = self.sizes, len(self.digits) - 11
        if extra and sizes[0] > extra:
            sizes = (sizes[0] - extra, *sizes[1:])
        elif extra and sizes[0] == extra:
            sizes = sizes[1:]
        if sizes == (1,) * 11:
            return True
        return sizes in _USUAL and (self.whole or not self._is_list)

    @property
    def unlike_numbers(self) -> bool:
        """Groups that are no row of figures: many, none of them a year or an amount, and nothing beside them."""
        if self.whole and len(self.groups) >= CRUMBS:
            return not self.is_enumeration
        if not self.whole or len(self.groups) < 4 or any(_YEAR.fullmatch(group) for group in self.groups):
            return False
        return not self._is_list and not _DECIMAL.search(self.written)

    @property
    def _is_list(self) -> bool:
        """A group that begins with a nought is no figure of a list, so that the whole is one number in pieces."""
        return any(_LIST.search(mark) for mark in self.between) and not any(g[0] == "0" for g in self.groups[1:])


def find_disguised(text: str) -> Iterator[Finding]:
    """Mobile numbers, identity cards and bank cards by their digits alone."""
    for match in _LETTERS.finditer(text):
        if _MOBILE.fullmatch(match.group().translate(_AS_DIGITS)):
            yield Finding(match.start(), match.end(), "phone")
    for chain in _CHAIN.finditer(text):
        taken = chain.start()
        for part in _parts(text, chain):
            if part.start >= taken and (cls := _class_of(text, part)):
                taken = part.end
                yield Finding(part.start, part.end, cls)


def _parts(text: str, chain: re.Match[str]) -> Iterator[_Part]:
    """Every sequence of whole groups with 11 to 24 digits, from left to right and the longer ones first."""
    found = list(_GROUP.finditer(text, chain.start(), chain.end()))
    digits = [match.group().translate(_FOLDED).upper() for match in found]
    marks = [text[one.end() : other.start()] for one, other in pairwise(found)]
    for first in range(len(found)):
        total, ends = 0, []
        for last in range(first, len(found)):
            total += len(digits[last])
            if total > LONGEST and last > first:
                break
            if total >= 11:
                ends.append(last)
        for last in reversed(ends):
            start, end = found[first].start(), found[last].end()
            yield _Part(
                start, end, tuple(digits[first : last + 1]), tuple(marks[first:last]),
                first == 0 and last == len(found) - 1, text[start:end],
            )  # fmt: skip


def _class_of(text: str, part: _Part) -> RedactionClass | None:
    digits = part.digits
    if len(part.groups) == 1:
        if not part.in_disguise:
            return None  # a plain run of digits is for the other modules
        if any(valid_checksum(digits[at : at + 18]) for at in range(len(digits) - 17)):
            return "id_number"
        if _INSIDE.search(digits):
            return "phone"
        return "account" if _is_card(digits) else None
    if valid_checksum(digits) or (part.unlike_numbers and is_identity_card(digits)):
        return "id_number"
    cued = _CUE.search(text, max(0, part.start - 24), part.start) is not None
    cued = cued and not part.is_enumeration
    if _MOBILE.fullmatch(digits) and (cued or part.is_torn or part.in_usual_groups or part.unlike_numbers):
        return "phone"
    if _is_card(digits) and (cued or part.is_torn or part.unlike_numbers or _in_groups_of_a_card(part)):
        return "account"
    return None


def _is_card(digits: str) -> bool:
    return 16 <= len(digits) <= 19 and digits[0] in "34569" and luhn(digits)


def _in_groups_of_a_card(part: _Part) -> bool:
    return (set(part.sizes[:-1]) == {4} or part.sizes in ((6, 10), (6, 13))) and (part.whole or not part._is_list)
