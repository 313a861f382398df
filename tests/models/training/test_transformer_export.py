"""The exported graph gives what the trained network gives, and computes nothing that was not asked for."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
onnx = pytest.importorskip("onnx")
pytest.importorskip("transformers")

from hypothesis import given, settings  # noqa: E402
from hypothesis import strategies as st  # noqa: E402
from onnxruntime import InferenceSession  # noqa: E402
from tiny_training import write_trunk  # noqa: E402
from transformers import BertModel  # noqa: E402

from models.training.transformer.branches import SENTENCES, TEXTS  # noqa: E402
from models.training.transformer.export import export, state_of  # noqa: E402
from models.training.transformer.heads import SPANS, fields, pair  # noqa: E402
from models.training.transformer.network import begin  # noqa: E402
from models.training.transformer.trained import load  # noqa: E402
from models.transformer.card import GRAPH, read_card  # noqa: E402
from models.transformer.reader import open_reader  # noqa: E402

OUTPUTS = ("fields", "tokens", "pair")


@pytest.fixture(scope="module")
def trunk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_trunk(tmp_path_factory.mktemp("trunk"))


@pytest.fixture(scope="module")
def run(trunk: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run whose weights, all but the words, were moved at random: a head that starts at nought says nothing."""
    torch.manual_seed(3)
    network = begin(trunk, ["停水"], torch.full((len(fields()[0].labels),), 0.1))
    with torch.no_grad():
        for name, value in network.named_parameters():
            if "word_embeddings" not in name:
                value.add_(torch.randn_like(value) * 0.05)
    folder = tmp_path_factory.mktemp("run")
    torch.save(network.state_dict(), folder / "model.pt")
    return folder


@pytest.fixture(scope="module")
def exact(run: Path, trunk: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("exact")
    export(run, trunk, folder, rounded=False)
    return folder


@pytest.fixture(scope="module")
def model(run: Path, trunk: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("model")
    export(run, trunk, folder)
    return folder


def feed(lengths: list[int], seed: int, pieces: int = 40) -> dict[str, np.ndarray]:
    """Texts of these lengths, filled up to the longest; the second half of each is of the second type."""
    rng = np.random.default_rng(seed)
    ids, mask, types = (np.zeros((len(lengths), max(lengths)), np.int64) for _ in range(3))
    for row, length in enumerate(lengths):
        ids[row, :length] = rng.integers(1, pieces, length)
        mask[row, :length] = 1
        types[row, length // 2 : length] = 1
    return {"input_ids": ids, "attention_mask": mask, "token_type_ids": types}


@settings(deadline=None, max_examples=20)
@given(st.lists(st.integers(3, 90), min_size=1, max_size=4), st.integers(0, 1000))
def test_the_graph_gives_what_the_network_gives(
    run: Path, trunk: Path, exact: Path, lengths: list[int], seed: int
) -> None:
    given = feed(lengths, seed)
    with torch.no_grad():
        wanted = load(trunk, run)(*(torch.from_numpy(array) for array in given.values()))
    found = InferenceSession(exact / GRAPH).run(list(OUTPUTS), given)
    for name, array in zip(OUTPUTS, found, strict=True):
        expected = getattr(wanted, name).numpy()
        real = given["attention_mask"].astype(bool) if name == "tokens" else ...
        np.testing.assert_allclose(array[real], expected[real], atol=2e-4)


@settings(deadline=None, max_examples=10)
@given(st.lists(st.integers(3, 60), min_size=2, max_size=4), st.integers(0, 1000))
def test_what_a_text_gets_does_not_hang_on_longer_company(exact: Path, lengths: list[int], seed: int) -> None:
    session, given = InferenceSession(exact / GRAPH), feed(lengths, seed)
    together = session.run(["fields", "sentence"], given)
    for row, length in enumerate(lengths):
        alone = session.run(
            ["fields", "sentence"], {name: array[row : row + 1, :length] for name, array in given.items()}
        )
        for one, all_rows in zip(alone, together, strict=True):
            np.testing.assert_allclose(one[0], all_rows[row], atol=2e-4)


def test_rounding_moves_little(exact: Path, model: Path) -> None:
    given = feed([60], 5)
    before, after = (InferenceSession(folder / GRAPH).run(None, given) for folder in (exact, model))
    for one, other in zip(before, after, strict=True):
        assert np.abs(one - other).mean() < 0.05 * one.std() + 0.01


def test_sentence_vectors_are_those_of_the_trunk_before_training(trunk: Path, exact: Path, model: Path) -> None:
    given = feed([30], 9)
    bert = BertModel.from_pretrained(str(trunk), add_pooling_layer=False).eval()
    with torch.no_grad():
        state = bert(**{name: torch.from_numpy(array) for name, array in given.items()}).last_hidden_state[0, 0].numpy()
    wanted = state / np.linalg.norm(state)
    for folder, least in ((exact, 0.99999), (model, 0.999)):
        vector = InferenceSession(folder / GRAPH).run(["sentence"], given)[0][0]
        assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)
        assert float(vector @ wanted) > least


def test_a_branch_that_is_not_wanted_is_not_computed(model: Path) -> None:
    session, given, no = InferenceSession(model / GRAPH), feed([20], 1), np.array(False)
    names = [output.name for output in session.get_outputs()]
    texts = dict(zip(names, session.run(None, {**given, SENTENCES: no}), strict=True))
    sentences = dict(zip(names, session.run(None, {**given, TEXTS: no}), strict=True))
    assert len(texts["sentence"]) == 0 and len(texts["fields"]) == 1
    assert len(sentences["sentence"]) == 1 and all(len(sentences[name]) == 0 for name in OUTPUTS)
    assert [given.name for given in session.get_inputs()] == ["input_ids", "attention_mask", "token_type_ids"]


def test_the_word_table_stands_in_the_file_once(trunk: Path, run: Path, model: Path) -> None:
    words = state_of(run)["encoder.embeddings.word_embeddings.weight"].shape
    graph = onnx.load(model / GRAPH).graph
    stored = list(graph.initializer)
    for node in graph.node:
        for attribute in node.attribute:
            stored += attribute.g.initializer
    assert sum(tuple(tensor.dims) == words for tensor in stored) == 1


def test_the_card_names_every_column(model: Path) -> None:
    card = read_card(model)
    widths = {
        "fields": sum(len(head.labels) for head in fields()),
        "tokens": len(fields()[0].labels) + 3 * len(SPANS),
        "pair": sum(len(head.labels) for head in pair()),
    }
    for output, width in widths.items():
        heads = getattr(card, output)
        assert [column for head in heads for column in range(head.start, head.end)] == list(range(width))
        assert InferenceSession(model / GRAPH).run([output], feed([9], 2))[0].shape[-1] == width


def test_the_folder_is_read_by_the_code_that_serves(model: Path) -> None:
    [reading] = open_reader(model).read(["柳湾村第3组停水，请恢复供水。"])
    assert len(reading.tokens) == len(reading.places) > 10
    assert np.isfinite(reading.fields).all()


def test_a_trained_word_table_is_refused(run: Path, trunk: Path, tmp_path: Path) -> None:
    state = torch.load(run / "model.pt", weights_only=True)
    state["encoder.embeddings.word_embeddings.weight"] += 1
    (tmp_path / "run").mkdir()
    torch.save(state, tmp_path / "run" / "model.pt")
    with pytest.raises(ValueError, match="word table"):
        export(tmp_path / "run", trunk, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_run_that_still_goes_on_is_exported_from_its_checkpoint(run: Path, trunk: Path, tmp_path: Path) -> None:
    state = torch.load(run / "model.pt", weights_only=True)
    torch.save({"average": state, "step": 4}, tmp_path / "checkpoint.pt")
    assert export(tmp_path, trunk, tmp_path / "out").name == "minyi-bge-small"
    with pytest.raises(ValueError, match="E216"):
        export(tmp_path / "nowhere", trunk, tmp_path / "out")
