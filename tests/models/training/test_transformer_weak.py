"""Weak labels: two teachers, worth less where they differ, nothing where both are sure of something else."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_training import petition, write_rows

from models.training.transformer import rows, streams, teachers, unlabelled, weak
from models.training.transformer.agreement import conflicts, divergence
from models.training.transformer.heads import NONE
from models.training.transformer.teachers import Opinion

SHARES = st.lists(st.floats(0, 1), min_size=3, max_size=3).filter(lambda values: sum(values) > 0.01)


@settings(deadline=None)
@given(SHARES, SHARES)
def test_teachers_are_as_far_apart_as_each_from_the_other_and_not_at_all_from_themselves(
    one: list[float], other: list[float]
) -> None:
    a, b = np.array([one]), np.array([other])
    assert np.allclose(divergence(a, b), divergence(b, a))
    assert 0 <= divergence(a, b)[0] <= 1
    assert divergence(a, a)[0] == pytest.approx(0, abs=1e-9)
    assert not conflicts(a, a).any()


def test_teachers_with_nothing_in_common_are_a_bit_apart() -> None:
    assert divergence(np.array([[1.0, 0.0]]), np.array([[0.0, 1.0]]))[0] == pytest.approx(1)


def test_a_conflict_needs_two_teachers_who_are_both_surer_than_they_usually_are() -> None:
    one = np.array([[0.9, 0.1], [0.9, 0.1], [0.2, 0.8], [0.6, 0.4]])
    other = np.array([[0.8, 0.2], [0.1, 0.9], [0.1, 0.9], [0.1, 0.9]])
    assert conflicts(one, other).tolist() == [False, True, False, False]  # in the last the first teacher is in doubt


def opinion(code: str, p: float, attitude: Sequence[float] = (0.8, 0.15, 0.05), grievance: float = 0.9) -> Opinion:
    names = ("negative", "neutral", "positive")
    return {
        "factors": {code: p},
        "primary": {code: grievance, NONE: 1 - grievance},
        "attitude": dict(zip(names, attitude, strict=True)),
        "grievance": {"grievance": grievance},
    } | {
        head: {label: 1.0}
        for head, label in (("intensity", "1"), ("genre", "complaint"), ("stakeholder", "unstated"), ("escalation", "0"))
    } | {"repeated_unresolved": {"repeated_unresolved": 0.1}}  # fmt: skip


def test_rows_weigh_what_their_teachers_agree_on() -> None:
    texts = ["停水了", "有噪音", "路灯"]
    one = [opinion("water_supply", 0.9), opinion("noise_vibration", 0.8), opinion("parking", 0.5)]
    other = [opinion("water_supply", 0.9), opinion("solid_waste", 0.8), {}]
    found = weak.labelled(texts, one, one, other)
    assert [row["text_sha256"] for row in found] == [streams.digest("停水了"), streams.digest("路灯")]
    assert [row["weight"] for row in found] == [1.0, weak.ALONE]  # the second row is left out: no factor in common
    assert found[0]["labels"]["factors"] == {"water_supply": 0.9}


def test_a_head_of_which_both_are_sure_and_differ_is_left_out() -> None:
    texts = [f"文{n}" for n in range(4)]
    one = [opinion("parking", 0.9, (0.9, 0.1, 0.0))] * 4
    other = [opinion("parking", 0.9, (0.9, 0.1, 0.0))] * 3 + [opinion("parking", 0.9, (0.0, 0.1, 0.9))]
    found = weak.labelled(texts, one, one, other)
    assert [("attitude" in row["labels"]) for row in found] == [True, True, True, False]


def test_the_target_is_the_mean_of_two_teachers() -> None:
    found = weak.mean(opinion("parking", 0.9), opinion("solid_waste", 0.5))
    assert found["factors"] == {"parking": 0.45, "solid_waste": 0.25}


def test_texts_that_are_labelled_or_copies_get_no_weak_labels(tmp_path: Path) -> None:
    write_rows(tmp_path / "grievances/train.jsonl.gz", [petition(1)])
    write_rows(tmp_path / "linking/links_dev.jsonl.gz", [petition(2)])
    copy = {**petition(3), "text": petition(3)["text"] + "！"}
    again = {**petition(1), "text": petition(1)["text"] + "！"}
    other = {"title": "路灯", "text": "桥头的路灯整整半年没有亮过，晚上孩子放学看不清路。"}
    write_rows(tmp_path / "petitions/hot4326.jsonl.gz", [petition(1), petition(2), petition(3), copy, again, other])
    found = unlabelled.originals(unlabelled.petitions(tmp_path), unlabelled.labelled(tmp_path))
    assert found == [rows.text_of(petition(3)), rows.text_of(other)]


def test_the_file_is_made_from_lexicon_and_linear_model_and_read_back(tmp_path: Path) -> None:
    write_rows(tmp_path / "grievances/train.jsonl.gz", (petition(n) for n in range(8)))
    texts = ["小区停水三天了，自来水公司没人管，请尽快恢复供水。", "谢谢你们，广场修得真好。"]
    write_rows(tmp_path / "petitions/hot4326.jsonl.gz", ({"title": "反映", "text": text} for text in texts))
    first, second = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    assert weak.write(tmp_path, first) == weak.write(tmp_path, second) > 0
    assert first.read_bytes() == second.read_bytes()
    found = streams.weak(tmp_path, first)
    water = next(e for e in found.train if "停水" in e.text)
    assert water.labels["factors"]["water_supply"] > 0.3
    assert water.labels["grievance"] > 0.5 and 0 < water.weight <= streams.WEAK_WEIGHT
    assert sum(water.labels["attitude"].values()) == pytest.approx(1, abs=0.01)


def test_a_weak_row_with_an_unknown_head_is_refused(tmp_path: Path) -> None:
    write_rows(tmp_path / "petitions/hot4326.jsonl.gz", [petition(1)])
    row = {"text_sha256": streams.digest(rows.text_of(petition(1))), "labels": {"mood": {"bad": 1.0}}}
    with pytest.raises(ValueError, match="no head is called mood"):
        streams.weak(tmp_path, write_rows(tmp_path / "weak.jsonl", [row]))


def test_the_lexicon_has_no_opinion_where_it_finds_nothing() -> None:
    docs = teachers.read(["自来水停水三天了", "祝你们节日快乐"])
    found, nothing = teachers.lexicon(docs, {"trigger": 0.6, "pattern": 0.5, "anchor": 0.3})
    assert nothing == {}
    assert max(found["primary"], key=lambda code: found["primary"][code]) == "water_supply"
    assert sum(found["primary"].values()) == pytest.approx(1)
