"""Petitions without an answer beyond the statutory clock, by unit (P-25): 信访工作条例 2022, Art. 22, 23 and 34."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from api.counting import cell_of
from api.policy import Cell, Figure, suppress
from models.taxonomy import taxonomy
from pipeline.matters import is_sealed
from pipeline.records import Analysis, DecisionProject, Document
from pipeline.store import Store

ACCEPT: Final = timedelta(days=15)
"""受理告知: whether a petition is taken up is to be told in 15 days."""
ANSWER: Final = timedelta(days=60)
"""办结: it is to be answered in 60 days, 30 more at most."""
UNKNOWN: Final = "unknown"


@dataclass(frozen=True, slots=True)
class Unanswered:
    """One unit: petitions that are 16–60 days and more than 60 days old without any linked reply."""

    unit: str
    late: Figure | None
    very_late: Figure | None


def unanswered(store: Store, projects: Sequence[DecisionProject], at: datetime, k: int) -> list[Unanswered]:
    """The petitions about these projects that had no linked answer at ``at``, by the unit that they ask.

    The unit is the one the text names; where it names none of the directory, the one proposed first for its factor.
    Sealed texts are not among them (P-14); a petition on two projects counts on the first.
    """
    counted: set[str] = set()
    cells: dict[tuple[str, str], list[Cell]] = defaultdict(list)
    for project in projects:
        waiting: dict[tuple[str, str], set[str]] = defaultdict(set)
        for document, analysis in _open(store, project, at):
            if document.id not in counted and document.published_at is not None:
                counted.add(document.id)
                late = "60" if at - document.published_at > ANSWER else "15"
                waiting[unit_of(analysis), late].add(document.id)
        hearing = store.hearing(project.id, {one for ids in waiting.values() for one in ids})
        for key, ids in waiting.items():
            cells[key].append(cell_of(hearing, "", ids))
    return _shown({key: _together(parts) for key, parts in cells.items()}, k)


def unit_of(analysis: Analysis) -> str:
    """Code of the unit that is asked."""
    for grievance in analysis.grievances:
        named = next((unit.code for unit in grievance.addressed_authority if unit.code), None)
        if named:
            return named
    first = next(iter(analysis.grievances), None)
    return next(iter(first.proposed_units.primary), UNKNOWN) if first else UNKNOWN


def _open(store: Store, project: DecisionProject, at: datetime) -> list[tuple[Document, Analysis]]:
    old = [
        (document, analysis)
        for document, analysis in store.analysed_documents_of(project.id)
        if document.genre == "petition"
        and document.source_kind == "petition"
        and not document.tombstone
        and document.published_at is not None
        and document.published_at < at - ACCEPT
        and analysis.is_grievance
        and not is_sealed(analysis)
    ]
    replies = store.replies_to([document.id for document, _ in old])
    answered = {
        petition
        for petition, found in replies.items()
        if any(reply.published_at is None or reply.published_at < at for reply in found)
    }
    return [(document, analysis) for document, analysis in old if document.id not in answered]


def _together(parts: list[Cell]) -> tuple[int, int, int, int]:
    """Documents, voices at least and at most, origins of one unit over the projects; voices are apart (P-03)."""
    return (
        sum(part.documents for part in parts),
        max(part.low for part in parts),
        sum(part.high for part in parts),
        sum(part.origins for part in parts),
    )


def _shown(found: dict[tuple[str, str], tuple[int, int, int, int]], k: int) -> list[Unanswered]:
    units = sorted({unit for unit, _ in found})
    leaves = [Cell(f"{unit}|{late}", *numbers, parent=unit) for (unit, late), numbers in found.items()]
    sums = [Cell(unit, *_sum([n for (u, _), n in found.items() if u == unit])) for unit in units]
    shown = suppress(Cell("", *_sum(list(found.values()))), [*sums, *leaves], k).cells
    names = taxonomy().units

    def figure(unit: str, late: str) -> Figure | None:
        return shown.get(f"{unit}|{late}") if (unit, late) in found else _nothing(unit)

    def _nothing(unit: str) -> Figure | None:
        hidden = any(f"{unit}|{late}" not in shown for late in ("15", "60") if (unit, late) in found)
        return None if hidden else Figure("exact", 0)

    return [
        Unanswered(names[unit].name_zh if unit in names else "未识别责任单位", figure(unit, "15"), figure(unit, "60"))
        for unit in units
    ]


def _sum(numbers: list[tuple[int, int, int, int]]) -> tuple[int, int, int, int]:
    return (
        sum(n[0] for n in numbers), max((n[1] for n in numbers), default=0), sum(n[2] for n in numbers),
        sum(n[3] for n in numbers),
    )  # fmt: skip
