"""The model card (模型卡) of a model folder: what it was taught, how it was measured, and what it is not for."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

NAME: Final = "MODEL_CARD.md"
SETS: Final = (
    ("petitions", "`grievances/train`, `train_active`", "public petitions to leaders; labels by AI annotators "
     "under the guideline, one a text"),
    ("seven domains", "`petitions/labelled_domain_train`", "the boards' own categories"),
    ("posts", "`labels.jsonl` (published posts, by hash), `own.jsonl` (written for Minyi, invented names)",
     "labels by AI annotators"),
    ("emotion", "SMP2020-EWECT, usual and virus", "labels of the contest"),
    ("polarity", "weibo2018", "labelled by hand"),
    ("stance", "NLPCC 2016, Tianchi events, C-STANCE", "labels of the data sets"),
    ("entities", "CLUENER 2020, Weibo NER; of MSRA persons alone", "labels of the data sets"),
    ("links", "pairs made of labelled petitions and clusters", "made up, none of the linking set"),
)  # fmt: skip


@dataclass(frozen=True)
class Evidence:
    """What a run's folder tells: rows by stream (train, dev), figures by dev set, and those of rounding."""

    sizes: Mapping[str, Sequence[int]]
    figures: Mapping[str, Mapping[str, float]]
    rounding: Sequence[Mapping[str, Any]]


def evidence_of(run: Path) -> Evidence:
    """What ``log.jsonl`` and ``rounding.json`` say; what is not there is empty."""
    sizes: dict[str, Sequence[int]] = {}
    figures: dict[str, dict[str, float]] = {}
    log, rounding = run / "log.jsonl", run / "rounding.json"
    for line in log.read_text("utf-8").splitlines() if log.is_file() else ():
        found = json.loads(line)
        sizes = found.get("sizes", sizes)
        figures = found.get("dev", figures)
    return Evidence(sizes, figures, json.loads(rounding.read_text("utf-8")) if rounding.is_file() else [])


def model_card(card: Mapping[str, Any], evidence: Evidence) -> str:
    """The card in Markdown: every head with its labels, the data, figures of this model, limits, licences."""
    return f"""# Model card: {card["name"]}

**What it is.** A Chinese BERT of {card["layers"]} layers × {card["hidden"]} that reads petitions, posts and news: one
pass gives every head below. It began as bge-small-zh-v1.5 of the Beijing Academy of Artificial Intelligence, with the
pieces taken from its vocabulary that Chinese text never needs. The graph has a second branch, the trunk as it came,
whose first token is the sentence vector; both share the word table, which was not trained. Weights and word table are
int8, one scale a column or word; what meets them is rounded at run time, text by text.

**What it reads.** Windows of {card["window"]} tokens, a new one every {card["stride"]}; sentence vectors of
{card["sentence"]["max_tokens"]} tokens.

## Heads

| output | head | kind | labels |
| --- | --- | --- | --- |
{_heads(card)}

## What it was taught

| what | sets (`docs/TRAINING.md`) | labels | rows learnt from | dev |
| --- | --- | --- | --- | --- |
{_sets(evidence)}

The published sets are not part of the project, and no text of theirs is in this folder. **Splits.** Petitions: a
twelfth of the natural rows by content is kept back, for calibration and fusion. Domains: a tenth of the groups of
near-duplicates. Emotion and Weibo NER: the official dev splits. Polarity and CLUENER: a tenth by content. Stance: a
fifth of the posts of NLPCC, a fifth of the events of Tianchi. `gold_dev` was reported on, and chose whose passages
count; the adjudicated posts of `weibo_dev` set the temperatures and thresholds of posts. No official test split was
read.

## Figures

The averaged weights on the dev sets, read in training; those of the served folder stand in `docs/RESULTS.md`.

| set | figure | value |
| --- | --- | --- |
{_figures(evidence)}

**Calibration and fusion** on held-out rows; each row judged by numbers fitted on the other folds. A head is fused with
the linear model only where that makes unseen rows likelier.

| head | rows | nats alone | nats fused | ECE before | ECE after | temperature | linear weight |
| --- | --- | --- | --- | --- | --- | --- | --- |
{_calibration(card)}

**Passages** on `gold_dev`, since the rules' taggers were taught on the rest: mean character F1 of demand, facility,
affected and since, F1 of distinct names of the others, by whose passages count; the best source serves.

| kind | rules | model | both | serves |
| --- | --- | --- | --- | --- |
{_passages(card)}

Thresholds: {", ".join(f"{name} {value:.2f}" for name, value in sorted(card.get("thresholds", {}).items())) or "none"}.

**Rounding** to int8, checked figure by figure against the float graph: {_rounding(evidence)}

## Limits

- Labels of petitions and of Minyi's posts were made by AI annotators; the agreement of two of them is the ceiling.
- Mainland petitions and posts of the 2010s and 2020s in simplified Chinese. Other platforms, other years, dialect and
  traditional characters were not measured.
- Rare factors have few rows; they begin from their descriptions, and their probabilities are less sure.
- Posts: few were labelled, so temperatures and thresholds of posts rest on {_posts(card)} texts.
- It reads texts. It says nothing about persons, and no decision about a person may follow from it.

## Licences

bge-small-zh-v1.5: MIT (`LICENSE`). What was trained on top is under the project's licence. Most training sets state no
licence: they were used to train and measure only. Texts written for Minyi are under the project's licence.
"""


def _heads(card: Mapping[str, Any]) -> str:
    lines = []
    for output in ("fields", "tokens", "pair"):
        for head in card[output]:
            labels = head.get("labels", ())
            shown = ", ".join(labels) if len(labels) <= 10 else f"{len(labels)}: {', '.join(labels[:3])} …"
            lines.append(f"| {output} | {head['head']} | {head.get('kind') or head.get('scheme', 'multi')} | {shown} |")
    return "\n".join(lines)


def _sets(evidence: Evidence) -> str:
    keys = ("letters", "domain", "posts", "emotion", "polarity", "stance", "entities", "links")
    lines = []
    for key, (what, sets, labels) in zip(keys, SETS, strict=True):
        learnt, dev = evidence.sizes.get(key, ("in petitions" if key == "domain" else "–", "–"))
        lines.append(f"| {what} | {sets} | {labels} | {learnt} | {dev} |")
    return "\n".join(lines)


def _figures(evidence: Evidence) -> str:
    return "\n".join(
        f"| {name} | {figure} | {value:.3f} |"
        for name, found in evidence.figures.items()
        for figure, value in found.items()
    )


def _calibration(card: Mapping[str, Any]) -> str:
    lines = []
    for name, found in card.get("calibration", {}).items():
        fused = found.get("nll fused")
        weight = card["fusion"].get(name, {}).get("linear", 0)
        warmth = card["temperature"].get(name)
        lines.append(
            f"| {name} | {found['rows']} | {found['nll alone']:.4f} | {'–' if fused is None else f'{fused:.4f}'} | "
            f"{found['ece before']:.3f} | {found['ece after']:.3f} | {'–' if warmth is None else f'{warmth:.2f}'} | "
            f"{weight:.2f} |"
        )
    return "\n".join(lines)


def _passages(card: Mapping[str, Any]) -> str:
    return "\n".join(
        f"| {kind} | {found['rules']:.3f} | {found['transformer']:.3f} | {found['union']:.3f} | {card['spans'][kind]} |"
        for kind, found in card.get("passages", {}).items()
    )


def _rounding(evidence: Evidence) -> str:
    if not evidence.rounding:
        return "not measured for this folder."
    lost = [float(item["exact"]) - float(item["rounded"]) for item in evidence.rounding]
    worst = max(evidence.rounding, key=lambda item: float(item["exact"]) - float(item["rounded"]))
    return (
        f"{len(lost)} figures, {sum(lost) / len(lost):+.2f} points lost on average, {max(lost):.2f} at most "
        f"({worst['set']}, {worst['figure']}, {worst['texts']} texts)."
    )


def _posts(card: Mapping[str, Any]) -> str:
    rows = [found["rows"] for name, found in card.get("calibration", {}).items() if name.endswith(".posts")]
    return str(int(max(rows))) if rows else "no"
