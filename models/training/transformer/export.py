"""Writes a model folder from a training run: the int8 graph, tokenizer, card without calibration, licence, checksums.

Run: ``python -m models.training.transformer.export --run FOLDER --trunk FOLDER --out FOLDER``. What the card says of
calibration comes after it: ``python -m models.training.transformer.calibrate``.
"""

from __future__ import annotations

import json
import shutil
import sys
from argparse import ArgumentParser
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import torch
from transformers import BertModel

from models import checksums
from models.training.transformer import rows
from models.training.transformer.branches import Shape, Weights, assembled, depth
from models.training.transformer.heads import SPANS, Head, fields, pair
from models.training.transformer.network import descriptions, slices
from models.training.transformer.streams import OWN
from models.transformer.card import CARD, GRAPH, TOKENIZER, Card
from models.transformer.chosen import HOME
from models.transformer.tokens import Tokens, encode, load_tokenizer

LICENCE: Final = "LICENSE"
NAME: Final = "minyi-bge-small"
MOST_TOKENS: Final = 384
"""Tokens of a window: a petition of 350 characters is one."""
SENTENCE_TOKENS: Final = 256
"""Tokens that sentence vectors are made of, as before this model."""


def state_of(run: Path) -> Weights:
    """The averaged weights of a run: those it ended with, or those of its last checkpoint while it goes on.

    Raises ValueError (E216) when the folder has neither.
    """
    ended, going = run / "model.pt", run / "checkpoint.pt"
    if ended.is_file():
        state = torch.load(ended, map_location="cpu", weights_only=True)
    elif going.is_file():
        state = torch.load(going, map_location="cpu", weights_only=True)["average"]
    else:
        raise ValueError(f"E216: {run} has neither model.pt nor checkpoint.pt: train first")
    return _arrays(state)


def _arrays(state: Mapping[str, Any]) -> dict[str, npt.NDArray[np.float32]]:
    return {name: np.asarray(value.float().numpy()) for name, value in state.items()}


def shape_of(trunk: Path) -> Shape:
    """What the trunk's ``config.json`` says. Raises ValueError (E216) when it is missing or is of another kind."""
    try:
        config = json.loads((trunk / "config.json").read_text("utf-8"))
        most = min(MOST_TOKENS, int(config["max_position_embeddings"]))
        return Shape(int(config["num_attention_heads"]), float(config["layer_norm_eps"]), most,
                     min(SENTENCE_TOKENS, most))  # fmt: skip
    except (OSError, KeyError, ValueError) as error:
        raise ValueError(f"E216: {trunk} is not a trunk's folder ({error})") from error


def export(run: Path, trunk: Path, out: Path, rounded: bool = True) -> Card:
    """Writes the folder and returns its card; ``rounded`` to int8, or with all numbers as they are.

    Raises ValueError (E216) for a run or trunk that cannot be read, or when the two do not belong together.
    """
    shape, tuned = shape_of(trunk), state_of(run)
    original = BertModel.from_pretrained(str(trunk), add_pooling_layer=False).state_dict()
    try:
        graph = assembled(
            tuned, _arrays(original), shape, rounded, typical(trunk, shape.sentence_reach) if rounded else ()
        )
    except (KeyError, ValueError) as error:
        raise ValueError(f"E216: {run} does not fit the trunk {trunk} ({error})") from error
    out.mkdir(parents=True, exist_ok=True)
    (out / GRAPH).write_bytes(graph.SerializeToString())
    shutil.copyfile(trunk / TOKENIZER, out / TOKENIZER)
    if out.resolve() != HOME:
        shutil.copyfile(HOME / LICENCE, out / LICENCE)
    return write_card(out, described(tuned, shape))


def typical(trunk: Path, limit: int) -> list[Tokens]:
    """Texts of our own that show how loud each channel is: descriptions of factors, and posts written for Minyi."""
    own = [str(row["text"]) for row in rows.read(OWN / "own.jsonl")]
    return encode(load_tokenizer(trunk), [*descriptions(), *own], limit)


def described(tuned: Weights, shape: Shape) -> dict[str, Any]:
    """The card before calibration: what stands where in the outputs, and how much is read."""
    inner = {name.removeprefix("encoder."): array for name, array in tuned.items() if name.startswith("encoder.")}
    codes = fields()[0].labels
    tokens: list[dict[str, Any]] = [{"head": "evidence", "labels": codes, "start": 0, "end": len(codes)}]
    for number, kind in enumerate(SPANS):
        start = len(codes) + 3 * number
        tokens.append({"head": kind, "scheme": "bio", "start": start, "end": start + 3})
    return {
        "name": NAME,
        "layers": depth(inner),
        "hidden": int(tuned["evidence_weight"].shape[1]),
        "max_tokens": shape.reach,
        "window": shape.reach,
        "stride": shape.reach * 3 // 4,
        "fields": _placed(fields()),
        "tokens": tokens,
        "pair": _placed(pair()),
        "sentence": {"max_tokens": shape.sentence_reach},
        "centres": _centres(),
    }


def _placed(heads: tuple[Head, ...]) -> list[dict[str, Any]]:
    at = slices(heads)
    return [
        {"head": h.name, "kind": h.kind, "labels": h.labels, "start": at[h.name].start, "end": at[h.name].stop}
        for h in heads
    ]


def _centres(shipped: Path = HOME / CARD) -> dict[str, list[float]]:
    """The centres of sentence vectors, which training does not move: from the card that ships."""
    found = json.loads(shipped.read_text("utf-8")) if shipped.is_file() else {}
    return dict(found.get("centres", {}))


def write_card(folder: Path, card: dict[str, Any]) -> Card:
    """Writes ``card.json`` and the checksums of the folder's files; returns it as serving reads it.

    Raises pydantic's ValidationError, and writes nothing, for a card that serving would refuse.
    """
    read = Card.model_validate_json(json.dumps(card))
    (folder / CARD).write_text(json.dumps(card, ensure_ascii=False, indent=1) + "\n", "utf-8")
    present = (GRAPH, TOKENIZER, CARD, "MODEL_CARD.md", LICENCE)
    checksums.note(folder, [name for name in present if (folder / name).is_file()])
    return read


def main() -> None:
    """The command line of this module."""
    parser = ArgumentParser(description=__doc__)
    for name in ("run", "trunk", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    given = parser.parse_args()
    try:
        export(given.run, given.trunk, given.out)
    except ValueError as error:
        raise SystemExit(str(error)) from error
    size = (given.out / GRAPH).stat().st_size / 1e6
    sys.stderr.write(f"{given.out / GRAPH}: {size:.1f} MB\n")


if __name__ == "__main__":
    main()
