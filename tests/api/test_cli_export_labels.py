"""``minyi export-labels``: what assessors decided becomes rows that training takes, and nothing that may not go out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from county import ACCUSED, COMPENSATION, DUST, CountyOffice
from opinions import opinion
from terminal import PURPOSE

from api.cli.main import cli
from models.training.transformer.own_labels import example

WHO = ("--who", "评估员甲", "--reason", "走访三户后核实", *PURPOSE)
NOISE = "noise_vibration"


def minyi(county: CountyOffice, *arguments: str) -> Result:
    return CliRunner().invoke(cli, [*arguments, "--home", str(county.office.settings.home)], catch_exceptions=False)


def decide(county: CountyOffice, factor: str, action: str, *more: str) -> None:
    assert minyi(county, "decide", county.point(factor), action, *more, *WHO).exit_code == 0


def exported(county: CountyOffice, out: Path) -> list[dict[str, Any]]:
    run = minyi(county, "export-labels", "--project", "quarry-road", "--out", str(out), *PURPOSE)
    assert run.exit_code == 0, run.output
    return [json.loads(line) for line in out.read_text("utf-8").splitlines()]


@pytest.fixture
def noisy(county: CountyOffice) -> CountyOffice:
    """The county with six texts of which the machine says noise and compensation."""
    county.hear(*(
        opinion(f"第{n}户：石料车半夜轰鸣，补偿标准也没有公布过，已经{n + 2}个月了。", (NOISE, "轰鸣", 0.8),
                (COMPENSATION, "补偿标准", 0.6), number=n, day=20 + n)
        for n in range(6)
    ))  # fmt: skip
    return county


def test_an_accepted_candidate_becomes_rows_with_its_factor(county: CountyOffice, tmp_path: Path) -> None:
    decide(county, COMPENSATION, "accept")
    rows = exported(county, tmp_path / "labels.jsonl")
    assert len(rows) == 6
    for row in rows:
        [factor] = row["factors"]
        assert (factor["code"], factor["primary"]) == (COMPENSATION, True) and factor["quote"] in row["text"]
        assert row["is_grievance"] is True and row["provenance"] == "assessor decision" and row["weight"] == 1.0
        assert row["links"][0]["project_id"] == "quarry-road"
        assert example(row).labels["factors"] == {COMPENSATION}


def test_a_rejected_candidate_becomes_rows_without_its_factor(noisy: CountyOffice, tmp_path: Path) -> None:
    decide(noisy, NOISE, "reject")
    decide(noisy, COMPENSATION, "accept")
    rows = [row for row in exported(noisy, tmp_path / "labels.jsonl") if "轰鸣" in row["text"]]
    assert len(rows) == 6
    for row in rows:
        assert [factor["code"] for factor in row["factors"]] == [COMPENSATION]
        assert row["weight"] == 2.0


def test_a_candidate_merged_into_another_takes_its_factor(noisy: CountyOffice, tmp_path: Path) -> None:
    decide(noisy, COMPENSATION, "accept")
    decide(noisy, NOISE, "merge", "--into", noisy.point(COMPENSATION))
    rows = [row for row in exported(noisy, tmp_path / "labels.jsonl") if "轰鸣" in row["text"]]
    assert {factor["code"] for row in rows for factor in row["factors"]} == {COMPENSATION}
    assert {row["weight"] for row in rows} == {2.0}


def test_what_nobody_decided_keeps_the_machines_probability(noisy: CountyOffice, tmp_path: Path) -> None:
    decide(noisy, NOISE, "accept")
    [row, *_] = exported(noisy, tmp_path / "labels.jsonl")
    assert {factor["code"]: factor.get("p") for factor in row["factors"]} == {NOISE: None, COMPENSATION: 0.6}
    assert example(row).labels["factors"] == {NOISE: 1.0, COMPENSATION: 0.6}


def test_a_value_that_a_person_set_for_one_text_is_a_label(county: CountyOffice, tmp_path: Path) -> None:
    county.hear(
        opinion("县报：补偿方案已经公布，噪声将监测。", (NOISE, "噪声", 0.7), genre="news", kind="news", day=30)
    )
    decide(county, NOISE, "edit", "--set", "escalation=1", "--set", 'stakeholder_groups=["affected_resident"]')
    [row] = exported(county, tmp_path / "labels.jsonl")
    assert (row["escalation"], row["stakeholder"], row["form"]) == (1, "affected_resident", "news")
    assert "factors" not in row and "is_grievance" not in row


def test_texts_of_few_voices_are_kept_back_and_counted(county: CountyOffice, tmp_path: Path) -> None:
    decide(county, DUST, "accept")
    out = tmp_path / "labels.jsonl"
    run = minyi(county, "export-labels", "--project", "quarry-road", "--out", str(out), *PURPOSE, "--json")
    assert json.loads(run.stdout) == {"rows": 0, "withheld": 2, "out": str(out)}
    assert out.read_text("utf-8") == ""


def test_neither_sealed_nor_withdrawn_texts_nor_names_of_deciders_go_out(county: CountyOffice, tmp_path: Path) -> None:
    decide(county, COMPENSATION, "accept")
    gone = exported(county, tmp_path / "before.jsonl")[0]["uid"]
    county.store.withdraw_documents([gone])
    exported(county, tmp_path / "after.jsonl")
    text = (tmp_path / "after.jsonl").read_text("utf-8")
    assert ACCUSED not in text and gone not in text and "评估员甲" not in text and "走访三户后核实" not in text


def test_the_same_decisions_give_the_same_file_for_its_owner_alone(county: CountyOffice, tmp_path: Path) -> None:
    decide(county, COMPENSATION, "accept")
    first, second = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    exported(county, first)
    exported(county, second)
    exported(county, second)
    assert first.read_bytes() == second.read_bytes()
    assert second.stat().st_mode & 0o777 == 0o600
    assert [event.action for event in county.events()].count("labels.export") == 3


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ((), "E301"),
        (("--purpose", "curiosity"), "E301"),
        (("--purpose", "supervision", "--role", "supervisor"), "E304"),
        (("--purpose", "risk_identification", "--role", "platform"), "E304"),
    ],
)
def test_who_may_not_take_decisions_away_gets_no_file(
    county: CountyOffice, tmp_path: Path, more: tuple[str, ...], code: str
) -> None:
    out = tmp_path / "labels.jsonl"
    run = minyi(county, "export-labels", "--project", "quarry-road", "--out", str(out), *more)
    assert run.exit_code == 1 and code in run.stderr and not out.exists()
    assert county.events()[-1].action == "labels.export.denied"
