"""Trains the linker: ``python -m pipeline.link.training --data ../shared/data`` (needs scikit-learn, two minutes).

Figures are cross-validated by project: each project is scored by a model that never saw it, as a new deployment's
projects will be. The shipped model is then trained on all of them.
"""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression

from models.checksums import note
from pipeline.link.features import Reading, features, with_rivals
from pipeline.link.linker import Linker
from pipeline.link.profile import Profile
from pipeline.link.rarity import TABLE, bigrams
from pipeline.link.trees import FILE
from pipeline.records import DecisionProject

FOLDER = Path(__file__).parent
PETITIONS = ("hot4326", "replies2816", "unlabelled2801", "gas_shortage_2022", "hangzhou_2020_2026")
KEPT = 60_000
PER_PROJECT = 12
"""Links of one project beyond which each counts less: the largest has a quarter of all."""
Rows = np.ndarray[Any, np.dtype[np.float64]]


def write_rarities(data: Path) -> int:
    """Counts bigrams over the unlabelled petitions and writes the most frequent; returns how many."""
    counts: Counter[str] = Counter()
    total = 0
    for name in PETITIONS:
        for row in _rows(data / "petitions" / f"{name}.jsonl.gz"):
            counts.update(bigrams(f"{row.get('title') or ''}\n{row.get('text') or ''}"))
            total += 1
    kept = [(gram, n) for gram, n in counts.most_common(KEPT) if n > 1]
    lines = [str(total), *(f"{gram}{n}" for gram, n in sorted(kept))]
    (FOLDER / TABLE).write_bytes(gzip.compress("\n".join(lines).encode(), mtime=0))
    note(FOLDER, [TABLE])
    return len(kept)


def pairs(data: Path) -> tuple[Rows, list[str], list[set[str]], list[str]]:
    """Features of every candidate pair, its project, the labels of the pair, and the text's uid."""
    projects = [DecisionProject.model_validate(_registry(row)) for row in _rows(data / "linking/projects_dev.jsonl")]
    linker, profiles = Linker(projects), {project.id: Profile(project) for project in projects}
    rows: list[list[float]] = []
    owners: list[str] = []
    labels: list[set[str]] = []
    uids: list[str] = []
    for row in _rows(data / "linking/links_dev.jsonl.gz"):
        text = f"{row['title'] or ''}\n{row['text']}"
        ids = linker.candidates(text, row["region"])
        reading = Reading(text, row["region"] or "")
        rows += with_rivals([features(reading, profiles[project_id]) for project_id in ids])
        for project_id in ids:
            owners.append(project_id)
            labels.append({link["label"] for link in row["links"] if link["project_id"] == project_id})
            uids.append(row["uid"])
    return np.array(rows), owners, labels, uids


def booster(seed: int = 0) -> HistGradientBoostingClassifier:
    """The learner: shallow trees, so that few projects suffice."""
    return HistGradientBoostingClassifier(
        max_depth=3, learning_rate=0.06, max_iter=120, min_samples_leaf=15, l2_regularization=1.0, max_features=0.5,
        random_state=seed,
    )  # fmt: skip


def weights(target: Rows, owners: list[str]) -> Rows:
    """Damps the links of projects that have many."""
    counts = Counter(owner for owner, positive in zip(owners, target, strict=True) if positive)
    damped = [
        min(1.0, PER_PROJECT / counts[owner]) ** 0.5 if positive else 1.0
        for owner, positive in zip(owners, target, strict=True)
    ]
    return np.array(damped)


def out_of_project(x: Rows, target: Rows, owners: list[str]) -> Rows:
    """Scores (log odds) of each pair by a model that never saw its project."""
    owner = np.array(owners)
    scores = np.zeros(len(target))
    for project_id in sorted(set(owners)):
        own = owner == project_id
        others = [o for o in owners if o != project_id]
        model = booster().fit(x[~own], target[~own], sample_weight=weights(target[~own], others))
        scores[own] = model.decision_function(x[own])
    return scores


def exported(model: HistGradientBoostingClassifier, scores: Rows, target: Rows) -> dict[str, Any]:
    """The trees as JSON, with a calibration fitted on out-of-project scores."""
    platt = LogisticRegression(C=1e6).fit(scores.reshape(-1, 1), target)
    trees = []
    for (predictor,) in model._predictors:
        nodes = predictor.nodes
        trees.append(
            [
                (-1, round(float(n["value"]), 5), 0, 0)
                if n["is_leaf"]
                else (int(n["feature_idx"]), round(float(n["num_threshold"]), 6), int(n["left"]), int(n["right"]))
                for n in nodes
            ]
        )
    return {
        "baseline": float(np.ravel(model._baseline_prediction)[0]),
        "scale": float(platt.coef_[0, 0]),
        "offset": float(platt.intercept_[0]),
        "trees": trees,
    }


@click.command()
@click.option(
    "--data", type=click.Path(exists=True, path_type=Path), required=True, help="Folder with linking/ and petitions/."
)
@click.option("--rarities/--no-rarities", default=True, help="Count bigrams anew.")
def main(data: Path, rarities: bool) -> None:
    """Writes bigrams.txt.gz and linker.json beside this file."""
    if rarities:
        click.echo(f"{write_rarities(data)} bigrams")
    x, owners, labels, uids = pairs(data)
    model: dict[str, Any] = {}
    for name, wanted in (("about", {"about"}), ("linked", {"about", "mentions"})):
        target = np.array([float(bool(label & wanted)) for label in labels])
        scores = out_of_project(x, target, owners)
        fitted = booster().fit(x, target, sample_weight=weights(target, owners))
        model[name] = exported(fitted, scores, target)
        click.echo(f"{name}: {int(target.sum())} of {len(target)} candidate pairs")
        if name == "about":
            probability = 1 / (1 + np.exp(-(model[name]["scale"] * scores + model[name]["offset"])))
            report(data, probability, owners, uids)
    (FOLDER / FILE).write_text(json.dumps(model, separators=(",", ":")), "utf-8")
    note(FOLDER, [FILE])


def report(data: Path, probability: Rows, owners: list[str], uids: list[str]) -> None:
    """Prints the cross-validated figures at several thresholds; copies of a text count once."""
    seen: set[str] = set()
    texts = []
    for row in _rows(data / "linking/links_dev.jsonl.gz"):
        if not (row["dup_group"] and row["dup_group"] in seen):
            seen.add(row["dup_group"])
            texts.append(row)
    gold = {(r["uid"], k["project_id"]) for r in texts for k in r["links"] if k["label"] == "about"}
    kept = {row["uid"] for row in texts}
    projects = sorted({project for _, project in gold})
    silent = kept - {uid for uid, _ in gold}
    for threshold in (0.3, 0.4, 0.5, 0.6):
        found = {(u, o) for u, o, p in zip(uids, owners, probability, strict=True) if p >= threshold and u in kept}
        hit = len(found & gold)
        macro = np.mean([_f1({f for f in found if f[1] == p}, {g for g in gold if g[1] == p}) for p in projects])
        abstained = 1 - len({u for u, _ in found} & silent) / len(silent)
        click.echo(
            f"threshold {threshold}: P {hit / max(len(found), 1):.3f} R {hit / len(gold):.3f} "
            f"F1 {_f1(found, gold):.3f} macro {macro:.3f} abstention {abstained:.3f}"
        )


def _f1(found: set[tuple[str, str]], gold: set[tuple[str, str]]) -> float:
    return 2 * len(found & gold) / max(len(found) + len(gold), 1)


def _registry(row: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key != "split"}


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with (gzip.open if path.suffix == ".gz" else open)(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


if __name__ == "__main__":
    main()
