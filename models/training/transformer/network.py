"""The network: the trunk, and on it the heads of texts, of tokens and of pairs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812
from transformers import BertModel

from models.taxonomy import taxonomy
from models.training.transformer.heads import SPANS, Head, fields, pair
from models.transformer.tokens import Tokens, encode, load_tokenizer

SCALE = 20.0
"""Cosines are multiplied by it before they become log-odds: a described classifier starts as the cosine of the text
with the description of its code, scaled."""


class Outputs(NamedTuple):
    """``fields``: texts × labels, log-odds. ``tokens``: texts × tokens × (factors + 3 a kind of passage).
    ``pair``: texts × labels of pairs; means something where a target was read."""

    fields: Tensor
    tokens: Tensor
    pair: Tensor


class Described(nn.Module):
    """Linear over first token and mean whose rows start as the embeddings of the codes' descriptions: a rare code
    begins with what its name means."""

    def __init__(self, described: Tensor, bias: Tensor) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.cat([described, torch.zeros_like(described)], dim=1))
        self.bias = nn.Parameter(bias)

    def forward(self, first: Tensor, mean: Tensor) -> Tensor:
        return F.linear(torch.cat([first * SCALE, mean], dim=1), self.weight, self.bias)


class Category(nn.Module):
    """Log-odds of the categories of factors, added to the factors of each: what a category's codes have in common is
    learnt from all of them."""

    def __init__(self, hidden: int, membership: Tensor) -> None:
        super().__init__()
        self.register_buffer("membership", membership)
        self.linear = nn.Linear(2 * hidden, membership.shape[0])
        nn.init.zeros_(self.linear.weight)
        nn.init.zeros_(self.linear.bias)

    def forward(self, both: Tensor) -> Tensor:
        return self.linear(both) @ self.membership


class Network(nn.Module):
    """One forward pass gives every head."""

    def __init__(self, encoder: BertModel, described: Tensor, prior: Tensor) -> None:
        super().__init__()
        hidden = described.shape[1]
        self.encoder = encoder
        self.dropout = nn.Dropout(0.1)
        self.evidence_weight = nn.Parameter(described.clone())
        self.evidence_bias = nn.Parameter(torch.full((len(described),), -SCALE / 2 - 4))
        self.evidence_share = nn.Parameter(torch.tensor(0.5))
        self.factors = Described(described, prior)
        self.primary = Described(torch.cat([described, torch.zeros(1, hidden)]), torch.cat([prior, prior.mean()[None]]))
        self.category = Category(hidden, membership())
        self.heads = nn.ModuleDict({head.name: nn.Linear(2 * hidden, len(head.labels)) for head in fields()[2:]})
        self.spans = nn.ModuleDict({kind.replace(".", "_"): nn.Linear(hidden, 3) for kind in SPANS})
        self.pair_hidden = nn.Linear(2 * hidden, hidden)
        self.pair = nn.ModuleDict({head.name: nn.Linear(hidden, len(head.labels)) for head in pair()})

    def forward(self, ids: Tensor, mask: Tensor, types: Tensor) -> Outputs:
        states = self.encoder(input_ids=ids, attention_mask=mask, token_type_ids=types).last_hidden_state.float()
        first, mean = pooled(states, mask)
        first, mean, states = self.dropout(first), self.dropout(mean), self.dropout(states)
        both = torch.cat([first * math.sqrt(first.shape[1]), mean], dim=1)
        evidence = F.linear(F.normalize(states, dim=-1) * SCALE, self.evidence_weight, self.evidence_bias)
        loudest = self.evidence_share * evidence.masked_fill(mask[:, :, None] == 0, -1e4).amax(1)
        shared = self.category(both)
        factors = self.factors(first, mean) + loudest + shared
        primary = self.primary(first, mean) + F.pad(loudest + shared, (0, 1))
        others = [head(both) for head in self.heads.values()]
        tokens = [evidence, *(head(states) for head in self.spans.values())]
        hidden = torch.tanh(self.pair_hidden(both))
        return Outputs(
            torch.cat([factors, primary, *others], dim=1),
            torch.cat(tokens, dim=2),
            torch.cat([head(hidden) for head in self.pair.values()], dim=1),
        )


def pooled(states: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
    """The first token's state at length one, which is bge's sentence vector, and the mean of the real tokens."""
    weights = mask[:, :, None].float()
    mean = (states * weights).sum(1) / weights.sum(1)
    return F.normalize(states[:, 0], dim=-1), mean


def membership() -> Tensor:
    """Categories × factors, 1 where a factor belongs to a category."""
    factors = list(taxonomy().factors.values())
    categories = list(dict.fromkeys(factor.category for factor in factors))
    return torch.tensor([[float(factor.category == name) for factor in factors] for name in categories])


def descriptions() -> list[str]:
    """Name, indicator and some lay expressions of every factor: what its classifiers start from."""
    found = taxonomy().factors.values()
    return [f"{factor.name_zh}：{factor.indicator}。{'、'.join(factor.triggers[:8])}" for factor in found]


def begin(trunk: Path, texts: Sequence[str], shares: Tensor, layers: int | None = None) -> Network:
    """An untrained network on a trunk folder; ``texts`` and the factors' ``shares`` among them set the first biases.

    ``layers`` keeps the lowest ones. The word embeddings are not trained: they are shared with the sentence encoder.
    """
    encoder = BertModel.from_pretrained(str(trunk), add_pooling_layer=False, attention_probs_dropout_prob=0.0).eval()
    if layers:
        encoder.encoder.layer = encoder.encoder.layer[:layers]
        encoder.config.num_hidden_layers = layers
    tokenizer = load_tokenizer(trunk)
    with torch.no_grad():
        described = sentence_vectors(encoder, encode(tokenizer, descriptions(), 256))
        typical = SCALE * (sentence_vectors(encoder, encode(tokenizer, texts, 256)) @ described.T).mean(0)
    network = Network(encoder, described, torch.logit(shares.clamp(min=1e-3)) - typical)
    encoder.embeddings.word_embeddings.weight.requires_grad_(False)
    return network


def sentence_vectors(encoder: BertModel, inputs: Sequence[Tokens]) -> Tensor:
    """The trunk's own sentence vectors."""
    parts = []
    for start in range(0, len(inputs), 32):
        ids, mask, types = matrices(inputs[start : start + 32])
        states = encoder(input_ids=ids, attention_mask=mask, token_type_ids=types).last_hidden_state
        parts.append(pooled(states, mask)[0])
    return torch.cat(parts)


def matrices(inputs: Sequence[Tokens], multiple: int = 16) -> tuple[Tensor, Tensor, Tensor]:
    """Numbers, mask and types of a batch; the width is rounded up so that few shapes reach the kernels."""
    width = -(-max(map(len, inputs)) // multiple) * multiple
    ids, mask, types = (torch.zeros((len(inputs), width), dtype=torch.long) for _ in range(3))
    for number, item in enumerate(inputs):
        ids[number, : len(item)] = torch.tensor(item.ids)
        mask[number, : len(item)] = 1
        types[number, : len(item)] = torch.tensor(item.types)
    return ids, mask, types


def slices(heads: Sequence[Head]) -> dict[str, slice]:
    """Where each head's labels stand in its output."""
    found, start = {}, 0
    for head in heads:
        found[head.name] = slice(start, start + len(head.labels))
        start += len(head.labels)
    return found
