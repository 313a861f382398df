"""Petitions without an answer beyond the statutory clock, by unit (P-25): 信访工作条例 2022, Art. 22, 23 and 34."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from api.counting import cell_of
from api.policy import Cell, Figure, suppress
from models.taxonomy import taxonomy
from pipeline.records import DecisionProject
from pipeline.store import Store

ACCEPT: Final = timedelta(days=15)
"""受理告知: whether a petition is taken up is to be told in 15 days."""
ANSWER: Final = timedelta(days=60)
"""办结: it is to be answered in 60 days, 30 more at most."""
UNKNOWN: Final = "unknown"
Cells = dict[tuple[str, str], dict[str, Cell]]
"""By unit and lateness, then by project."""


@dataclass(frozen=True, slots=True)
class Unanswered:
    """One unit: petitions that are 16–60 days and more than 60 days old without any linked reply."""

    unit: str
    late: Figure | None
    very_late: Figure | None


def unanswered(
    store: Store, projects: Sequence[DecisionProject], seen: AbstractSet[str], at: datetime, k: int
) -> list[Unanswered]:
    """The petitions about the ``seen`` projects that had no linked answer at ``at``, by the unit that they ask.

    The unit is the one the text names; where it names none of the directory, the one proposed first for its factor.
    Sealed texts are not among them (P-14); a petition on two projects counts on the first. ``projects`` are all there
    are: what is hidden does not depend on whose numbers are asked for.
    """
    asked = ("unanswered", at, tuple(project.id for project in projects))
    cells: Cells = store.kept_counts.of(asked, lambda: _counted(store, projects, at))
    names, everything = taxonomy().units, len(seen) == len(projects)
    return [
        Unanswered(
            names[unit].name_zh if unit in names else "未识别责任单位",
            *(_shown(cells.get((unit, late), {}), seen, everything, k) for late in ("15", "60")),
        )
        for unit in sorted({unit for (unit, _), found in cells.items() if found.keys() & seen})
    ]


def _counted(store: Store, projects: Sequence[DecisionProject], at: datetime) -> Cells:
    counted: set[str] = set()
    cells: Cells = defaultdict(dict)
    for project in projects:
        waiting: dict[tuple[str, str], set[str]] = defaultdict(set)
        for text in store.unanswered_petitions(project.id, at - ACCEPT, at):
            open_grievance = text.stated.is_grievance and not text.stated.sealed
            if open_grievance and text.id not in counted and text.published_at is not None:
                counted.add(text.id)
                late = "60" if at - text.published_at > ANSWER else "15"
                waiting[text.stated.unit or text.stated.proposed or UNKNOWN, late].add(text.id)
        hearing = store.hearing(project.id, {one for ids in waiting.values() for one in ids})
        for key, ids in waiting.items():
            cells[key][project.id] = cell_of(hearing, project.id, [one for one in ids if one in hearing])
    return cells


def _shown(found: Mapping[str, Cell], seen: AbstractSet[str], everything: bool, k: int) -> Figure | None:
    """The cell of all projects, or what the cells of the seen ones add up to as far as each may be shown."""
    parts = list(found.values())
    total = Cell(
        "", sum(part.documents for part in parts), max((part.low for part in parts), default=0),
        sum(part.high for part in parts), sum(part.origins for part in parts),
    )  # fmt: skip
    shown = suppress(total, parts, k)
    if everything:
        return shown.total
    mine = [shown.cells.get(one) for one in found if one in seen]
    known = sum(figure.number for figure in mine if figure and figure.form == "exact")
    if all(figure is not None and figure.form == "exact" for figure in mine):
        return Figure("exact", known)
    return Figure("at_least", known) if known else None
