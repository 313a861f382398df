"""``minyi annotate`` and ``minyi evaluate`` as a script on the other side of the pipe sees them."""

from __future__ import annotations

import gzip
import json

import pytest
from click.testing import CliRunner

from api.cli.main import cli

WATER = {
    "uid": "w1",
    "title": "青石坳小区停水",
    "text": "我们小区从3月1日起停水，几百户居民没水用，多次打水厂电话都没人管，请尽快恢复供水。",
    "time": "2026-03-04 08:30:00",
    "region": "南岭县",
}
ASKING = {"uid": "w2", "title": "咨询", "text": "请问青石坳镇图书馆周末开放吗？谢谢。"}
FIELDS = {
    "uid", "genre", "attitude", "intensity", "is_grievance", "p_grievance", "factors", "demand", "facility",
    "affected", "since", "places", "organisations", "stakeholder", "repeated_unresolved", "escalation", "entities",
    "links",
}  # fmt: skip


def lines(*rows) -> str:
    return "".join((row if isinstance(row, str) else json.dumps(row, ensure_ascii=False)) + "\n" for row in rows)


def annotated(*rows, options=()):
    result = CliRunner().invoke(cli, ["annotate", *options], input=lines(*rows))
    return result.exit_code, [json.loads(line) for line in result.stdout.splitlines()]


def test_every_line_gets_one_line_in_order_with_every_field():
    code, found = annotated(WATER, ASKING)
    assert code == 0
    assert [row["uid"] for row in found] == ["w1", "w2"]
    assert all(set(row) - {"warnings"} == FIELDS for row in found)


def test_a_grievance_carries_its_factor_with_offsets_into_title_and_text():
    _, (row, _) = annotated(WATER, ASKING)
    text = f"{WATER['title']}\n{WATER['text']}"
    primary = next(factor for factor in row["factors"] if factor["primary"])
    assert row["is_grievance"] is True
    assert primary["code"] == "water_supply"
    assert "水" in text[primary["start"] : primary["end"]]
    assert row["since"] is None or text[row["since"]["start"] : row["since"]["end"]] == row["since"]["text"]
    assert all(text[found["start"] : found["end"]] == found["text"] for found in row["entities"])
    for name in ("demand", "facility", "affected"):
        assert row[name] is None or row[name] in text


def test_a_question_is_no_grievance_and_has_no_factors():
    _, (_, row) = annotated(WATER, ASKING)
    assert (row["is_grievance"], row["factors"]) == (False, [])
    assert row["genre"] == "inquiry"


def test_a_bad_line_gets_an_error_and_the_others_an_answer():
    code, found = annotated(WATER, {"uid": "w3", "title": 7, "text": "x"}, "{no json", {"uid": "w4"}, ASKING)
    assert code == 1
    assert ["error" in row for row in found] == [False, True, True, True, False]
    assert "title" in found[1]["error"]
    assert "text" in found[3]["error"]


@pytest.mark.parametrize("text", ["", "\n", "。。。", "a", "停水" * 4000, "💧停水了", "停水\u0000三天"])
def test_odd_texts_are_answered(text):
    code, (row,) = annotated({"uid": "o", "title": "", "text": text})
    assert code == 0
    assert set(row) - {"warnings"} == FIELDS


def test_a_source_kind_that_does_not_exist_is_named():
    _, (row,) = annotated(WATER | {"source_kind": "telepathy"})
    assert "source_kind" in row["error"]


@pytest.mark.parametrize(
    ("written", "hour"),
    [("2026-03-04 08:30:00", 8), ("2026/3/4 8:30", 8), ("2026-03-04T08:30:00+08:00", 8), ("2026年3月4日", 0)],
)
def test_times_are_read_in_the_spellings_of_exports(written, hour):
    from pipeline.annotate import moment

    found = moment(written)
    assert (found.year, found.month, found.day, found.hour, found.utcoffset().seconds) == (2026, 3, 4, hour, 8 * 3600)


@pytest.mark.parametrize("written", ["", "昨天", "20191-02-30", "2026-13-45"])
def test_what_is_no_time_is_left_out(written):
    from pipeline.annotate import moment

    assert moment(written) is None


def test_a_post_has_a_genre_of_posts():
    _, (row,) = annotated({"uid": "p", "text": "#青石坳#今天天气真好，出门散步 @柳湾日报 "})
    assert row["genre"] in {"post", "news", "notice", "ad", "other"}
    assert not row["is_grievance"]


def test_texts_are_linked_to_the_projects_of_the_registry(tmp_path):
    registry = tmp_path / "projects.jsonl"
    project = {
        "project_id": "quarry-road",
        "name_zh": "青石坳采石场进场道路工程",
        "kind": "transport",
        "aliases": ["采石场进场道路"],
        "places": ["青石坳村"],
        "keywords": ["采石场", "进场道路", "征地"],
        "region": "南岭县",
        "split": "dev",
    }
    registry.write_text(lines(project), "utf-8")
    letter = {
        "uid": "l",
        "title": "青石坳采石场进场道路工程占地没有补偿",
        "text": "青石坳采石场进场道路工程占了青石坳村我家的地，征地补偿一直没有发。",
    }
    _, (row, other) = annotated(letter, ASKING, options=["--projects", str(registry)])
    assert [link["project_id"] for link in row["links"]] == ["quarry-road"]
    assert other["links"] == []


def test_a_broken_registry_is_refused_with_its_line(tmp_path):
    registry = tmp_path / "projects.jsonl"
    registry.write_text(lines({"project_id": "x"}), "utf-8")
    result = CliRunner().invoke(cli, ["annotate", "--projects", str(registry)], input=lines(WATER))
    assert result.exit_code == 1
    assert "line 1: name_zh" in result.stderr


def gold_row(uid: str, **changes):
    row = {
        "uid": uid,
        "title": "停水",
        "text": "停水三天",
        "genre": "complaint",
        "attitude": "negative",
        "intensity": 1,
        "is_grievance": True,
        "factors": [{"code": "water_supply", "primary": True, "quote": "停水三天"}],
        "demand": None,
        "facility": None,
        "affected": None,
        "since": "三天",
        "places": [],
        "organisations": [],
        "stakeholder": "unstated",
        "repeated_unresolved": False,
        "escalation": 0,
    }
    return row | changes


def prediction(row):
    since = row["since"] and {"start": 5, "end": 7, "text": row["since"]}
    factors = [{"code": "water_supply", "p": 0.9, "primary": True, "start": 3, "end": 7}]
    return row | {"attitude": {"label": row["attitude"], "p": 0.9}, "since": since, "factors": factors}


def evaluated(tmp_path, gold, said):
    golden, predicted = tmp_path / "gold.jsonl.gz", tmp_path / "said.jsonl"
    golden.write_bytes(gzip.compress(lines(*gold).encode()))
    predicted.write_text(lines(*said), "utf-8")
    arguments = ["evaluate", "grievances", "--gold", str(golden), "--predictions", str(predicted), "--json"]
    return CliRunner().invoke(cli, arguments)


def test_predictions_equal_to_the_labels_are_perfect(tmp_path):
    gold = [gold_row("1"), gold_row("2")]
    result = evaluated(tmp_path, gold, map(prediction, gold))
    figures = json.loads(result.stdout)["figures"]
    assert result.exit_code == 0
    assert figures["factor micro-F1"]["value"] == 1
    assert figures["evidence overlap F1"]["value"] == 1
    assert figures["genre macro-F1"]["value"] == 1


def test_a_wrong_label_costs(tmp_path):
    gold = [gold_row("1"), gold_row("2", genre="inquiry")]
    said = [prediction(row) | {"genre": "complaint"} for row in gold]
    figures = json.loads(evaluated(tmp_path, gold, said).stdout)["figures"]
    assert figures["genre accuracy"]["value"] == 0.5
    assert figures["genre macro-F1"]["value"] == pytest.approx(1 / 3)


def test_a_missing_prediction_is_named(tmp_path):
    result = evaluated(tmp_path, [gold_row("1"), gold_row("2")], [prediction(gold_row("1"))])
    assert result.exit_code == 1
    assert "'2'" in result.stderr


def test_linking_without_a_registry_is_wrong_usage(tmp_path):
    gold = tmp_path / "gold.jsonl"
    gold.write_text(lines({"uid": "1"}), "utf-8")
    assert CliRunner().invoke(cli, ["evaluate", "linking", "--gold", str(gold)]).exit_code == 2
