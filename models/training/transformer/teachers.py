"""Teachers of weak labels: the linear model, the lexicon alone, and a transformer that was trained before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Final, TypeAlias

import numpy as np
from spacy.tokens import Doc

from models import nlp
from models.calibration import sigmoid, softmax
from models.linear.component import LinearClassifier
from models.training.transformer.heads import NONE, fields

Opinion: TypeAlias = dict[str, dict[str, float]]
"""Probability by head and label; a binary head has one label, its name."""
HEADS: Final = (
    "factors", "primary", "attitude", "intensity", "grievance", "repeated_unresolved", "genre", "stakeholder",
    "escalation",
)  # fmt: skip
"""Heads that all teachers of whole petitions know."""
RULES: Final = ("trigger", "pattern", "anchor")
"""Rules by which the lexicon finds a factor, the surest first."""


def read(texts: Iterable[str]) -> list[Doc]:
    """The texts with the lexicon's findings."""
    return list(nlp.read((nlp.TextInContext(text) for text in texts), nlp.rules()))


def linear(docs: Iterable[Doc], model: LinearClassifier | None = None) -> list[Opinion]:
    """The linear model's calibrated probabilities; its second stage has read the lexicon's findings."""
    teacher = model or LinearClassifier.shipped()
    return [of_cats(teacher(doc).cats) for doc in docs]


def of_cats(cats: Mapping[str, float]) -> Opinion:
    """The categories of a Doc as an opinion. That of a primary factor holds for grievances: it is shared with none."""
    found: Opinion = {name: {} for name in HEADS}
    for name, p in cats.items():
        head, _, label = name.partition(":")
        head = "factors" if head == "factor" else head
        if head in found:
            found[head][label or head] = float(p)
    grievance = cats["grievance"]
    found["primary"] = {code: p * grievance for code, p in found["primary"].items()} | {NONE: 1 - grievance}
    return found


def rule_precision(docs: Sequence[Doc], factors: Sequence[set[str]]) -> dict[str, float]:
    """How often a factor holds that a rule has found, by rule, on labelled petitions; a half weighs two findings."""
    right, said = dict.fromkeys(RULES, 1.0), dict.fromkeys(RULES, 2.0)
    for doc, gold in zip(docs, factors, strict=True):
        for code, rule in surest_rules(doc).items():
            said[rule] += 1
            right[rule] += code in gold
    return {rule: right[rule] / said[rule] for rule in RULES}


def surest_rules(doc: Doc) -> dict[str, str]:
    """By factor the surest rule that has found it in a Doc."""
    found: dict[str, str] = {}
    for span in doc.spans.get("factors", ()):
        known = found.get(span.label_, RULES[-1])
        found[span.label_] = min(known, str(span._.rule), key=RULES.index)
    return found


def lexicon(docs: Iterable[Doc], precision: Mapping[str, float]) -> list[Opinion]:
    """The lexicon's opinion of factors: each as likely as its rule is precise, primary in proportion to its odds. Of a
    text in which it finds nothing it has none: it knows too few words for silence to say anything."""
    opinions: list[Opinion] = []
    for doc in docs:
        p = {code: precision[rule] for code, rule in surest_rules(doc).items()}
        if not p:
            opinions.append({})
            continue
        nothing = float(np.prod([1 - share for share in p.values()]))
        odds = {code: share / (1 - share) for code, share in p.items()}
        total = sum(odds.values())
        primary = {code: (1 - nothing) * value / total for code, value in odds.items()} | {NONE: nothing}
        opinions.append({"factors": p, "primary": primary})
    return opinions


def transformer(texts: Sequence[str], trunk: Path, run: Path, limit: int) -> list[Opinion]:
    """The opinion of a run's network, read at most ``limit`` tokens long as in training."""
    from models.training.transformer.figures import AT, predict
    from models.training.transformer.trained import load
    from models.transformer.tokens import encode, load_tokenizer

    outputs = predict(load(trunk, run), encode(load_tokenizer(trunk), texts, limit))
    heads = [head for head in fields() if head.name in HEADS]
    opinions = []
    for values, _, _ in outputs:
        found: Opinion = {}
        for head in heads:
            logits = values[AT[head.name]].astype(np.float64)
            shares = softmax(logits) if head.kind == "single" else sigmoid(logits)
            found[head.name] = dict(zip(head.labels, shares.tolist(), strict=True))
        opinions.append(found)
    return opinions


@cache
def labels_of(head: str) -> tuple[str, ...]:
    """All labels of a head, in the model's order. Raises KeyError for a head that there is not."""
    return {each.name: each.labels for each in fields()}[head]
