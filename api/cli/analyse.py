"""``minyi analyse``: reads stored texts again, with the present or another model."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

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

if TYPE_CHECKING:
    from pipeline.office import Office
    from pipeline.reanalysis import Reread
    from pipeline.store.reanalysis import AnalysisRun, Scope

KINDS = ("petition", "hotline", "weibo", "news", "notice", "survey")
EXAMPLES = """\b
Examples:
  minyi analyse --all --dry-run
  minyi analyse --since 30d --project qingtan-east-ring
  minyi analyse --all --model new-model
  minyi analyse
  minyi analyse --status
  minyi analyse --list
  minyi analyse --history DOCUMENT --purpose risk_identification"""


@click.command(epilog=EXAMPLES)
@click.option("--since", metavar="DATE|30d", help="Texts published from then on (a day begins in Asia/Shanghai).")
@click.option("--until", metavar="DATE|30d", help="Texts published before then.")
@click.option("--project", help="Texts that were linked to this project.")
@click.option("--source-kind", type=click.Choice(KINDS), help="Texts of this kind of source.")
@click.option("--all", "everything", is_flag=True, help="All texts.")
@click.option(
    "--model",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="DIR",
    help="Folder of another model than that of the settings (model_dir).",
)
@click.option("--dry-run", is_flag=True, help="Say how many texts would be read; read and store nothing.")
@click.option("--status", "asked", is_flag=True, help="Show how far the open runs are, who reads, and how fast.")
@click.option("--list", "listed", is_flag=True, help="Show the runs so far: versions, counts, when, state.")
@click.option("--history", metavar="DOCUMENT", help="Show all analyses of one text, superseded ones too.")
@purpose_option
@role_option("assessor")
@home_option
@json_option
@clear_errors
def command(
    since: str | None, until: str | None, project: str | None, source_kind: str | None, everything: bool,
    model: Path | None, dry_run: bool, asked: bool, listed: bool, history: str | None, purpose: str | None, role: str,
    home: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Read stored texts again that other versions read: another model, other code lists, another registry.

    Without a scope it goes on with what was begun. Safe to kill anywhere and to run again; several at once, and minyi
    work on any machine, share the texts, of which new ones get the larger part. Ctrl-C and SIGTERM end it after the
    batch in hand. What was found before is kept (--history), what people decided never changes, and
    index and candidates follow; minyi diff shows what changed. Equal versions and texts give equal results, so texts
    that these versions have read are not read again.
    """
    with opened(home) as office:
        if asked:
            from api.cli.analysis_status import show, status

            print_json(status(office)) if as_json else show(status(office))
            return
        if listed:
            runs = office.store.analysis_runs()
            print_json([_run(one) for one in runs]) if as_json else _print_runs(runs)
            return
        if history:
            from api.reading_desk import ReadingDesk

            rows = ReadingDesk(office, reader_of(role)).history(history, purpose)
            print_json(rows) if as_json else _print_history(rows)
            return
        scope = _scope(office, since, until, project, source_kind)
        if everything and any(value is not None for value in scope):
            raise click.UsageError("--all goes with no other restriction")
        _read(office, scope, everything or any(value is not None for value in scope), model, dry_run, as_json)


def _read(office: Office, scope: Scope, scoped: bool, model: Path | None, dry_run: bool, as_json: bool) -> None:
    from api.cli.progress import Bars
    from pipeline.reanalysis import begin, go_on, reading_with, versions_of
    from pipeline.stopping import until_asked

    with reading_with(office, model) as usual:
        versions = versions_of(office)
        if dry_run:
            outdated, there = office.store.texts_to_read(versions, scope)
            if as_json:
                print_json({"texts": there, "to_read": outdated, "versions": versions})
            else:
                click.echo(f"{outdated:,} of {there:,} texts would be read again by model {versions.model}.")
            return
        run = begin(office, scope, usual) if scoped else None
        if not scoped and not office.store.open_runs(versions):
            raise click.UsageError("nothing was begun with these versions; name texts (--since, --project, …) or --all")
        with Bars(quiet=as_json) as bars, until_asked() as stopped:
            told = go_on(office, usual, bars, stopped)
    if as_json:
        counts = {"read": told.read, "failed": told.failed, "new_texts": told.new.analysed}
        ended = [_run(one) for one in told.ended]
        print_json({"run": _run(run) if run else None, **counts, "projects": told.new.projects, "ended": ended})
        return
    _print_told(told, run)


def _scope(office: Office, since: str | None, until: str | None, project: str | None, source_kind: str | None) -> Scope:
    from api.desk import NotFound
    from pipeline.moments import time_of
    from pipeline.store.reanalysis import Scope

    now = office.store.clock()
    if project is not None and office.store.project(project) is None:
        raise NotFound(f"E311: no project {project}; see: minyi projects list")
    begin, end = (time_of(one, now) if one else None for one in (since, until))
    return Scope(begin, end, project, source_kind)


def _print_told(told: Reread, run: AnalysisRun | None) -> None:
    if run is None and not told.ended and not told.read:
        click.echo("Nothing to read: these versions have read all of these texts.")
        return
    parts = [
        (told.read, "texts read again"),
        (told.failed, "could not be read and keep their earlier analysis"),
        (told.new.analysed, "new texts read first"),
        (told.new.indexed, "index changes"),
        (told.new.projects, "projects proposed anew"),
    ]
    click.echo(", ".join(f"{count:,} {what}" for count, what in parts if count) or "Nothing was left to read.")
    for one in told.ended:
        click.echo(f"Run {one.id} has ended. See: minyi diff PROJECT --from before:{one.id} --to {one.id}")


def _run(run: AnalysisRun) -> dict[str, Any]:
    return {**run._asdict(), "versions": run.versions.model_dump()}


def _print_runs(runs: list[AnalysisRun]) -> None:
    for run in runs:
        scope = ", ".join(f"{name} {value}" for name, value in run.scope.items()) or "all texts"
        ended = f" – {run.ended_at:%Y-%m-%d %H:%M}" if run.ended_at else ""
        failed = f", {run.failed:,} failed" if run.failed else ""
        others = run.texts - run.read - run.failed if run.ended_at else 0
        failed += f", {others:,} left to others" if others > 0 else ""
        click.echo(
            f"{run.id}  {run.state:4}  {run.begun_at:%Y-%m-%d %H:%M}{ended} UTC"
            f"  {run.read:,} of {run.texts:,} read{failed}"
            f"  model {run.versions.model}, taxonomy {run.versions.taxonomy}  ({scope})"
        )
    if not runs:
        click.echo("No run yet. Begin one with: minyi analyse --all")


def _print_history(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        mark = "current   " if row["current"] else "superseded"
        factors = ", ".join(f"{one['code']} {one['p']:.2f}" for one in row["factors"]) or "no grievance"
        click.echo(f"{mark}  {row['made_at']:%Y-%m-%d %H:%M} UTC  model {row['versions']['model']}  {factors}")
