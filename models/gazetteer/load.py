"""The table of divisions in memory: names to divisions, and a name in its context to the one division it means."""

from __future__ import annotations

import gzip
from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from importlib import resources

from models.gazetteer.division import Division

AS_OF = "2023-06-30"
"""The day whose divisions the table describes; later mergers and renamings are not in it."""
LONGEST_NAME = 20


class Gazetteer:
    """Provinces to townships of China as of :data:`AS_OF` (source: README.md beside this file)."""

    def __init__(self, divisions: Iterable[Division]) -> None:
        self.by_code: dict[str, Division] = {}
        self.by_name: dict[str, list[Division]] = defaultdict(list)
        for division in divisions:
            self.by_code[division.code] = division
            self.by_name[division.name].append(division)
            short = division.short_name
            if short is not None:
                self.by_name[short].append(division)

    def named(self, name: str, within: Division | None = None) -> list[Division]:
        """Every division of that full or short name, highest level first, inside ``within`` where it is given."""
        found = self.by_name.get(name, [])
        if within is not None:
            found = [d for d in found if within.contains(d) and d is not within]
        return sorted(found, key=lambda d: (len(d.code), d.code))

    def one(self, name: str, within: Division | None = None) -> Division | None:
        """The division ``name`` means, or None when several are meant alike.

        A name that a division and its own child share (吉林省 and 吉林市 by 吉林) means the higher one.
        """
        found = self.named(name, within)
        if not found:
            return None
        first = found[0]
        rivals = [d for d in found[1:] if not first.contains(d) and (len(d.code) == len(first.code) or d.name == name)]
        if first.name != name:
            exact = [d for d in found if d.name == name]
            if len(exact) == 1:
                return exact[0]
        return None if rivals else first

    def region(self, region: str | None) -> Division | None:
        """The division of a document's region, given as a code (330100, 33/3301) or as names (浙江省杭州市)."""
        if not region:
            return None
        digits = region.replace("-", "/").split("/")[-1]
        if digits.isdecimal():
            codes = (digits[:length] for length in (9, 6, 4, 2) if len(digits) >= length)
            return next((self.by_code[code] for code in codes if code in self.by_code), None)
        return self.resolve(region)

    def resolve(self, mention: str, region: Division | None = None) -> Division | None:
        """The finest division that a mention (浙江省杭州市西湖区文新街道某小区) names beyond doubt, or None.

        Names are read from the left, each inside the one before. A name that several places bear is settled by the
        document's ``region``: first inside it, then inside its parents; without that it stays unresolved.
        """
        current: Division | None = None
        position = 0
        while position < len(mention):
            step = self._step(mention, position, current, region)
            if step is None:
                break
            current, position = step
        return current

    def _step(
        self, mention: str, position: int, current: Division | None, region: Division | None
    ) -> tuple[Division, int] | None:
        for end in range(min(len(mention), position + LONGEST_NAME), position + 1, -1):
            name = mention[position:end]
            if name not in self.by_name:
                continue
            if current is not None:
                found = self.one(name, current)
            else:
                found = next((d for d in (self.one(name, around) for around in self._around(region)) if d), None)
            if found is not None:
                return found, end
        return None

    def _around(self, region: Division | None) -> list[Division | None]:
        """The region, its parents from near to far, and the whole country."""
        if region is None:
            return [None]
        parents = [self.by_code.get(region.code[:length]) for length in (6, 4, 2) if length < len(region.code)]
        return [region, *(p for p in parents if p is not None), None]


@cache
def gazetteer() -> Gazetteer:
    """The table that ships, read once."""
    packed = (resources.files("models.gazetteer") / "divisions.tsv.gz").read_bytes()
    lines = gzip.decompress(packed).decode().splitlines()
    return Gazetteer(Division(*line.split("\t")) for line in lines)
