"""Texts as vectors: alike in meaning is close, whatever else is encoded beside; damage is named."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from tiny_encoder import CARD, WIDTH, write_encoder
from tiny_transformer import write_model

from models.encoder import FILES, EncoderError, OnnxEncoder, load_encoder
from models.training.encoder_centres import write_centres
from models.transformer.chosen import HOME

LETTERS = [
    "石料厂半夜放炮，全村睡不着，请管一管噪声。",
    "夜里采石场爆破太吵，老人孩子没法休息。",
    "征地补偿款拖了三年还没发到我们手里。",
]


def test_letters_about_the_same_matter_lie_closer_than_others() -> None:
    noise, night, money = load_encoder().encode(LETTERS)
    assert noise @ night > max(noise @ money, night @ money) + 0.1


def test_every_text_has_a_vector_of_length_one_even_without_a_character() -> None:
    found = load_encoder().encode([*LETTERS, "", "　\n", "字" * 5000, "\ud800 half a character", "🙂"])
    assert found.shape == (8, load_encoder().dimensions)
    assert found.dtype == np.float32
    assert np.linalg.norm(found, axis=1) == pytest.approx(1, abs=1e-5)


def test_nothing_to_encode_gives_no_rows() -> None:
    assert load_encoder().encode([]).shape == (0, load_encoder().dimensions)


def test_a_text_has_the_same_vector_in_any_company_and_on_any_number_of_threads(tmp_path: Path) -> None:
    alone = [load_encoder().encode([letter])[0] for letter in LETTERS]
    assert np.array_equal(load_encoder().encode([*LETTERS, "字" * 300])[:3], alone)
    own = write_encoder(tmp_path / "own")
    one, three = OnnxEncoder(own), OnnxEncoder(own, threads=3)
    assert np.array_equal(three.encode([*LETTERS, "字" * 300])[:3], [one.encode([letter])[0] for letter in LETTERS])


@pytest.mark.parametrize(
    ("typed", "plain"), [("LED大屏刺眼", "led大屏刺眼"), ("所谓“补偿”", '所谓"补偿"'), ("他说‘不管’", "他说'不管'")]
)
def test_capitals_and_curly_quotes_are_read_and_not_unknown(typed: str, plain: str) -> None:
    first, second, unknown = load_encoder().encode(
        [typed, plain, typed.replace("LED", "㊣㊣㊣").replace("“", "㊣").replace("‘", "㊣")]
    )
    assert np.array_equal(first, second)
    assert not np.array_equal(first, unknown)


def test_the_end_of_a_long_letter_counts() -> None:
    opening = "我们是柳湾村的村民，" * 60
    money, noise, ask = load_encoder().encode(
        [opening + "请尽快发放征地补偿款，补偿标准太低。", opening + "请停止夜间放炮。", "征地补偿款"]
    )
    assert money @ ask > noise @ ask


def test_a_folder_of_its_own_is_another_version(tmp_path: Path) -> None:
    first, mean = (
        load_encoder(write_encoder(tmp_path / pooling, encoder=json.dumps({**CARD, "pooling": pooling})))
        for pooling in ("first", "mean")
    )
    assert len({first.version, mean.version, load_encoder().version}) == 3
    assert mean.version.startswith("tiny+")
    assert mean.encode(LETTERS).shape == (3, WIDTH)
    assert not np.allclose(first.encode(LETTERS), mean.encode(LETTERS), atol=0.01)


def test_where_the_chosen_folder_has_no_graph_the_encoder_that_ships_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped = load_encoder().version
    monkeypatch.setenv("MINYI_MODEL_DIR", str(tmp_path / "nowhere"))
    assert load_encoder().version == shipped


@pytest.mark.parametrize("name", FILES)
def test_an_altered_file_is_named(tmp_path: Path, name: str) -> None:
    folder = write_encoder(tmp_path / "altered")
    content = (folder / name).read_bytes()
    (folder / name).unlink()
    (folder / name).write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    with pytest.raises(EncoderError, match=f"E211: .*{name} does not match SHA256SUMS; restore it"):
        OnnxEncoder(folder)


@pytest.mark.parametrize("name", [*FILES, "SHA256SUMS"])
def test_a_missing_file_is_named(tmp_path: Path, name: str) -> None:
    folder = write_encoder(tmp_path / "incomplete")
    (folder / name).unlink()
    with pytest.raises(EncoderError, match=f"E211: .*{name} is missing"):
        OnnxEncoder(folder)


@pytest.mark.parametrize(
    "changed",
    [
        {"model": b"not a model"},
        {"tokenizer": "{}"},
        {"encoder": "[]"},
        {"encoder": '{"name": "x"}'},
        {"encoder": '{"name": "x", "dimensions": 512, "pooling": "last", "max_tokens": 64}'},
        {"encoder": "{"},
    ],
)
def test_a_folder_that_is_no_encoder_is_refused_with_its_name(tmp_path: Path, changed: dict[str, str | bytes]) -> None:
    folder = write_encoder(tmp_path / "strange", **changed)
    with pytest.raises(EncoderError, match=r"E211: .*strange"):
        OnnxEncoder(folder)


def test_the_card_and_the_licence_of_the_trunk_lie_beside_the_model() -> None:
    assert "sentence vector" in (HOME / "MODEL_CARD.md").read_text("utf-8")
    assert "MIT License" in (HOME / "LICENSE").read_text("utf-8")


def test_all_that_was_trained_weighs_less_than_forty_mebibytes() -> None:
    assert sum(path.stat().st_size for path in HOME.parent.rglob("*") if path.is_file()) < 40 * 2**20


def test_centres_are_taken_away_from_texts_and_questions_alike_in_length(tmp_path: Path) -> None:
    centres = {"texts": [0.1] * WIDTH, "questions": [-0.1] * WIDTH}
    plain = OnnxEncoder(write_encoder(tmp_path / "plain")).encode(LETTERS)
    centred = OnnxEncoder(write_encoder(tmp_path / "centred", encoder=json.dumps({**CARD, "centres": centres})))
    for kind, question in (("texts", False), ("questions", True)):
        moved = plain - np.array(centres[kind], np.float32)
        moved /= np.linalg.norm(moved, axis=1, keepdims=True)
        assert centred.encode(LETTERS, question=question) == pytest.approx(moved, abs=1e-5)


def test_centres_are_the_means_of_petitions_and_of_titles(tmp_path: Path) -> None:
    folder = write_model(tmp_path / "plain")
    texts, titles = (load_encoder(folder).encode(some) for some in (["停水三天没人管", "好水"], ["停水", "谢谢"]))
    write_centres(texts, titles, folder)
    copy = tmp_path / "centred"
    folder.rename(copy)
    moved = texts[0] - texts.mean(axis=0)
    found = load_encoder(copy).encode(["停水三天没人管"])[0]
    assert found == pytest.approx(moved / np.linalg.norm(moved), abs=1e-3)
    assert load_encoder(copy).version != load_encoder().version


def test_centres_of_another_width_are_refused(tmp_path: Path) -> None:
    wrong = json.dumps({**CARD, "centres": {"texts": [0.1, 0.2]}})
    with pytest.raises(EncoderError, match="E211"):
        OnnxEncoder(write_encoder(tmp_path / "wrong", encoder=wrong))
