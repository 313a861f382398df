"""``minyi evaluate``: figures of predictions on labelled texts, with intervals."""

from __future__ import annotations

import gzip
import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from api.cli.jsonl import BadLine, Row, read_rows

if TYPE_CHECKING:
    from pipeline.evaluation import Figure

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command(
    epilog="""\b
Examples:
  minyi evaluate grievances --gold gold_dev.jsonl.gz
  minyi evaluate weibo --gold weibo_dev.jsonl.gz --json
  minyi evaluate linking --gold links_dev.jsonl.gz --projects projects_dev.jsonl
  minyi evaluate redact --gold marked.jsonl --predictions redacted.jsonl
"""
)
@click.argument("task", type=click.Choice(["grievances", "weibo", "linking", "redact"]))
@click.option("--gold", type=_FILE, required=True, help="Labelled rows (JSON lines, .gz accepted).")
@click.option("--predictions", type=_FILE, help="Output of the filter; without it the filter runs here.")
@click.option("--projects", type=_FILE, help="Registry of decision projects, for linking.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of a table.")
def command(task: str, gold: Path, predictions: Path | None, projects: Path | None, as_json: bool) -> None:
    """Measure a filter's predictions against labelled texts.

    Macro-F1 stands beside every accuracy, since labels are uneven; main figures carry 95 % bootstrap intervals.
    """
    if task == "linking" and predictions is None and projects is None:
        raise click.UsageError("linking needs --projects (or --predictions)")
    from pipeline.evaluation import TASKS, paired

    rows = _rows(gold)
    said = _rows(predictions) if predictions else _predicted(task, rows, projects)
    try:
        figures = TASKS[task](paired(rows, said))
    except KeyError as error:
        raise click.ClickException(f"a row lacks the field {error}") from error
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    if as_json:
        result = {figure.name: {k: v for k, v in asdict(figure).items() if k != "name"} for figure in figures}
        click.echo(json.dumps({"task": task, "rows": len(rows), "figures": result}, ensure_ascii=False))
    else:
        _show(task, figures)


def _rows(path: Path) -> list[Row]:
    opener = gzip.open if path.suffix == ".gz" else open
    try:
        with opener(path, "rb") as lines:
            rows = list(read_rows(lines))
    except (gzip.BadGzipFile, EOFError) as error:
        raise click.ClickException(f"{path}: {error}") from error
    wrong = next((row for row in rows if isinstance(row, BadLine)), None)
    if wrong is not None:
        raise click.ClickException(f"{path}: {wrong['error']}")
    if not rows:
        raise click.ClickException(f"{path} holds no rows")
    return rows


def _predicted(task: str, rows: list[Row], projects: Path | None) -> list[Row]:
    if task == "redact":
        from api.cli.redact import _redacted as redacted

        return redacted(rows)
    from api.cli.projects import registry
    from pipeline.annotate import Linking, annotate

    given = [{name: row.get(name) for name in ("uid", "title", "text", "time", "region")} for row in rows]
    if task == "weibo":
        given = [
            row | {"time": original.get("date"), "source_kind": "weibo"}
            for row, original in zip(given, rows, strict=True)
        ]
    return annotate(given, Linking.to(registry(projects) if projects else []))


def _show(task: str, figures: list[Figure]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(title=f"{task}: predictions against labels")
    table.add_column("figure")
    for name in ("value", "95 % interval", "rows"):
        table.add_column(name, justify="right")
    for figure in figures:
        bounds = "" if figure.low is None else f"{figure.low:.3f}–{figure.high:.3f}"
        table.add_row(figure.name, f"{figure.value:.3f}", bounds, str(figure.rows))
    Console().print(table)
