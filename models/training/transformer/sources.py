"""Whose passages of a kind count (card: ``spans``), and how sure the model must be: tried on petitions that
neither it nor the rules' taggers have learnt from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Final, get_args

from spacy.tokens import Doc
from tqdm import tqdm

from models import nlp
from models.evaluate import character_f1, precision_recall
from models.spans import Finding
from models.training.transformer.rows import Example
from models.transformer.card import Card, SpanSource
from models.transformer.findings import GROUPS, ONE, replace, settle
from models.transformer.reader import Reading, open_reader

LEAST: Final = (0.0, 0.4, 0.5, 0.6, 0.7, 0.8)
"""Mean probabilities of a passage that are tried as the least."""


@dataclass(frozen=True)
class Chosen:
    """The best source of a kind, the least probability of the model's passages, and the figure by source."""

    source: SpanSource
    least: float
    figures: dict[str, float]


def read(texts: Sequence[str]) -> list[Doc]:
    """The texts with what lexicon, tables and tagger find."""
    pipeline = nlp.rules()
    for name in nlp.NAMED:
        import_module(f"models.{name}")
        pipeline.add_pipe(name)
    docs = nlp.read((nlp.TextInContext(text) for text in texts), pipeline)
    return list(tqdm(docs, total=len(texts), desc="rules", unit="text", mininterval=5))


def sources(folder: Path, examples: Sequence[Example]) -> dict[str, Chosen]:
    """The best source of every kind of passage that the examples have labels for; the rules' where it is a tie."""
    reader = open_reader(folder)
    texts = [example.text for example in examples]
    readings = list(tqdm(reader.read(texts), total=len(texts), desc="passages", unit="text", mininterval=5))
    docs = read(texts)
    return {
        kind: best(reader.card, kind, examples, docs, readings)
        for kind in GROUPS
        if reader.card.has("tokens", kind) and any(kind in example.spans for example in examples)
    }


def best(
    card: Card, kind: str, examples: Sequence[Example], docs: Sequence[Doc], readings: Sequence[Reading]
) -> Chosen:
    """Tries every source, and for the model's every least probability."""
    tried: dict[tuple[SpanSource, float], float] = {}
    for source in get_args(SpanSource):
        for least in LEAST if source != "rules" else (0.0,):
            choice = card.model_copy(update={"spans": {kind: source}, "thresholds": {kind: least}})
            said = [spans(choice, kind, doc, one) for doc, one in zip(docs, readings, strict=True)]
            tried[source, least] = figure(kind, examples, said)
    figures = {
        name: max(value for (source, _), value in tried.items() if source == name) for name in get_args(SpanSource)
    }
    source, least = max(tried, key=lambda item: (tried[item], item[0] == "rules", -item[1]))
    return Chosen(source, least, figures)


def spans(card: Card, kind: str, doc: Doc, reading: Reading) -> list[str]:
    """The passages of a kind that a Doc would have with this card; the Doc stays as it was."""
    group = GROUPS[kind]
    before = [Finding(s.start_char, s.end_char, s.label_, {"source": "rules"}) for s in doc.spans.get(group, ())]
    there = group in doc.spans
    only = card.model_copy(update={"tokens": tuple(head for head in card.tokens if head.head == kind)})
    settle(only, doc, reading)
    found = [span.text for span in doc.spans.get(group, ())]
    if there:
        replace(doc, group, before)
    elif group in doc.spans:
        del doc.spans[group]
    return found


def figure(kind: str, examples: Sequence[Example], said: Sequence[Sequence[str]]) -> float:
    """Mean character F1 of the one passage of a kind, F1 of the distinct names of others."""
    gold = [[example.text[a:b] for a, b in example.spans[kind]] for example in examples if kind in example.spans]
    told = [found for example, found in zip(examples, said, strict=True) if kind in example.spans]
    if kind in ONE or kind == "facility":
        pairs = zip(gold, told, strict=True)
        return sum(character_f1(next(iter(a), None), next(iter(b), None)) for a, b in pairs) / len(gold)
    right = sum(len(set(a) & set(b)) for a, b in zip(gold, told, strict=True))
    return precision_recall(right, sum(len(set(b)) for b in told), sum(len(set(a)) for a in gold))[2]
