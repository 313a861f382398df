"""The model card (模型卡): what the linear model was taught, how it was measured, and what it is not for."""

from __future__ import annotations

from typing import Any


def model_card(card: dict[str, Any], natural: int, chosen: int, posts: int) -> str:
    """The card in Markdown, with the cross-validated figures and thresholds of this training."""
    figures = "\n".join(f"| {name} | {value:.3f} |" for name, value in card["cross_validated"].items())
    thresholds = ", ".join(f"{name} {value:.2f}" for name, value in card["thresholds"].items())
    return f"""# Model card: {card["version"]}

**What it is.** Linear heads on hashed character n-grams (1–4) of whole texts and of clauses, learnt by ridge
regression and rounded to int8, under calibrated logistic models that read their scores together with the lexicon's
findings. It gives genre, attitude, intensity, grievance, {len(card["factors"])} risk factors, primary factor,
stakeholder group, escalation level and repeated-unresolved, each as a probability. It stores hashes only: no word,
sentence or name of its training texts.

**Data.** `grievances/train.jsonl.gz` ({natural} petitions, one annotator a text), `grievances/train_active.jsonl.gz`
({chosen} petitions chosen as hard or about rare factors: weights only, never priors, thresholds or calibration), and
{posts} unlabelled posts of `nlp/weibo_2020_unlabelled` as background for posts. `gold_dev` and `weibo_dev` took no
part. Attitude of posts: `nlp/smp2020_ewect_virus` and a part of `_usual` (train), emotions as attitudes.

**Split.** Five folds inside `train.jsonl.gz`, by a hash of the text. Every score that calibrates was given by
weights that did not see the text.

**Cross-validated figures** (natural rows; accuracy with macro-F1 beside it; ECE over ten bins; Brier).

| figure | value |
| --- | --- |
{figures}

Thresholds: {thresholds}. Figures on `gold_dev` and `weibo_dev`: `docs/RESULTS.md`.

**Limits.** Petitions to leaders of mainland cities, 2010s–2020s, simplified Chinese. Labels come from one AI
annotator a text; agreement of two is the ceiling. On posts the grievance probability assumes that one post in ten is
a grievance; no labelled post was used, and the genre of posts and news is decided by form. It reads texts; it says
nothing about persons.

**Licence.** The weights are under the project's licence. The training texts are public petitions and posts that
state no licence: they were used to train and measure, and are not part of the project.
"""
