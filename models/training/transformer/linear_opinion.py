"""What the linear model says of petitions that it was not taught: late fusion is fitted on it."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from models.taxonomy import taxonomy
from models.training.grievance_rows import heads_of, read, text_of
from models.training.linear import fit_heads, read_posts, read_signals
from models.training.linear_scores import train_scores
from models.training.transformer.heads import NONE, fields

Opinions: TypeAlias = dict[str, npt.NDArray[np.float64]]
"""By head: rows × labels in the order of the model's head, probabilities; 0 for a label that the linear model lacks."""


def digest(text: str) -> str:
    """What names a text in a file that holds none."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16]


def opinions(data: Path, kept: Path) -> tuple[dict[str, int], Opinions]:
    """The row of every natural petition (by :func:`digest`), and the probabilities by head, five folds.

    They are computed once, which takes about ten minutes, and stay in the file ``kept``; remove it after a change of
    the linear model or its texts.
    """
    if not kept.is_file():
        names, found = _computed(data)
        np.savez_compressed(kept, texts=np.array(names), **{f"head_{head}": array for head, array in found.items()})  # type: ignore[arg-type]
    with np.load(kept, allow_pickle=False) as stored:
        rows = {str(name): number for number, name in enumerate(stored["texts"])}
        return rows, {name.removeprefix("head_"): stored[name] for name in stored.files if name != "texts"}


def _computed(data: Path) -> tuple[list[str], Opinions]:
    natural = read(data / "grievances/train.jsonl.gz")
    chosen = read(data / "grievances/train_active.jsonl.gz")
    posts = read_posts(data / "nlp/weibo_2020_unlabelled/sample.jsonl.gz", 4000)

    def say(line: str) -> None:
        sys.stderr.write(f"linear model: {line}\n")

    heads = heads_of([*natural, *chosen], list(taxonomy().factors))
    trained = train_scores(natural, chosen, posts[::2], heads, say)
    say("lexicon signals")
    fitted = fit_heads(natural, trained.unseen, read_signals([text_of(row) for row in natural], heads), heads)
    labels = {"factors": heads.factors, "primary": heads.factors, **heads.others}
    shares = {"factors" if name == "factor" else name: each.unseen for name, each in fitted.items()}
    return [digest(text_of(row)) for row in natural], aligned(shares, labels)


def aligned(shares: Mapping[str, npt.NDArray[np.floating]], labels: Mapping[str, tuple[str, ...]]) -> Opinions:
    """The linear model's probabilities in the order of the labels of the model's heads.

    Its shares of the primary factor hold for grievances; here they are shares of all texts, the rest is ``none``.
    """
    found: Opinions = {}
    grievance = np.asarray(shares["grievance"], np.float64).reshape(-1)
    for head in fields():
        if head.name not in shares:
            continue
        given = np.asarray(shares[head.name], np.float64).reshape(len(grievance), -1)
        rows = np.zeros((len(grievance), len(head.labels)))
        for number, label in enumerate(labels[head.name]):
            rows[:, head.labels.index(label)] = given[:, number]
        if head.name == "primary":
            rows *= grievance[:, None]
            rows[:, head.labels.index(NONE)] = 1 - grievance
        found[head.name] = rows
    return found
