"""Who is heard less (偏差, P-26): of what people complain about, how much is missed, group of texts by group."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from models.taxonomy import taxonomy
from pipeline.evaluation.figures import Quantity
from pipeline.evaluation.measured import Measured
from pipeline.evaluation.measures import ratio
from pipeline.evaluation.pairs import Pair, Row
from pipeline.evaluation.slices import KINDS, SHORT, text_of

LONG: Final = 300
"""Characters of title and text from which on a text is long."""
LEAST: Final = 10
"""Things to be found that a group must have; below that its share says nothing."""
COMPLAINTS: Final = "complaints missed"
FACTORS: Final = "factors missed"
HEARD: Final[Mapping[str, str]] = {COMPLAINTS: "complaints found", FACTORS: "factors found"}
"""The other side of both, over all texts: what is found of what is there."""
Moved: TypeAlias = Literal["more", "fewer", "no"]
"""Missed more or less often than the interval of before allows for."""
_Z: Final = 1.96
_RURAL: Final = KINDS["rural"]
_POST: Final = KINDS["Weibo"]
_NEWS: Final = KINDS["news"]


@dataclass(frozen=True)
class Missed:
    """How many things of a group were missed, of how many that were there."""

    missed: int
    of: int

    @property
    def rate(self) -> float:
        """The false-negative rate."""
        return self.missed / self.of if self.of else 0.0

    def bounds(self) -> tuple[float, float]:
        """95 % interval of the rate (Wilson 1927), which holds for few cases too."""
        if not self.of:
            return 0.0, 1.0
        n, p, z = self.of, self.rate, _Z
        middle = (p + z * z / (2 * n)) / (1 + z * z / n)
        half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
        return max(0.0, middle - half), min(1.0, middle + half)


def _topic(row: Row) -> str | None:
    primary = next((factor["code"] for factor in row["factors"] if factor["primary"]), None)
    found = taxonomy().factors.get(primary) if primary else None
    return found.category if found else None


def _length(row: Row) -> str:
    characters = len(text_of(row))
    return "short" if characters < SHORT else "long" if characters >= LONG else "middle"


def _source(row: Row) -> str:
    return "Weibo" if _POST(row) else "news" if _NEWS(row) else "petition"


def _region(row: Row) -> str | None:
    """The province, by the first two characters of the region's name, which tell all of them apart."""
    return str(row.get("region") or "")[:2] or None


GROUPS: Final[Mapping[str, Callable[[Row], str | None]]] = {
    "topic": _topic,
    "length": _length,
    "place": lambda row: "rural" if _RURAL(row) else "urban",
    "source": _source,
    "region": _region,
}


def missed(pairs: Sequence[Pair]) -> dict[str, Missed]:
    """By figure and group, such as ``factors missed, length: short``; groups with too few cases are left out."""
    cases = _cases(pairs)
    totals = {name: Missed(sum(m for m, _ in rows), sum(of for _, of in rows)) for name, rows in cases.items()}
    return {name: total for name, total in totals.items() if total.of >= LEAST}


def misses(pairs: Sequence[Pair]) -> Measured:
    """The same with intervals that draw texts, for the report of ``minyi evaluate bias``."""
    found = Measured()
    cases = _cases(pairs)
    for figure, heard in HEARD.items():
        rows = cases.get(figure, [])
        share = ratio([float(of - m) for m, of in rows], [float(of) for _, of in rows])
        found.quantities.append(Quantity(heard, share, len(rows), sum(of for _, of in rows)))
    for name, rows in cases.items():
        there = sum(of for _, of in rows)
        if there >= LEAST:
            share = ratio([float(m) for m, _ in rows], [float(of) for _, of in rows])
            found.quantities.append(Quantity(name, share, len(rows), there))
    return found


def moved(now: Missed, before: Missed) -> Moved:
    """Whether the rate lies outside the interval that it had before."""
    low, high = before.bounds()
    return "more" if now.rate > high else "fewer" if now.rate < low else "no"


def worse(now: Mapping[str, Missed], before: Mapping[str, Missed]) -> list[str]:
    """Groups whose rate rose beyond the interval of the baseline, or that are not measured any more, one line each."""
    lines = []
    for name, was in sorted(before.items()):
        if name not in now:
            lines.append(f"{name}: not measured any more")
        elif moved(now[name], was) == "more":
            lines.append(f"{name}: {now[name].rate:.3f} ({now[name].missed} of {now[name].of}), "
                         f"was {was.rate:.3f} and at most {was.bounds()[1]:.3f}")  # fmt: skip
    return lines


def _cases(pairs: Sequence[Pair]) -> dict[str, list[tuple[int, int]]]:
    """Missed and there, text by text, under each figure, over all texts and of each group."""
    found: dict[str, list[tuple[int, int]]] = {}
    for gold, said in pairs:
        complaint = (int(not said["is_grievance"]), 1) if gold["is_grievance"] else (0, 0)
        wanted = {factor["code"] for factor in gold["factors"]}
        factors = (len(wanted - {factor["code"] for factor in said["factors"]}), len(wanted))
        for figure, case in ((COMPLAINTS, complaint), (FACTORS, factors)):
            for name in _names(figure, gold):
                found.setdefault(name, []).append(case)
    return {name: found[name] for name in sorted(found, key=_order)}


def _names(figure: str, row: Row) -> Iterable[str]:
    yield figure
    for group, value_of in GROUPS.items():
        if (value := value_of(row)) is not None:
            yield f"{figure}, {group}: {value}"


def _order(name: str) -> tuple[int, str, str]:
    """All texts before the groups, complaints before factors."""
    figure, _, group = name.partition(", ")
    return (0 if not group else 1, figure, group)
