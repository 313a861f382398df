"""P-29: what another system pulls, is told or takes away hides what the screen hides, number by number."""

from __future__ import annotations

import json
from typing import Any

import pytest
from county import ACCUSATION, ACCUSED, COMPENSATION, DUST, CountyOffice

from api.bundle_desk import BundleDesk
from api.policy import Reader
from api.policy.quoting import trimmed
from pipeline.bundle import unpacked

WORDS = ("quotes", "counter_quotes", "residue_quotes", "title")


def screen(county: CountyOffice, factor: str) -> dict[str, Any]:
    return county.caller("assessor").get(f"/v1/risk-points/{county.point(factor)}").json()


@pytest.mark.parametrize("factor", [COMPENSATION, DUST])
def test_what_is_pulled_is_the_card_of_the_screen(county: CountyOffice, factor: str):
    rows = county.caller("platform").get("/v1/risk-points").json()["rows"]
    [pulled] = [row["card"] for row in rows if row["id"] == county.point(factor)]
    assert pulled == screen(county, factor)


@pytest.mark.parametrize("factor", [COMPENSATION, DUST])
def test_a_bundle_holds_the_card_of_the_screen_with_its_quotes_trimmed(county: CountyOffice, factor: str):
    content = BundleDesk(county.office, Reader("county-assessor", "assessor")).bundle(
        county.point(factor), "risk_identification"
    )
    taken, shown = json.loads(unpacked(content)["candidate.json"]), screen(county, factor)
    assert {n: v for n, v in taken.items() if n not in WORDS} == {n: v for n, v in shown.items() if n not in WORDS}
    for kind in WORDS[:3]:
        assert [quote["text"] for quote in taken[kind]] == [trimmed(quote["text"]) for quote in shown[kind]]


def test_an_accusation_is_in_nothing_that_leaves(county: CountyOffice):
    """P-14 holds for the pull as for the screen: neither its id nor its words, for the platform and the assessor."""
    for role in ("platform", "assessor", "supervisor", "commissioning_unit", "local_government"):
        told = county.caller(role).get("/v1/risk-points").text
        assert county.point(ACCUSATION) not in told and ACCUSED not in told, role
