"""Trains the linker: ``python -m pipeline.link.training --data ../shared/data`` (needs scikit-learn, some minutes).

Figures are cross-validated by project: each project is scored by a model that never saw it, as a new deployment's
projects will be. The shipped model is then trained on all of them.
"""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import click
import numpy as np

from models.checksums import note
from models.encoder import SentenceEncoder
from pipeline.annotate import moment
from pipeline.link.cross_validation import Pair, report
from pipeline.link.features import features, with_rivals
from pipeline.link.learning import Learner, Rows, out_of_fold, platt
from pipeline.link.linker import Linker
from pipeline.link.meaning import LEAD, NAMES, Meaning, probed, usual_encoder
from pipeline.link.neighbours import neighbours
from pipeline.link.prepared import Prepared
from pipeline.link.profile import Profile
from pipeline.link.rarity import TABLE, bigrams
from pipeline.link.trees import FILE
from pipeline.records import DecisionProject

FOLDER = Path(__file__).parent
PETITIONS = ("hot4326", "replies2816", "unlabelled2801", "gas_shortage_2022", "hangzhou_2020_2026")
KEPT = 60_000
LINEAR_SHARE = 0.5
"""What the linear score weighs beside the trees where the meaning is known."""


@dataclass
class Table:
    """Candidate pairs of the linking set with their features."""

    projects: list[DecisionProject]
    texts: list[dict[str, Any]]
    pairs: list[Pair] = field(default_factory=list)
    rows: list[dict[str, float]] = field(default_factory=list)
    made_up: list[tuple[str, dict[str, float]]] = field(default_factory=list)
    """Texts beside an invented neighbour of their project, which they are not about: its id, and the features."""

    @property
    def owners(self) -> list[str]:
        """The project of each pair."""
        return [pair.project_id for pair in self.pairs]

    def target(self, labels: set[str]) -> Rows:
        """1 for each pair with one of the labels."""
        return np.array([float(bool(pair.labels & labels)) for pair in self.pairs])

    def matrix(self, names: list[str]) -> Rows:
        """The features of these names."""
        return np.array([[row[name] for name in names] for row in self.rows])

    def invented(self, names: list[str]) -> Rows:
        """The features of these names of the made-up pairs."""
        return np.array([[row[name] for name in names] for _, row in self.made_up])


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


def table(data: Path, encoder: SentenceEncoder) -> Table:
    """Features of every candidate pair, and of texts beside invented neighbours of their project."""
    projects = [DecisionProject.model_validate(_registry(row)) for row in _rows(data / "linking/projects_dev.jsonl")]
    invented = neighbours(projects)
    profiles = {project.id: Profile(project) for found in invented.values() for project in found}
    linker, meaning = Linker(projects), Meaning([*projects, *(p.project for p in profiles.values())], encoder)
    found = Table(projects, list(_rows(data / "linking/links_dev.jsonl.gz")))
    texts = [f"{row['title'] or ''}\n{row['text']}" for row in found.texts]
    for row, text, vector in zip(found.texts, texts, meaning.of(texts), strict=True):
        prepared = Prepared(text, row["region"] or "", moment(row["time"] or ""))
        rows = linker.rows(prepared)
        meant = meaning.features(vector, list(rows))
        for project_id, numbers in rows.items():
            labels = {link["label"] for link in row["links"] if link["project_id"] == project_id}
            found.pairs.append(Pair(row["uid"], project_id, frozenset(labels)))
            found.rows.append({**numbers, **meant[project_id]})
            if "about" not in labels:
                continue
            others = [key for key in rows if key != project_id]
            for neighbour in invented[project_id]:
                first = with_rivals([features(prepared, profiles[neighbour.id]), *(rows[key] for key in others)])[0]
                near = meaning.features(vector, [neighbour.id, *others])[neighbour.id]
                found.made_up.append((project_id, {**first, **near}))
    return found


def about_out_of_project(found: Table) -> list[float]:
    """The probability that each pair is about, by linkers as they ship that never saw the pair's project."""
    names = list(found.rows[0])
    learnt = (found.matrix(names), found.target({"about"}), found.owners)
    made_up = found.invented(names), [owner for owner, _ in found.made_up]
    folds = [{project.id} for project in found.projects]
    _, probabilities = out_of_fold(partial(Learner, names, LINEAR_SHARE), *learnt, *made_up, folds)
    return [float(p) for p in probabilities]


@click.command()
@click.option(
    "--data", type=click.Path(exists=True, path_type=Path), required=True, help="Folder with linking/ and petitions/."
)
@click.option("--rarities/--no-rarities", default=True, help="Count bigrams anew.")
def main(data: Path, rarities: bool) -> None:
    """Writes bigrams.txt.gz and linker.json beside this file."""
    if rarities:
        click.echo(f"{write_rarities(data)} bigrams")
    encoder = usual_encoder()
    if encoder is None:
        raise click.ClickException("there is no model to train with; see docs/TRAINING.md")
    found = table(data, encoder)
    meant = [*NAMES, LEAD]
    words = [name for name in found.rows[0] if name not in meant]
    model: dict[str, Any] = {"encoder": probed(encoder), "scores": {}}
    for name, labels, names, linear_share in (
        ("about", {"about"}, [*words, *meant], LINEAR_SHARE),
        ("about_by_words", {"about"}, words, 0.0),  # words alone, weighed linearly, make a place enough
        ("linked", {"about", "mentions"}, words, 0.0),
    ):
        learnt, target = (found.matrix(names), found.target(labels), found.owners), found.target(labels)
        made_up = found.invented(names), [owner for owner, _ in found.made_up]
        folds = [{project.id} for project in found.projects]
        scores, probabilities = out_of_fold(partial(Learner, names, linear_share), *learnt, *made_up, folds)
        model["scores"][name] = Learner(names, linear_share).fit(*learnt, *made_up).exported(platt(scores, target))
        click.echo(f"{name}: {int(target.sum())} of {len(target)} candidate pairs, {len(found.made_up)} made up")
        if labels == {"about"}:
            for line in report(found.texts, found.projects, found.pairs, probabilities.tolist()):
                click.echo(f"  {line}")
    (FOLDER / FILE).write_text(json.dumps(model, separators=(",", ":")), "utf-8")
    note(FOLDER, [FILE])


def _registry(row: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key != "split"}


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with (gzip.open if path.suffix == ".gz" else open)(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


if __name__ == "__main__":
    main()
