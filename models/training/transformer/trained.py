"""A network that a run has trained, read back from its folder."""

from __future__ import annotations

import re
from pathlib import Path

import torch
from transformers import BertConfig, BertModel

from models.training.transformer.heads import fields
from models.training.transformer.network import Network

LAYER = re.compile(r"encoder\.encoder\.layer\.(\d+)\.")


def load(trunk: Path, run: Path) -> Network:
    """The averaged weights of ``model.pt`` in a run's folder, ready to predict; ``trunk`` gives their shape.

    Raises ValueError (E216) for a folder without such weights, as the one that ships, and for a trunk of another shape.
    """
    path = run / "model.pt"
    if not path.is_file():
        raise ValueError(f"E216: {path} is missing: training goes on from a run that has ended, not from an ONNX model")
    state = torch.load(path, map_location="cpu", weights_only=True)
    config = BertConfig.from_pretrained(str(trunk), attention_probs_dropout_prob=0.0)
    config.num_hidden_layers = 1 + max(int(found[1]) for name in state if (found := LAYER.match(name)))
    codes = len(fields()[0].labels)
    network = Network(
        BertModel(config, add_pooling_layer=False), torch.zeros(codes, config.hidden_size), torch.zeros(codes)
    )
    try:
        network.load_state_dict(state)
    except RuntimeError as error:
        raise ValueError(f"E216: {path} does not fit the trunk {trunk}: give the trunk of that run") from error
    network.encoder.embeddings.word_embeddings.weight.requires_grad_(False)
    return network.eval()
