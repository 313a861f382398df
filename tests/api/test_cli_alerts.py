"""``minyi alerts`` on the terminal and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from alerting import burst, looked, quiet, say, the_incident
from click.testing import CliRunner, Result
from county import CountyOffice

from api.cli.main import cli


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    county = CountyOffice(tmp_path_factory.mktemp("cli") / "home")
    say(county, [*quiet(), *burst(32)])
    looked(county)
    (county.office.settings.home / "incident").write_text(the_incident(county).id)
    county.office.close()
    yield county.office.settings.home


def run(home: Path, *words: str, code: int = 0) -> Result:
    purpose = [] if "--purpose" in words else ["--purpose", "supervision"]
    result = CliRunner().invoke(cli, ["alerts", *words, *purpose, "--home", str(home)])
    assert result.exit_code == code, result.output
    return result


def test_from_the_list_to_the_verdict(home: Path) -> None:
    incident = (home / "incident").read_text()
    listed = run(home, "list").output
    assert incident in listed.replace("\n", "") and "往常" in listed
    page = run(home, "show", incident).output
    assert "风险因素" in page and "补偿标准" in page and "伪迹检查" in page
    assert "acknowledged" in run(home, "acknowledge", incident, "--hours", "5").output
    assert "silenced" in run(home, "silence", incident, "--comment", "节后再看").output
    run(home, "assign", incident, "--to", "housing_bureau")
    run(home, "comment", incident, "--comment", "请致电13812345678核实")
    assert "true" in run(home, "verdict", incident, "true", "--who", "督查员甲").output
    run(home, "close", incident)
    run(home, "reopen", incident)
    assert "100% right" in run(home, "quality").output
    shown = run(home, "show", incident).output
    assert "13812345678" not in shown and "督查员甲 判定 属实" in shown
    assert not {"red", "orange", "yellow", "acknowledge", "true"} & set(shown.replace("，", " ").split())
    rows = json.loads(run(home, "list", "--project", "quarry-road", "--json").output)["rows"]
    assert [row["id"] for row in rows] == [incident]


def test_a_backtest_beside_the_verdicts(home: Path) -> None:
    told = run(home, "backtest", "--project", "quarry-road", "--since", "2026-03-01").output
    assert (home / "incident").read_text() in told.replace("\n", "")
    strict = ["backtest", "--project", "quarry-road", "--since", "2026-03-01", "--false-alarms"]
    assert "E807" in run(home, *strict, ".1,.2,.3,.4", code=1).output
    run(home, *strict, "1,2", code=2)


def test_the_duty_officer_is_named_and_what_does_not_exist_says_so(home: Path) -> None:
    assert "cli-zhang is on duty" in run(home, "duty", "quarry-road", "--officer", "cli-zhang", "--role", "admin",
                                         "--purpose", "administration").output  # fmt: skip
    assert "E311" in run(home, "show", "i" + "0" * 24, code=1).output
    assert "E311" in run(home, "pointer", (home / "incident").read_text(), code=1).output


def test_what_came_too_late_to_be_judged_is_said_wherever_incidents_are(tmp_path: Path) -> None:
    county = CountyOffice(tmp_path / "home")
    say(county, [*quiet(), *burst(16, hours=9)])
    looked(county)
    say(county, burst(12, hours=8, first=7000))
    late = looked(county).late
    incident = the_incident(county).id
    county.office.close()
    home = county.office.settings.home
    listed = json.loads(run(home, "list", "--json").output)["late"]
    assert late == 12 and listed == [{"project_id": "quarry-road", "texts": {"value": 12, "exact": True}}]
    assert "迟到未判：quarry-road" in run(home, "list", "--project", "quarry-road").output
    assert "判定之后才到、未计入预警" in run(home, "show", incident).output
