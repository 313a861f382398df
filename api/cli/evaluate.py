"""``minyi evaluate``: figures of predictions on labelled texts, with intervals."""

from __future__ import annotations

import gzip
import hashlib
import random
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from api.cli.jsonl import BadLine, Row, read_rows
from api.cli.options import clear_errors, print_json

if TYPE_CHECKING:
    from pipeline.evaluation.readers import Predictor

TASKS = (
    "grievance", "weibo_grievance", "domain", "emotion", "polarity", "stance", "ner", "linking", "redaction",
    "extraction", "similarity", "bias",
)  # fmt: skip
FORMER = ("grievances", "weibo", "redact")
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command(
    epilog="""\b
Examples:
  minyi evaluate grievance --data gold_dev.jsonl.gz --report report
  minyi evaluate weibo_grievance --data weibo_dev.jsonl.gz --json
  minyi evaluate linking --data links_dev.jsonl.gz --projects projects_dev.jsonl
  minyi evaluate redaction --data marked.jsonl --predictions redacted.jsonl
  minyi evaluate emotion --data dev.jsonl.gz --predictions emotions.jsonl
  minyi evaluate stance --data train.jsonl.gz --only dev_ids.txt
  minyi evaluate similarity --data all.jsonl.gz --sample 5000
  minyi evaluate bias --data gold_dev.jsonl.gz
"""
)
@click.argument("task", type=click.Choice([*TASKS, *FORMER]), metavar="TASK")
@click.option("--data", "--gold", "data", type=_FILE, required=True, help="Labelled rows (JSON lines, .gz accepted).")
@click.option("--predictions", type=_FILE, help="Predictions (JSON lines); without them the shipped model predicts.")
@click.option("--projects", type=_FILE, help="Registry of decision projects, for linking.")
@click.option("--only", type=_FILE, help="File with the uid or id of the rows that count, one a line.")
@click.option("--sample", type=click.IntRange(min=1), help="Measure on so many rows, drawn at random, always the same.")
@click.option("--report", type=click.Path(file_okay=False, path_type=Path), help="Folder for a report with pictures.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of tables.")
@clear_errors
def command(
    task: str, data: Path, predictions: Path | None, projects: Path | None, only: Path | None, sample: int | None,
    report: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Measure predictions against labelled texts.

    TASK is grievance, weibo_grievance, domain, emotion, polarity, stance, ner, linking, redaction, extraction,
    similarity or bias; docs/EVALUATION.md says for each what a labelled row and a prediction look like. (grievances,
    weibo, redact and --gold are former names and still work.)

    Every figure has a 95 % bootstrap interval, macro-F1 stands beside every accuracy, and where two annotators read
    the texts their agreement stands beside both. Then come precision, recall and F1 of every label, calibration,
    slices (short texts, rural, Weibo, news, replies, truncated) and the commonest confusions. --report DIR writes
    report.md with pictures, and figures.json. No text is printed or written.
    """
    from pipeline.evaluation import FORMER_NAMES, TASKS, evaluate, labelled

    named = TASKS[FORMER_NAMES.get(task, task)]
    if named.name == "linking" and predictions is None and projects is None:
        raise click.UsageError("linking needs --projects (or --predictions)")
    gold = _chosen(labelled(named.name, _rows(data)), only, sample)
    if named.name == "extraction":
        gold = [row | {"html_path": str(data.parent / row["html_file"])} for row in gold]
    source = {"data": data.name, "sha256 of data": _digest(data)}
    if predictions:
        said: Sequence[Row] = _rows(predictions)
        source |= {"predictions": predictions.name, "sha256 of predictions": _digest(predictions)}
    else:
        said = _predicted(gold, _predictor(named.name, gold, projects), quiet=as_json)
        source |= _versions()
    found = evaluate(named, gold, said, name=task, source=source)
    written = None
    if report:
        from api.charts import svg
        from pipeline.evaluation.report import write_report

        written = write_report(found, report, svg)
    if as_json:
        print_json(found.as_json())
        return
    from api.cli.evaluation_tables import show

    show(found)
    if written:
        click.echo(f"Report: {written}")


def _rows(path: Path) -> list[Row]:
    opener = gzip.open if path.name.endswith(".gz") else open
    try:
        with opener(path, "rb") as lines:
            if path.name.removesuffix(".gz").endswith(".txt"):
                from pipeline.evaluation.marked_text import marked_rows

                rows = list(marked_rows(line.decode("utf-8-sig") for line in lines))
            else:
                rows = list(read_rows(lines))
    except (gzip.BadGzipFile, EOFError, UnicodeDecodeError) as error:
        raise click.ClickException(f"{path}: {error}") from error
    wrong = next((row for row in rows if isinstance(row, BadLine)), None)
    if wrong is not None:
        raise click.ClickException(f"{path}: {wrong['error']}")
    if not rows:
        raise click.ClickException(f"{path} holds no rows")
    return rows


def _chosen(rows: list[Row], only: Path | None, sample: int | None) -> list[Row]:
    """The rows that count, in their order. Raises ClickException when a wanted row is not there."""
    if only:
        wanted = {line.strip() for line in only.read_text("utf-8").splitlines() if line.strip()}
        rows = [row for row in rows if row["uid"] in wanted]
        if unknown := sorted(wanted - {row["uid"] for row in rows}):
            raise click.ClickException(f"{only}: {len(unknown)} rows are not in the data, the first {unknown[0]!r}")
    if sample and sample < len(rows):
        numbers = sorted(random.Random(1).sample(range(len(rows)), sample))
        rows = [rows[n] for n in numbers]
    return rows


def _predictor(task: str, rows: list[Row], projects: Path | None) -> Predictor:
    if task == "redaction":
        from api.cli.redact import _redacted

        return lambda some: _redacted(list(some))
    if task == "extraction":
        from api.cli.extract import _extracted

        return lambda some: _extracted([{"uid": row["uid"], "html_path": row["html_path"]} for row in some])
    from api.cli.projects import registry
    from pipeline.evaluation.shipped import predictor

    return predictor(task, rows, registry(projects) if projects else ())


def _predicted(rows: list[Row], predictor: Predictor, *, quiet: bool) -> list[Row]:
    from api.cli.progress import Bars
    from pipeline.evaluation import predicted

    with Bars(quiet=quiet) as bars:
        bars.step("predicting", len(rows))
        try:
            return list(predicted(rows, predictor, bars.advance))
        except ValueError as error:
            raise click.ClickException(f"a row cannot be read: {error}") from error


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:12]


def _versions() -> dict[str, str]:
    from importlib.metadata import version

    from models.fingerprint import fingerprint

    return {"minyi": version("minyi"), "models": fingerprint()}
