"""A model folder at work: the same text gives the same reading, and what is wrong with a folder is named."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_transformer import LETTERS, WIDTH, card, write_model

from models import checksums
from models.checksums import ArtifactError
from models.encoder import EncoderError, load_encoder
from models.transformer import machine
from models.transformer.errors import ModelError, ModelMissing
from models.transformer.heads_of_task import Heads
from models.transformer.reader import open_reader

NAMES = {"person": "李明阳", "place": "石桥村", "cluener.name": "李明阳", "weibo.PER.NAM": "李明阳"}
ODDS = {
    "emotion:angry": {"停": 30.0},
    "polarity:polarity": {"好": 30.0, "停": -30.0},
    "domain:卫生计生": {"水": 9.0},
    "stance:AGAINST": {"停": 30.0},
    "stance:FAVOR": {"好": 30.0},
    "link:about": {"石": 30.0},
}
lists = st.lists(st.text(alphabet=LETTERS + "😀㊣　\n", max_size=150), min_size=1, max_size=6)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_model(
        tmp_path_factory.mktemp("model") / "tiny", names=NAMES, odds=ODDS, noise=0.3, window=40, stride=20
    )


@pytest.fixture(scope="module")
def heads(folder: Path) -> Heads:
    return Heads(open_reader(folder, threads=2))


@settings(deadline=None, max_examples=25)
@given(lists, st.randoms(use_true_random=False))
def test_a_text_has_the_same_reading_in_any_company_and_order(heads: Heads, texts: list[str], random) -> None:
    order = list(range(len(texts)))
    random.shuffle(order)
    alone = [next(heads.reader.read([text])) for text in texts]
    together = list(heads.reader.read(texts[n] for n in order))
    for number, found in zip(order, together, strict=True):
        assert np.array_equal(found.fields, alone[number].fields)
        assert np.array_equal(found.tokens, alone[number].tokens)


def test_any_number_of_threads_gives_the_same(folder: Path, heads: Heads) -> None:
    texts = [LETTERS[n:] + LETTERS[:n] for n in range(70)]
    for one, other in zip(open_reader(folder, threads=1).read(texts), heads.reader.read(texts), strict=True):
        assert np.array_equal(one.tokens, other.tokens)


def test_a_forked_process_reads_too(heads: Heads) -> None:
    expected = next(heads.reader.read(["停水三天没人管"])).fields.tobytes()
    receive, send = os.pipe()
    child = os.fork()
    if child == 0:
        signal.alarm(60)
        try:
            os.write(send, next(heads.reader.read(["停水三天没人管"])).fields.tobytes())
        finally:
            os._exit(0)
    os.close(send)
    with os.fdopen(receive, "rb") as answer:
        assert answer.read() == expected
    os.waitpid(child, 0)


@pytest.mark.parametrize(
    "before", ["", "😀👨\u200d👩\u200d👧", "Ａ１㊣", "e\u0301 ", "\ud800", "停水三天没人管，" * 12]
)
def test_a_name_is_found_at_its_characters_whatever_stands_before_it(heads: Heads, before: str) -> None:
    text = f"{before}李明阳说的"
    (found,) = heads.persons([text])
    assert [text[one.start : one.end] for one in found] == ["李明阳"]
    assert found[0].start == len(before)
    assert found[0].p > 0.9


def test_traditional_and_full_width_characters_read_like_the_others(heads: Heads) -> None:
    plain, other = heads.reader.read(["小区没人报道a1", "小區沒人報道ａ１"])
    assert np.array_equal(plain.fields, other.fields)


def test_each_head_answers_each_text(heads: Heads) -> None:
    texts = ["停水", "好好"]
    assert [label for label, _ in heads.polarities(texts)] == ["negative", "positive"]
    assert all(0.5 <= p <= 1 for _, p in heads.polarities(texts))
    assert heads.emotions(texts)[0][0] == "angry"
    assert [label for label, _ in heads.domains(["水水", "水"])] == ["卫生计生"] * 2
    assert heads.emotions([]) == []
    assert heads.entities(["李明阳好"]) == [[(0, 3, "name")]]
    assert heads.entities(["李明阳好"], "weibo") == [[(0, 3, "PER.NAM")]]
    assert heads.entities(["李明阳在石桥村"], "msra") == [[(0, 3, "PER"), (4, 7, "LOC")]]
    with pytest.raises(ModelError, match=r"E212: .*'ontonotes'"):
        heads.entities(["好"], "ontonotes")


def test_pairs_are_read_together(heads: Heads) -> None:
    assert [label for label, _ in heads.stances([("水厂", "停停停"), ("水厂", "好好好")])] == ["AGAINST", "FAVOR"]
    near, far = heads.link_scores([("石石", "石"), ("水厂", "大中")])
    assert near["about"] > far["about"]
    assert sum(near.values()) == pytest.approx(1, abs=1e-5)


def test_the_middle_of_an_endless_text_is_left_out_and_that_is_said(heads: Heads) -> None:
    text = "停" * 3000 + "李明阳"
    found = next(heads.reader.read([text]))
    assert not found.whole
    assert found.places[-1].tolist() == [3002, 3003]
    assert next(heads.reader.read(["停" * 600])).whole


def test_sentences_are_vectors_of_length_one_and_the_encoder_of_the_folder(folder: Path, heads: Heads) -> None:
    rows = heads.sentences(["停水", "好", ""])
    assert rows.shape == (3, WIDTH)
    assert np.linalg.norm(rows, axis=1) == pytest.approx(1, abs=1e-5)
    encoder = load_encoder(folder)
    assert (encoder.version, encoder.dimensions) == (heads.reader.version, WIDTH)
    assert np.array_equal(encoder.encode(["停水"])[0], encoder.encode(["好", "停水"])[1])
    assert encoder.encode([]).shape == (0, WIDTH)


def test_centres_are_taken_away_and_the_version_of_vectors_may_outlive_a_training(tmp_path: Path) -> None:
    said = {"centres": {"questions": [0.1] * WIDTH}, "sentence": {"version": "kept+1"}}
    encoder = load_encoder(write_model(tmp_path / "centred", **said))
    assert encoder.version == "kept+1"
    text, question = encoder.encode(["停水"])[0], encoder.encode(["停水"], question=True)[0]
    moved = text - 0.1
    assert question == pytest.approx(moved / np.linalg.norm(moved), abs=1e-5)
    with pytest.raises(EncoderError, match=r"E211: .*centres"):
        load_encoder(write_model(tmp_path / "wrong", centres={"texts": [0.1]}))


def test_a_folder_that_is_not_there_is_missing(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match=r"E212: .*nowhere.*MINYI_MODEL_DIR"):
        open_reader(tmp_path / "nowhere")


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json", "card.json"])
def test_a_missing_or_altered_file_is_named(tmp_path: Path, name: str) -> None:
    altered = write_model(tmp_path / "altered")
    with (altered / name).open("ab") as file:
        file.write(b" ")
    with pytest.raises(ArtifactError, match=f"E210: .*{name} does not match"):
        open_reader(altered)
    (altered / name).unlink()
    with pytest.raises(ArtifactError, match=f"E210: .*{name} is missing"):
        open_reader(altered)
    (altered / name).write_bytes(b"[1]")
    checksums.note(altered, [name])
    with pytest.raises(ModelError, match=f"E212: .*{name}"):
        open_reader(altered)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"hidden": 0}, "hidden"),
        ({"temperature": {"grievance": 0.0}}, "temperature"),
        ({"spans": {"place": "both"}}, "spans"),
        ({"window": 40, "stride": 39}, "stride"),
        ({"pair": [{"head": "stance", "kind": "single", "labels": ["a"], "start": 0, "end": 2}]}, "stance"),
        ({"pair": [{"head": h, "kind": "binary", "start": 0, "end": 1} for h in ("stance", "link")]}, "begins inside"),
    ],
)
def test_a_card_that_contradicts_itself_is_refused(tmp_path: Path, changed: dict, told: str) -> None:
    folder = write_model(tmp_path / "strange")
    (folder / "card.json").write_text(json.dumps(card(**changed)), "utf-8")
    checksums.note(folder, ["card.json"])
    with pytest.raises(ModelError, match=f"E212: .*card.json is not the card of a transformer .*{told}"):
        open_reader(folder)


def test_a_gpu_wants_the_weights_of_a_training_run(folder: Path) -> None:
    with pytest.raises(ModelError, match=r"E212: .*model\.pt is missing: a GPU reads the folder of a training run"):
        open_reader(folder, "cuda")


def test_threads_follow_the_limit_of_the_control_group(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert machine._quota(tmp_path) is None
    (tmp_path / "cpu.max").write_text("150000 100000\n")
    assert machine._quota(tmp_path) == 1.5
    (tmp_path / "cpu.max").write_text("max 100000\n")
    assert machine._quota(tmp_path) is None
    monkeypatch.setattr(machine, "_share", 1)
    alone = machine.threads()
    assert alone >= 1
    machine.divide(10_000)
    assert machine.threads() == 1
