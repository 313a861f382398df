"""``minyi audit``: the audit trail and its hash chain."""

from __future__ import annotations

from pathlib import Path

import click

from api.cli.options import clear_errors, desk_of, home_option, json_option, opened, print_json, purpose_option


@click.command(epilog="Example: minyi audit --purpose audit --verify")
@home_option
@purpose_option
@click.option("--after", type=int, default=0, help="Events after this number.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=100, show_default=True)
@click.option("--verify", is_flag=True, help="Check the hash chain; exit with 1 where it is broken.")
@json_option
@clear_errors
def command(home: Path | None, purpose: str | None, after: int, limit: int, verify: bool, as_json: bool) -> None:
    """Show who did what, when and for which purpose; never content (P-10). Reading the trail is an event itself."""
    with opened(home) as office:
        events = desk_of(office, "auditor").audit_events(purpose, after=after, limit=limit)
        broken = office.audit.verify() if verify else None
    if as_json:
        print_json({"events": events, "broken": broken})
    else:
        for event in events:
            click.echo(
                f"{event.sequence:>6} {event.when:%Y-%m-%d %H:%M:%S} {event.who} {event.role} "
                f"{event.purpose or '-'} {event.project_id or '-'} {event.action} {event.subject or ''}"
            )
        if verify:
            click.echo(
                "The chain holds." if broken is None else f"The chain is broken at {broken.sequence}: {broken.reason}"
            )
    if broken is not None:
        raise SystemExit(1)
