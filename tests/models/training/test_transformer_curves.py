"""Learning curves are drawn from the log of a run, ended or not."""

from __future__ import annotations

from pathlib import Path

import pytest
from tiny_training import write_rows

from models.training.transformer import curves

LINES = [
    {"sizes": {"letters": [50, 5]}, "batches": 4},
    {"step": 1, "loss": {"letters": 9.0, "stance": 1.1}},
    {"step": 2, "loss": {"letters": 8.0}},
    {"step": 2, "loss": {"letters": 7.0}},
    {"step": 2, "dev": {"gold": {"factors.micro_f1": 0.4, "attitude.accuracy": 0.8}}},
    {"step": 4, "dev": {"gold": {"factors.micro_f1": 0.6, "attitude.accuracy": 0.9}}},
]


def test_what_a_resumed_run_says_again_replaces_what_it_said_first() -> None:
    found = curves.points(LINES)
    assert set(found) == {"loss", "dev_gold"}
    assert [(p["step"], p["value"]) for p in found["loss"] if p["name"] == "letters"] == [(1, 9.0), (2, 7.0)]
    assert len(found["dev_gold"]) == 4


def test_pictures_lie_beside_the_run_and_where_they_are_asked_for(tmp_path: Path) -> None:
    write_rows(tmp_path / "run/log.jsonl", LINES)
    written = curves.draw(tmp_path / "run", tmp_path / "docs/figures")
    assert {path.relative_to(tmp_path).as_posix() for path in written} == {
        "run/curves_loss.svg", "run/curves_loss.png", "docs/figures/curves_loss.svg",
        "run/curves_dev_gold.svg", "run/curves_dev_gold.png", "docs/figures/curves_dev_gold.svg",
    }  # fmt: skip
    assert "factors.micro_f1" in (tmp_path / "run/curves_dev_gold.svg").read_text("utf-8")
    assert (tmp_path / "run/curves_loss.png").read_bytes().startswith(b"\x89PNG")


def test_a_folder_without_a_log_is_no_run(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"E218.*not the folder of a run"):
        curves.draw(tmp_path)
    write_rows(tmp_path / "log.jsonl", LINES[:1])
    with pytest.raises(ValueError, match=r"E218.*no losses yet"):
        curves.draw(tmp_path)
