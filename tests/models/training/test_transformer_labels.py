"""Own labelled rows: every wrong field is named, every right row learnt; splits keep copies together."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from tiny_training import petition, write_data, write_rows

from models.training.transformer import config, own_labels, streams
from models.training.transformer.rows import Example
from models.training.transformer.rows import petition as shipped_petition
from models.training.transformer.schedule import schedule

ROW = petition(1)
steady = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
POST = {
    "text": "#天气# 工地夜里噪音很大，气死人", "genre": "post", "is_grievance": True, "about_grievance": True,
    "attitude": "negative", "factors": [{"code": "noise_vibration", "primary": True, "quote": "噪音很大"}],
    "irony": False, "escalation": 0,
}  # fmt: skip


def test_a_whole_row_is_learnt_like_a_published_one() -> None:
    assert own_labels.example(ROW) == shipped_petition(ROW)


def test_a_row_may_carry_a_single_judgement() -> None:
    found = own_labels.example({"text": "路灯坏了没人修", "attitude": "negative"})
    assert found.labels == {"form": "petition", "attitude": "negative"}
    assert found.spans == {} and found.evidence is None


def test_a_row_with_about_grievance_is_a_post() -> None:
    found = own_labels.example(POST)
    assert (found.labels["form"], found.labels["about_grievance"], found.labels["irony"]) == ("post", True, False)
    assert "genre" not in found.labels


def test_factors_that_nobody_decided_keep_their_probability() -> None:
    factors = [{"code": "parking", "primary": True}, {"code": "solid_waste", "p": 0.4}]
    found = own_labels.example({"text": "车乱停，垃圾也多", "factors": factors})
    assert found.labels["factors"] == {"parking": 1.0, "solid_waste": 0.4}
    assert found.labels["primary"] == "parking" and found.evidence is None


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"text": ""}, "text"),
        ({"text": 7}, "text"),
        ({"title": ["x"]}, "title"),
        ({"attitude": "angry"}, "attitude"),
        ({"intensity": 4}, "intensity"),
        ({"intensity": True}, "intensity"),
        ({"escalation": "many"}, "escalation"),
        ({"genre": "novel"}, "genre"),
        ({"stakeholder": "pirate"}, "stakeholder"),
        ({"is_grievance": "yes"}, "is_grievance"),
        ({"factors": "parking"}, "factors"),
        ({"factors": [{"code": "no_such_factor"}]}, "factors[0].code"),
        ({"factors": [{"code": "parking"}, {"code": "parking"}]}, "factors[1].code"),
        ({"factors": [{"code": "parking", "quote": "没有这句话"}]}, "factors[0].quote"),
        ({"factors": [{"code": "parking", "p": 1.5}]}, "factors[0].p"),
        ({"factors": [{"code": "parking", "primary": True}, {"code": "noise_vibration", "primary": True}]}, "factors"),
        ({"demand": "没有这句话"}, "demand"),
        ({"places": "柳湾村"}, "places"),
        ({"places": ["没有这个地方"]}, "places[0]"),
        ({"weight": 0}, "weight"),
        ({"weight": float("nan")}, "weight"),
    ],
)
def test_what_is_wrong_is_named_with_row_and_field_and_the_rest_is_taken(
    change: dict[str, Any], field: str, tmp_path: Path
) -> None:
    file = write_rows(tmp_path / "mine.jsonl", [ROW, {**ROW, **change}, POST])
    examples, rejects = own_labels.read(file)
    assert len(examples) == 2
    assert [(reject.line, reject.field) for reject in rejects] == [(2, field)]
    assert str(rejects[0]).startswith(f"row 2, {field}: ")
    assert "居民" not in str(rejects[0])


def test_a_line_that_is_not_json_is_named(tmp_path: Path) -> None:
    file = tmp_path / "mine.jsonl"
    file.write_text(json.dumps(POST) + "\n{oh\n[1]\n", "utf-8")
    examples, rejects = own_labels.read(file)
    assert len(examples) == 1
    assert [str(reject) for reject in rejects] == ["row 2, row: is not JSON", "row 3, row: is not an object"]


@steady
@given(
    st.dictionaries(
        st.sampled_from([*ROW, "about_grievance", "weight", "form"]),
        st.none() | st.booleans() | st.text() | st.lists(st.text()),
    )
)
def test_no_row_whatever_it_holds_is_more_than_taken_or_refused(change: dict[str, Any]) -> None:
    try:
        assert isinstance(own_labels.example({**ROW, **change}), Example)
    except ValueError as wrong:
        assert wrong.field  # type: ignore[attr-defined]


def test_copies_of_a_text_stay_on_one_side() -> None:
    texts = [
        f"第{n}号楼的电梯坏了{n * 37}天，老人上下楼{chr(0x4E00 + n * 53)}不便，物业{chr(0x5E00 + n * 31)}一直拖着"
        for n in range(120)
    ]
    rows = [Example(text) for text in texts] + [Example(text + "！！") for text in texts]
    found = streams.own(rows)
    train, dev = ({e.text.rstrip("！") for e in side} for side in (found.train, found.dev))
    assert dev and not train & dev


@steady
@given(st.lists(st.integers(4, 60), min_size=1, max_size=80), st.integers(0, 5), st.floats(0.1, 3))
def test_the_order_of_batches_follows_from_the_seed(lengths: list[int], seed: int, epochs: float) -> None:
    wanted = config.Settings(seed=seed, batch_tokens=256, most_rows=8, epochs={"letters": epochs})
    batches = schedule({"letters": lengths}, wanted)
    assert batches == schedule({"letters": lengths}, wanted)
    read = [number for batch in batches for number in batch.numbers]
    assert all(read.count(number) >= int(epochs) for number in range(len(lengths)))
    assert all(len(batch.numbers) <= 8 for batch in batches)


def test_settings_that_make_no_sense_are_refused_by_name(tmp_path: Path) -> None:
    file = tmp_path / "run.toml"
    file.write_text("lr = -1\nepoch = 3\n[epochs]\nletters = 1\n")
    with pytest.raises(ValidationError) as refused:
        config.read(file)
    assert {error["loc"][0] for error in refused.value.errors()} == {"lr", "epoch"}
    file.write_text("lr = = 1")
    with pytest.raises(ValueError, match="E214"):
        config.read(file)


def test_every_setting_is_documented() -> None:
    text = (Path(__file__).parents[3] / "docs/TRAINING.md").read_text("utf-8")
    table = text.split("## Settings")[1].split("\n## ")[0]
    assert set(re.findall(r"`(\w+)`", "".join(re.findall(r"^\| (.*?) \|", table, re.M)))) == set(
        config.Settings.model_fields
    )


def test_streams_that_are_not_there_are_refused_or_left_out(tmp_path: Path) -> None:
    folder = write_data(tmp_path)
    with pytest.raises(ValueError, match="E214: epochs: no stream is called letter;"):
        streams.read(folder, config.Settings(epochs={"letter": 1}))
    with pytest.raises(ValueError, match=r"E214.*weak"):
        streams.read(folder, config.Settings(epochs={"weak": 1}))
    with pytest.raises(ValueError, match="nothing to learn from"):
        streams.read(folder, config.Settings(epochs={"polarity": 1}))
    assert set(streams.read(folder, config.Settings(epochs={"letters": 1, "polarity": 1}))) == {"letters", "gold"}
