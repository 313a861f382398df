"""``minyi subscribers``: who is told of incidents, over which channel, and what did not arrive."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import click

from api.cli.options import Command, clear_errors, home_option, json_option, opened, print_json, reader_of

if TYPE_CHECKING:
    from api.notices import SubscriptionDesk
    from pipeline.office import Office
    from pipeline.records.subscription import Subscription

PURPOSE = "administration"
ADD = """\b
Examples:
  minyi subscribers add duty-mail --who county-supervisor --role supervisor --for supervision < address.txt
  minyi subscribers add county-group --who county-supervisor --role supervisor --for supervision \\
      --region 439921 --level orange --quiet 22:00-07:00
  minyi subscribers add platform --who county-platform --role platform --for supervision --level blue \\
      --schedule twice_daily --channel-file /run/secrets/channel"""
CHANNELS = """\b
Addresses (more in docs/ALERTS.md, and all of Apprise):
  mailtos://USER:PASSWORD@HOST?to=MAILBOX   dingtalk://SECRET@TOKEN   wecombot://KEY
  feishu://TOKEN   signed+https://HOST/PATH (our signed webhook)"""


@click.group()
def command() -> None:
    """Who is told of incidents, when, over which channel. Addresses are sealed and never shown again.

    Example: minyi subscribers list
    """


def _run(run: Command) -> Command:
    return home_option(json_option(clear_errors(run)))


@command.command(epilog=f"{ADD}\n\n{CHANNELS}")
@click.argument("name")
@click.option("--who", required=True, help="The officer, as named in a key; life-safety cues go by it (P-18).")
@click.option("--role", required=True, help="Role in which the officer reads; what it may: api/policy/access.yaml.")
@click.option("--for", "purpose", required=True, metavar="PURPOSE", help="For which purpose the officer reads (P-09).")
@click.option("--project", "projects", multiple=True, metavar="ID", help="Only this project; may be repeated.")
@click.option("--region", metavar="CODE", help="Only projects in this administrative division, such as 4399.")
@click.option("--level", default="yellow", show_default=True, help="Least level: blue, yellow, orange or red.")
@click.option("--schedule", default="immediate", show_default=True,
              help="immediate, morning, evening or twice_daily; blue always waits for a digest.")  # fmt: skip
@click.option("--quiet", metavar="HH:MM-HH:MM", help="Hours in which only red and life-safety cues are told.")
@click.option("--quotes", is_flag=True, help="Also redacted quotes, where P-07 allows them.")
@click.option(
    "--searches/--no-searches",
    default=True,
    show_default=True,
    help="Also what is new in saved searches that the officer watches (minyi search --watch).",
)
@click.option("--channel-file", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="File with the channel's address. Without it: asked for, or read from stdin.")  # fmt: skip
@_run
def add(
    name: str, who: str, role: str, purpose: str, projects: tuple[str, ...], region: str | None, level: str,
    schedule: str, quiet: str | None, quotes: bool, searches: bool,
    channel_file: Path | None, home: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Add a subscription named NAME. The address of its channel is asked for: it must not stand on a command line."""
    from pipeline.records.incident import LEVELS
    from pipeline.records.subscription import Schedule

    for option, value, known in (("--level", level, LEVELS), ("--schedule", schedule, get_args(Schedule))):
        if value not in known:
            raise click.UsageError(f"{option}: {value!r} is none of {', '.join(known)}")
    fields = {
        "name": name, "who": who, "role": role, "purpose": purpose, "project_ids": projects or None,
        "region_code": region, "least_level": level, "schedule": schedule, "quiet": _hours(quiet), "quotes": quotes,
        "searches": searches,
    }  # fmt: skip
    with opened(home) as office:
        added = _desk(office).add(PURPOSE, _address(channel_file), fields)
    if as_json:
        print_json({**_row(added.subscription), "signing_secret": added.signing_secret})
        return
    click.echo(f"{name}: added ({added.subscription.channel}). Next: minyi subscribers test {name}", err=True)
    if added.signing_secret:
        click.echo(added.signing_secret)
        click.echo("Secret of the signatures. It cannot be shown again; verification: docs/ALERTS.md", err=True)


@command.command(name="list", epilog="Example: minyi subscribers list --json")
@_run
def list_(home: Path | None, as_json: bool) -> None:
    """List subscriptions by name; never their addresses."""
    with opened(home) as office:
        rows = [_row(one) for one in _desk(office).subscriptions(PURPOSE)]
    if as_json:
        print_json({"rows": rows})
        return
    for row in rows:
        bounds = [*(row["project_ids"] or ["all projects"]), *([f"region {row['region_code']}"] if row["region_code"]
                  else [])]  # fmt: skip
        quiet = f"  quiet {row['quiet'][0]}-{row['quiet'][1]}" if row["quiet"] else ""
        click.echo(
            f"{row['name']}  {row['channel']}  {row['who']} ({row['role']})  {', '.join(bounds)}  "
            f"from {row['least_level']}  {row['schedule']}{quiet}"
        )
    if not rows:
        click.echo("Nobody is told yet. Next: minyi subscribers add NAME --who … --role … --for …")


@command.command(epilog="Example: minyi subscribers remove county-group")
@click.argument("name")
@_run
def remove(name: str, home: Path | None, as_json: bool) -> None:
    """Forget the subscription NAME and its address; what still waits for it is not sent."""
    with opened(home) as office:
        _desk(office).remove(PURPOSE, name)
    print_json({"name": name, "removed": True}) if as_json else click.echo(f"{name}: removed")


@command.command(epilog="Example: minyi subscribers test county-group")
@click.argument("name")
@_run
def test(name: str, home: Path | None, as_json: bool) -> None:
    """Send a test message over the channel of NAME now."""
    with opened(home) as office:
        _desk(office).test(PURPOSE, name)
    print_json({"name": name, "taken": True}) if as_json else click.echo(f"{name}: the channel took the test message")


@command.command(epilog="Example: minyi subscribers dead --json")
@_run
def dead(home: Path | None, as_json: bool) -> None:
    """List the messages that were given up, with the reason."""
    with opened(home) as office:
        letters = _desk(office).dead(PURPOSE)
    if as_json:
        print_json({"rows": [letter.model_dump(mode="json") for letter in letters]})
        return
    for letter in letters:
        click.echo(f"{letter.subscription or '(nobody)'}  {letter.due_at:%Y-%m-%d %H:%M %Z}  {letter.key}")
        click.echo(f"  {letter.reason}")
    click.echo("Next: mend the cause, then minyi subscribers retry" if letters else "Nothing was given up.", err=True)


@command.command(epilog="Example: minyi subscribers retry county-group")
@click.argument("name", required=False)
@_run
def retry(name: str | None, home: Path | None, as_json: bool) -> None:
    """Try what was given up again, for NAME or for all, and send it now."""
    from api.notices import notify

    with opened(home) as office:
        again = _desk(office).retry(PURPOSE, name)
        sent = notify(office)
    if as_json:
        print_json({"again": again, "sent": sent.sent, "failed": sent.failed})
        return
    click.echo(f"{again} due again; {sent.sent} sent, {sent.failed} not taken")


def _desk(office: Office) -> SubscriptionDesk:
    from api.notices import SubscriptionDesk

    return SubscriptionDesk(office, reader_of("admin"))


def _row(subscription: Subscription) -> dict[str, Any]:
    return subscription.model_dump(mode="json", exclude={"since"})


def _hours(text: str | None) -> tuple[str, str] | None:
    if text is None:
        return None
    start, _, end = text.partition("-")
    return start, end


def _address(file: Path | None) -> str:
    if file is not None:
        return file.read_text("utf-8").strip()
    if sys.stdin.isatty():
        return str(click.prompt("Address of the channel", hide_input=True, err=True)).strip()
    return sys.stdin.readline().strip()
