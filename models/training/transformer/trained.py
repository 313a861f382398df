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

    Raises FileNotFoundError for a run that has not ended, RuntimeError for a trunk of another shape.
    """
    state = torch.load(run / "model.pt", map_location="cpu", weights_only=True)
    config = BertConfig.from_pretrained(str(trunk), attention_probs_dropout_prob=0.0)
    config.num_hidden_layers = 1 + max(int(found[1]) for name in state if (found := LAYER.match(name)))
    codes = len(fields()[0].labels)
    network = Network(
        BertModel(config, add_pooling_layer=False), torch.zeros(codes, config.hidden_size), torch.zeros(codes)
    )
    network.load_state_dict(state)
    return network.eval()
