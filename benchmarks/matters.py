"""Matters against silver event clusters: ``python -m benchmarks.matters --data ../shared/data``.

Silver: messages of one board that at least two of five published teams put into the same issue (``team_issue``); the
dev half holds four such events. Scored is B-cubed over these messages, grouped among themselves and among texts about
22 other projects. The likeness of two texts was chosen so that neither the events part nor the projects run together:
``--sweep`` shows the figures beside other thresholds, ``--sensitivity`` beside other weights. ``--cache`` keeps vectors
and findings, since reading takes long.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import click
import numpy as np

from benchmarks.bcubed import bcubed
from models import nlp
from models.encoder import load_encoder
from pipeline.analyse import factors
from pipeline.findings import entities, facility
from pipeline.matters.grouping import components
from pipeline.matters.likeness import COARSE, FEATURES, NAMING, Trait, Weights, quantised, weights

DRAWS = 200
TEAMS = ("jesHrz", "Syucryingstar", "15625103741", "MarsW20", "Kcraft-dashu")
Row = dict[str, Any]


def rows_of(path: Path) -> Iterator[Row]:
    """The rows of a set."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def text_of(row: Row) -> str:
    """Title, line feed, body."""
    return f"{row['title'] or ''}\n{row['text']}"


def events_of(rows: Iterable[Row]) -> dict[str, int]:
    """Event by message: issues that share a message with another team's are the same event."""
    issues = {
        row["uid"]: [(team, row["team_issue"][team]) for team in TEAMS if team in row["team_issue"]] for row in rows
    }
    agreed = {uid: found for uid, found in issues.items() if len(found) > 1}
    parent: dict[tuple[str, str], tuple[str, str]] = {}

    def root(issue: tuple[str, str]) -> tuple[str, str]:
        while parent.setdefault(issue, issue) != issue:
            issue = parent[issue]
        return issue

    for found in agreed.values():
        for issue in found[1:]:
            parent[max(root(issue), root(found[0]))] = min(root(issue), root(found[0]))
    numbers = {top: n for n, top in enumerate(sorted({root(found[0]) for found in agreed.values()}))}
    return {uid: numbers[root(found[0])] for uid, found in agreed.items()}


def traits_of(rows: list[Row], cache: Path | None) -> list[Trait]:
    """What decides which texts belong together, read with the models that ship."""
    if cache and cache.exists():
        stored = json.loads(cache.read_text("utf-8"))
        if stored["uids"] == [row["uid"] for row in rows]:
            return [_trait(found) for found in stored["found"]]
    encoder = load_encoder()
    found = [
        _read(row, quantised(vector)) for row, vector in zip(rows, encoder.encode(map(text_of, rows)), strict=True)
    ]
    if cache:
        cache.write_text(
            json.dumps({"uids": [row["uid"] for row in rows], "found": found}, ensure_ascii=False), "utf-8"
        )
    return [_trait(one) for one in found]


def _read(row: Row, vector: bytes) -> Row:
    text = text_of(row)
    doc = nlp.read_one(text, source_kind="petition", region=row.get("region"))
    chosen = [choice for choice, _ in factors(doc)]
    names = {text[e.start : e.end] for e in entities(doc) if e.type in NAMING and e.level not in COARSE}
    span = facility(doc)
    names |= {text[span.start : span.end]} if span else set()
    return {
        "concern": next(choice.code for choice in chosen if choice.primary),
        "factors": sorted(choice.code for choice in chosen),
        "names": sorted(name for name in names if len(name) > 2),
        "day": datetime.fromisoformat(row["time"]).toordinal() if row.get("time") else 0,
        "vector": vector.hex(),
    }


def _trait(found: Row) -> Trait:
    return Trait(
        concern=found["concern"],
        factors=frozenset(found["factors"]),
        names=frozenset(found["names"]),
        sites=frozenset(),
        site=None,
        day=found["day"],
        vector=bytes.fromhex(found["vector"]),
    )


def groups_of(traits: list[Trait], model: Weights | None = None) -> list[int]:
    """The number of the group of every text, by the weights that ship or by others."""
    number = [0] * len(traits)
    for group, members in enumerate(components(traits, model)):
        for row in members:
            number[row] = group
    return number


@click.command()
@click.option("--data", type=click.Path(exists=True, path_type=Path), required=True)
@click.option("--cache", type=click.Path(path_type=Path), help="Folder to keep what was read.")
@click.option("--sweep", is_flag=True, help="Also cosine alone, at thresholds from .25 to .65.")
@click.option("--sensitivity", is_flag=True, help="Also each weight, and all at random, up to 30 % off.")
def main(data: Path, cache: Path | None, sweep: bool, sensitivity: bool) -> None:
    """Prints B-cubed precision, recall and F1 over the silver messages."""
    messages = list(rows_of(data / "petitions/hot4326.jsonl.gz"))
    events = events_of(messages)
    silver = [row for row in messages if row["uid"] in events]
    known = {text_of(row) for row in silver}
    linked = [row for row in rows_of(data / "linking/links_dev.jsonl.gz") if _about(row)]
    others = [row for row in linked if text_of(row) not in known]
    if cache:
        cache.mkdir(parents=True, exist_ok=True)
    traits = traits_of(silver, cache / "silver.json" if cache else None)
    around = traits_of(others, cache / "others.json" if cache else None)
    truth = [events[row["uid"]] for row in silver]
    projects = [_about(row) for row in others]
    click.echo(f"{len(silver)} messages of {len(set(truth))} events; {len(others)} texts about projects around them")
    among, everything = groups_of(traits), groups_of([*traits, *around])
    click.echo("among themselves       " + _line(bcubed(among, truth)))
    click.echo("among the others, too  " + _line(bcubed(everything[: len(silver)], truth)))
    mixed = _mixed(everything[len(silver) :], projects)
    click.echo(f"texts about projects grouped with another project's: {mixed} of {len(others)}")
    if sweep:
        _sweep(traits, around, truth, projects)
    if sensitivity:
        _sensitivity(traits, around, truth, projects)


def _sensitivity(traits: list[Trait], around: list[Trait], truth: list[int], projects: list[str]) -> None:
    """Each weight 30 % smaller and larger, the others as they ship; then all of them at once, drawn at random."""
    shipped, rng = weights(), np.random.default_rng(1)
    for number, name in enumerate((*FEATURES, "bias")):
        for share in (0.7, 1.3):
            factors = np.ones(len(FEATURES) + 1)
            factors[number] = share
            click.echo(f"{name:14} × {share}  {_with(_scaled(shipped, factors), traits, around, truth, projects)[1]}")
    drawn = [
        _with(_scaled(shipped, rng.uniform(0.7, 1.3, len(FEATURES) + 1)), traits, around, truth, projects)[0]
        for _ in range(DRAWS)
    ]
    low, middle, high = np.percentile(drawn, (2.5, 50, 97.5))
    kept = sum(f1 >= 0.9 for f1 in drawn)
    spread = f"F1 {low:.3f} – {middle:.3f} – {high:.3f} (2.5, 50, 97.5 %)"
    click.echo(f"all at random, {DRAWS} draws: {spread}; {kept} of them ≥ .90")


def _scaled(model: Weights, factors: np.ndarray) -> Weights:
    """The coefficients, and last the bias, times these."""
    coefficients = tuple(float(a * b) for a, b in zip(model.coefficients, factors[:-1], strict=True))
    return Weights(coefficients, float(model.bias * factors[-1]), model.threshold)


def _with(
    model: Weights, traits: list[Trait], around: list[Trait], truth: list[int], projects: list[str]
) -> tuple[float, str]:
    """B-cubed F1 among all texts, and a line with it."""
    found = groups_of([*traits, *around], model)
    figures = bcubed(found[: len(truth)], truth)
    return figures[2], f"{_line(figures)}  mixed {_mixed(found[len(truth) :], projects)}"


def _sweep(traits: list[Trait], around: list[Trait], truth: list[int], projects: list[str]) -> None:
    vectors = np.array([np.frombuffer(t.vector or b"", np.int8) for t in [*traits, *around]], np.float32) / 127
    cosine = vectors @ vectors.T
    for threshold in np.arange(0.25, 0.66, 0.05):
        found = _connected(cosine >= threshold)
        line = _line(bcubed(found[: len(truth)], truth))
        click.echo(f"cosine ≥ {threshold:.2f}  {line}  mixed {_mixed(found[len(truth) :], projects)}")
    click.echo(f"shipped: {weights()}")


def _connected(near: np.ndarray) -> list[int]:
    number = [-1] * len(near)
    for start in range(len(near)):
        if number[start] >= 0:
            continue
        number[start], waiting = start, [start]
        while waiting:
            for row in np.flatnonzero(near[waiting.pop()]).tolist():
                if number[row] < 0:
                    number[row] = start
                    waiting.append(row)
    return number


def _mixed(said: list[int], projects: list[str]) -> int:
    """How many texts lie in a group with a text about another project."""
    owners: dict[int, set[str]] = {}
    for group, project in zip(said, projects, strict=True):
        owners.setdefault(group, set()).add(project)
    return sum(len(owners[group]) > 1 for group in said)


def _about(row: Row) -> str:
    return next((link["project_id"] for link in row["links"] if link["label"] == "about"), "")


def _line(figures: tuple[float, float, float]) -> str:
    return "B-cubed P {:.3f} R {:.3f} F1 {:.3f}".format(*figures)


if __name__ == "__main__":
    main()
