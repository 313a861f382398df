"""P-03: every report that counts voices says what the count is not: people on two platforms, totals over several periods."""

from __future__ import annotations

import pytest
from click.testing import CliRunner
from county import CountyOffice
from surfaces import NOW, accept, files, page

from api.bulletin import Week, bulletin_of
from api.bulletin.html import html
from api.cli.main import cli

REPORTS = (
    "tables xlsx", "tables docx", "bulletin html", "bulletin docx", "share aggregates api", "share aggregates export",
    "share risk_points api", "share risk_points export", "share evidence api", "share evidence export",
)  # fmt: skip
TWICE, PERIODS = "同一人在两个平台计为两个声音", "[单个周期最大值，各周期之和]"


@pytest.fixture
def reports(county: CountyOffice) -> dict[str, str]:
    accept(county)
    return files(county)


def test_every_report_says_how_voices_are_counted(reports: dict[str, str]):
    assert set(REPORTS) <= reports.keys()
    for name in REPORTS:
        assert TWICE in reports[name] and PERIODS in reports[name], name


def test_so_does_a_bulletin_of_no_project(county: CountyOffice):
    county.store.clock = lambda: NOW
    told = page(html(bulletin_of(county.store, [], Week.before(NOW), None, 5)))
    assert TWICE in told and PERIODS in told


def test_so_does_the_list_of_risk_points_on_the_command_line(county: CountyOffice):
    arguments = ["risk-points", "quarry-road", "--purpose", "risk_identification"]
    run = CliRunner().invoke(cli, [*arguments, "--home", str(county.office.settings.home)])
    assert run.exit_code == 0, run.output
    told = "".join(run.output.split())
    assert TWICE in told and PERIODS in told
