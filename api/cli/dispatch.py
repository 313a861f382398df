"""``minyi dispatch``: dispatches to units, from the proposal to the closing."""

from __future__ import annotations

import functools
from collections.abc import Callable
from datetime import datetime
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
    from api.dispatch_desk import DispatchDesk
    from pipeline.office import Office
    from pipeline.records import Evidence

Command = Callable[..., Any]


@click.group(name="dispatch")
def command() -> None:
    """Dispatches (派单): proposed to {functional unit + territorial unit}, confirmed by a named person, answered."""


def by_a_person(role: str) -> Callable[[Command], Command]:
    """The options of every step that a person takes (P-23)."""

    def decorated(function: Command) -> Command:
        @click.option("--who", required=True, help="The person who takes the step (P-23).")
        @click.option("--reason", required=True, help="Why, in a few words.")
        @purpose_option
        @role_option(role)
        @home_option
        @json_option
        @clear_errors
        @functools.wraps(function)
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            return function(*args, **kwargs)

        return wrapped

    return decorated


@command.command(epilog="Example: minyi dispatch propose RISK_POINT --purpose supervision")
@click.argument("risk_point")
@purpose_option
@role_option("supervisor")
@home_option
@json_option
@clear_errors
def propose(risk_point: str, purpose: str | None, role: str, home: Path | None, as_json: bool) -> None:
    """Have the dispatches of a confirmed RISK_POINT proposed, by the routing table. Asking again adds none."""
    with opened(home) as office:
        rows = _desk(office, role).propose(risk_point, purpose)
    _print(rows, as_json)


@command.command(
    name="list", epilog="Example: minyi dispatch list qingtan-east-ring --state overdue --purpose supervision"
)
@click.argument("project")
@click.option("--state", type=click.Choice(["proposed", "confirmed", "overdue", "responded", "closed", "withdrawn"]))
@click.option("--risk-point", metavar="ID", help="Only those of this risk point.")
@click.option("--unit", metavar="CODE", help="Only those to this unit.")
@purpose_option
@role_option("supervisor")
@home_option
@json_option
@clear_errors
def list_(
    project: str, state: Any, risk_point: str | None, unit: str | None, purpose: str | None, role: str,
    home: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """List the dispatches of PROJECT, the one that is due first at the head, with the units that are late."""
    with opened(home) as office:
        rows = _desk(office, role).dispatches(project, purpose, state=state, risk_point_id=risk_point, unit=unit)
    _print(rows, as_json)
    if not rows and not as_json:
        click.echo("No dispatches.")


@command.command(epilog="Example: minyi dispatch show ID --purpose supervision")
@click.argument("dispatch")
@purpose_option
@role_option("supervisor")
@home_option
@json_option
@clear_errors
def show(dispatch: str, purpose: str | None, role: str, home: Path | None, as_json: bool) -> None:
    """Show one DISPATCH with every step that people took."""
    with opened(home) as office:
        row = _desk(office, role).dispatch(dispatch, purpose)
    if as_json:
        print_json(row)
        return
    _line(row)
    for step in row["steps"]:
        click.echo(f"  {step['at']:%Y-%m-%d} {step['action']} by {step['who']}: {step['reason']}")
    if row["response"]:
        click.echo(f"  response: {row['response']}")


@command.command(
    epilog="Example: minyi dispatch confirm ID --who 主管乙 --reason 职责明确 --purpose supervision [--due 2026-05-01]"
)
@click.argument("dispatch")
@click.option("--due", type=click.DateTime(["%Y-%m-%d"]), help="An earlier last day than the clock's.")
@by_a_person("supervisor")
def confirm(dispatch: str, due: datetime | None, **options: Any) -> None:
    """Send DISPATCH to its units: the clocks begin to run on the next day."""
    _act(dispatch, "confirm", options, due=due.date() if due else None)


@command.command(
    name="take-up", epilog="Example: minyi dispatch take-up ID --who 经办丙 --reason 已受理 --purpose dispatch"
)
@click.argument("dispatch")
@by_a_person("response_unit")
def take_up(dispatch: str, **options: Any) -> None:
    """State for the unit that DISPATCH is taken up (受理告知, 15 days)."""
    _act(dispatch, "take_up", options)


@command.command(
    epilog="Example: minyi dispatch extend ID --days 20 --who 主管乙 --reason 需委托鉴定 --purpose supervision"
)
@click.argument("dispatch")
@click.option("--days", type=click.IntRange(1, 30), required=True, help="Calendar days.")
@by_a_person("supervisor")
def extend(dispatch: str, days: int, **options: Any) -> None:
    """Put the answer to DISPATCH off, once, before it is due."""
    _act(dispatch, "extend", options, days=days)


@command.command(
    epilog="Example: minyi dispatch respond ID --text 已现场核实并公示整改期限 --evidence DOCUMENT:10-24 --who 经办丙 "
    "--reason 办结 --purpose dispatch"
)
@click.argument("dispatch")
@click.option("--text", help="What was verified, published, explained, repaired, paid or agreed.")
@click.option("--file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="The same from a text file.")
@click.option("--evidence", multiple=True, metavar="DOCUMENT:START-END", help="A passage of a text on the project.")
@by_a_person("response_unit")
def respond(dispatch: str, text: str | None, file: Path | None, evidence: tuple[str, ...], **options: Any) -> None:
    """Answer DISPATCH for the unit that was asked. The text is redacted before it is kept."""
    if (text is None) == (file is None):
        raise click.UsageError("--text TEXT or --file FILE, one of them")
    said = text if text is not None else file.read_text("utf-8-sig") if file else ""
    _act(dispatch, "respond", options, response=said, evidence=_passages(evidence))


@command.command(
    name="send-back",
    epilog="Example: minyi dispatch send-back ID --who 主管乙 --reason 未答复补偿标准 --purpose supervision",
)
@click.argument("dispatch")
@by_a_person("supervisor")
def send_back(dispatch: str, **options: Any) -> None:
    """Send the response to DISPATCH back (退回): the clock goes on as it did."""
    _act(dispatch, "send_back", options)


@command.command(epilog="Example: minyi dispatch close ID --who 主管乙 --reason 群众认可 --purpose supervision")
@click.argument("dispatch")
@by_a_person("supervisor")
def close(dispatch: str, **options: Any) -> None:
    """Close DISPATCH, which was answered."""
    _act(dispatch, "close", options)


@command.command(epilog="Example: minyi dispatch withdraw ID --who 主管乙 --reason 管辖有误 --purpose supervision")
@click.argument("dispatch")
@by_a_person("supervisor")
def withdraw(dispatch: str, **options: Any) -> None:
    """Withdraw DISPATCH (撤回): nothing is asked of its units any more."""
    _act(dispatch, "withdraw", options)


@command.command(epilog="Example: minyi dispatch undo ID --who 主管乙 --reason 录入有误 --purpose supervision")
@click.argument("dispatch")
@by_a_person("supervisor")
def undo(dispatch: str, **options: Any) -> None:
    """Take back the last step on DISPATCH; it stays readable among its steps."""
    _act(dispatch, "undo", options)


@command.command(epilog="Example: minyi dispatch routing air_pollution")
@click.argument("factor", required=False)
@home_option
@json_option
@clear_errors
def routing(factor: str | None, home: Path | None, as_json: bool) -> None:
    """Show the routing table in force, of one FACTOR or of all; checks the city's own file (routing_table)."""
    with opened(home) as office:
        rows = [row for row in _desk(office, "supervisor").routing() if factor in (None, row["factor"])]
    if not rows:
        raise click.ClickException(f"E647: no row for {factor}; see: minyi dispatch routing")
    if as_json:
        print_json(rows)
        return
    for row in rows:
        units = f"{', '.join(row['primary'])}; with {', '.join(row['secondary']) or 'nobody'}"
        click.echo(f"{row['factor']} ({row['routed_by']}): {units}  {row['note']}".rstrip())


def _desk(office: Office, role: str) -> DispatchDesk:
    from api.dispatch_desk import DispatchDesk

    return DispatchDesk(office, reader_of(role))


def _act(dispatch: str, action: Any, options: dict[str, Any], **values: Any) -> None:
    who, reason = options["who"], options["reason"]
    if not who.strip() or len(who) > 64 or len(reason.strip()) < 2:
        raise click.UsageError("a named person decides, with a reason (P-23): --who NAME --reason WHY")
    with opened(options["home"]) as office:
        desk = _desk(office, options["role"])
        row = desk.act(dispatch, options["purpose"], who=who, action=action, reason=reason, **values)
    _print([row], options["as_json"], one=True)


def _print(rows: list[dict[str, Any]], as_json: bool, *, one: bool = False) -> None:
    if as_json:
        print_json(rows[0] if one else rows)
        return
    for row in rows:
        _line(row)


def _line(row: dict[str, Any]) -> None:
    click.echo(
        f"{row['id']}  {row['state']}  {row['functional_unit_name']} + {row['territorial_unit_name']}  "
        f"take up by {row['take_up_due']}, answer by {row['due']}"
    )
    click.echo(f"  {row['basis']}")
    if row["late"]:
        late = row["late"]
        click.echo(f"  LATE: {late['unit']}, {late['days']} days since {late['since']} ({late['basis']})")


def _passages(given: tuple[str, ...]) -> tuple[Evidence, ...]:
    from pipeline.records import Evidence

    found = []
    for item in given:
        document, _, span = item.partition(":")
        start, _, end = span.partition("-")
        if not (start.isdecimal() and end.isdecimal()):
            raise click.UsageError(f"--evidence: expected DOCUMENT:START-END; found {item!r}")
        found.append(Evidence(document_id=document, start=int(start), end=int(end)))
    return tuple(found)
