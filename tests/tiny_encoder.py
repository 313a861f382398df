"""A sentence encoder of its own, small enough to be written in a test: the mean over a table of characters."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from tiny_transformer import LETTERS, SPECIAL, write_tokenizer

from models.encoder import FILES

WIDTH = 16
WORDS = (
    "石料厂半夜放炮，全村睡不着，请管一管噪声。里采场爆破太吵，老人孩子没法休息。征地补偿款拖了三年还没发到我们手里。"
)
CARD = {"name": "tiny", "dimensions": WIDTH, "pooling": "mean", "max_tokens": 64}


def write_encoder(folder: Path, **changed: str | bytes) -> Path:
    """An encoder folder; files can be given by their names without ending, and checksums agree with them."""
    folder.mkdir()
    vocabulary = {piece: number for number, piece in enumerate([*SPECIAL, *dict.fromkeys(WORDS + LETTERS)])}
    table = np.random.default_rng(11).normal(size=(len(vocabulary), WIDTH)).astype(np.float32)
    ids = helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["B", "T"])
    states = helper.make_tensor_value_info("states", TensorProto.FLOAT, ["B", "T", WIDTH])
    found = helper.make_node("Gather", ["table", "input_ids"], ["states"])
    whole = helper.make_graph([found], "tiny", [ids], [states], [numpy_helper.from_array(table, "table")])
    onnx.save(
        helper.make_model(whole, opset_imports=[helper.make_opsetid("", 18)], ir_version=10), str(folder / FILES[0])
    )
    write_tokenizer(folder / FILES[1], vocabulary)
    (folder / FILES[2]).write_text(json.dumps(CARD), "utf-8")
    for name in FILES:
        content = changed.get(name.partition(".")[0])
        if content is not None:
            (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
    sums = [f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}\n" for name in FILES]
    (folder / "SHA256SUMS").write_text("".join(sums), "utf-8")
    return folder
