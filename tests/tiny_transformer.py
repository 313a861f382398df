"""A transformer small enough to be written in a test: tables by character, no context, all heads of the real one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

from models import checksums
from models.training.transformer.heads import SPANS, fields, pair
from models.transformer.tokens import load_tokenizer

SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
LETTERS = "我们小区停水三天没人管请尽快恢复供水石桥村李明阳水厂住户好谢，。？！记者报道说的了是不大中上一二年月日市局a1"
WIDTH = 8


def columns(heads: Any) -> list[dict[str, Any]]:
    """Heads as the card lists them."""
    found, at = [], 0
    for head in heads:
        end = at + len(head.labels)
        found.append({"head": head.name, "kind": head.kind, "labels": list(head.labels), "start": at, "end": end})
        at = end
    return found


def card(**changed: Any) -> dict[str, Any]:
    """The card of the tiny model, with changes."""
    codes = list(fields()[0].labels)
    tokens = [{"head": "evidence", "labels": codes, "start": 0, "end": len(codes)}]
    for number, kind in enumerate(SPANS):
        start = len(codes) + 3 * number
        tokens.append({"head": kind, "scheme": "bio", "start": start, "end": start + 3})
    return {
        "name": "tiny",
        "hidden": WIDTH,
        "max_tokens": 64,
        "fields": columns(fields()),
        "tokens": tokens,
        "pair": columns(pair()),
        **changed,
    }


def write_model(
    folder: Path,
    *,
    names: Mapping[str, str] | None = None,
    odds: Mapping[str, Mapping[str, float]] | None = None,
    noise: float = 0.0,
    **changed: Any,
) -> Path:
    """A model folder. ``names``: by kind the one passage that it finds; ``odds``: by label (``head:label``) what each
    character adds to its log-odds, as a mean over all characters; evidence of a factor is ``evidence:code``."""
    folder.mkdir(parents=True)
    said = card(**changed)
    vocabulary = {piece: number for number, piece in enumerate([*SPECIAL, *dict.fromkeys(LETTERS)])}
    random = np.random.default_rng(7)
    sizes = {"fields": said["fields"][-1]["end"], "tokens": said["tokens"][-1]["end"], "pair": said["pair"][-1]["end"]}
    tables = {name: noise * random.normal(size=(len(vocabulary), size)) for name, size in sizes.items()}
    tables["sentence"] = random.normal(size=(len(vocabulary), WIDTH))
    for head in said["tokens"][1:]:
        tables["tokens"][:, head["start"]] += 4.0
        for place, letter in enumerate((names or {}).get(head["head"], "")):
            tables["tokens"][vocabulary[letter], head["start"] + (2 if place else 1)] += 12.0
    tables["tokens"][:, : said["tokens"][0]["end"]] -= 4.0
    for name, letters in (odds or {}).items():
        kind, _, label = name.partition(":")
        output = "tokens" if kind == "evidence" else "pair" if kind in ("stance", "link") else "fields"
        head = next(item for item in said[output] if item["head"] == kind)
        column = head["start"] + head["labels"].index(label or kind)
        for letter, value in letters.items():
            tables[output][vocabulary[letter], column] += value
    onnx.save(graph(tables), str(folder / "model.onnx"))
    write_tokenizer(folder / "tokenizer.json", vocabulary)
    (folder / "card.json").write_text(json.dumps(said, ensure_ascii=False), "utf-8")
    checksums.note(folder, ("model.onnx", "tokenizer.json", "card.json"))
    return folder


def write_tokenizer(path: Path, vocabulary: dict[str, int]) -> None:
    """A BERT tokenizer of single characters."""
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.save(str(path))


def tokenizer_in(folder: Path) -> Tokenizer:
    """A tokenizer of the tiny model without the model."""
    write_tokenizer(
        folder / "tokenizer.json", {piece: n for n, piece in enumerate([*SPECIAL, *dict.fromkeys(LETTERS)])}
    )
    return load_tokenizer(folder)


def graph(tables: Mapping[str, np.ndarray]) -> onnx.ModelProto:
    """Looks every token up; what is said of a whole text is the mean over its tokens."""
    nodes, weights = [], [numpy_helper.from_array(np.array([1]), "axis")]
    for name, table in tables.items():
        weights.append(numpy_helper.from_array(table.astype(np.float32), f"{name}.table"))
        found = name if name == "tokens" else f"{name}.found"
        nodes.append(helper.make_node("Gather", [f"{name}.table", "input_ids"], [found]))
        if name != "tokens":
            mean = f"{name}.mean" if name == "sentence" else name
            nodes.append(helper.make_node("ReduceMean", [found, "axis"], [mean], keepdims=0))
    nodes.append(helper.make_node("LpNormalization", ["sentence.mean"], ["sentence"], axis=1, p=2))
    shapes = {name: ["B", "T", t.shape[1]] if name == "tokens" else ["B", t.shape[1]] for name, t in tables.items()}
    given = [
        helper.make_tensor_value_info(name, TensorProto.INT64, ["B", "T"])
        for name in ("input_ids", "attention_mask", "token_type_ids")
    ]
    found = [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in shapes.items()]
    whole = helper.make_graph(nodes, "tiny", given, found, weights)
    return helper.make_model(whole, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)
