"""Keys that are bound to a unit: what is asked of others is hidden from a response unit, and nobody answers for others."""

from __future__ import annotations

import json

from click.testing import CliRunner
from county import Caller, CountyOffice
from loops import dispatched

from api.cli.main import cli


def of_unit(county: CountyOffice, role: str, unit: str) -> Caller:
    """Who calls for a unit, with a key that the operator issued."""
    name = f"{role.replace('_', '-')}-{unit.replace('_', '-')}"
    options = ("--role", role, "--unit", unit, "--json", "--home", str(county.office.settings.home))
    issued = CliRunner().invoke(cli, ["keys", "issue", name, *options])
    assert issued.exit_code == 0, issued.output
    answer = json.loads(issued.stdout)
    assert answer["unit"] == unit
    return Caller(county.app, name, role, answer["key"])


def units(county: CountyOffice) -> dict[str, str]:
    """Dispatch by the unit that it is asked of."""
    rows = county.caller("supervisor").get("/v1/dispatches", project="quarry-road").json()["rows"]
    return {row["functional_unit"]: row["id"] for row in rows}


def test_a_response_unit_sees_what_it_is_asked_and_nothing_else(county: CountyOffice):
    dispatched(county)
    (mine, own), (_, other), *_ = units(county).items()
    caller = of_unit(county, "response_unit", mine)
    rows = caller.get("/v1/dispatches", project="quarry-road").json()["rows"]
    assert [row["id"] for row in rows] == [own]
    assert caller.get(f"/v1/dispatches/{own}").status_code == 200
    assert caller.get(f"/v1/dispatches/{other}").status_code == 404
    body = {"who": "经办丙", "action": "take_up", "reason": "已受理"}
    assert caller.post(f"/v1/dispatches/{other}", body).status_code == 404
    assert caller.post(f"/v1/dispatches/{own}", body).status_code == 200


def test_a_commissioning_unit_reads_all_and_answers_for_itself(county: CountyOffice):
    dispatched(county)
    (mine, own), (_, other), *_ = units(county).items()
    caller = of_unit(county, "commissioning_unit", mine)
    assert len(caller.get("/v1/dispatches", project="quarry-road").json()["rows"]) == len(units(county))
    body = {"who": "经办丙", "action": "take_up", "reason": "已受理"}
    refused = caller.post(f"/v1/dispatches/{other}", body)
    assert (refused.status_code, refused.json()["code"]) == (403, "E306")
    assert caller.post(f"/v1/dispatches/{own}", body).status_code == 200


def test_the_list_names_the_unit_and_one_that_does_not_exist_is_refused(county: CountyOffice):
    of_unit(county, "response_unit", "water_resources")
    home = str(county.office.settings.home)
    assert "unit water_resources" in CliRunner().invoke(cli, ["keys", "list", "--home", home]).stdout
    refused = CliRunner().invoke(cli, ["keys", "issue", "x1", "--role", "expert", "--unit", "nobody", "--home", home])
    assert refused.exit_code == 2 and "departments.yaml" in refused.output


def test_a_response_unit_is_made_with_its_unit_and_without_one_sees_nothing(county: CountyOffice):
    home = str(county.office.settings.home)
    refused = CliRunner().invoke(cli, ["keys", "issue", "x1", "--role", "response_unit", "--home", home])
    assert refused.exit_code != 0 and "E909" in refused.output and "--unit CODE" in refused.output
    dispatched(county)
    unbound = county.caller("response_unit")
    assert unbound.get("/v1/dispatches", project="quarry-road").json()["rows"] == []
    for one in units(county).values():
        assert unbound.get(f"/v1/dispatches/{one}").status_code == 404
        body = {"who": "经办丙", "action": "take_up", "reason": "已受理"}
        assert unbound.post(f"/v1/dispatches/{one}", body).status_code == 404
