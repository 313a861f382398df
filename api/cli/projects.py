"""``minyi projects``: the registry of decision projects."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from api.cli.aliases import command as aliases
from api.cli.options import (
    clear_errors,
    desk_of,
    home_option,
    json_option,
    opened,
    print_json,
    purpose_option,
    role_option,
)

if TYPE_CHECKING:
    from pipeline.records import DecisionProject

LONGEST_NAME = 64
MILESTONE_EXAMPLES = """\b
Examples:
  minyi projects milestones qingtan-east-ring --purpose risk_identification
  minyi projects milestones qingtan-east-ring --accept ID --who 评估员甲 --reason 原件一致 --purpose risk_survey"""


@click.group(name="projects")
def command() -> None:
    """Register decision projects (重大决策事项) and list them."""


@command.command(name="import", epilog="Example: minyi projects import examples/projects.jsonl")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@home_option
@json_option
@clear_errors
def import_(file: Path, home: Path | None, as_json: bool) -> None:
    """Register the projects in FILE (JSON lines or CSV, one project a line). Good lines go in, bad ones are named."""
    from pipeline.parents import refused_parents

    read, bad = _read(file)
    if not read and not bad:
        raise click.ClickException(f"{file}: there is no project in it; write one JSON object a line")
    with opened(home, create=True) as office:
        known = {project.id: project.parent_id for project in office.store.projects()}
        refused = refused_parents([project for _, project in read], known)
        bad += [
            {"line": number, "field": "parent_id", "reason": refused[project.id]}
            for number, project in read
            if project.id in refused
        ]
        outcome = office.register(project for _, project in read if project.id not in refused)
    bad.sort(key=lambda one: one["line"])
    if as_json:
        print_json({"new": outcome.new, "changed": outcome.changed, "unchanged": outcome.unchanged, "bad": bad})
    else:
        click.echo(f"{len(outcome.new)} new, {len(outcome.changed)} changed, {len(outcome.unchanged)} unchanged")
        for line in bad:
            click.echo(f"{file.name}: {told_bad(line)}", err=True)
    if bad:
        raise SystemExit(1)


@command.command(name="list", epilog="Example: minyi projects list --purpose risk_identification")
@home_option
@purpose_option
@role_option("assessor")
@json_option
@clear_errors
def list_(home: Path | None, purpose: str | None, role: str, as_json: bool) -> None:
    """List the projects with the number of searchable documents about each (sealed ones are not among them).

    A project that is part of another stands below it, with its own documents: the two numbers are not summed.
    """
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    with opened(home) as office:
        desk = desk_of(office, role)
        projects = desk.projects(purpose)
        counts = desk.searchable(projects)
        if as_json:
            print_json([{**p.model_dump(mode="json"), "documents": counts[p.id].as_json()} for p in projects])
            return
        table = Table("project", "name", "stage", "documents", box=None)
        for depth, project in _tree(projects):
            name = Text("  " * (depth - 1) + "└ " * (depth > 0) + project.name_zh)
            table.add_row(project.id, name, project.stage, str(counts[project.id]))
        Console().print(table)


def _tree(projects: list[DecisionProject]) -> Iterator[tuple[int, DecisionProject]]:
    """The projects with their depth, each below the one it is part of; at the top where that one is not shown."""
    from pipeline.parents import sub_projects

    by_id = {project.id: project for project in projects}
    below = sub_projects(projects)
    tops = [project for project in projects if project.parent_id not in by_id]
    waiting = [(0, project) for project in reversed(tops)]
    while waiting:
        depth, project = waiting.pop()
        yield depth, project
        waiting += [(depth + 1, by_id[key]) for key in reversed(below.get(project.id, ()))]


@command.command(epilog=MILESTONE_EXAMPLES)
@click.argument("project")
@click.option("--accept", metavar="ID", help="Take this proposed milestone into the project.")
@click.option("--reject", metavar="ID", help="Reject this proposed milestone.")
@click.option("--who", help="The person who decides (P-23).")
@click.option("--reason", help="Why, in a few words.")
@purpose_option
@role_option("assessor")
@home_option
@json_option
@clear_errors
def milestones(
    project: str, accept: str | None, reject: str | None, who: str | None, reason: str | None, purpose: str | None,
    role: str, home: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Show the milestones that official notices propose for PROJECT, with their statutory clocks; accept or reject one.

    Where a notice announces fewer days than its statute wants, both numbers are shown, with the words of the notice.
    """
    decided = accept or reject
    if accept and reject:
        raise click.UsageError("--accept or --reject, not both")
    if decided and not (who and who.strip() and reason and len(reason.strip()) > 1):
        raise click.UsageError("a named person decides, with a reason (P-23): --who NAME --reason WHY")
    if who and len(who) > LONGEST_NAME:
        raise click.UsageError(f"--who: at most {LONGEST_NAME} characters")
    if not decided and (who or reason):
        raise click.UsageError("--who and --reason go with --accept ID or --reject ID")
    with opened(home) as office:
        desk = desk_of(office, role)
        if decided:
            assert who and reason
            rows = [desk.decide_milestone(project, purpose, decided, who=who, accept=bool(accept), reason=reason)]
        else:
            rows = desk.milestones(project, purpose)
    if as_json:
        print_json(rows[0] if decided else rows)
        return
    for row in rows:
        _show_milestone(row)
    if not rows:
        click.echo("No notice proposes a milestone.")


def _show_milestone(row: dict[str, Any]) -> None:
    by = f" by {row['decided_by']}: {row['reason']}" if row["decided_by"] else ""
    click.echo(f"{row['date']}  {row['name']}  {row['state']}{by}  {row['id']}")
    if row["notice_title"]:
        click.echo(f"  {row['notice_title']}" + (f" ({row['issued_by']})" if row["issued_by"] else ""))
    clock = row["clock"]
    if clock is None:
        return
    unit = "working days" if clock["unit"] == "working_day" else "days"
    announced = "names no period" if clock["announced"] is None else f"announces {clock['announced']}"
    shorter = ": the announced period is shorter" if clock["shorter"] else ""
    click.echo(f"  at least {clock['required']} {unit} ({clock['basis']}); the notice {announced}{shorter}")
    if clock["evidence"]:
        click.echo(f"  “{' '.join(clock['evidence']['text'].split())}”")
    if not clock["holidays_known"]:
        click.echo("  the holidays of that year are not known: working days are Monday to Friday")


command.add_command(aliases)


def read_projects(file: Path) -> tuple[list[DecisionProject], list[dict[str, Any]]]:
    """The good projects of a registry file, and what is wrong with the other lines."""
    good, bad = _read(file)
    return [project for _, project in good], bad


def _read(file: Path) -> tuple[list[tuple[int, DecisionProject]], list[dict[str, Any]]]:
    """The good projects with their line numbers, and the bad lines; whether a parent is known is not asked here."""
    from api.registry_files import RegistryUnreadable, read_registry

    try:
        return read_registry(file.read_bytes())
    except RegistryUnreadable as error:
        raise click.ClickException(f"{file}: {error}") from error


def registry(file: Path) -> list[DecisionProject]:
    """The projects of a registry file. Raises ClickException naming the first bad line: a part of it is no registry."""
    good, bad = read_projects(file)
    if bad:
        raise click.ClickException(f"{file}: {told_bad(bad[0])}; no project of it was taken")
    return good


def told_bad(bad: dict[str, Any]) -> str:
    """A bad line with its number, field and reason."""
    return ": ".join(filter(None, [f"line {bad['line']}", bad["field"], bad["reason"]]))
