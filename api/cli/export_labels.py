"""``minyi export-labels``: what assessors decided becomes training rows."""

from __future__ import annotations

import json
import os
from pathlib import Path

import click

from api.cli.options import (
    clear_errors,
    home_option,
    json_option,
    opened,
    print_json,
    purpose_option,
    reader_of,
    role_option,
)


@click.command(
    name="export-labels",
    epilog="""\b
Example:
  minyi export-labels --project qingtan-east-ring --purpose risk_identification --out decided.jsonl
  minyi train run --labels decided.jsonl --from run1 --trunk trunk --out run2""",
)
@click.option("--project", required=True, help="The project whose decisions are exported.")
@purpose_option
@role_option("assessor")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="File (JSON lines).")
@home_option
@json_option
@clear_errors
def command(project: str, purpose: str | None, role: str, out: Path, home: Path | None, as_json: bool) -> None:
    """Write the decisions on a project's candidates as labelled rows: redacted texts with what people said of them.

    Texts behind which too few voices stand are kept back (P-06, P-07), sealed and withdrawn ones too. The file is
    written whole or not at all, for you alone to read; the same decisions give the same file. The audit trail notes it.
    """
    from api.label_desk import LabelDesk

    with opened(home) as office:
        labels = LabelDesk(office, reader_of(role)).labels(project, purpose)
    draft = out.with_name(f".{out.name}.new")
    with open(draft, "w", encoding="utf-8", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in labels.rows)
    draft.replace(out)
    if as_json:
        print_json({"rows": len(labels.rows), "withheld": labels.withheld, "out": str(out)})
        return
    click.echo(f"{len(labels.rows)} rows: {out}")
    if labels.withheld:
        click.echo(f"{labels.withheld} texts kept back: too few voices stand behind them (P-06)")
    if not labels.rows:
        click.echo("Nothing to learn from yet; decide about candidates first: minyi decide")
