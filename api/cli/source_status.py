"""How the status of sources is printed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import click

if TYPE_CHECKING:
    from pipeline.sources.status import SourceStatus
    from pipeline.store import SourceIncident

KINDS: Final = {"no_success": "could not be read", "no_items": "shows nothing, against its habit", "blocked": "closed"}
_HOUR: Final = 60


def print_status(found: Sequence[SourceStatus], past: Sequence[SourceIncident]) -> None:
    """A table of the sources, then what a person has to look at; ``past`` are all incidents of one source."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    if not found:
        click.echo("No source was crawled yet; see: minyi sources list")
        return
    table = Table("source", "state", "last success", "lag", "capped", "cut", "robots", "monitors", "next run", box=None)
    for one in found:
        table.add_row(*map(Text, (
            one.name, _state(one), _moment(one.last_success), _lag(one.lag_minutes), _share(one.capped_share),
            _share(one.cut_share), one.robots or "–", _monitors(one), _moment(one.next_run) if one.enabled else "–",
        )))  # fmt: skip
    console = Console()
    if not console.is_terminal:
        console = Console(width=140)
    console.print(table)
    for one in found:
        for incident in one.incidents:
            click.echo(f"{one.name}: incident {_incident(incident)}")
        for name, verdict in one.monitors.items():
            if verdict["ok"] is False:
                click.echo(f"{one.name}: monitor {name}: {_facts(verdict)}")
        if one.last_error:
            click.echo(f"{one.name}: {_moment(one.last_error_at)} {one.last_error}")
    for incident in past:
        if incident.closed_at:
            click.echo(f"{incident.source}: until {_moment(incident.closed_at)} {_incident(incident)}")


def _state(one: SourceStatus) -> str:
    if one.blocked:
        return f"blocked: {one.blocked}"
    if not one.enabled:
        return "off" + (f": {one.reason}" if one.reason else "")
    return "incident" if one.incidents else one.last_state or "on"


def _incident(incident: SourceIncident) -> str:
    facts = _facts(incident.facts)
    return f"{incident.kind} since {_moment(incident.opened_at)}: {KINDS[incident.kind]} ({facts})"


def _facts(facts: dict[str, Any]) -> str:
    return ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in facts.items() if name != "ok")


def _monitors(one: SourceStatus) -> str:
    failed = [name for name, verdict in one.monitors.items() if verdict["ok"] is False]
    return ", ".join(failed) or ("ok" if one.monitors else "–")


def _moment(moment: datetime | None) -> str:
    return f"{moment.astimezone():%m-%d %H:%M}" if moment else "–"


def _lag(minutes: int | None) -> str:
    if minutes is None:
        return "–"
    return f"{minutes} min" if minutes < 3 * _HOUR else f"{minutes // _HOUR} h"


def _share(share: float | None) -> str:
    return "–" if share is None else f"{share:.0%}"
