"""Every record has a JSON Schema: over HTTP, as a file, and true of what is really sent."""

from __future__ import annotations

from pathlib import Path

import jsonschema_rs
import pytest
from county import COMPENSATION, CountyOffice

from api.schemas import files, records, schema_of

FOLDER = Path(__file__).parents[2] / "docs" / "schemas"


def test_the_files_are_those_of_the_records() -> None:
    made = {path.name: path.read_text("utf-8") for path in FOLDER.glob("*.json")}
    assert set(made) == set(files()), "run: python -m api.schemas docs/schemas"
    changed = [name for name, text in files().items() if made[name] != text]
    assert changed == [], "run: python -m api.schemas docs/schemas"


@pytest.mark.parametrize("name", records())
def test_every_schema_is_one_and_says_its_version(name: str) -> None:
    schema = schema_of(name)
    jsonschema_rs.meta.validate(schema)
    assert schema["$schema"].endswith("2020-12/schema") and schema["version"]


def test_they_are_served_by_name(county: CountyOffice) -> None:
    platform = county.caller("platform")
    listed = platform.get("/v1/schemas").json()
    assert {"risk_point_candidate", "risk_point_change", "decision", "webhook_event"} <= set(listed["rows"])
    assert platform.get("/v1/schemas/decision").json() == schema_of("decision")
    assert platform.get("/v1/schemas/nothing_of_that_name").status_code == 404
    assert platform.get("/v1/schemas", purpose=None).json()["code"] == "E301"
    assert county.events()[-1].action == "schemas.read.denied"


def test_what_is_pulled_fits_its_schema(county: CountyOffice) -> None:
    page = jsonschema_rs.validator_for(schema_of("risk_point_changes"))
    pulled = county.caller("platform").get("/v1/risk-points").json()
    page.validate(pulled)
    assert len(pulled["rows"]) == 2
    sealed = county.caller("discipline_inspection").get("/v1/risk-points").json()
    page.validate(sealed)
    assert not page.is_valid({**pulled, "rows": [{**pulled["rows"][0], "schema_version": "9.9"}]})
    decide = {"who": "评估员甲", "action": "accept", "reason": "实地核实", "risk_point_id": county.point(COMPENSATION)}
    decided = county.caller("platform").post("/v1/decisions", decide, headers={"Idempotency-Key": "1"}).json()
    jsonschema_rs.validator_for(schema_of("decision")).validate(decided)
