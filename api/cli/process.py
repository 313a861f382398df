"""``minyi process``: the checklist of an assessment, its stages, and what recurs after it was closed."""

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
    from api.process_desk import ProcessDesk
    from pipeline.office import Office

MARKS = {"open": "[ ]", "done": "[x]", "not_applicable": "[-]"}
STAGES = ["pre_assessment", "in_assessment", "after_assessment", "post_assessment"]


@click.group(name="process")
def command() -> None:
    """The process of an assessment: four stages with thirteen steps (BRIEF §3.1), marked by named people."""


@command.command(epilog="Example: minyi process checklist qingtan-east-ring --purpose risk_survey")
@click.argument("project")
@purpose_option
@role_option("assessor")
@home_option
@json_option
@clear_errors
def checklist(project: str, purpose: str | None, role: str, home: Path | None, as_json: bool) -> None:
    """Show the thirteen steps of PROJECT, who takes part, what people marked, and what is counted for each."""
    with opened(home) as office:
        shown = _desk(office, role).checklist(project, purpose)
    print_json(shown) if as_json else _show(shown)


@command.command(
    epilog="Example: minyi process mark qingtan-east-ring notice done --who 评估员甲 --reason 公示满三十日 "
    "--purpose risk_survey"
)
@click.argument("project")
@click.argument("step")
@click.argument("state", type=click.Choice(["done", "not_applicable", "open"]))
@click.option("--who", required=True, help="The person who marks it (P-23).")
@click.option("--reason", required=True, help="Why, in a few words.")
@purpose_option
@role_option("assessor")
@home_option
@json_option
@clear_errors
def mark(
    project: str, step: str, state: Any, who: str, reason: str, purpose: str | None, role: str, home: Path | None,
    as_json: bool,
) -> None:  # fmt: skip
    """Mark STEP (its code or number) of PROJECT as done, not applicable, or open again."""
    _named(who, reason)
    with opened(home) as office:
        shown = _desk(office, role).mark(project, purpose, step, who=who, state=state, reason=reason)
    print_json(shown) if as_json else _show(shown)


@command.command(
    epilog="Example: minyi process stage qingtan-east-ring --to in_assessment --who 评估员甲 --reason 方案已定 "
    "--purpose risk_survey"
)
@click.argument("project")
@click.option("--to", "stage", required=True, type=click.Choice(STAGES), help="The stage.")
@click.option("--with-open-steps", is_flag=True, help="Move on although steps of the stage are open.")
@click.option("--who", required=True, help="The person who decides (P-23).")
@click.option("--reason", required=True, help="Why, in a few words.")
@purpose_option
@role_option("assessor")
@home_option
@json_option
@clear_errors
def stage(
    project: str, stage: Any, with_open_steps: bool, who: str, reason: str, purpose: str | None, role: str,
    home: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Move PROJECT one stage on or one back. What each role may do depends on the stage."""
    _named(who, reason)
    with opened(home) as office:
        desk = _desk(office, role)
        shown = desk.move(project, purpose, stage, who=who, reason=reason, with_open_steps=with_open_steps)
    print_json(shown) if as_json else click.echo(f"{project}: {shown['stage']}")


@command.command(epilog="Example: minyi process recurrences qingtan-east-ring --purpose risk_identification")
@click.argument("project")
@purpose_option
@role_option("assessor")
@home_option
@json_option
@clear_errors
def recurrences(project: str, purpose: str | None, role: str, home: Path | None, as_json: bool) -> None:
    """Show the closed risk points of PROJECT about which people complain anew.

    Nothing reopens by itself: minyi decide ID reopen, or keep_closed, by a named person with a reason.
    """
    with opened(home) as office:
        rows = _desk(office, role).recurrences(project, purpose)
    if as_json:
        print_json(rows)
        return
    for row in rows:
        click.echo(f"{row['risk_point_id']}  {row['factor_name']}  closed since {row['closed_since']:%Y-%m-%d}")
        click.echo(f"  new texts from {row['first']:%Y-%m-%d} to {row['last']:%Y-%m-%d}")
    if not rows:
        click.echo("Nothing that was closed recurs.")


def _desk(office: Office, role: str) -> ProcessDesk:
    from api.process_desk import ProcessDesk

    return ProcessDesk(office, reader_of(role))


def _named(who: str, reason: str) -> None:
    """Raises UsageError unless a person is named and a reason given (P-23)."""
    if not who.strip() or len(who) > 64 or len(reason.strip()) < 2:
        raise click.UsageError("a named person decides, with a reason (P-23): --who NAME --reason WHY")


def _show(shown: dict[str, Any]) -> None:
    for stage in shown["stages"]:
        here = "  ← here" if stage["position"] == "present" else ""
        click.echo(f"{stage['name_zh']} ({stage['code']}){here}")
        click.echo(f"  main: {_names(stage['main'])}; secondary: {_names(stage['secondary'])}")
        for step in stage["steps"]:
            facts = "  ".join(f"{name} {number}" for name, number in step["facts"].items())
            click.echo(
                f"  {MARKS[step['state']]} {step['number']:>2} {step['name_zh']} ({step['code']})  {facts}".rstrip()
            )
            if step["marked"]:
                marked = step["marked"]
                click.echo(f"         {marked['who']}, {marked['at']:%Y-%m-%d}: {marked['reason']}")


def _names(parties: list[dict[str, Any]]) -> str:
    return "、".join(party["name_zh"] for party in parties)
