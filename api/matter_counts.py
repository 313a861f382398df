"""The numbers of a project's matters: one table, so that no number of one gives that of another away (P-06)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from api.counting import cell_of
from api.policy import Cell, Figure, enough, suppress, withheld
from pipeline.process.clocks import day_of
from pipeline.records import MatterSheet, RiskPointCandidate
from pipeline.store import Hearing

SOME: Final = Figure("at_least", 1)
UNDATED: Final = "undated"


@dataclass(frozen=True, slots=True)
class MatterTable:
    """The matters of one project with what may be known of their numbers."""

    cells: Mapping[str, Cell]
    shown: Mapping[str, Figure]
    total: Figure
    hearing: Hearing
    k: int
    _made: dict[tuple[str, str], Any] = field(default_factory=dict, repr=False, compare=False)
    """Counts and weeks by matter, which many pages ask of a table that is kept."""

    def enough(self, matter_id: str) -> bool:
        """Whether k voices stand behind the matter."""
        cell = self.cells[matter_id]
        return bool(cell.documents) and enough(cell.low, cell.high, cell.origins, self.k)

    def told(self, matter_id: str) -> bool:
        """Whether its number of texts may be known."""
        return self.shown[matter_id].form == "exact"

    def counts(self, sheet: MatterSheet) -> dict[str, Any]:
        """Documents, origins, voices and kinds of source of one matter."""
        found: dict[str, Any] = self._once("counts", sheet, self._counts)
        return found

    def _counts(self, sheet: MatterSheet) -> dict[str, Any]:
        cell, number = self.cells[sheet.id], self.shown[sheet.id]
        few = number if number.form == "less_than" else SOME
        voices = {"low": cell.low, "high": cell.high} if self.told(sheet.id) else few.as_json()
        kinds: dict[str, set[str]] = defaultdict(set)
        for document_id in self._heard(sheet):
            kinds[self.hearing[document_id].source_kind].add(document_id)
        parts = [cell_of(self.hearing, kind, ids) for kind, ids in kinds.items()]
        return {
            "documents": number.as_json(),
            "origins": (Figure("exact", cell.origins) if self.told(sheet.id) else few).as_json(),
            "voices": voices,
            "by_source_kind": {key: one.as_json() for key, one in sorted(self.parts(sheet.id, parts)[0].items())},
        }

    def months(self, sheet: MatterSheet, weeks: Iterable[Mapping[str, Any]]) -> tuple[str | None, str | None]:
        """First and last month, from k voices on; None where the week is not of those named ``weeks``: the month would
        date its texts."""
        if not self.enough(sheet.id):
            return None, None
        named = {row["week"] for row in weeks}
        first, last = (self._month(moment, named) for moment in (sheet.first_seen, sheet.last_seen))
        return first, last

    def weeks(self, sheet: MatterSheet) -> tuple[list[dict[str, Any]], dict[str, Any] | None]:
        """Texts a week from Monday (Asia/Shanghai) as far as each may be told, and those in weeks without a name."""
        found: tuple[list[dict[str, Any]], dict[str, Any] | None] = self._once("weeks", sheet, self._weeks)
        return found

    def _weeks(self, sheet: MatterSheet) -> tuple[list[dict[str, Any]], dict[str, Any] | None]:
        by_week: dict[str, set[str]] = defaultdict(set)
        for document_id in self._heard(sheet):
            moment = self.hearing[document_id].published_at
            by_week[UNDATED if moment is None else _week(moment)].add(document_id)
        parts = [cell_of(self.hearing, week, ids) for week, ids in by_week.items()]
        named, others = self.parts(sheet.id, parts)
        rows = [{"week": week, "count": one.as_json()} for week, one in sorted(named.items())]
        return rows, others.as_json() if others else None

    def parts(self, matter_id: str, parts: Iterable[Cell]) -> tuple[Mapping[str, Figure], Figure | None]:
        """Parts of one matter's texts under suppression, and what goes without a name."""
        shown = suppress(self.cells[matter_id], parts, self.k, told=self.told(matter_id))
        return shown.cells, shown.others

    def _once(self, name: str, sheet: MatterSheet, make: Callable[[MatterSheet], Any]) -> Any:
        key = name, sheet.id
        if key not in self._made:
            self._made[key] = make(sheet)
        return deepcopy(self._made[key])

    def _month(self, moment: datetime | None, named: Collection[str]) -> str | None:
        return f"{day_of(moment):%Y-%m}" if moment is not None and _week(moment) in named else None

    def _heard(self, sheet: MatterSheet) -> list[str]:
        return [one for one in sheet.documents if one in self.hearing]


def _week(moment: datetime) -> str:
    """The Monday of its week (Asia/Shanghai)."""
    day = day_of(moment)
    return (day - timedelta(days=day.weekday())).isoformat()


def table_of(
    sheets: Sequence[MatterSheet], hearing: Hearing, points: Iterable[RiskPointCandidate], k: int
) -> MatterTable:
    """The table of all matters of a project; ``points`` are the open candidates, whose cards show numbers too."""
    cells = {s.id: cell_of(hearing, s.id, [one for one in s.documents if one in hearing]) for s in sheets}
    whole = cell_of(hearing, "", hearing.ids)
    result = suppress(whole, cells.values(), k)
    # every matter keeps its name, since its topic is shown; where the table would fold names away, the total goes
    total = result.total if result.others is None else withheld(whole, k)
    shown = {key: result.cells.get(key) or withheld(cell, k) for key, cell in cells.items()}
    ordered = sorted(points, key=lambda one: one.id)
    while any(_set_off(point, cells, shown, k) for point in ordered):
        pass  # what one card hides may stand under another
    return MatterTable(cells, shown, total, hearing, k)


def _set_off(point: RiskPointCandidate, cells: Mapping[str, Cell], shown: dict[str, Figure], k: int) -> bool:
    """Hides the smallest known matters under a card until what is left of its number says nothing of the hidden ones;
    returns whether it hid any.

    A card that tells its number and rests on these matters leaves, less the known ones, a least number for the rest.
    """
    counts = point.counts
    if not enough(counts.voices_low, counts.voices_high, counts.origins, k):
        return False
    under, any_hidden = [key for key in point.matter_ids if key in cells], False
    while True:
        known = [key for key in under if shown[key].form == "exact"]
        hidden = len(under) - len(known)
        if not hidden or not known or counts.documents - sum(cells[key].documents for key in known) <= hidden:
            return any_hidden
        least = min(known, key=lambda key: (cells[key].documents, key))
        shown[least], any_hidden = Figure("at_least", k), True
