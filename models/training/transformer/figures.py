"""Quick figures on the dev sets while a run goes on: to watch it, not to publish. ``minyi evaluate`` publishes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from models.evaluate import accuracy, character_f1, f1_of, macro_f1, micro_f1, precision_recall
from models.training.transformer.heads import NONE, SPANS, fields, pair
from models.training.transformer.network import Network, matrices, slices
from models.training.transformer.rows import Example, Span
from models.transformer.tokens import Tokens, encode, encode_pairs

Floats = npt.NDArray[np.float32]
AT = {**slices(fields()), **slices(pair())}
LABELS = {head.name: head.labels for head in (*fields(), *pair())}
CODES = LABELS["factors"]


def predict(network: Network, inputs: Sequence[Tokens], size: int = 32) -> list[tuple[Floats, Floats, Floats]]:
    """Fields, tokens and pair of every input, in order."""
    order = sorted(range(len(inputs)), key=lambda i: len(inputs[i]))
    found: dict[int, tuple[Floats, Floats, Floats]] = {}
    for start in range(0, len(order), size):
        numbers = order[start : start + size]
        with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
            outputs = network(*matrices([inputs[i] for i in numbers]))
        for row, number in enumerate(numbers):
            width = len(inputs[number])
            parts = (outputs.fields[row], outputs.tokens[row, :width], outputs.pair[row])
            found[number] = tuple(part.float().numpy() for part in parts)  # type: ignore[assignment,misc]
    return [found[number] for number in range(len(inputs))]


def passages(logits: Floats, tokens: Tokens, kind: str) -> list[tuple[Span, float]]:
    """Passages of a kind with their mean log-odds of being one: the best path under begin, further, outside."""
    start = len(CODES) + 3 * SPANS.index(kind)
    scores = logits[:, start : start + 3] - np.logaddexp.reduce(logits[:, start : start + 3], axis=1, keepdims=True)
    best = np.zeros((len(scores), 3), np.int64)
    total = np.array([scores[0, 0], scores[0, 1], -1e9])
    for row in range(1, len(scores)):
        options = total[:, None] + np.array([[0, 0, -1e9], [0, 0, 0], [0, 0, 0]])
        best[row] = options.argmax(0)
        total = options.max(0) + scores[row]
    path = [int(total.argmax())]
    for row in range(len(scores) - 1, 0, -1):
        path.append(int(best[row, path[-1]]))
    path.reverse()
    found: list[tuple[Span, float]] = []
    for number, label in enumerate(path):
        a, b = tokens.offsets[number]
        if a == b or label == 0:
            continue
        strength = float(np.logaddexp(scores[number, 1], scores[number, 2]) - scores[number, 0])
        if label == 1 or not found or path[number - 1] == 0:
            found.append(((a, b), strength))
        else:
            (first, _), known = found[-1]
            found[-1] = ((first, b), max(known, strength))
    return found


def report(network: Network, tokenizer: Any, streams: dict[str, Any], limit: int) -> dict[str, dict[str, float]]:
    """Figures by dev set and head."""
    result = {}
    for name, stream in streams.items():
        dev: list[Example] = stream.dev[:1000]
        if not dev:
            continue
        texts = [e.text for e in dev]
        pairs = dev[0].target is not None
        inputs = (
            encode_pairs(tokenizer, [str(e.target) for e in dev], texts, limit)
            if pairs
            else encode(tokenizer, texts, limit)
        )
        result[name] = figures(dev, inputs, predict(network, inputs))
    return result


def figures(
    dev: Sequence[Example], inputs: Sequence[Tokens], outputs: Sequence[tuple[Floats, Floats, Floats]]
) -> dict[str, float]:
    """Figures of one dev set: accuracy and macro-F1 by head, F1 of passages by kind."""
    found: dict[str, float] = {}
    for head in (*fields(), *pair()):
        known = [i for i, example in enumerate(dev) if head.name in example.labels]
        if not known:
            continue
        side = 2 if head in pair() else 0
        logits = np.stack([outputs[i][side][AT[head.name]] for i in known])
        gold = [dev[i].labels[head.name] for i in known]
        if head.kind == "multi":
            chosen = [_codes(outputs[i][0]) for i in known]
            found["factors.micro_f1"] = micro_f1(gold, chosen)
        elif head.kind == "binary":
            said = (logits[:, 0] > 0).tolist()
            found[f"{head.name}.accuracy"] = accuracy([bool(g) for g in gold], said)
            found[f"{head.name}.f1"] = f1_of([bool(g) for g in gold], said)
        else:
            if head.name == "primary":
                keep = [i for i, label in enumerate(gold) if label != NONE]
                logits, gold = logits[keep, :-1], [gold[i] for i in keep]
            labels = [head.labels[int(i)] for i in logits.argmax(1)]
            found[f"{head.name}.accuracy"] = accuracy(gold, labels)
            found[f"{head.name}.macro_f1"] = macro_f1(gold, labels)
    return {**found, **_passage_figures(dev, inputs, outputs)}


def _codes(output: Floats, threshold: float = -1.0) -> set[str]:
    factors, primary = output[AT["factors"]], output[AT["primary"]]
    chosen = {CODES[i] for i in np.flatnonzero(factors > threshold)}
    best = LABELS["primary"][int(primary.argmax())]
    return chosen | ({best} - {NONE})


def _passage_figures(
    dev: Sequence[Example], inputs: Sequence[Tokens], outputs: Sequence[tuple[Floats, Floats, Floats]]
) -> dict[str, float]:
    found: dict[str, float] = {}
    flat: dict[str, list[int]] = {}
    for kind in SPANS:
        known = [i for i, example in enumerate(dev) if kind in example.spans]
        if not known:
            continue
        right = said = wanted = 0
        overlap = []
        for i in known:
            spans = passages(outputs[i][1], inputs[i], kind)
            gold = set(dev[i].spans[kind])
            text = dev[i].text
            if kind in ("demand", "facility", "affected", "since"):
                best = max(spans, key=lambda item: item[1], default=None)
                said_text = text[best[0][0] : best[0][1]] if best else None
                first = min(gold, default=None)
                overlap.append(character_f1(text[first[0] : first[1]] if first else None, said_text))
            if kind in ("place", "organisation"):
                names = {text[a:b] for a, b in gold}
                chosen = {text[a:b] for (a, b), _ in spans}
            else:
                names, chosen = gold, {span for span, _ in spans}  # type: ignore[assignment,misc]
            right, said, wanted = right + len(names & chosen), said + len(chosen), wanted + len(names)
        if overlap:
            found[f"{kind}.character_f1"] = sum(overlap) / len(overlap)
        else:
            found[f"{kind}.f1"] = precision_recall(right, said, wanted)[2]
        if "." in kind:
            group = flat.setdefault(kind.split(".")[0], [0, 0, 0])
            flat[kind.split(".")[0]] = [group[0] + right, group[1] + said, group[2] + wanted]
    return {**found, **{f"{name}.f1": precision_recall(*numbers)[2] for name, numbers in flat.items()}}
