"""``minyi webhooks``: which systems are told of changed risk points, and what did not arrive."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from api.cli.options import Command, clear_errors, home_option, json_option, opened, print_json, reader_of

if TYPE_CHECKING:
    from api.webhook_desk import WebhookDesk
    from pipeline.office import Office

PURPOSE = "supervision"


@click.group()
def command() -> None:
    """Webhooks of other systems: they subscribe over HTTP with their own keys; here the operator looks after them.

    \b
    Example:
      minyi webhooks dead county-platform
    """


def _common(run: Command) -> Command:
    return click.argument("key")(home_option(json_option(clear_errors(run))))


@command.command("list", epilog="Example: minyi webhooks list county-platform")
@_common
def list_(key: str, home: Path | None, as_json: bool) -> None:
    """List the webhooks of the API key KEY."""
    with opened(home) as office:
        rows = [hook.model_dump(mode="json", exclude={"through"}) for hook in _desk(office, key).webhooks(PURPOSE)]
    if as_json:
        print_json({"rows": rows})
        return
    for row in rows:
        click.echo(f"{row['id']}  {row['host']}  {', '.join(row['events'])}")


@command.command(epilog="Example: minyi webhooks dead county-platform --json")
@_common
def dead(key: str, home: Path | None, as_json: bool) -> None:
    """List the events that were given up for KEY, with the reason."""
    with opened(home) as office:
        letters = _desk(office, key).dead(PURPOSE)
    if as_json:
        print_json({"rows": [letter.model_dump(mode="json") for letter in letters]})
        return
    for letter in letters:
        click.echo(f"{letter.webhook_id}  {letter.key}  {letter.event}  {letter.risk_point_id}\n  {letter.reason}")
    click.echo("Next: minyi webhooks retry KEY" if letters else "Nothing was given up.", err=True)


@command.command(epilog="Example: minyi webhooks retry county-platform")
@_common
def retry(key: str, home: Path | None, as_json: bool) -> None:
    """Make what was given up for KEY due again and send it now."""
    from api.webhook_desk import tell_webhooks

    with opened(home) as office:
        desk = _desk(office, key)
        again = sum(desk.retry(PURPOSE, hook.id) for hook in desk.webhooks(PURPOSE))
        sent = tell_webhooks(office)
    if as_json:
        print_json({"again": again, "sent": sent.sent, "failed": sent.failed})
        return
    click.echo(f"{again} due again; {sent.sent} sent, {sent.failed} not taken")


def _desk(office: Office, key: str) -> WebhookDesk:
    """The operator before the webhooks of a key. Raises UsageError for a key that there is not."""
    from api.webhook_desk import WebhookDesk

    if key not in {known.name for known in office.store.api_keys()}:
        raise click.UsageError(f"there is no API key {key}; see: minyi keys list")
    return WebhookDesk(office, reader_of("platform"), key)
