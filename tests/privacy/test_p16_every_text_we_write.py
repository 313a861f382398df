"""P-16: none of the words of control in anything that leaves: answers, tables, bases of dispatches, bulletins, events."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from county import COMPENSATION, CountyOffice
from loops import dispatched, step
from surfaces import NOW, given_out

import pipeline
from api.policy.wording import CONTROL_WORDS
from pipeline.records.webhook import Delivery
from pipeline.webhooks.push import event_of

PRINTED = ("process/stages.yaml", "process/clocks.yaml", "notices/kinds.yaml")
"""Lists of ours whose words are printed as they stand."""


def control_in(text: str) -> list[str]:
    return [word for word in CONTROL_WORDS if word in text]


@pytest.fixture
def late(county: CountyOffice) -> CountyOffice:
    """A county with everything there is to tell: an accepted point, dispatches that are answered, sent back and late."""
    first, second = dispatched(county)
    assert step(county, first, "respond", "response_unit", response="已核实并公示补偿明细。").status_code == 200
    assert step(county, second, "extend", days=10).status_code == 200
    return county


def test_no_answer_no_file_and_no_report_proposes_control(late: CountyOffice):
    told = given_out(late, ("supervisor", "assessor", "platform", "local_government"))
    assert len(told) > 70 and sum(map(len, told.values())) > 20_000
    assert {name: found for name, text in told.items() if (found := control_in(text))} == {}
    bases = [text for name, text in told.items() if name == "supervisor /v1/dispatches"]
    assert bases and '"basis"' in bases[0]


def test_the_lint_would_notice_it_in_every_form(late: CountyOffice):
    """A name of the registry is printed everywhere: a form that printed one of the words would be found, or refuses."""
    late.office.register([late.road.model_copy(update={"name_zh": "青石坳采石场进场道路工程（二期）"})])
    told = given_out(late, ("supervisor",))
    for name in ("supervisor /v1/projects/quarry-road", "tables xlsx", "tables docx", "share aggregates export"):
        assert "（二期）" in told[name], name


def test_an_event_of_a_webhook_has_no_words_at_all(county: CountyOffice):
    sent = event_of(Delivery(webhook_id="w" + "0" * 24, sequence=1, event="risk_point.changed", project_id="quarry-road",
                             risk_point_id=county.point(COMPENSATION), happened_at=NOW, due_at=NOW + timedelta(hours=1)))  # fmt: skip
    assert sent.canonical_json().isascii()


@pytest.mark.parametrize("name", PRINTED)
def test_no_list_whose_words_are_printed_has_one(name: str):
    assert control_in((Path(pipeline.__file__).parent / name).read_text("utf-8")) == []


def test_no_module_of_the_pipeline_writes_one():
    folder = Path(pipeline.__file__).parent
    found = {
        str(path.relative_to(folder)): control_in(path.read_text("utf-8")) for path in sorted(folder.rglob("*.py"))
    }
    assert {name: words for name, words in found.items() if words} == {}
