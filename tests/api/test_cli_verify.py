"""``minyi verify``: silent when all agrees, and each disagreement named with the command that helps."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from click.testing import CliRunner
from county import ACCUSED, COMPENSATION, CountyOffice
from sqlalchemy import text

from api.cli.main import cli
from index import IndexEntry


def findings(county: CountyOffice) -> tuple[int, dict[str, dict]]:
    run = CliRunner().invoke(cli, ["verify", "--json", "--home", str(county.office.settings.home)])
    answer = json.loads(run.stdout)
    assert answer["ok"] == (run.exit_code == 0)
    return run.exit_code, {finding["check"]: finding for finding in answer["findings"]}


def change(county: CountyOffice, statement: str, **values: str) -> None:
    with county.store.transaction() as connection:
        connection.execute(text(statement), values)


def road_texts(county: CountyOffice) -> list[str]:
    return [d.id for d in county.store.documents_of("quarry-road") if ACCUSED not in d.body]


def test_an_office_that_agrees_with_itself_is_sound(county: CountyOffice):
    code, found = findings(county)
    assert code == 0
    assert found["index holds what the store holds"]["examined"] == 9
    assert found["analyses read the stored texts"]["examined"] == 10
    assert found["evidence opens in its texts"]["examined"] >= 8
    shown = CliRunner().invoke(cli, ["verify", "--home", str(county.office.settings.home)])
    assert shown.exit_code == 0 and shown.stdout.count("ok ") == len(found)


def text_lost_from_the_index(county: CountyOffice) -> None:
    county.office.index.delete(road_texts(county)[:1])
    county.office.index.close()


def foreign_text_in_the_index(county: CountyOffice) -> None:
    county.office.index.write([IndexEntry(id="d" + "9" * 24, sequence=1, title="外来", body="不在库里")])
    county.office.index.close()


def sealed_text_in_the_index(county: CountyOffice) -> None:
    [sealed] = [d for d in county.store.documents_of("quarry-road") if ACCUSED in d.body]
    county.office.index.write([IndexEntry(id=sealed.id, sequence=10**6, title="道路", body=ACCUSED)])
    county.office.index.close()
    change(county, "UPDATE sqlite_sequence SET seq = 1000000 WHERE name = 'outbox'")


def damaged_index(county: CountyOffice) -> None:
    [segment] = list(county.office.settings.index_folder.glob("v*/*.store"))[:1]
    segment.write_bytes(b"x" + segment.read_bytes()[1:])


def changes_that_wait(county: CountyOffice) -> None:
    county.store.withdraw_documents(road_texts(county)[:1])


def analysis_of_another_text(county: CountyOffice) -> None:
    change(county, "UPDATE documents SET body = '后来换过的正文补偿标准' WHERE id = :id", id=road_texts(county)[0])


def evidence_beyond_its_text(county: CountyOffice) -> None:
    point = county.store.risk_point(county.point(COMPENSATION)).candidate
    far = point.model_copy(update={"title": point.title.model_copy(update={"start": 9000, "end": 9004})})
    change(county, "UPDATE risk_points SET payload = :p WHERE id = :id", p=far.canonical_json(), id=point.id)


def token_of_a_past_period(county: CountyOffice) -> None:
    change(county, "INSERT INTO voices (document_id, project_id, period, token) VALUES (:d, 'quarry-road', '20200101-7d', x'00')", d=road_texts(county)[0])  # fmt: skip


def trail_with_a_changed_event(county: CountyOffice) -> None:
    county.caller("assessor").get("/v1/projects")
    change(county, "DROP TRIGGER audit_no_update")
    change(county, "UPDATE audit SET hash = 'x'")


@pytest.mark.parametrize(
    "spoil, check, advice",
    [
        (text_lost_from_the_index, "index holds what the store holds", "minyi reindex"),
        (foreign_text_in_the_index, "index holds what the store holds", "minyi reindex"),
        (sealed_text_in_the_index, "sealed texts are not in the index (P-14)", "minyi reindex"),
        (damaged_index, "index is sound", "minyi reindex"),
        (changes_that_wait, "outbox is indexed to its end", "minyi work"),
        (changes_that_wait, "evidence opens in its texts", "minyi work"),
        (analysis_of_another_text, "analyses read the stored texts", "backup"),
        (analysis_of_another_text, "index holds what the store holds", "minyi reindex"),
        (evidence_beyond_its_text, "evidence opens in its texts", "minyi work"),
        (token_of_a_past_period, "no voice tokens of past periods (P-04)", "minyi work"),
        (trail_with_a_changed_event, "audit chain holds (P-10)", "backup"),
    ],
)
def test_every_disagreement_is_named_with_what_to_do(
    county: CountyOffice, spoil: Callable[[CountyOffice], None], check: str, advice: str
):
    spoil(county)
    code, found = findings(county)
    assert code == 1
    assert not found[check]["ok"] and found[check]["count"] >= 1 and advice in found[check]["advice"]
    shown = CliRunner().invoke(cli, ["verify", "--home", str(county.office.settings.home)])
    assert shown.exit_code == 1 and f"problem  {check}" in shown.stdout
    assert "补偿" not in shown.stdout and "青苗费" not in shown.stdout


def test_a_decided_candidate_may_outlive_its_texts(county: CountyOffice):
    body = {"who": "评估员甲", "action": "accept", "reason": "实地核实"}
    county.caller("assessor").post(f"/v1/risk-points/{county.point(COMPENSATION)}/decisions", body)
    county.store.withdraw_documents(road_texts(county))
    county.hear()
    code, found = findings(county)
    assert code == 0 and found["evidence opens in its texts"]["ok"]
