"""``minyi annotate``: JSONL in, JSONL out, the findings of each text."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from api.cli.jsonl import Row, run_filter

if TYPE_CHECKING:
    from models.transformer.chosen import Device


@click.command(
    epilog="""\b
Examples:
  echo '{"uid":"1","title":"停水","text":"小区已停水三天，物业不管"}' | minyi annotate
  minyi annotate --projects projects.jsonl < letters.jsonl > findings.jsonl
"""
)
@click.option(
    "--projects",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Registry of decision projects (JSON lines); without it no text is linked.",
)
@click.option(
    "--device",
    type=click.Choice(["cpu", "cuda"]),
    help="What computes the model; cuda needs a GPU, minyi[train] and MINYI_MODEL_DIR with a training run's folder.",
)
def command(projects: Path | None, device: Device | None) -> None:
    """Say what each text complains of: {uid,title,text,time?,region?,source_kind?} lines in, findings out.

    Offsets count code points of title, line feed, text, as given: this filter stores nothing and redacts nothing.
    A line that cannot be read gets an "error" field. Exit code 1 if any did.
    """
    from api.cli.projects import registry
    from models.transformer.chosen import choose
    from pipeline.annotate import Linking, annotate

    if device:
        choose(device=device)
    linking = Linking.to(registry(projects) if projects else [])

    def handle(rows: list[Row]) -> list[Row]:
        return annotate(rows, linking)

    sys.exit(1 if run_filter(handle) else 0)
