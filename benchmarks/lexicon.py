"""Speed and accuracy of the lexicon components: ``python benchmarks/lexicon.py labelled.jsonl.gz``."""

from __future__ import annotations

import argparse
import gzip
import json
import time
from collections import defaultdict
from datetime import datetime
from pathlib import Path

from sklearn.metrics import accuracy_score, f1_score
from spacy.language import Language
from spacy.tokens import Doc

from models.context import make_doc
from models.lexicon import COMPONENTS, channels, escalation, factors, stakeholders
from models.lexicon.components import add_to
from models.segment import blank
from models.taxonomy import taxonomy


def overlap(span: tuple[int, int], places: list[tuple[int, int]]) -> float:
    """Best character F1 of a passage with a place where the marked words stand."""
    scores = [2 * max(0, min(span[1], b) - max(span[0], a)) / (span[1] - span[0] + b - a) for a, b in places]
    return max(scores, default=0.0)


def places_of(text: str, words: str | None) -> list[tuple[int, int]]:
    """Every place where the marked words stand in the text."""
    found, at = [], text.find(words) if words else -1
    while words and at >= 0:
        found.append((at, at + len(words)))
        at = text.find(words, at + 1)
    return found


def span_figures(docs: list[Doc], rows: list[dict], group: str, field: str) -> str:
    """Character F1 (right absence counts 1), presence precision and recall, and F1 where both have a passage."""
    total = both = found = stated = 0.0
    overlaps = []
    for doc, row in zip(docs, rows, strict=True):
        places, spans = places_of(doc.text, row[field]), list(doc.spans[group])[:1]
        stated, found = stated + bool(places), found + bool(spans)
        if places and spans:
            both += 1
            overlaps.append(overlap((spans[0].start_char, spans[0].end_char), places))
            total += overlaps[-1]
        else:
            total += not places and not spans
    inside = sum(overlaps) / max(1, len(overlaps))
    presence = f"presence P {both / max(1, found):.3f} R {both / max(1, stated):.3f}"
    return f"char-F1 {total / len(docs):.3f}  {presence}  F1 where both {inside:.3f}"


def factor_figures(docs: list[Doc], rows: list[dict]) -> str:
    """Micro and macro F1 of the factor sets and accuracy of the primary factor over grievances."""
    hits: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    right = grievances = 0
    for doc, row in zip(docs, rows, strict=True):
        gold, said = {f["code"] for f in row["factors"]}, set(factors.scores(doc))
        for code in gold | said:
            hits[code][0 if code in gold & said else 1 if code in said else 2] += 1
        main = next((f["code"] for f in row["factors"] if f["primary"]), None)
        grievances, right = grievances + bool(main), right + bool(main and factors.primary(doc) == main)
    micro = [sum(row[i] for row in hits.values()) for i in range(3)]
    f1 = [2 * tp / (2 * tp + fp + fn) for tp, fp, fn in hits.values()]
    return (
        f"micro-F1 {2 * micro[0] / (2 * micro[0] + micro[1] + micro[2]):.3f}  macro-F1 {sum(f1) / len(f1):.3f}  "
        f"primary {right / grievances:.3f} of {grievances}"
    )


def class_figures(gold: list[object], said: list[object]) -> str:
    """Accuracy and macro-F1 over the labels that occur in the gold."""
    labels = sorted(set(map(str, gold)))
    macro = f1_score(list(map(str, gold)), list(map(str, said)), labels=labels, average="macro", zero_division=0)
    return f"accuracy {accuracy_score(list(map(str, gold)), list(map(str, said))):.3f}  macro-F1 {macro:.3f}"


def read(nlp: Language, rows: list[dict]) -> tuple[list[Doc], dict[str, float]]:
    """The analysed texts and the seconds each step took."""
    seconds: dict[str, float] = defaultdict(float)
    docs = []
    for row in rows:
        began = time.thread_time()
        when = datetime.fromisoformat(row["time"]) if row.get("time") else None
        doc = make_doc(nlp, f"{row['title']}\n{row['text']}", published_at=when, source_kind="petition")
        seconds["segment"] += time.thread_time() - began
        for name, component in nlp.pipeline:
            began = time.thread_time()
            doc = component(doc)
            seconds[name] += time.thread_time() - began
        docs.append(doc)
    return docs, seconds


def main() -> None:
    """Prints one line a concept, then milliseconds a text of 300 characters by component."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("labelled", type=Path)
    path = parser.parse_args().labelled
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    nlp = add_to(blank())
    read(nlp, rows[:20])
    docs, seconds = read(nlp, rows)
    print(f"{len(rows)} texts, taxonomy {taxonomy().version}")
    print("factors      ", factor_figures(docs, rows))
    for group, field in (("demands", "demand"), ("affected", "affected"), ("since", "since")):
        print(f"{group:13}", span_figures(docs, rows, group, field))
    print(
        "repeated     ",
        class_figures([r["repeated_unresolved"] for r in rows], [channels.repeated_unresolved(d) for d in docs]),
    )
    print("escalation   ", class_figures([r["escalation"] for r in rows], [escalation.level(d) for d in docs]))
    said = [stakeholders.speaker_group(d) or "unstated" for d in docs]
    print("stakeholder  ", class_figures([r["stakeholder"] for r in rows], list(said)))
    characters = sum(len(doc.text) for doc in docs)
    each = {name: 300_000 * seconds[name] / characters for name in ("segment", *COMPONENTS)}
    print(
        "ms a 300 characters:",
        "  ".join(f"{name} {value:.2f}" for name, value in each.items()),
        f" all {sum(each.values()):.2f}",
    )


if __name__ == "__main__":
    main()
