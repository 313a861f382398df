"""``minyi keys``: what an operator sees of keys, and what the audit trail keeps of it."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from click.testing import CliRunner
from county import Caller, CountyOffice

from api.cli.main import cli
from pipeline.signing import SigningKey, fingerprint, is_signed


def minyi(county: CountyOffice, *arguments: str):
    return CliRunner().invoke(cli, [*arguments, "--home", str(county.office.settings.home)])


def test_an_issued_key_opens_the_projects_it_was_issued_for_and_no_others(county: CountyOffice):
    issued = minyi(county, "keys", "issue", "county-platform", "--role", "platform", "--project", "dam")
    assert issued.exit_code == 0
    key = issued.stdout.strip()
    platform = Caller(county.app, "county-platform", "platform", key)
    assert [row["id"] for row in platform.get("/v1/projects").json()["rows"]] == ["dam"]
    assert "cannot be shown again" in issued.stderr


def test_a_region_is_kept_without_the_levels_it_leaves_open(county: CountyOffice):
    arguments = ("--role", "local_government", "--region", "439900", "--json")
    issued = json.loads(minyi(county, "keys", "issue", "prefecture", *arguments).stdout)
    assert issued["region"] == "4399"
    caller = Caller(county.app, "prefecture", "local_government", issued["key"])
    assert len(caller.get("/v1/projects").json()["rows"]) == 2


def test_the_list_shows_names_and_never_keys(county: CountyOffice):
    key = minyi(county, "keys", "issue", "team-2", "--role", "assessor").stdout.strip()
    for options in ((), ("--json",)):
        listed = minyi(county, "keys", "list", *options)
        assert "team-2" in listed.stdout and "assessor" in listed.stdout
        assert key not in listed.stdout and key.removeprefix("minyi_")[:10] not in listed.stdout


def test_a_revoked_key_is_refused_and_listed_as_such(county: CountyOffice):
    key = minyi(county, "keys", "issue", "team-2", "--role", "assessor").stdout.strip()
    assert minyi(county, "keys", "revoke", "team-2").exit_code == 0
    assert Caller(county.app, "team-2", "assessor", key).get("/v1/projects").status_code == 401
    assert "revoked" in minyi(county, "keys", "list").stdout
    again = minyi(county, "keys", "revoke", "team-2")
    assert again.exit_code == 1 and "minyi keys list" in again.stderr


def test_a_name_is_taken_once_and_for_all(county: CountyOffice):
    assert minyi(county, "keys", "issue", "team-2", "--role", "assessor").exit_code == 0
    minyi(county, "keys", "revoke", "team-2")
    again = minyi(county, "keys", "issue", "team-2", "--role", "expert")
    assert again.exit_code == 1 and "E152" in again.stderr and again.stdout == ""


@pytest.mark.parametrize(
    "arguments, code, said",
    [
        (("team 2", "--role", "assessor"), 2, "ASCII"),
        (("王小二", "--role", "assessor"), 2, "ASCII"),
        (("team-2", "--role", "mayor"), 2, "assessor"),
        (("team-2", "--role", "assessor", "--region", "南岭县"), 2, "--region"),
        (("team-2", "--role", "assessor", "--project", "elsewhere"), 1, "minyi projects list"),
        (("team-2",), 2, "--role"),
    ],
)
def test_a_key_that_cannot_be_issued_is_not(county: CountyOffice, arguments, code, said):
    refused = minyi(county, "keys", "issue", *arguments)
    assert refused.exit_code == code and said in refused.stderr
    assert county.store.api_keys() == [] and county.events() == []


def test_the_trail_knows_who_issued_and_revoked_which_key(county: CountyOffice):
    key = minyi(county, "keys", "issue", "team-2", "--role", "assessor").stdout.strip()
    minyi(county, "keys", "list")
    minyi(county, "keys", "revoke", "team-2")
    events = county.events()
    assert [(e.action, e.subject, e.purpose, e.role) for e in events] == [
        ("keys.issue", "team-2", "administration", "admin"),
        ("keys.list", None, "administration", "admin"),
        ("keys.revoke", "team-2", "administration", "admin"),
    ]
    assert all(event.who.startswith("cli-") for event in events)
    assert not any(key in event.model_dump_json() for event in events)


def test_a_rotated_key_keeps_its_rights_and_the_former_one_goes_on_for_its_overlap(county: CountyOffice):
    arguments = ("--role", "platform", "--project", "dam")
    former = minyi(county, "keys", "issue", "county-platform", *arguments).stdout.strip()
    rotated = minyi(county, "keys", "rotate", "county-platform", "--overlap", "3")
    assert rotated.exit_code == 0 and "3 days" in rotated.stderr
    fresh = rotated.stdout.strip()
    for key in (former, fresh):
        rows = Caller(county.app, "county-platform", "platform", key).get("/v1/projects").json()["rows"]
        assert [row["id"] for row in rows] == ["dam"]
    clock = county.store.clock
    county.store.clock = lambda: clock() + timedelta(days=3, seconds=1)
    assert county.store.api_key(former) is None and county.store.api_key(fresh) is not None
    assert fresh not in minyi(county, "keys", "list", "--json").stdout


def test_of_three_secrets_the_first_ends_and_revoking_ends_all(county: CountyOffice):
    first = minyi(county, "keys", "issue", "team-2", "--role", "assessor").stdout.strip()
    second, third = (minyi(county, "keys", "rotate", "team-2").stdout.strip() for _ in range(2))
    assert [county.store.api_key(key) is not None for key in (first, second, third)] == [False, True, True]
    minyi(county, "keys", "revoke", "team-2")
    assert [county.store.api_key(key) for key in (first, second, third)] == [None] * 3
    again = minyi(county, "keys", "rotate", "team-2")
    assert again.exit_code == 1 and "minyi keys list" in again.stderr and again.stdout == ""


def test_a_key_that_somebody_read_ends_at_once(county: CountyOffice):
    former = minyi(county, "keys", "issue", "team-2", "--role", "assessor").stdout.strip()
    minyi(county, "keys", "rotate", "team-2", "--overlap", "0")
    assert county.store.api_key(former) is None
    assert minyi(county, "keys", "rotate", "team-2", "--overlap", "31").exit_code == 2
    assert "keys.rotate" in [event.action for event in county.events()]


def test_what_the_former_key_signed_stays_valid_and_the_new_one_is_named(county: CountyOffice):
    folder = county.office.settings.keys_folder
    before, content = SigningKey(folder), b"a bundle"
    signature = before.sign(content)
    told = json.loads(minyi(county, "keys", "rotate-signing", "--json").stdout)
    after = SigningKey(folder)
    assert told == {"former": fingerprint(before.public), "signer": fingerprint(after.public)}
    assert is_signed(before.public, signature, content) and not is_signed(after.public, signature, content)
    listed = json.loads(minyi(county, "keys", "signers", "--json").stdout)
    assert [one["fingerprint"] for one in listed] == [told["signer"], told["former"]]
    assert "signs now" in minyi(county, "keys", "signers").stdout
    assert all(path.stat().st_mode & 0o077 == 0 for path in folder.iterdir())
