"""``minyi train``: one command a stage; what is missing or wrong is one line that says what to do."""

from __future__ import annotations

import builtins
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from tiny_training import petition, write_data, write_rows, write_trunk

from api.cli.main import cli


def train(*arguments: object) -> Result:
    return CliRunner().invoke(cli, ["train", *map(str, arguments)], catch_exceptions=False)


def test_check_says_what_there_is_to_learn_from(tmp_path: Path) -> None:
    run = train("check", "--data", write_data(tmp_path / "data"), "--json")
    assert run.exit_code == 0
    sizes = json.loads(run.stdout)["streams"]
    assert set(sizes) == {"letters", "posts", "emotion", "stance", "gold"} and sizes["gold"] == {"train": 0, "dev": 8}


def test_rows_that_are_wrong_are_named_and_the_others_taken(tmp_path: Path) -> None:
    rows = [petition(1), {**petition(2), "attitude": "furious"}, {"text": ""}]
    run = train("check", "--labels", write_rows(tmp_path / "mine.jsonl", rows))
    assert run.exit_code == 1
    assert "mine.jsonl, row 2, attitude: 'furious' is no label; there are: negative, neutral, positive" in run.stderr
    assert "mine.jsonl, row 3, text: is missing or empty" in run.stderr
    assert "2 rows left out, 1 taken" in run.stderr
    assert "own" in run.stdout


def test_labels_of_which_no_row_is_right_train_nothing(tmp_path: Path) -> None:
    run = train("check", "--labels", write_rows(tmp_path / "mine.jsonl", [{"text": ""}]))
    assert run.exit_code == 1 and "E215" in run.stderr


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    importing = builtins.__import__

    def without_torch(name: str, *arguments: Any, **more: Any) -> Any:
        if name.partition(".")[0] == "torch":
            raise ModuleNotFoundError("No module named 'torch'", name="torch")
        return importing(name, *arguments, **more)

    monkeypatch.delitem(sys.modules, "models.training.transformer.loop", raising=False)
    monkeypatch.setattr(builtins, "__import__", without_torch)
    mine = write_rows(tmp_path / "mine.jsonl", [petition(1)])
    run = train("run", "--labels", mine, "--trunk", tmp_path, "--out", tmp_path / "out")
    assert run.exit_code == 1
    assert run.stderr.splitlines()[-1] == "Error: E213: training needs torch: pip install 'minyi[train]'"


def test_a_run_without_anything_to_learn_from_is_wrong_usage(tmp_path: Path) -> None:
    run = train("run", "--trunk", tmp_path, "--out", tmp_path / "out")
    assert run.exit_code == 2 and "--data, --labels or both" in run.stderr


@pytest.mark.parametrize("stage", ["calibrate", "rounding"])
def test_what_comes_after_export_says_so_where_nothing_was_exported(tmp_path: Path, stage: str) -> None:
    trunk = ["--trunk", tmp_path] if stage == "rounding" else []
    run = train(stage, "--run", tmp_path, "--data", tmp_path, "--out", tmp_path, *trunk)
    assert run.exit_code == 2 and "run minyi train export --out" in run.stderr


def test_a_setting_that_there_is_not_is_named(tmp_path: Path) -> None:
    settings = tmp_path / "run.toml"
    settings.write_text("learning_rate = 1\n[epochs]\nletters = 1\n")
    run = train("check", "--data", write_data(tmp_path / "data"), "--config", settings)
    assert run.exit_code == 1 and "learning_rate" in run.stderr


def test_a_model_is_trained_drawn_and_trained_further_on_own_rows(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    pytest.importorskip("transformers")
    data, trunk = write_data(tmp_path / "data", 24), write_trunk(tmp_path / "trunk")
    settings = tmp_path / "run.toml"
    settings.write_text("tokens = 64\nbatch_tokens = 512\nreports = 1\n[epochs]\nletters = 1\n")
    first, second = tmp_path / "first", tmp_path / "second"
    run = train("run", "--data", data, "--trunk", trunk, "--out", first, "--config", settings)
    assert run.exit_code == 0 and (first / "model.pt").is_file()
    assert "batches to go; about 1 min on two cores" in run.stdout
    drawn = train("curves", "--run", first, "--figures", tmp_path / "figures")
    assert drawn.exit_code == 0 and (tmp_path / "figures/curves_loss.svg").is_file()
    mine = write_rows(tmp_path / "mine.jsonl", (petition(n) for n in range(30, 40)))
    again = train("run", "--labels", mine, "--from", first, "--trunk", trunk, "--out", second)
    assert again.exit_code == 0 and (second / "model.pt").is_file()
    missing = train("run", "--labels", mine, "--from", data, "--trunk", trunk, "--out", tmp_path / "third")
    assert missing.exit_code == 1 and "E216" in missing.stderr
