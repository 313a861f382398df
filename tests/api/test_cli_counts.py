"""Counts on the command line: as a table for people, as JSON for programs, the same numbers as over HTTP."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner, Result
from county import CountyOffice, counted

from api.cli.main import cli


def search(county: CountyOffice, *arguments: str) -> Result:
    asked = ["--project", "quarry-road", "--purpose", "risk_identification", "--home", str(county.office.settings.home)]
    return CliRunner().invoke(cli, ["search", *asked, *arguments])


def answer(county: CountyOffice, *arguments: str) -> Any:
    run = search(county, "--json", *arguments)
    assert run.exit_code == 0, run.output
    return json.loads(run.stdout)


def test_facets_and_months_are_the_same_as_over_http(county: CountyOffice):
    typed = answer(county, "--facet", "attitude", "--facet", "factor", "--histogram", "month", "--size", "20")
    params = {"facet": ["attitude", "factor"], "histogram": "month", "sort": "relevance"}
    sent = county.caller("assessor").get("/v1/projects/quarry-road/documents", **params).json()
    for name in ("total", "origins", "facets", "timeline"):
        assert typed[name] == sent[name], name
    assert typed["total"] == counted(9) and typed["timeline"]["periods"][0]["count"] == counted(9)


def test_tables_show_bounds_and_what_was_not_read(county: CountyOffice):
    run = search(county, "--facet", "factor", "--facet", "source_kind", "--histogram", "month", "--size", "1")
    assert run.exit_code == 0
    rows = [line.split() for line in run.stdout.splitlines()]
    assert ["9", "found"] in rows and ["petition", "9"] in rows and ["2026-03-01", "9", "unknown"] in rows
    assert "其他" in run.stdout and "≥5" in run.stdout
    assert ["undated", "0"] in rows


def test_few_voices_are_called_so(county: CountyOffice):
    run = search(county, "粉尘")
    assert "<5 voices found" in run.stdout and run.stdout.count("petition") == 2


def test_collapsed_texts_say_how_many_they_stand_for(county: CountyOffice):
    run = search(county, "补偿标准", "--collapse", "--size", "1")
    assert "copies: <5 voices" in " ".join(run.stdout.split())
    assert answer(county, "补偿标准", "--collapse")["hits"][0]["copies"] == {"less_than": 5}


@pytest.mark.parametrize("wrong", [("--facet", "author"), ("--facet", "village"), ("--histogram", "hour")])
def test_what_is_not_counted_is_refused_with_what_is(county: CountyOffice, wrong: tuple[str, str]):
    run = search(county, *wrong)
    assert run.exit_code == 2 and wrong[1] in run.stderr and ("township" in run.stderr or "week" in run.stderr)


def test_the_list_of_projects_counts_by_the_same_rule(county: CountyOffice):
    home = ["--home", str(county.office.settings.home), "--purpose", "risk_identification", "--json"]
    run = CliRunner().invoke(cli, ["projects", "list", *home])
    assert run.exit_code == 0, run.output
    assert {row["id"]: row["documents"] for row in json.loads(run.stdout)} == {
        "quarry-road": counted(9), "dam": counted(0)
    }  # fmt: skip
