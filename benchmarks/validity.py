"""Fits and measures p_valid on labelled texts: ``python -m benchmarks.validity --data ../shared/data [--write]``.

A case is what one to six texts say about one factor, together, as a candidate would have it: a bag of texts of
``gold_dev`` (no model was trained on them) in which the analysis finds the factor. It is real when at least one of its
texts carries the factor by the annotators. Bags of one are every single finding; larger ones are drawn so that the
errors of their texts are as alike as those of one project's: texts of one bag share their finding. Folds are by text,
so no text stands on both sides.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
import numpy as np
import numpy.typing as npt

from benchmarks.matters import Row, rows_of, text_of
from models import nlp
from models.calibration import expected_calibration_error, sigmoid
from pipeline.analyse import factors, is_grievance_text
from pipeline.risk.validity import Bounds, bounds_of, features

FOLDS = 5
REPEATS = 20
"""Times that the texts are dealt out to folds anew."""
SIZES = (1, 1, 1, 2, 3, 6)
SEED = 8
RIDGE = np.array([0.1, 1.0, 1.0])
"""How firmly the weights hold to (0, ½, ½), in imagined cases: there p_valid is midway between the bounds."""
HELD = np.array([0.0, 0.5, 0.5])
Floats = npt.NDArray[np.float64]
Finding = tuple[int, float, bool]
"""Text, probability, whether the annotators agree."""


def findings_of(rows: list[Row], cache: Path | None) -> dict[str, list[Finding]]:
    """What the analysis finds in texts that it takes for grievances, by factor."""
    if cache and cache.exists():
        return {code: [tuple(one) for one in found] for code, found in json.loads(cache.read_text("utf-8")).items()}
    found: dict[str, list[Finding]] = {}
    for number, row in enumerate(rows):
        doc = nlp.read_one(text_of(row), source_kind="petition", region=row.get("region"))
        if not is_grievance_text(doc):
            continue
        carried = {factor["code"] for factor in row["factors"]}
        for choice, _ in factors(doc):
            found.setdefault(choice.code, []).append((number, round(choice.p, 4), choice.code in carried))
    if cache:
        cache.parent.mkdir(parents=True, exist_ok=True)
        cache.write_text(json.dumps(found), "utf-8")
    return found


def cases_of(found: dict[str, list[Finding]], texts: set[int]) -> list[tuple[Bounds, bool]]:
    """Bags of findings of the same factor, of these texts alone."""
    random = np.random.default_rng(SEED)
    cases = []
    for code in sorted(found):
        mine = [one for one in found[code] if one[0] in texts]
        cases += [(bounds_of([p]), real) for _, p, real in mine]
        for size in SIZES:
            if len(mine) >= size > 1:
                for _ in range(len(mine) // size + 1):
                    bag = [mine[at] for at in random.choice(len(mine), size, replace=False)]
                    cases.append((bounds_of(p for _, p, _ in bag), any(real for _, _, real in bag)))
    return cases


def fit(cases: list[tuple[Bounds, bool]]) -> tuple[Floats, Floats]:
    """Weights and covariance of a ridge logistic model, by Newton's steps; neither weight of a bound is negative."""
    rows = np.array([features(bounds) for bounds, _ in cases])
    truth = np.array([float(real) for _, real in cases])
    weights = HELD.copy()
    for _ in range(100):
        p = sigmoid(rows @ weights)
        hessian = (rows * (p * (1 - p))[:, None]).T @ rows + np.diag(RIDGE)
        step = np.clip(np.linalg.solve(hessian, rows.T @ (truth - p) - RIDGE * (weights - HELD)), -0.5, 0.5)
        weights = weights + step
        weights[1:] = np.maximum(weights[1:], 0.0)
        if float(np.abs(step).max()) < 1e-9:
            break
    p = sigmoid(rows @ weights)
    return weights, np.linalg.inv((rows * (p * (1 - p))[:, None]).T @ rows + np.diag(RIDGE))


def held_out(found: dict[str, list[Finding]], texts: int, seed: int) -> tuple[Floats, Floats, Floats]:
    """Stated p, truth and the middle of the bounds, of cases whose texts the calibration did not see."""
    fold_of = np.random.default_rng(seed).permutation(texts) % FOLDS
    said, truth, raw = [], [], []
    for fold in range(FOLDS):
        held = set(np.flatnonzero(fold_of == fold).tolist())
        weights, _ = fit(cases_of(found, set(range(texts)) - held))
        for bounds, real in cases_of(found, held):
            said.append(float(sigmoid(np.array(features(bounds) @ weights))))
            raw.append(bounds.middle)
            truth.append(float(real))
    return np.array(said), np.array(truth), np.array(raw)


@click.command()
@click.option("--data", type=click.Path(exists=True, path_type=Path), required=True)
@click.option("--cache", type=click.Path(path_type=Path), help="File to keep what was read.")
@click.option("--write", is_flag=True, help="Write pipeline/risk/validity.json.")
@click.option("--figure", type=click.Path(path_type=Path), help="SVG of the reliability curve.")
def main(data: Path, cache: Path | None, write: bool, figure: Path | None) -> None:
    """Prints the calibration error on held-out folds, and writes the calibration."""
    rows = list(rows_of(data / "grievances/gold_dev.jsonl.gz"))
    found = findings_of(rows, cache)
    everything = set(range(len(rows)))
    runs = [held_out(found, len(rows), seed) for seed in range(REPEATS)]
    errors = [expected_calibration_error(p, truth) for p, truth, _ in runs]
    before = [expected_calibration_error(raw, truth) for _, truth, raw in runs]
    values, real = (np.concatenate([run[column] for run in runs]) for column in (0, 1))
    click.echo(
        f"{len(real) // REPEATS} cases of {len(rows)} texts, {real.mean():.3f} real, {REPEATS} times {FOLDS} folds"
    )
    click.echo(
        f"ECE held out {np.mean(errors):.4f} ({min(errors):.4f}–{max(errors):.4f}), before {np.mean(before):.4f}"
    )
    for low, high, count, stated, share in reliability(values, real):
        click.echo(f"  {low:.1f}–{high:.1f}  {count:4} cases  stated {stated:.3f}  real {share:.3f}")
    if figure:
        figure.write_text(_svg(reliability(values, real)), "utf-8")
    if write:
        cases = cases_of(found, everything)
        weights, covariance = fit(cases)
        stored: dict[str, Any] = {
            "basis": "labelled_texts",
            "cases": len(cases),
            "weights": [round(value, 4) for value in weights.tolist()],
            "covariance": [[round(value, 6) for value in row] for row in covariance.tolist()],
        }
        path = Path(__file__).parent.parent / "pipeline/risk/validity.json"
        path.write_text(json.dumps(stored, sort_keys=True) + "\n", "utf-8")
        click.echo(f"written to {path}: {stored['weights']}")


def reliability(p: Floats, truth: Floats) -> list[tuple[float, float, int, float, float]]:
    """Bins of ten: bounds, cases, mean stated probability, share that was real."""
    lines = []
    for number in range(10):
        inside = np.minimum((p * 10).astype(int), 9) == number
        if inside.any():
            lines.append(
                (
                    number / 10,
                    number / 10 + 0.1,
                    int(inside.sum()),
                    float(p[inside].mean()),
                    float(truth[inside].mean()),
                )
            )
    return lines


def _svg(lines: list[tuple[float, float, int, float, float]]) -> str:
    """Stated against observed, a dot a bin, its area the number of cases."""
    size, edge = 320, 40
    most = max(line[2] for line in lines)

    def at(x: float, y: float) -> tuple[float, float]:
        return edge + x * (size - 2 * edge), size - edge - y * (size - 2 * edge)

    dots = []
    for _, _, count, stated, share in lines:
        x, y = at(stated, share)
        dots.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{3 + 9 * (count / most) ** 0.5:.1f}" fill="#1f5f8b" opacity="0.8">'
            f"<title>{count} cases: stated {stated:.2f}, real {share:.2f}</title></circle>"
        )
    (x0, y0), (x1, y1) = at(0, 0), at(1, 1)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" font-family="sans-serif" font-size="11">'
        f'<rect width="{size}" height="{size}" fill="#fff"/>'
        f'<path d="M{x0} {y0}H{x1}M{x0} {y0}V{y1}" stroke="#333"/><path d="M{x0} {y0}L{x1} {y1}" stroke="#999" '
        f'stroke-dasharray="4"/>{"".join(dots)}'
        f'<text x="{size / 2}" y="{size - 8}" text-anchor="middle">p_valid stated</text>'
        f'<text x="12" y="{size / 2}" text-anchor="middle" transform="rotate(-90 12 {size / 2})">share real</text>'
        f'<text x="{x0 - 4}" y="{y0 + 14}">0</text><text x="{x1 - 4}" y="{y0 + 14}">1</text></svg>\n'
    )


if __name__ == "__main__":
    main()
