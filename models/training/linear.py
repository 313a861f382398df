"""Trains the linear model: ``python -m models.training.linear --data ../shared/data/grievances``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import numpy as np
import numpy.typing as npt

from models import nlp
from models.calibration import Array, Logistic, brier, expected_calibration_error
from models.classifier import chosen_factors
from models.linear import artifact
from models.linear.ngrams import Floats
from models.linear.raw import Heads, Raw
from models.linear.scorer import factor_rows, raw_scores, text_row
from models.linear.signals import Signals, signals
from models.linear.social import social_features
from models.linear.weights import Weights
from models.taxonomy import taxonomy
from models.training.grievance_rows import Row, fold_of, heads_of, label_of, read, targets, text_of
from models.training.linear_card import model_card
from models.training.linear_scores import Trained, train_scores
from models.training.linear_stack import Fitted, fit_binary, fit_choice, fit_labels
from models.training.posts import attitude_of_posts, read_emotions

SOCIAL_SHARE = 0.1
"""Assumed share of grievances among posts about a watched topic; no labelled post is used."""


@dataclass(frozen=True)
class Texts:
    """What is learnt from: petitions drawn naturally, petitions chosen as hard, unlabelled posts, posts by emotion."""

    natural: list[Row]
    chosen: list[Row]
    posts: list[str]
    emotions: list[Row]


def train(texts: Texts, out: Path, say: Callable[[str], None]) -> None:
    """Learns everything from the texts and writes the model with its cards."""
    natural, chosen, posts = texts.natural, texts.chosen, texts.posts
    heads = heads_of([*natural, *chosen], list(taxonomy().factors))
    trained = train_scores(natural, chosen, posts[::2], heads, say)
    say("lexicon signals")
    found = read_signals([text_of(row) for row in natural], heads)
    stack, card = fit_stack(natural, trained.unseen, found, heads)
    say("posts as background")
    stack["grievance_social"] = fit_social(natural, posts[1::2], trained, found, heads)
    card |= {"factors": list(heads.factors), "heads": [[name, *labels] for name, labels in heads.others.items()]}
    arrays = {"prior": _prior(natural, heads)} | _weights("whole", trained.whole) | _weights("clause", trained.clause)
    arrays |= _weights("posts", attitude_of_posts(texts.emotions))
    for name, model in stack.items():
        for key in ("mean", "spread", "coef", "bias"):
            arrays[f"stack_{name}_{key}"] = getattr(model, key).astype(np.float32)
    card["version"] = f"linear-1+{artifact.fingerprint(arrays)}"
    artifact.save(out, arrays, card)
    (out / "MODEL_CARD_linear.md").write_text(model_card(card, len(natural), len(chosen), len(posts)), "utf-8")


def read_signals(texts: Sequence[str], heads: Heads) -> list[Signals]:
    """The lexicon's findings in each text, as the scorer will see them."""
    docs = nlp.read((nlp.TextInContext(text) for text in texts), nlp.rules())
    return [signals(doc, heads.factor_rows) for doc in docs]


def fit_stack(
    rows: Sequence[Row], raws: Sequence[Raw], found: Sequence[Signals], heads: Heads
) -> tuple[dict[str, Logistic], dict[str, Any]]:
    """The calibrated models and a card with thresholds and cross-validated figures."""
    fitted = fit_heads(rows, raws, found, heads)
    wanted, count = targets(rows, heads), len(heads.factors)
    return {name: each.model for name, each in fitted.items()}, _figures(
        rows, heads, fitted, wanted[:, :count] > 0, _primary_of(wanted, count)
    )


def fit_heads(rows: Sequence[Row], raws: Sequence[Raw], found: Sequence[Signals], heads: Heads) -> dict[str, Fitted]:
    """Every head's model, and what it says of rows that it has not seen."""
    folds = np.array([fold_of(row) for row in rows])
    wanted, count, prior = targets(rows, heads), len(heads.factors), _prior(rows, heads)
    factors = np.stack([factor_rows(raw, heads, prior, signal) for raw, signal in zip(raws, found, strict=True)])
    carried = (wanted[:, :count] > 0).astype(np.float32)
    fitted: dict[str, Fitted] = {"factor": fit_binary(factors, carried, folds)}
    fitted["primary"] = fit_choice(factors, np.asarray(_primary_of(wanted, count), np.float64), folds)
    whole = np.stack([text_row(raw, heads, signal) for raw, signal in zip(raws, found, strict=True)])
    for head, labels in heads.others.items():
        given = [label_of(row, head) for row in rows]
        if len(labels) == 1:
            truth = np.array([label == head for label in given], dtype=np.float32)
            fitted[head] = fit_binary(whole, truth, folds, strength=0.01)
        else:
            fitted[head] = fit_labels(whole, given, labels, folds)
    return fitted


def _primary_of(wanted: Floats, count: int) -> npt.NDArray[np.int64]:
    """The primary factor of every row by number, -1 where it has none."""
    primary = wanted[:, count : 2 * count] > 0
    return np.where(primary.any(axis=1), primary.argmax(axis=1), -1)


def _figures(
    rows: Sequence[Row],
    heads: Heads,
    fitted: dict[str, Fitted],
    carried: npt.NDArray[np.bool_],
    first: npt.NDArray[np.int64],
) -> dict[str, Any]:
    """Thresholds that serve unseen texts best, and what the model then scores."""
    from models.evaluate import accuracy, macro_f1

    grievance = fitted["grievance"].unseen
    truth = {"grievance": np.array([float(row["is_grievance"]) for row in rows])}
    least = {"grievance": best_threshold(grievance, truth["grievance"])}
    cats = [
        {f"factor:{code}": p for code, p in zip(heads.factors, fitted["factor"].unseen[n].tolist(), strict=True)}
        | {f"primary:{code}": p for code, p in zip(heads.factors, fitted["primary"].unseen[n].tolist(), strict=True)}
        for n in range(len(rows))
    ]
    gold = [{factor["code"] for factor in row["factors"]} for row in rows]

    def micro(threshold: float) -> float:
        said = [
            {factor.code for factor in chosen_factors(cat, threshold)} if p >= least["grievance"] else set()
            for cat, p in zip(cats, grievance, strict=True)
        ]
        both = sum(len(a & b) for a, b in zip(said, gold, strict=True))
        return 2 * both / max(sum(map(len, said)) + sum(map(len, gold)), 1)

    least["factor"] = max((round(float(t), 2) for t in np.arange(0.2, 0.6, 0.02)), key=micro)
    known = first >= 0
    top = [heads.factor_rows[chosen_factors(cat, least["factor"])[0].code] for cat in cats]
    right = (np.array(top) == first)[known]
    share = fitted["primary"].unseen[known].max(axis=1)
    figures: dict[str, float] = {
        "factor micro-F1": micro(least["factor"]),
        "primary accuracy": float(right.mean()),
        "factor ECE": expected_calibration_error(fitted["factor"].unseen, carried.astype(float)),
        "factor Brier": brier(fitted["factor"].unseen, carried.astype(float)),
        "primary ECE": expected_calibration_error(
            share, (fitted["primary"].unseen[known].argmax(axis=1) == first[known]).astype(float)
        ),
    }
    for head, labels in heads.others.items():
        given = [label_of(row, head) for row in rows]
        p = fitted[head].unseen
        if len(labels) == 1:
            held = np.array([label == head for label in given], dtype=float)
            least.setdefault(head, best_threshold(p, held))
            said = [head if value >= least[head] else "" for value in p]
            figures |= {f"{head} ECE": expected_calibration_error(p, held), f"{head} Brier": brier(p, held)}
        else:
            said = [labels[n] for n in p.argmax(axis=1)]
            hit = np.array([a == b for a, b in zip(said, given, strict=True)], dtype=float)
            figures[f"{head} ECE"] = expected_calibration_error(p.max(axis=1), hit)
        figures |= {f"{head} accuracy": accuracy(given, said), f"{head} macro-F1": macro_f1(given, said)}
    return {"thresholds": least, "cross_validated": {name: round(value, 4) for name, value in figures.items()}}


def best_threshold(p: Array, truth: Array) -> float:
    """The threshold of highest accuracy plus macro-F1 on unseen texts, between 0.3 and 0.7."""
    from models.evaluate import macro_f1

    given = [str(bool(value)) for value in truth]

    def worth(threshold: float) -> float:
        said = [str(bool(value)) for value in p >= threshold]
        return macro_f1(given, said) + float(np.mean((p >= threshold) == (truth > 0)))

    return max((round(float(t), 2) for t in np.arange(0.3, 0.71, 0.02)), key=worth)


def fit_social(
    rows: Sequence[Row], posts: Sequence[str], trained: Trained, found: Sequence[Signals], heads: Heads
) -> Logistic:
    """Petitions against unlabelled posts as background, weighed to the assumed share of grievances among posts."""
    texts = [f"\n{post}" for post in posts]
    seen = read_signals(texts, heads)
    background = [
        social_features(raw_scores(text, trained.whole, trained.clause), heads, signal, text)
        for text, signal in zip(texts, seen, strict=True)
    ]
    petitions = [
        social_features(raw, heads, signal, text_of(row))
        for row, raw, signal in zip(rows, trained.unseen, found, strict=True)
    ]
    truth = np.array([float(row["is_grievance"]) for row in rows] + [0.0] * len(posts), dtype=np.float32)
    features = np.array(petitions + background)
    model = fit_binary(features, truth, np.zeros(len(truth)) - 1).model
    shift = np.log(SOCIAL_SHARE / (1 - SOCIAL_SHARE)) - np.log(truth.mean() / (1 - truth.mean()))
    return Logistic(model.mean, model.spread, model.coef, model.bias + shift)


def _prior(rows: Sequence[Row], heads: Heads) -> Floats:
    share = (targets(rows, heads)[:, : len(heads.factors)] > 0).mean(axis=0)
    return np.asarray(np.log(share + 1e-4), dtype=np.float32)


def _weights(name: str, weights: Weights) -> dict[str, Any]:
    return {
        f"{name}_keys": weights.ngrams.keys,
        f"{name}_idf": weights.ngrams.idf.astype(np.float16),
        f"{name}_levels": weights.levels,
        f"{name}_scale": weights.scale,
        f"{name}_bias": weights.bias,
    }


def read_posts(path: Path, count: int) -> list[str]:
    """Every n-th post of at least twelve characters, ``count`` of them."""
    texts = [row["text"] for row in read(path) if len(row["text"]) >= 12]
    return texts[:: max(len(texts) // count, 1)][:count]


@click.command()
@click.option(
    "--data", type=click.Path(exists=True, path_type=Path), required=True, help="Folder with train*.jsonl.gz."
)
@click.option(
    "--posts",
    type=click.Path(exists=True, path_type=Path),
    help="Folder with the sets of posts.",
)
@click.option("--out", type=click.Path(path_type=Path), default=artifact.HOME, show_default=True)
def main(data: Path, posts: Path | None, out: Path) -> None:
    """Train the linear model on annotated petitions; about ten minutes on one core."""
    natural, chosen = read(data / "train.jsonl.gz"), read(data / "train_active.jsonl.gz")
    posts_home = posts or data.parent / "nlp"
    background = read_posts(posts_home / "weibo_2020_unlabelled" / "sample.jsonl.gz", 4000)
    train(Texts(natural, chosen, background, read_emotions(posts_home)), out, click.echo)
    click.echo(f"written to {out}")


if __name__ == "__main__":
    main()
