"""``minyi tables``: the assessor's tables of a project as XLSX or DOCX."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from api.cli.options import clear_errors, home_option, opened, purpose_option, reader_of, role_option

if TYPE_CHECKING:
    from api.tables import TableName

NAMES = ("T3", "T4", "T5", "T6", "T7", "T9", "all")
EXAMPLES = """\b
Examples:
  minyi tables --project qingtan-east-ring --table all --out tables.xlsx --purpose risk_identification
  minyi tables --project qingtan-east-ring --table T3 --format docx --out t3.docx --purpose risk_identification
  minyi tables --project qingtan-east-ring --table T5 --with-candidates --out t5.xlsx --purpose risk_identification"""


@click.command(name="tables", epilog=EXAMPLES)
@click.option("--project", required=True, metavar="ID", help="The decision project.")
@click.option(
    "--table", "tables", multiple=True, type=click.Choice(NAMES), default=("all",), show_default=True,
    help="Which table; may be repeated.",
)  # fmt: skip
@click.option("--format", "form", type=click.Choice(["xlsx", "docx"]), help="Default: what the file's name ends in.")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="File to write: .xlsx or .docx."
)
@click.option(
    "--with-candidates", "candidates", is_flag=True,
    help="Also candidates that nobody has accepted: a working paper, marked as such, no annex of a report (P-23).",
)  # fmt: skip
@purpose_option
@role_option("assessor")
@home_option
@clear_errors
def command(
    project: str, tables: tuple[str, ...], form: str | None, out: Path, candidates: bool, purpose: str | None,
    role: str, home: Path | None,
) -> None:  # fmt: skip
    """Write the tables T3 (demands), T4 (opinion), T5 (factors), T6 (estimates), T7 (measures), T9 (adoption) with the
    annex of evidence, method and limits. Cells that people fill stay blank; survey figures are in none of them."""
    from api.tables import TABLES
    from api.tables.docx import docx
    from api.tables.xlsx import xlsx
    from api.tables_desk import TablesDesk

    form = form or out.suffix.lower().removeprefix(".")
    if form not in ("xlsx", "docx"):
        raise click.UsageError(f"--out: {out.name} ends neither in .xlsx nor in .docx; name the --format")
    chosen: tuple[TableName, ...] = tuple(name for name in TABLES if "all" in tables or name in tables)
    with opened(home) as office:
        desk = TablesDesk(office, reader_of(role))
        book = desk.tables(project, purpose, chosen, candidates=candidates, form=form)
    out.write_bytes(docx(book) if form == "docx" else xlsx(book))
    click.echo(f"{out}: {', '.join(table.id for table in book.tables)}, {len(book.annex.rows)} passages of evidence")
