"""What no matter and no candidate shows: law suits and sealed accusations, which are only counted."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass

from models.taxonomy import taxonomy
from pipeline.matters.opinion import Opinion

Voices = Callable[[Iterable[str]], tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Aside:
    """The texts of a project that speak of one such factor: numbers alone."""

    factor: str
    documents: int
    origins: int
    voices_low: int
    voices_high: int


def asides_of(opinions: Iterable[Opinion], voices: Voices) -> tuple[Aside, ...]:
    """One row a factor, by its code: law suits among open texts (涉法涉诉), and all sealed texts as 检举控告 (P-14)."""
    factors = taxonomy().factors
    confidential = next(code for code, factor in factors.items() if factor.confidential)
    behind: dict[str, list[Opinion]] = {}
    for opinion in opinions:
        codes = {f.code for g in opinion.analysis.grievances for f in g.factors if factors[f.code].out_of_scope}
        for code in {confidential} if opinion.sealed else codes:
            behind.setdefault(code, []).append(opinion)
    found = []
    for code, some in sorted(behind.items()):
        low, high = voices([one.document.id for one in some])
        found.append(Aside(code, len(some), len({one.document.origin_id for one in some}), low, high))
    return tuple(found)


def fact_of(project_id: str) -> str:
    """The name under which the store keeps a project's."""
    return f"aside:{hashlib.sha256(project_id.encode()).hexdigest()[:32]}"


def as_fact(asides: Iterable[Aside]) -> str:
    """What is kept."""
    return json.dumps([asdict(one) for one in asides], separators=(",", ":"))


def from_fact(kept: str | None) -> tuple[Aside, ...]:
    """What was kept; nothing where the project was never proposed."""
    return tuple(Aside(**row) for row in json.loads(kept or "[]"))
