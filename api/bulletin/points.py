"""Risk points of a week: what came up for the first time, what people confirmed, and what they closed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from api.bulletin.week import Week
from models.taxonomy import taxonomy
from pipeline.records import DecisionProject, RiskPointCandidate
from pipeline.store import Store

ATTENTION_ZH: Final = {"verify_first": "优先核实", "focus": "重点关注", "watch": "关注"}
CLOSING_ZH: Final = {"reject": "不成立", "merge": "并入其他风险点", "close": "已办结"}
CONFIRMING: Final = frozenset({"accept", "confirm"})
PAGE: Final = 1000


@dataclass(frozen=True, slots=True)
class PointLine:
    """A risk point by its factor; no text of anybody, no place, no group."""

    id: str
    factor: str
    attention: str
    units: str
    note: str


@dataclass(frozen=True, slots=True)
class PointsOfWeek:
    """New: the first text on it is of the week. Confirmed and closed: by what people decided in the week."""

    new: tuple[PointLine, ...]
    confirmed: tuple[PointLine, ...]
    closed: tuple[PointLine, ...]


@dataclass(frozen=True, slots=True)
class Dispatched:
    """One unit's dispatches by state."""

    unit: str
    due: int
    done: int
    overdue: int


def points_of(store: Store, project: DecisionProject, week: Week) -> PointsOfWeek:
    """What changed about the project's risk points; sealed ones are not among them (P-14)."""
    new, confirmed, closed = [], [], []
    decided = store.decided_points(project.id)
    for candidate in candidates(store, project):
        if candidate.first_seen and week.begin <= candidate.first_seen < week.end:
            new.append(_line(candidate, ""))
        if candidate.id not in decided:
            continue
        made = [one for one in store.standing_of(candidate.id).effective if week.begin <= one.when < week.end]
        if any(one.action in CONFIRMING for one in made):
            confirmed.append(_line(candidate, ""))
        closed += [_line(candidate, CLOSING_ZH[one.action]) for one in made if one.action in CLOSING_ZH]
    return PointsOfWeek(tuple(new), tuple(confirmed), tuple(closed))


def dispatched(store: Store, projects: Sequence[DecisionProject]) -> list[Dispatched]:
    """Dispatches by the unit that is asked, as they stand now; empty where none was ever confirmed."""
    by_unit: dict[str, Counter[str]] = {}
    for project in projects:
        for one in store.dispatches(project.id):
            if one.state not in ("proposed", "withdrawn"):
                by_unit.setdefault(one.functional_unit, Counter())[one.state] += 1
    names = taxonomy().units
    return [
        Dispatched(names[unit].name_zh, n["confirmed"], n["responded"] + n["closed"], n["overdue"])
        for unit, n in sorted(by_unit.items())
    ]


def candidates(store: Store, project: DecisionProject) -> list[RiskPointCandidate]:
    """All risk points of a project but the sealed ones."""
    found, cursor = [], None
    while True:
        page = store.risk_points(project.id, cursor, PAGE, sealed=False)
        found += [point.candidate for point in page.rows if point.candidate is not None]
        if len(page.rows) < PAGE:
            return found
        cursor = page.next_cursor


def _line(candidate: RiskPointCandidate, note: str) -> PointLine:
    names, units = taxonomy().units, candidate.proposed_units
    return PointLine(
        candidate.id,
        taxonomy().factors[candidate.factor].name_zh,
        ATTENTION_ZH[candidate.attention],
        "、".join(names[code].name_zh for code in (*units.primary, *units.territorial) if code in names),
        note,
    )
