"""Runs of digits, however they are spaced or spelled, and the numbers that hide in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_CLUSTER: Final = re.compile(r"\d(?:[ \t\-._·/()]{0,3}\d){6,}[Xx]?")
_GROUP: Final = re.compile(r"\d+[Xx]?")
_NUMERAL: Final = "〇零○一二三四五六七八九幺两壹贰叁肆伍陆柒捌玖"
_SPELLED: Final = re.compile(rf"[0-9{_NUMERAL}](?:[ \-、.·]?[0-9{_NUMERAL}]){{9,}}")
NUMERALS: Final = dict(zip(_NUMERAL, "000123456789" + "12" + "123456789", strict=True))
"""What the numerals of a number that is read out stand for, digit by digit."""
_DIGITS: Final = str.maketrans(NUMERALS)


@dataclass(frozen=True, slots=True)
class DigitRun:
    """Digits that stand together: their groups as (start, end) in the text and the digits of each group."""

    spans: tuple[tuple[int, int], ...]
    groups: tuple[str, ...]

    def windows(self) -> Iterator[tuple[int, int, str, tuple[int, ...]]]:
        """(start, end, digits, sizes of the groups) of every sequence of whole groups with 7 to 24 digits."""
        for first in range(len(self.groups)):
            digits = ""
            for last in range(first, len(self.groups)):
                digits += self.groups[last]
                if len(digits) > 24 and last > first:
                    break
                if len(digits) >= 7:
                    sizes = tuple(map(len, self.groups[first : last + 1]))
                    yield self.spans[first][0], self.spans[last][1], digits, sizes


def digit_runs(text: str) -> Iterator[DigitRun]:
    """Every cluster of seven or more digits in which no more than two separators follow each other."""
    for cluster in _CLUSTER.finditer(text):
        found = list(_GROUP.finditer(text, cluster.start(), cluster.end()))
        yield DigitRun(tuple(match.span() for match in found), tuple(match.group().upper() for match in found))


def spelled_runs(text: str) -> Iterator[tuple[int, int, str]]:
    """(start, end, digits) of ten or more numerals of which at least three are written in Chinese: 一三八零零…."""
    for match in _SPELLED.finditer(text):
        digits = re.sub(r"\D", "", match.group().translate(_DIGITS))
        if len(re.findall(r"[^0-9 \-、.·]", match.group())) >= 3:
            yield match.start(), match.end(), digits
