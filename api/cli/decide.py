"""``minyi decide``: what a named person decides about a candidate."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

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

EXAMPLES = """\b
Examples:
  minyi decide ID accept --who 评估员甲 --reason 走访核实 --purpose risk_identification
  minyi decide ID edit --set attention=focus --who 评估员甲 --reason 会商意见 --purpose risk_identification
  minyi decide ID merge --into OTHER_ID --who 评估员甲 --reason 同一事项 --purpose risk_identification
  minyi decide ID undo --who 评估员甲 --reason 录入有误 --purpose risk_identification
  minyi decide ID confirm --who 评估员乙 --reason 复核一致 --purpose risk_identification"""

ACTIONS = ["accept", "edit", "merge", "reject", "review", "confirm", "close", "reopen", "keep_closed", "undo"]


@click.command(epilog=EXAMPLES)
@click.argument("risk_point")
@click.argument("action", type=click.Choice(ACTIONS))
@click.option("--who", required=True, help="The person who decides (P-23).")
@click.option("--reason", required=True, help="Why, in a few words.")
@click.option("--set", "changes", multiple=True, metavar="FIELD=VALUE", help="A human value; VALUE is JSON or text.")
@click.option("--into", metavar="OTHER_ID", help="The candidate that this one is merged into.")
@purpose_option
@role_option("assessor")
@home_option
@json_option
@clear_errors
def command(
    risk_point: str, action: Any, who: str, reason: str, changes: tuple[str, ...], into: str | None,
    purpose: str | None, role: str, home: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Accept, edit, merge or reject RISK_POINT. Human values are never overwritten by a later analysis.

    review takes a candidate up; confirm makes a risk point of an accepted one; close ends it when its dispatches are
    closed; reopen and keep_closed answer a recurrence (minyi process recurrences); undo takes back the last decision.
    """
    _agree(action, changes, into)
    with opened(home) as office:
        decided = desk_of(office, role).decide(
            risk_point, purpose, who=who, action=action, reason=reason, changes=_changes(changes), merge_into=into
        )
    decision = decided.decision
    print_json(decision) if as_json else click.echo(f"{decision.action}: {decision.risk_point_id} by {decision.who}")


def _agree(action: str, changes: tuple[str, ...], into: str | None) -> None:
    """Raises UsageError when the options do not belong to the action."""
    if action == "edit" and not changes:
        raise click.UsageError("edit needs at least one --set FIELD=VALUE")
    if (action == "merge") != (into is not None):
        raise click.UsageError("merge needs --into ID" if action == "merge" else f"--into does not go with {action}")


def _changes(items: tuple[str, ...]) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    for item in items:
        name, separator, value = item.partition("=")
        if not separator:
            raise click.UsageError(f"--set: expected FIELD=VALUE; found {item!r}")
        try:
            changes[name] = json.loads(value)
        except json.JSONDecodeError:
            changes[name] = value
    return changes
