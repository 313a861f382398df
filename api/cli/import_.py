"""``minyi import``: from files of petitions to risk-point candidates, in one command."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from api.cli.options import clear_errors, home_option, json_option, opened, print_json

if TYPE_CHECKING:
    from api.cli.progress import Bars
    from crawlers.importers import ImportOptions, ImportSource, RejectReport
    from pipeline.office import Office
    from pipeline.raw import RawItem

EXAMPLES = """\b
Examples:
  minyi import petitions.xlsx --projects projects.jsonl
  minyi import export.csv --map title=主题 --map body=反映内容
  minyi import letters/ --dry-run
  minyi import weibo.jsonl --kind weibo --source 微博"""


@dataclass
class Summary:
    """What became of one file."""

    file: str
    rows: int = 0
    new: int = 0
    known: int = 0
    repeated: int = 0
    quarantined: int = 0
    rejected: int = 0
    reasons: dict[str, int] = field(default_factory=dict)


@click.command(name="import", epilog=EXAMPLES)
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@home_option
@click.option(
    "--projects", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Register these projects first."
)
@click.option(
    "--map", "maps", multiple=True, metavar="FIELD=COLUMN", help="Which column holds a field, as in title=主题."
)
@click.option("--source", help="Name of the board or office that the file comes from. Default: the file's name.")
@click.option("--kind", default="petition", show_default=True, help="petition, hotline, weibo, news, notice or survey.")
@click.option(
    "--platform", help="Where account ids are valid; give files of one system the same name. Default: the source."
)
@click.option("--delimiter", help="Column separator of a CSV file, when it is not found by itself.")
@click.option("--encoding", help="Encoding of a text file, when it is not found by itself.")
@click.option(
    "--rejects",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("rejects.csv"),
    show_default=True,
    help="Where bad rows are listed, with row, field and reason.",
)
@click.option("--dry-run", is_flag=True, help="Show what would happen to each column and row; store nothing.")
@click.option("--no-work", is_flag=True, help="Only take the rows in; analyse them later with minyi work.")
@json_option
@clear_errors
def command(
    files: tuple[Path, ...], home: Path | None, projects: Path | None, maps: tuple[str, ...], source: str | None,
    kind: str, platform: str | None, delimiter: str | None, encoding: str | None, rejects: Path, dry_run: bool,
    no_work: bool, as_json: bool,
) -> None:  # fmt: skip
    """Import petitions from CSV, XLSX or JSONL files or from folders of letters (DOCX, TXT).

    Columns are recognised by their Chinese or English names; name, phone, identity-number and address columns are
    dropped before anything else of a row is read. Importing the same file again changes nothing. Register the projects
    first (or give --projects): distinct voices can only be counted for projects that are known at import.
    """
    from crawlers.importers import ImportOptions, RejectReport

    options = ImportOptions(
        mapping=_mapping(maps),
        source=source,
        source_kind=_kind(kind),
        platform=platform,
        delimiter=delimiter,
        encoding=encoding,
    )
    if dry_run:
        _dry_run(files, options, as_json)
        return
    with opened(home, create=True) as office:
        if projects:
            _register(office, projects, quiet=as_json)
        if not office.store.projects():
            click.echo(
                "No project is registered: texts are stored, but none can be linked (minyi projects import).", err=True
            )
        with RejectReport(rejects) as report:
            summaries = _take_in(office, files, options, report, quiet=as_json)
        done = None if no_work else _work(office, quiet=as_json)
    if as_json:
        print_json({"files": [asdict(s) for s in summaries], "work": asdict(done) if done else None})
        return
    for summary in summaries:
        click.echo(_told(summary, rejects))
    if done:
        click.echo(
            f"{done.analysed:,} analysed, {done.indexed:,} index changes, "
            f"risk points proposed anew for {done.projects:,} projects.\n"
            "Next: minyi risk-points PROJECT --purpose risk_identification"
        )


def _take_in(
    office: Office, files: tuple[Path, ...], options: ImportOptions, report: RejectReport, *, quiet: bool
) -> list[Summary]:
    from api.cli.progress import Bars
    from crawlers.importers import open_source

    sources = [(path, open_source(path, options)) for path in files]
    summaries = []
    with Bars(quiet=quiet) as bars:
        for path, opened_source in sources:
            summary = Summary(path.name)
            bars.step("import", opened_source.total_hint)
            receipt = office.receive(_items(opened_source, report, summary, bars))
            summary.new, summary.known, summary.quarantined = receipt.new, receipt.known, receipt.quarantined
            summary.repeated, summary.reasons = opened_source.duplicates, receipt.reasons
            bars.reach(opened_source.total_hint, summary.rows)
            summaries.append(summary)
    return summaries


def _items(source: ImportSource, report: RejectReport, summary: Summary, bars: Bars) -> Iterator[RawItem]:
    """The items of the good rows; bad rows go to the report."""
    from crawlers.importers import Bad

    for row in source:
        summary.rows += 1
        if isinstance(row, Bad):
            report.add(row)
            summary.rejected += 1
        else:
            yield from row.items
        if summary.rows % 50 == 0:
            bars.reach(source.position, summary.rows)


def _work(office: Office, *, quiet: bool) -> Any:
    from api.cli.progress import Bars
    from pipeline.work import work

    with Bars(quiet=quiet) as bars:
        return work(office, bars)


def _register(office: Office, file: Path, *, quiet: bool) -> None:
    from api.cli.projects import read_projects

    good, bad = read_projects(file)
    if bad:
        first = bad[0]
        raise click.ClickException(f"{file}: line {first['line']}: {first['field']}: {first['reason']}")
    outcome = office.register(good)
    if not quiet:
        click.echo(
            f"projects: {len(outcome.new)} new, {len(outcome.changed)} changed, {len(outcome.unchanged)} unchanged"
        )


def _dry_run(files: tuple[Path, ...], options: ImportOptions, as_json: bool) -> None:
    from rich.console import Console
    from rich.table import Table

    from crawlers.importers import Bad, open_source

    plans: list[dict[str, Any]] = []
    for path in files:
        source = open_source(path, options)
        rows = list(source)
        bad = [row for row in rows if isinstance(row, Bad)]
        plans.append(
            {
                "file": path.name, "kind": source.kind, "encoding": source.encoding, "sheets": source.sheets,
                "notes": source.notes, "columns": [asdict(column) for column in source.columns],
                "good": len(rows) - len(bad), "bad": [asdict(row) for row in bad], "repeated": source.duplicates,
            }
        )  # fmt: skip
    if as_json:
        print_json(plans)
        return
    console = Console()
    for plan in plans:
        console.print(f"{plan['file']}: {plan['kind']}, {plan['good']} rows would go in, {len(plan['bad'])} would not")
        for note in plan["notes"]:
            console.print(f"  {note}", highlight=False)
        table = Table("column", "becomes", "sheet", box=None)
        for column in plan["columns"]:
            table.add_row(column["header"], column["field"] or column["disposition"], column["sheet"])
        console.print(table)
        for row in plan["bad"][:20]:
            console.print(f"  row {row['row_number']} {row['sheet']}: {row['field']}: {row['reason']}", highlight=False)


def _told(summary: Summary, rejects: Path) -> str:
    parts = [f"{summary.new:,} new", f"{summary.known:,} known already"]
    if summary.repeated:
        parts.append(f"{summary.repeated:,} repeated rows")
    if summary.quarantined:
        reasons = ", ".join(f"{reason} {count}" for reason, count in summary.reasons.items())
        parts.append(f"{summary.quarantined:,} set aside ({reasons})")
    if summary.rejected:
        parts.append(f"{summary.rejected:,} rejected: see {rejects}")
    if not summary.new and not summary.rejected and not summary.quarantined:
        parts.append("nothing changed")
    return f"{summary.file}: " + ", ".join(parts)


def _mapping(maps: tuple[str, ...]) -> dict[str, str]:
    """Column → field. Raises UsageError for what is not FIELD=COLUMN."""
    mapping = {}
    for item in maps:
        name, separator, column = item.partition("=")
        if not separator or not name.strip() or not column.strip():
            raise click.UsageError(f"--map: expected FIELD=COLUMN, as in title=主题; found {item!r}")
        mapping[column.strip()] = name.strip()
    return mapping


def _kind(kind: str) -> Any:
    from typing import get_args

    from pipeline.records import SourceKind

    if kind not in get_args(SourceKind):
        raise click.UsageError(f"--kind: {kind!r} is not one of {', '.join(get_args(SourceKind))}")
    return kind
