"""Texts as vectors: alike in meaning is close, whatever else is encoded beside; damage is named."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from models.encoder import FILES, HOME, EncoderError, OnnxEncoder, load_encoder
from models.training.encoder_centres import write_centres

LETTERS = [
    "石料厂半夜放炮，全村睡不着，请管一管噪声。",
    "夜里采石场爆破太吵，老人孩子没法休息。",
    "征地补偿款拖了三年还没发到我们手里。",
]


def encoder_in(folder: Path, **changed: str | bytes) -> Path:
    """A copy of the encoder that ships, with files replaced and checksums that agree."""
    folder.mkdir()
    for name in FILES:
        content = changed.get(name.partition(".")[0])
        if content is None:
            (folder / name).symlink_to(HOME / name)
        else:
            (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
    sums = [f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}\n" for name in FILES]
    (folder / "SHA256SUMS").write_text("".join(sums), "utf-8")
    return folder


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


def test_a_text_has_the_same_vector_in_any_company_and_on_any_number_of_threads() -> None:
    alone = [load_encoder().encode([letter])[0] for letter in LETTERS]
    assert np.array_equal(load_encoder().encode(LETTERS), alone)
    assert np.array_equal(
        OnnxEncoder(threads=3).encode([*LETTERS, "字" * 300]), [*alone, load_encoder().encode(["字" * 300])[0]]
    )


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


def test_another_folder_of_the_same_shape_is_another_version(tmp_path: Path) -> None:
    card = {"name": "mean-of-tokens", "dimensions": 512, "pooling": "mean", "max_tokens": 64}
    other = OnnxEncoder(encoder_in(tmp_path / "other", encoder=json.dumps(card)))
    assert other.version.startswith("mean-of-tokens+")
    assert load_encoder().version.startswith("bge-small-zh-v1.5-int8+")
    assert not np.allclose(other.encode(LETTERS), load_encoder().encode(LETTERS), atol=0.01)


@pytest.mark.parametrize("name", FILES)
def test_an_altered_file_is_named(tmp_path: Path, name: str) -> None:
    folder = encoder_in(tmp_path / "altered")
    content = (folder / name).read_bytes()
    (folder / name).unlink()
    (folder / name).write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    with pytest.raises(EncoderError, match=f"E211: .*{name} does not match SHA256SUMS; restore it"):
        OnnxEncoder(folder)


@pytest.mark.parametrize("name", [*FILES, "SHA256SUMS"])
def test_a_missing_file_is_named(tmp_path: Path, name: str) -> None:
    folder = encoder_in(tmp_path / "incomplete")
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
    folder = encoder_in(tmp_path / "strange", **changed)
    with pytest.raises(EncoderError, match=r"E211: .*strange"):
        OnnxEncoder(folder)


def test_the_card_and_the_licence_lie_beside_the_model() -> None:
    card = (HOME / "MODEL_CARD_encoder.md").read_text("utf-8")
    assert load_encoder().version in card
    assert "MIT License" in (HOME / "LICENSE").read_text("utf-8")
    assert sum(path.stat().st_size for path in HOME.iterdir()) < 30_000_000


def test_centres_are_taken_away_from_texts_and_questions_alike_in_length(tmp_path: Path) -> None:
    card = json.loads((HOME / "encoder.json").read_text("utf-8"))
    plain = OnnxEncoder(encoder_in(tmp_path / "plain", encoder=json.dumps({**card, "centres": {}}))).encode(LETTERS)
    for kind, question in (("texts", False), ("questions", True)):
        moved = plain - np.array(card["centres"][kind], np.float32)
        moved /= np.linalg.norm(moved, axis=1, keepdims=True)
        assert load_encoder().encode(LETTERS, question=question) == pytest.approx(moved, abs=1e-5)
    write_centres(plain, plain[:1], encoder_in(tmp_path / "centred", encoder=json.dumps({**card, "centres": {}})))
    centred = OnnxEncoder(tmp_path / "centred")
    assert np.abs(centred.encode(LETTERS[1:], question=True) - load_encoder().encode(LETTERS[1:])).max() > 0.01


def test_centres_of_another_width_are_refused(tmp_path: Path) -> None:
    card = json.loads((HOME / "encoder.json").read_text("utf-8"))
    wrong = json.dumps({**card, "centres": {"texts": [0.1, 0.2]}})
    with pytest.raises(EncoderError, match="E211"):
        OnnxEncoder(encoder_in(tmp_path / "wrong", encoder=wrong))
