"""What a batch costs: every head that an example has a label for adds its loss."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812

from models.training.transformer.heads import SPANS, Head, fields, pair
from models.training.transformer.network import Outputs, slices
from models.training.transformer.rows import Example, Span
from models.transformer.tokens import Tokens

SMOOTHING: Final = 0.05
WEIGHTS: Final = {"primary": 1.0, "grievance": 1.0, "domain": 1.0, "emotion": 1.0, "polarity": 1.0, "stance": 1.0,
                  "link": 1.0, "form": 0.5}  # fmt: skip
"""Heads not named weigh a half; the factors' loss is summed over the codes."""
EVIDENCE: Final = 2.0
PASSAGES: Final = 5.0
IGNORED: Final = -100
FIELDS: Final = fields()
PAIR: Final = pair()
_AT = {**slices(FIELDS), **slices(PAIR)}
_CODE = {code: number for number, code in enumerate(FIELDS[0].labels)}


def loss(outputs: Outputs, examples: Sequence[Example], inputs: Sequence[Tokens]) -> Tensor:
    """The batch's loss, a mean over its examples by their weights."""
    weight = torch.tensor([example.weight for example in examples])
    total = outputs.fields.new_zeros(())
    for heads, logits in ((FIELDS, outputs.fields), (PAIR, outputs.pair)):
        for head in heads:
            known = [i for i, example in enumerate(examples) if head.name in example.labels]
            if known:
                given = [examples[i].labels[head.name] for i in known]
                costs = _head_loss(head, logits[known][:, _AT[head.name]], given)
                total = total + WEIGHTS.get(head.name, 0.5) * (costs * weight[known]).sum() / len(examples)
    return total + _token_loss(outputs.tokens, examples, inputs)


def _head_loss(head: Head, logits: Tensor, given: Sequence[object]) -> Tensor:
    """One cost a row. A label may be soft: a dict of probabilities by label, which a teacher gave (Hinton et al. 2015:
    Distilling the knowledge in a neural network, at temperature 1); a label that it does not name has none."""
    if head.kind == "multi":
        target = torch.zeros_like(logits)
        for row, codes in enumerate(given):
            for code in codes:  # type: ignore[attr-defined]
                target[row, _CODE[code]] = codes[code] if isinstance(codes, dict) else 1
        return 2 * F.binary_cross_entropy_with_logits(logits, target, reduction="none").sum(1)
    if head.kind == "binary":
        target = torch.tensor([[float(share)] for share in given])  # type: ignore[arg-type]
        return F.binary_cross_entropy_with_logits(logits, target, reduction="none")[:, 0]
    return F.cross_entropy(logits, torch.tensor([_shares(head, label) for label in given]), reduction="none")


def _shares(head: Head, label: object) -> list[float]:
    """What a single head should say: a hard label smoothed, a soft one as it is, nothing (and no cost) for a label
    that the head does not have."""
    if isinstance(label, dict):
        return [float(label.get(name, 0)) for name in head.labels]
    if str(label) not in head.labels:
        return [0.0] * len(head.labels)
    return [(str(label) == name) * (1 - SMOOTHING) + SMOOTHING / len(head.labels) for name in head.labels]


def _token_loss(logits: Tensor, examples: Sequence[Example], inputs: Sequence[Tokens]) -> Tensor:
    total, count = logits.new_zeros(()), len(FIELDS[0].labels)
    quoted = [i for i, example in enumerate(examples) if example.evidence is not None]
    if quoted:
        target = torch.zeros(len(quoted), logits.shape[1], count)
        for row, i in enumerate(quoted):
            for code, span in (examples[i].evidence or {}).items():
                target[row, inside(inputs[i], span), _CODE[code]] = 1
        mask = _mask([inputs[i] for i in quoted], logits.shape[1])
        costs = F.binary_cross_entropy_with_logits(logits[quoted][:, :, :count], target, reduction="none").sum(2)
        total = total + EVIDENCE * (costs * mask).sum() / mask.sum().clamp(min=1)
    for number, kind in enumerate(SPANS):
        known = [i for i, example in enumerate(examples) if kind in example.spans]
        if known:
            target = torch.full((len(known), logits.shape[1]), IGNORED)
            for row, i in enumerate(known):
                target[row, : len(inputs[i])] = torch.tensor(bio(inputs[i], examples[i].spans[kind]))
            start = count + 3 * number
            costs = F.cross_entropy(
                logits[known][:, :, start : start + 3].flatten(0, 1), target.flatten(), ignore_index=IGNORED
            )
            total = total + PASSAGES * costs * len(known) / len(examples)
    return total


def inside(tokens: Tokens, span: Span) -> list[int]:
    """Tokens that lie in a passage."""
    return [number for number, (a, b) in enumerate(tokens.offsets) if span[0] <= a < b <= span[1]]


def bio(tokens: Tokens, spans: Sequence[Span]) -> list[int]:
    """For every token 1 where a passage begins, 2 inside it, 0 outside."""
    labels = [0] * len(tokens)
    for span in spans:
        for place, number in enumerate(inside(tokens, span)):
            labels[number] = 1 if place == 0 else 2
    return labels


def _mask(inputs: Sequence[Tokens], width: int) -> Tensor:
    return torch.tensor([[1.0] * len(item) + [0.0] * (width - len(item)) for item in inputs])
