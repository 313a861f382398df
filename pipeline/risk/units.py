"""Who could resolve it: {functional unit + territorial unit}, by the routing table in force; a person confirms."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from models.taxonomy import Routing
from models.units import proposed_units
from pipeline.records import Grievance, ProposedUnits


def units_for(factor: str, grievances: Iterable[Grievance], routing: Mapping[str, Routing]) -> ProposedUnits:
    """The factor's row of the table; the territorial unit is the one that most texts point to.

    ``routing`` are the rows in force, a city's own among them; a factor without one goes to the petition bureau.
    """
    usual = proposed_units(factor)
    row = routing.get(factor, Routing(factor, usual.primary, usual.secondary, usual.note))
    pointed = Counter(unit for g in grievances for unit in g.proposed_units.territorial)
    territorial = min(pointed, key=lambda unit: (-pointed[unit], unit), default=usual.territorial)
    primary = row.primary or usual.primary
    secondary = tuple(unit for unit in row.secondary if unit != territorial and unit not in primary)
    return ProposedUnits(primary=primary, secondary=secondary, territorial=(territorial,), note=row.note)
