"""``minyi import``: from files of petitions to risk-point candidates, in one command."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from api.cli.dry_run import plan_of, show
from api.cli.options import clear_errors, home_hint, home_option, json_option, opened, print_json
from api.cli.work import told

if TYPE_CHECKING:
    from api.cli.taking_in import Summary
    from crawlers.importers import ImportSource
    from pipeline.office import Office
    from pipeline.records import DecisionProject
    from pipeline.work import Done

    Sources = list[tuple[Path, ImportSource]]

EXAMPLES = """\b
Examples:
  minyi import examples/petitions_ring_road.xlsx --projects examples/projects.jsonl
  minyi import examples/petitions_waste_plant.csv --map title=留言主题 --map body=留言详情 --dry-run
  minyi import examples/weibo.jsonl --kind weibo --source 微博
  minyi import examples/hotline.jsonl --kind hotline --no-work

Exit code 1 when a file cannot be read or none of its rows is good; the good rows of all files are in."""


@click.command(name="import", epilog=EXAMPLES)
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@home_option
@click.option(
    "--projects", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Register these projects first."
)
@click.option(
    "--map", "maps", multiple=True, metavar="FIELD=COLUMN", help="Which column holds a field, as in title=主题."
)
@click.option(
    "--source",
    help="Name of the board or office that the file comes from; an id is unique within it. Default: the file's name.",
)
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
    """Import petitions from CSV, XLSX or JSONL files or from letters: DOCX, TXT, PDF with a text layer, a folder or ZIP
    archive of them.

    Columns are recognised by their Chinese or English names; name, phone, identity-number and address columns are
    dropped before anything else of a row is read. Importing the same file again changes nothing. Register the projects
    first (or give --projects): distinct voices can only be counted for projects that are known at import.
    """
    from api.cli.projects import registry
    from api.cli.taking_in import open_sources
    from crawlers.importers import ImportOptions

    options = ImportOptions(
        mapping=_mapping(maps),
        source=source,
        source_kind=_kind(kind),
        platform=platform,
        delimiter=delimiter,
        encoding=encoding,
    )
    registered = registry(projects) if projects else []
    sources, refused = open_sources(files, options)
    if not sources:
        _end_with(refused.values())
    if dry_run:
        plans = [plan_of(path, source) for path, source in sources]
        print_json(plans) if as_json else show(plans)
        _end_with(refused.values())
        return
    with opened(home, create=True) as office:
        _register(office, registered, quiet=as_json)
        summaries = _take_in(office, sources, rejects, no_work=no_work, quiet=as_json)
        done = None if no_work else _work(office, quiet=as_json)
        known = [project.id for project in office.store.projects()]
    refused |= {summary.file: summary.refused for summary in summaries if summary.refused}
    if as_json:
        print_json(
            {"files": [asdict(s) for s in summaries], "refused": refused, "work": asdict(done) if done else None}
        )
    else:
        _tell(summaries, rejects)
        if done:
            click.echo(told(done))
        if next_step := _next(known, done, home):
            click.echo(f"Next: {next_step}")
    _end_with(refused.values(), failed=any(summary.in_vain for summary in summaries))


def _register(office: Office, registry: list[DecisionProject], *, quiet: bool) -> None:
    if registry:
        outcome = office.register(registry)
        if not quiet:
            click.echo(
                f"projects: {len(outcome.new)} new, {len(outcome.changed)} changed, {len(outcome.unchanged)} unchanged"
            )
    if not office.store.projects():
        click.echo(
            "No project is registered: texts are stored, but none can be linked (minyi projects import).", err=True
        )


def _take_in(office: Office, sources: Sources, rejects: Path, *, no_work: bool, quiet: bool) -> list[Summary]:
    from api.cli.progress import Bars
    from api.cli.taking_in import take_in
    from crawlers.importers import RejectReport
    from pipeline.backlog import waited_for, worked_off

    with RejectReport(rejects) as report, Bars(quiet=quiet) as bars:
        return list(take_in(office, sources, report, bars, waited_for if no_work else worked_off))


def _work(office: Office, *, quiet: bool) -> Done:
    from api.cli.progress import Bars
    from pipeline.work import work

    with Bars(quiet=quiet) as bars:
        return work(office, bars)


def _tell(summaries: list[Summary], rejects: Path) -> None:
    for summary in summaries:
        click.echo(summary.told(rejects))
        for line in summary.told_rejected():
            click.echo(line, err=True)


def _next(projects: list[str], done: Done | None, home: Path | None) -> str | None:
    """The command that a user needs now."""
    if done is None:
        return "minyi work" + home_hint(home)
    if not projects:
        return f"minyi projects import PROJECTS.jsonl{home_hint(home)}, then minyi work{home_hint(home)}"
    project = projects[0] if len(projects) == 1 else "PROJECT"
    return f"minyi risk-points {project} --purpose risk_identification" + home_hint(home)


def _end_with(errors: Iterable[str], *, failed: bool = False) -> None:
    """Names every refused file on stderr; ends with exit code 1 when there is one, or when all was in vain."""
    messages = list(dict.fromkeys(errors))
    for message in messages:
        click.echo(f"Error: {message}", err=True)
    if messages or failed:
        raise SystemExit(1)


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
