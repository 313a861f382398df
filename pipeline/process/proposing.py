"""Dispatch proposals: for every unit that can decide a factor {functional unit + territorial unit}, with the basis."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Final

from models.taxonomy import Routing, taxonomy
from pipeline.process.routing import CityRouting
from pipeline.process.states import StepRefused
from pipeline.records.dispatch import DispatchBasis, DispatchProposed, RoutedBy
from pipeline.store import StoredRiskPoint

NOT_ASKED: Final = frozenset({"judicial", "supervisory"})
"""Kinds of unit to which nothing is dispatched: courts are independent (涉法涉诉), inspection has its own queue."""
ABOVE: Final = {"village_community": "township_subdistrict", "township_subdistrict": "county_government"}
"""The territorial unit one level up, where the functional unit is the territorial one itself."""


def dispatches_for(point: StoredRiskPoint, round_: int, city: CityRouting, now: datetime) -> list[DispatchProposed]:
    """The dispatches that the routing proposes for a risk point; the units that a person set on it come before it.

    Raises StepRefused (E649) where nobody can be asked: a sealed matter, or one that the courts decide.
    """
    candidate = point.candidate
    if candidate is None or candidate.sealed:
        raise StepRefused("E649: nothing is dispatched about this matter")
    primary, assisting, note, routed_by = _routed(point, city)
    asked = [unit for unit in primary if taxonomy().units[unit].kind not in NOT_ASKED]
    if not asked:
        raise StepRefused(f"E649: no unit that can be asked decides about {candidate.factor}; set proposed_units")
    territorial = next(iter(candidate.proposed_units.territorial), "county_government")
    basis = DispatchBasis(factor=candidate.factor, routed_by=routed_by, primary=primary, note=note)
    found = []
    for unit in asked:
        on_the_spot = ABOVE.get(unit, territorial) if unit == territorial else territorial
        found.append(
            DispatchProposed(
                id=_id(point.id, round_, unit, on_the_spot),
                project_id=point.project_id,
                risk_point_id=point.id,
                round=round_,
                functional_unit=unit,
                territorial_unit=on_the_spot,
                assisting=tuple(one for one in assisting if one not in (unit, on_the_spot)),
                basis=basis,
                clocks=city.clocks,
                proposed_at=now,
            )
        )
    return found


def _routed(point: StoredRiskPoint, city: CityRouting) -> tuple[tuple[str, ...], tuple[str, ...], str, RoutedBy]:
    """Units that can decide, units to consult, the note, and whose routing that is."""
    assert point.candidate is not None
    candidate = point.candidate
    if "proposed_units" in point.human:
        units = candidate.proposed_units
        return units.primary, units.secondary, units.note, "person"
    row = city.rows.get(candidate.factor, Routing(candidate.factor, (), (), ""))
    routed_by: RoutedBy = "city" if candidate.factor in city.own else "national"
    return row.primary or ("petition_bureau",), row.secondary, row.note, routed_by


def _id(risk_point_id: str, round_: int, functional: str, territorial: str) -> str:
    parts = "\x1f".join((risk_point_id, str(round_), functional, territorial))
    return "t" + hashlib.sha256(parts.encode()).hexdigest()[:24]
