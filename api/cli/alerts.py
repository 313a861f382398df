"""``minyi alerts``: incidents, why they are some, and what people do about them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from api.cli.options import (
    Command,
    clear_errors,
    home_option,
    json_option,
    opened,
    operator,
    print_json,
    purpose_option,
    reader_of,
    role_option,
)

if TYPE_CHECKING:
    from api.incident_desk import IncidentDesk
    from pipeline.office import Office

STATES = ("open", "acknowledged", "silenced", "closed")
LIST = """\b
Examples:
  minyi alerts list --purpose supervision
  minyi alerts list --project ring-road --state open --purpose supervision --json
  minyi alerts list --day 2026-03-02 --purpose supervision"""
SHOW = """\b
Examples:
  minyi alerts show ID --purpose supervision
  minyi alerts show ID --purpose supervision --json | jq .explanation.drivers"""
BACKTEST = """\b
Examples:
  minyi alerts backtest --project ring-road --since 2026-01-01 --purpose supervision
  minyi alerts backtest --project ring-road --since 2026-01-01 --false-alarms 1,.2,.05,.01 --purpose supervision"""

WHO = click.option("--who", help="The officer who answers for it. Default: the account.")
COMMENT = click.option("--comment", help="A few words; personal data is taken out before they are stored.")


@click.group()
def command() -> None:
    """Incidents: when negative opinion on a project rises beyond its own habit, why, and what was done about it.

    Example: minyi alerts list --purpose supervision
    """


def _asked(run: Command) -> Command:
    """The options that every question has."""
    return purpose_option(role_option("supervisor")(home_option(json_option(clear_errors(run)))))


@command.command(name="list", epilog=LIST)
@click.option("--project", help="Only this project.")
@click.option("--state", type=click.Choice(STATES), help="Only those in this state.")
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="The daily list: what began on this day.")
@click.option("--limit", type=click.IntRange(1, 500), default=100, show_default=True)
@_asked
def list_(
    project: str | None, state: Any, day: datetime | None, limit: int, purpose: str | None, role: str,
    home: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Incidents, the latest first.

    On a day, those come first that stand up to the number of projects that are watched (Benjamini–Hochberg). Below them
    stand the sources that are silent now, for roles that may read how sources do.
    """
    if project and day:
        raise click.UsageError("--day lists all projects; leave --project out")
    with opened(home) as office:
        desk = _desk(office, role)
        if project:
            found = desk.alerts(project, purpose, state=state, limit=limit)
        else:
            found = desk.incidents(purpose, state=state, day=day.date() if day else None, limit=limit)
        silent = desk.silent_sources(purpose)
    if as_json:
        print_json({"rows": found.rows, "next_cursor": found.next_cursor, "late": found.late})
        return
    from api.cli.incident_pages import print_late, print_rows, print_silent

    print_rows(found.rows)
    print_late(found.late)
    print_silent(silent)


@command.command(epilog=SHOW)
@click.argument("incident")
@_asked
def show(incident: str, purpose: str | None, role: str, home: Path | None, as_json: bool) -> None:
    """One incident on one page: observed and expected, drivers with quotes, artefact checks, what was not seen."""
    with opened(home) as office:
        desk = _desk(office, role)
        page = desk.incident(incident, purpose)
        notes = desk.notes(incident, purpose)
    if as_json:
        print_json(page)
        return
    from api.cli.incident_pages import print_page

    print_page(page, notes)


def _answer(name: str, line: str, example: str, *options: Callable[[Command], Command]) -> None:
    """One command that answers an incident."""

    def run(
        incident: str, who: str | None, comment: str | None, purpose: str | None, role: str, home: Path | None,
        as_json: bool, **given: Any,
    ) -> None:  # fmt: skip
        with opened(home) as office:
            card = _desk(office, role).answer(
                incident, purpose, who=who or operator(), action=name,  # type: ignore[arg-type]
                comment=comment, **given,
            )  # fmt: skip
        if as_json:
            print_json(card)
            return
        from pipeline.alerts.observation import CHINA

        until = f" until {card['expires_at'].astimezone(CHINA):%Y-%m-%d %H:%M}" if card["expires_at"] else ""
        click.echo(f"{name}: {card['id']} is {card['state']}{until}")

    run.__doc__ = line
    answered: Command = _asked(run)
    answered = click.option("--comment", help="A few words; personal data is taken out before they are stored.")(
        answered
    )
    answered = click.option("--who", help="The officer who answers for it. Default: the account.")(answered)
    for option in reversed(options):
        answered = option(answered)
    answered = click.argument("incident")(answered)
    command.command(name=name, epilog=f"Example: minyi alerts {name} ID {example}--purpose supervision")(answered)


_answer(
    "acknowledge",
    "Somebody looks into INCIDENT; it opens again when the time is over and the rise is not.",
    "",
    click.option("--hours", type=click.IntRange(1, 168), help="Until it expires. Default: 24."),
)
_answer(
    "silence",
    "Nothing more is told of INCIDENT until the time is over, unless it rises a level.",
    "--hours 48 ",
    click.option("--hours", type=click.IntRange(1, 720), help="Until it expires. Default: 72."),
)
_answer("close", "INCIDENT is dealt with.", "")
_answer("reopen", "INCIDENT is not dealt with after all.", "")
_answer("comment", "Adds words to INCIDENT.", "--comment 已联系项目部 ")
_answer(
    "assign",
    "Hands INCIDENT to a unit or an officer of the office.",
    "--to housing_bureau ",
    click.option("--to", required=True, help="Code of a unit, or the officer's name."),
)


@command.command(epilog="Example: minyi alerts verdict ID false --comment 转发旧闻 --purpose supervision")
@click.argument("incident")
@click.argument("verdict", type=click.Choice(["true", "false", "duplicate"]))
@click.option("--of", "duplicate_of", metavar="OTHER_ID", help="The incident that this one repeats.")
@WHO
@COMMENT
@_asked
def verdict(
    incident: str, verdict: Any, duplicate_of: str | None, who: str | None, comment: str | None, purpose: str | None,
    role: str, home: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Whether INCIDENT was one; verdicts make the measured precision."""
    with opened(home) as office:
        card = _desk(office, role).answer(
            incident, purpose, who=who or operator(), action="verdict", verdict=verdict, duplicate_of=duplicate_of,
            comment=comment,
        )  # fmt: skip
    print_json(card) if as_json else click.echo(f"verdict: {card['id']} is {card['verdict']}")


@command.command(epilog="Example: minyi alerts pointer ID --purpose supervision")
@click.argument("incident")
@_asked
def pointer(incident: str, purpose: str | None, role: str, home: Path | None, as_json: bool) -> None:
    """Open the pointer to the source of a life-safety cue: for its duty officer alone, noted, for 72 hours (P-18)."""
    with opened(home) as office:
        opened_pointer = _desk(office, role).pointer(incident, purpose)
    if as_json:
        print_json(opened_pointer)
        return
    for name, value in opened_pointer.items():
        click.echo(f"{name}: {value if value is not None else '-'}")


@command.command(epilog="Example: minyi alerts duty ring-road --officer cli-zhang --purpose supervision")
@click.argument("project")
@click.option("--officer", help="The name of a key, or cli- and an account of this machine.")
@click.option("--nobody", is_flag=True, help="Nobody; the setting duty_officer holds.")
@_asked
def duty(
    project: str, officer: str | None, nobody: bool, purpose: str | None, role: str, home: Path | None, as_json: bool
) -> None:
    """Name the officer who is told of life-safety cues on PROJECT (P-18)."""
    if (officer is None) == (not nobody):
        raise click.UsageError("give either --officer NAME or --nobody")
    with opened(home) as office:
        _desk(office, role).name_duty_officer(project, purpose, officer)
    answer = {"project_id": project, "officer": officer}
    print_json(answer) if as_json else click.echo(f"{project}: {officer or 'nobody'} is on duty")


@command.command(epilog="Example: minyi alerts quality --purpose supervision")
@click.option("--project", help="Only this project.")
@_asked
def quality(project: str | None, purpose: str | None, role: str, home: Path | None, as_json: bool) -> None:
    """How often alerts were right, per project and level, from the verdicts."""
    with opened(home) as office:
        rows = [{**asdict(row), "precision": row.precision} for row in _desk(office, role).quality(purpose, project)]
    if as_json:
        print_json({"rows": rows})
        return
    for row in rows:
        right = "no verdict yet" if row["precision"] is None else f"{row['precision']:.0%} right"
        click.echo(
            f"{row['project_id']}  {row['level']}: {right} ({row['true']} true, {row['false']} false, "
            f"{row['duplicate']} duplicate, {row['unanswered']} unanswered)"
        )
    if not rows:
        click.echo("No incident so far.")


@command.command(epilog=BACKTEST)
@click.option("--project", required=True)
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), required=True, help="First day, in Asia/Shanghai.")
@click.option("--false-alarms", metavar="B,Y,O,R", help="False alarms a project-month. Default: the setting.")
@_asked
def backtest(
    project: str, since: datetime, false_alarms: str | None, purpose: str | None, role: str, home: Path | None,
    as_json: bool,
) -> None:  # fmt: skip
    """What settings would have sent over the past days, beside the recorded verdicts."""
    from api.incident_cards import preview_of

    with opened(home) as office:
        desk = _desk(office, role)
        shown = preview_of(desk.preview(project, purpose, since.date(), _rates(false_alarms)), desk.k)
    if as_json:
        print_json(shown)
        return
    from api.cli.incident_pages import print_preview

    print_preview(shown)


def _rates(text: str | None) -> tuple[float, float, float, float] | None:
    if text is None:
        return None
    try:
        blue, yellow, orange, red = (float(part) for part in text.split(","))
    except ValueError:
        raise click.UsageError("--false-alarms: give four numbers, as .25,.05,.01,.001") from None
    if not min(blue, yellow, orange, red) > 0:
        raise click.UsageError("--false-alarms: give rates above 0")
    return blue, yellow, orange, red


def _desk(office: Office, role: str) -> IncidentDesk:
    from api.incident_desk import IncidentDesk

    return IncidentDesk(office, reader_of(role))
