"""A training run: it learns, it can be cut off anywhere, and the same seed gives the same model."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

from tiny_training import petition, write_data, write_rows, write_trunk  # noqa: E402

from models.training.transformer import loop  # noqa: E402
from models.training.transformer.config import Settings  # noqa: E402
from models.training.transformer.own_labels import example  # noqa: E402
from models.training.transformer.trained import load  # noqa: E402

SETTINGS = Settings(
    tokens=64, batch_tokens=512, most_rows=8, lr=1e-3, head_lr=3e-3, reports=1, checkpoint_minutes=1e-9,
    epochs={"letters": 4, "emotion": 1, "stance": 1},
)  # fmt: skip


@pytest.fixture(scope="module")
def trunk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_trunk(tmp_path_factory.mktemp("trunk"))


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_data(tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="module")
def ended(trunk: Path, data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run that nothing disturbed."""
    out = tmp_path_factory.mktemp("runs") / "whole"
    loop.start(SETTINGS, data, trunk, out).train()
    return out


def log(run: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (run / "log.jsonl").read_text("utf-8").splitlines()]


def weights(run: Path) -> dict[str, Any]:
    return torch.load(run / "model.pt", weights_only=True)


def same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


def test_the_loss_falls_and_every_dev_set_is_reported(ended: Path) -> None:
    losses = [line["loss"]["letters"] for line in log(ended) if "letters" in line.get("loss", {})]
    assert losses[-1] < losses[0] / 2
    [report] = [line["dev"] for line in log(ended) if "dev" in line]
    assert 0 <= report["gold"]["factors.micro_f1"] <= 1


def test_a_run_that_was_cut_off_ends_with_the_weights_of_one_that_was_not(
    ended: Path, trunk: Path, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls, costs = 0, loop.loss

    def until_the_plug_is_pulled(*arguments: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == 12:
            raise KeyboardInterrupt
        return costs(*arguments)

    monkeypatch.setattr(loop, "loss", until_the_plug_is_pulled)
    with pytest.raises(KeyboardInterrupt):
        loop.start(SETTINGS, data, trunk, tmp_path).train()
    monkeypatch.setattr(loop, "loss", costs)
    again = loop.start(SETTINGS, data, trunk, tmp_path)
    assert 0 < again.step < len(again.batches)
    again.train()
    assert same(weights(tmp_path), weights(ended))


def test_a_checkpoint_of_another_run_is_refused(ended: Path, trunk: Path, data: Path) -> None:
    longer = SETTINGS.model_copy(update={"epochs": {"letters": 9}})
    with pytest.raises(ValueError, match="E217"):
        loop.start(longer, data, trunk, ended)


def test_the_words_are_not_trained(ended: Path, trunk: Path) -> None:
    from transformers import BertModel

    before = BertModel.from_pretrained(str(trunk), add_pooling_layer=False).embeddings.word_embeddings.weight
    assert torch.equal(load(trunk, ended).encoder.embeddings.word_embeddings.weight, before)


def test_own_rows_are_learnt_on_top_of_an_earlier_run(ended: Path, trunk: Path, tmp_path: Path) -> None:
    rows = [example({**petition(n), "attitude": "positive"}) for n in range(20)]
    settings = SETTINGS.model_copy(update={"epochs": {"own": 6}})
    run = loop.start(settings, None, trunk, tmp_path, labelled=rows, earlier=ended)
    assert same(run.network.state_dict(), weights(ended))
    run.train()
    losses = [line["loss"]["own"] for line in log(tmp_path) if "loss" in line]
    assert losses[-1] < losses[0]


def test_weak_labels_are_learnt_with_their_probabilities(trunk: Path, data: Path, tmp_path: Path) -> None:
    from models.training.transformer.rows import text_of
    from models.training.transformer.streams import digest

    unread = [petition(n) for n in range(200, 212)]
    folder = write_data(tmp_path / "data", 12)
    write_rows(folder / "petitions/hot4326.jsonl.gz", unread)
    soft = {"factors": {"parking": 0.8}, "grievance": {"grievance": 0.9}, "attitude": {"negative": 0.7, "neutral": 0.3}}
    rows = [{"text_sha256": digest(text_of(row)), "weight": 0.6, "labels": soft} for row in unread]
    file = write_rows(tmp_path / "weak.jsonl", [*rows, {"text_sha256": "0" * 16, "labels": soft}])
    settings = SETTINGS.model_copy(update={"epochs": {"letters": 1, "weak": 3}, "weak": file})
    run = loop.start(settings, folder, trunk, tmp_path / "run")
    assert len(run.streams["weak"].train) == len(unread)
    run.train()
    assert any("weak" in line.get("loss", {}) for line in log(tmp_path / "run"))


def test_a_network_is_read_back_with_its_own_trunk_alone(ended: Path, trunk: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="E216"):
        load(trunk, tmp_path)
