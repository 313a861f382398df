"""``minyi bulletin``: the weekly bulletin (周通报) as HTML or DOCX."""

from __future__ import annotations

from pathlib import Path

import click

from api.cli.options import clear_errors, home_option, opened, purpose_option, reader_of, role_option

FORMATS = (".html", ".docx")
EXAMPLES = """\b
Examples:
  minyi bulletin --purpose supervision --out bulletin.html
  minyi bulletin --week 2026-W02 --region 990102 --purpose risk_identification --role assessor --out bulletin.docx"""


@click.command(name="bulletin", epilog=EXAMPLES)
@click.option("--week", metavar="YYYY-Www", help="A week that is over, as in 2026-W02. Default: the last one.")
@click.option("--region", metavar="CODE", help="Only projects of this region (the beginning of its code).")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="File to write: .html or .docx."
)
@purpose_option
@role_option("supervisor")
@home_option
@clear_errors
def command(week: str | None, region: str | None, out: Path, purpose: str | None, role: str, home: Path | None) -> None:
    """Write the bulletin of a week: volume beside its baseline, incidents, risk points, dispatches and petitions
    without an answer by unit, sources and gaps. It names units, never citizens."""
    from api.bulletin import Week
    from api.bulletin.docx import docx
    from api.bulletin.html import html
    from api.outlook_desk import OutlookDesk

    if out.suffix.lower() not in FORMATS:
        raise click.UsageError(f"--out: {out.name} ends neither in .html nor in .docx")
    if region is not None and not (region.isdigit() and 2 <= len(region) <= 12):
        raise click.UsageError(f"--region: {region} is no region code (2 to 12 digits)")
    with opened(home) as office:
        told = OutlookDesk(office, reader_of(role)).bulletin(purpose, Week.named(week) if week else None, region)
    out.write_bytes(docx(told) if out.suffix.lower() == ".docx" else html(told).encode())
    click.echo(f"{out}: {told.week.name}, {len(told.projects)} projects")
