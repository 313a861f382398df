"""Queries on the command line and over HTTP: what is typed is found, what cannot be read is pointed at, what is kept runs again."""

from __future__ import annotations

import json
import re
from pathlib import Path

from click.testing import CliRunner, Result
from county import COMPENSATION, CountyOffice, counted
from malformed import MALFORMED

from api.cli.main import cli
from index.query import parse
from pipeline.vocabulary import codes

ADDRESS = "/v1/projects/quarry-road/documents"


def search(county: CountyOffice, *arguments: str) -> Result:
    asked = ["--project", "quarry-road", "--purpose", "risk_identification", "--json"]
    asked += ["--home", str(county.office.settings.home)]
    return CliRunner().invoke(cli, ["search", *asked, *arguments])


BESIDE_FEW = {"at_least": 5}
"""The number of a question whose neighbour differs from it by the texts of few people."""


def total(county: CountyOffice, *arguments: str) -> int:
    run = search(county, "--size", "100", *arguments)
    assert run.exit_code == 0, run.output
    answer = json.loads(run.stdout)
    found = len(answer["hits"])
    assert answer["total"] in (counted(found, of=9), BESIDE_FEW if found >= 5 else None)
    return found


def test_a_malformed_query_is_pointed_at_on_the_command_line(county: CountyOffice):
    for typed, position in MALFORMED:
        run = search(county, "--", typed)
        assert run.exit_code == 1, typed
        assert run.stderr.startswith("Error: E601: ") and f"(at character {position + 1})" in run.stderr
        assert run.stderr.count("\n") == 1 and run.stdout == ""


def test_a_malformed_query_is_pointed_at_over_http(county: CountyOffice):
    assessor = county.caller("assessor")
    sendable = [(typed, position) for typed, position in MALFORMED if "\ud800" not in typed]
    assert len(sendable) > 140
    for typed, position in sendable:
        answer = assessor.get(ADDRESS, q=typed)
        assert (answer.status_code, answer.json()["code"], answer.json()["position"]) == (400, "E601", position), typed


def test_fields_narrow_on_both_ways_alike(county: CountyOffice):
    assessor = county.caller("assessor")
    for typed, found in (
        (f"factor:{COMPENSATION}", 6), ("因素:土地房屋征收征用补偿标准 -态度:正面", 6), ("态度:正面", 1), ("补偿标准 OR -补偿标准", 9),
        ("published:[2026-03-03 TO 2026-03-03]", 1), ("published:<=2026-03-03", 2), ("", 9),
    ):  # fmt: skip
        over_http = assessor.get(ADDRESS, q=typed).json()
        shown = BESIDE_FEW if " OR " in typed else counted(found, of=9)
        assert over_http["total"] == shown and total(county, typed) == found


def test_a_query_that_begins_with_a_minus_comes_after_two_dashes(county: CountyOffice):
    assert total(county, "--", "-补偿标准") == total(county, "非", "补偿标准") == 3


def test_a_kept_query_runs_again(county: CountyOffice):
    kept = total(county, "补偿标准", "published:[2026-03-01 TO 2026-12-31]", "--save", "补偿")
    assert kept == total(county, "--saved", "补偿") > 0
    assert total(county, "扬尘", "--save", "补偿") == total(county, "--saved", "补偿")
    refused = search(county, "--saved", "别的")
    assert refused.exit_code == 1 and "E311: no saved search '别的'; there are: 补偿" in refused.stderr


def test_a_kept_query_belongs_to_its_role(county: CountyOffice):
    total(county, "补偿标准", "--save", "补偿")
    saved = county.store.saved_search("quarry-road", "补偿")
    assert (saved.owner_role, saved.query) == ("assessor", parse("补偿标准"))


def test_a_query_with_a_telephone_number_is_not_kept(county: CountyOffice):
    run = search(county, "补偿 13900001234", "--save", "电话")
    assert run.exit_code == 1 and "E163" in run.stderr and "13900001234" not in run.stderr
    assert county.store.saved_searches() == []


def test_running_and_typing_at_once_is_refused(county: CountyOffice):
    assert (
        search(county, "补偿", "--saved", "x").exit_code == search(county, "--save", "y", "--saved", "x").exit_code == 2
    )


def test_without_a_purpose_nothing_is_kept(county: CountyOffice):
    run = CliRunner().invoke(
        cli,
        ["search", "水", "--save", "水", "--project", "quarry-road", "--home", str(county.office.settings.home)],
    )
    assert run.exit_code == 1 and county.store.saved_searches() == []


def test_every_example_of_the_query_language_is_read():
    page = (Path(__file__).parents[2] / "docs" / "QUERIES.md").read_text("utf-8")
    rows = [line.split(" | ")[0] for line in page.partition("## Fields")[0].splitlines() if line.startswith("| `")]
    examples = [typed for row in rows for typed in re.findall("`([^`]+)`", row)]
    assert len(examples) >= 20
    for typed in examples:
        parse(typed, codes())


def test_every_documented_field_exists():
    page = (Path(__file__).parents[2] / "docs" / "QUERIES.md").read_text("utf-8").partition("## Fields")[2]
    rows = [line for line in page.splitlines() if line.startswith("| `")]
    names = [name for row in rows for cell in row.split(" | ")[:2] for name in re.findall("`([^`]+:)`", cell)]
    assert len(names) == 34
    values = {"published": "2026", "时间": "2026", "escalation": "2", "激化": "2", "grievance": "yes", "诉求": "是",
              "first": "no", "首发": "否", "attitude": "负面", "态度": "负面", "genre": "news", "体裁": "新闻"}  # fmt: skip
    for name in names:
        parse(f"{name}{values.get(name[:-1], '1')}")
