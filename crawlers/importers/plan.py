"""The plan of a table: which column is which field, which are dropped, and where the header row stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, Literal, TypeAlias

from crawlers.importers.headers import recognise
from crawlers.importers.options import FIELDS, IGNORE, Field, ImportRefused
from crawlers.importers.outcomes import Column
from crawlers.importers.personal import LONGEST_HEADER, is_personal, plain

HEADER_WITHIN: Final = 20
"""Rows from the top among which the header row is sought; above it stand merged titles and remarks."""


Chosen: TypeAlias = Field | Literal["ignore"]


def checked_mapping(mapping: Mapping[str, str]) -> dict[str, Chosen]:
    """Plain header → field. Raises ImportRefused for an unknown field, or for a personal column (P-20, P-30)."""
    checked: dict[str, Chosen] = {}
    for header, field in mapping.items():
        if field == IGNORE:
            checked[plain(header)] = "ignore"
            continue
        known = next((name for name in FIELDS if name == field), None)
        if known is None:
            raise ImportRefused(f"--map: there is no field {field!r}; the fields are {', '.join(FIELDS)}")
        if is_personal(header):
            raise ImportRefused(
                f"--map: column {header!r} holds personal data and is always dropped (P-20); it cannot become {field}"
            )
        if known in checked.values():
            raise ImportRefused(f"--map: two columns are mapped to {field}; map one")
        checked[plain(header)] = known
    return checked


class ColumnPlan:
    """The columns of one table by position. ``kept`` is position → field: no other cell is ever looked at."""

    def __init__(self, headers: Sequence[str], mapping: Mapping[str, Chosen], sheet: str = "") -> None:
        self.headers = tuple(headers)
        self.sheet = sheet
        self._mapping = mapping
        self.kept: dict[int, Field] = {}
        taken: dict[Field, tuple[int, int]] = {}
        for position, header in enumerate(self.headers):
            found = self._field(header)
            if found is not None and (found[0] not in taken or found[1] < taken[found[0]][0]):
                taken[found[0]] = (found[1], position)
        self.kept = {position: field for field, (_, position) in sorted(taken.items(), key=lambda entry: entry[1][1])}

    def _field(self, header: str) -> tuple[Field, int] | None:
        if len(header) > LONGEST_HEADER or is_personal(header):
            return None
        mapped = self._mapping.get(plain(header))
        if mapped == "ignore":
            return None
        if mapped is not None:
            return mapped, -1
        found = recognise(header)
        return found if isinstance(found, tuple) else None

    def extended(self, headers: Sequence[str]) -> ColumnPlan:
        """The plan with further columns, which take only fields that no column has yet."""
        longer = ColumnPlan([*self.headers, *headers], self._mapping, self.sheet)
        late = {position: field for position, field in longer.kept.items() if field not in self.fields}
        longer.kept = {**self.kept, **{at: field for at, field in late.items() if at >= self.width}}
        return longer

    @property
    def width(self) -> int:
        return len(self.headers)

    @property
    def fields(self) -> frozenset[Field]:
        return frozenset(self.kept.values())

    @property
    def score(self) -> int:
        """How much the row looks like a header: each field and each personal column counts once."""
        return len(self.kept) + len({plain(header) for header in self.headers if is_personal(header)})

    @property
    def has_mapped(self) -> frozenset[str]:
        """Plain names of the mapped headers that this table has."""
        return (
            frozenset(plain(header) for header in self.headers if len(header) <= LONGEST_HEADER) & self._mapping.keys()
        )

    @property
    def columns(self) -> tuple[Column, ...]:
        """What happens to every column that has a header."""
        return tuple(self._column(position) for position in range(self.width) if self.headers[position].strip())

    def _column(self, position: int) -> Column:
        header = " ".join(self.headers[position].split())[:60]
        if is_personal(header):
            return Column(self.sheet, header, "dropped (personal)")
        field = self.kept.get(position)
        if field is not None:
            return Column(self.sheet, header, "mapped" if plain(header) in self._mapping else "recognised", field)
        found = self._field(header)
        note = f"another column is taken for {found[0]}" if found else ""
        return Column(self.sheet, header, "ignored", note=note)


def find_header(
    rows: Sequence[Sequence[str]], mapping: Mapping[str, Chosen], sheet: str = ""
) -> tuple[int, ColumnPlan] | None:
    """Position of the last header row among ``rows`` and the plan it makes; None when no row names a body.

    A header over two rows (a merged group above its parts) is read as one: the lower name of each column wins.
    """
    best: tuple[int, ColumnPlan] | None = None
    for position, row in enumerate(rows[:HEADER_WITHIN]):
        plan = ColumnPlan(row, mapping, sheet)
        if "body" in plan.fields and (best is None or plan.score > best[1].score):
            best = (position, plan)
    if best is None:
        return None
    position, plan = best
    below = rows[position + 1] if position + 1 < len(rows) else ()
    filled = [cell for cell in below if cell.strip()]
    if filled and all(_known(cell, mapping) for cell in filled):
        return position + 1, ColumnPlan(_joined(plan.headers, below), mapping, sheet)
    above = rows[position - 1] if position else ()
    if sum(bool(cell.strip()) for cell in above) > 1:
        both = ColumnPlan(_joined(above, plan.headers), mapping, sheet)
        if both.score > plan.score:
            return position, both
    return position, plan


def likely_headers(rows: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """The row most like a header where no row names the text; none where no cell of any names a column."""
    best = max((ColumnPlan(row, {}) for row in rows[:HEADER_WITHIN]), key=lambda plan: plan.score, default=None)
    if best is None or not best.score:
        return ()
    return tuple(header for header in best.headers if 0 < len(header.strip()) <= LONGEST_HEADER)


def _joined(upper: Sequence[str], lower: Sequence[str]) -> list[str]:
    width = max(len(upper), len(lower))
    over, under = [*upper, *[""] * (width - len(upper))], [*lower, *[""] * (width - len(lower))]
    return [below if below.strip() else above for above, below in zip(over, under, strict=True)]


def _known(header: str, mapping: Mapping[str, Chosen]) -> bool:
    return recognise(header) is not None or (len(header) <= LONGEST_HEADER and plain(header) in mapping)
