"""``minyi accounts``: who may sign in to the console, managed by the operator of this machine."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from api.cli.options import clear_errors, home_option, json_option, opened, print_json, reader_of

if TYPE_CHECKING:
    from api.staff_desk import Link, StaffDesk
    from pipeline.office import Office

PURPOSE = "administration"
CREATE_EXAMPLES = """\b
Examples:
  minyi accounts create li.wei --role assessor --display-name 李薇
  minyi accounts create water-bureau --role response_unit --unit water_resources --region 439921
  minyi accounts create wang.min --role supervisor --sign-on email=wang.min@example.org"""


@click.group(name="accounts")
def command() -> None:
    """Create, list and disable accounts for the console. A password is set over a one-time link, by its holder."""


@command.command(epilog=CREATE_EXAMPLES)
@click.argument("name")
@click.option("--role", required=True, help="What the holder may do: api/policy/access.yaml.")
@click.option("--display-name", default="", help="How pages call the holder. Default: NAME.")
@click.option("--project", "projects", multiple=True, metavar="ID", help="Only this project; may be repeated.")
@click.option("--region", metavar="CODE", help="Only projects in this administrative division, such as 4399.")
@click.option("--unit", metavar="CODE", help="Unit that the holder answers for: models/taxonomy/departments.yaml.")
@click.option("--sign-on", metavar="CLAIM=VALUE", help="Tie to sub, email or preferred_username at oidc_issuer.")
@home_option
@json_option
@clear_errors
def create(
    name: str,
    role: str,
    display_name: str,
    projects: tuple[str, ...],
    region: str | None,
    unit: str | None,
    sign_on: str | None,
    home: Path | None,
    as_json: bool,
) -> None:
    """Create an account named NAME and print the one-time link with which its holder sets a password."""
    holder = reader_of(role).role
    with opened(home) as office:
        made, link = _desk(office).create(
            PURPOSE,
            name,
            holder,
            display_name=display_name,
            projects=projects,
            region=region,
            unit=unit,
            sign_on=sign_on,
        )
        told = _told(office, link)
    if as_json:
        print_json({**made._asdict(), **told})
        return
    click.echo(f"{made.name}: {made.role}")
    _show(told)


@command.command(name="list", epilog="Example: minyi accounts list --json")
@home_option
@json_option
@clear_errors
def list_(home: Path | None, as_json: bool) -> None:
    """List all accounts by name, disabled ones among them."""
    with opened(home) as office:
        found = _desk(office).accounts(PURPOSE)
    if as_json:
        print_json([account._asdict() for account in found])
        return
    for account in found:
        bounds = [*(account.project_ids or ["all projects"])]
        bounds += [f"region {account.region_code}"] if account.region_code else []
        bounds += [f"unit {account.unit}"] if account.unit else []
        state = "password" if account.has_password else "no password yet"
        if account.signs_on:
            state = "sign-on" if not account.has_password else "password and sign-on"
        if account.disabled_at:
            state = f"disabled {account.disabled_at:%Y-%m-%d}"
        click.echo(f"{account.name}  {account.role}  {', '.join(bounds)}  {state}  {account.display_name}")
    if not found:
        click.echo("No accounts yet. Next: minyi accounts create NAME --role ROLE")


@command.command(epilog="Example: minyi accounts link li.wei")
@click.argument("name")
@home_option
@json_option
@clear_errors
def link(name: str, home: Path | None, as_json: bool) -> None:
    """Print a new one-time link for the account named NAME: for a lost password, or a link that expired."""
    with opened(home) as office:
        told = _told(office, _desk(office).link(PURPOSE, name))
    print_json({"name": name, **told}) if as_json else _show(told)


@command.command(epilog="Example: minyi accounts disable li.wei")
@click.argument("name")
@home_option
@json_option
@clear_errors
def disable(name: str, home: Path | None, as_json: bool) -> None:
    """Disable the account named NAME at once: its sessions and links end, nobody signs in under it."""
    with opened(home) as office:
        _desk(office).disable(PURPOSE, name)
    print_json({"name": name, "disabled": True}) if as_json else click.echo(f"{name}: disabled")


@command.command(epilog="Example: minyi accounts enable li.wei")
@click.argument("name")
@home_option
@json_option
@clear_errors
def enable(name: str, home: Path | None, as_json: bool) -> None:
    """Let the disabled account named NAME sign in again, with the password that it had."""
    with opened(home) as office:
        _desk(office).enable(PURPOSE, name)
    print_json({"name": name, "disabled": False}) if as_json else click.echo(f"{name}: enabled")


@command.command(epilog="Example: minyi accounts password li.wei --stdin < new-password.txt")
@click.argument("name")
@click.option("--stdin", is_flag=True, help="Read the password from standard input, without asking.")
@home_option
@json_option
@clear_errors
def password(name: str, stdin: bool, home: Path | None, as_json: bool) -> None:
    """Set the password of the account named NAME on this machine; its sessions end."""
    given = (
        sys.stdin.read().rstrip("\r\n")
        if stdin
        else click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    )
    with opened(home) as office:
        _desk(office).set_password(PURPOSE, name, given)
    print_json({"name": name, "password": "set"}) if as_json else click.echo(f"{name}: password set")


def _desk(office: Office) -> StaffDesk:
    from api.staff_desk import StaffDesk

    return StaffDesk(office, reader_of("admin"))


def _told(office: Office, link: Link) -> dict[str, Any]:
    return {"link": link_address(office, link.path), "expires_at": link.expires_at}


def _show(told: dict[str, Any]) -> None:
    click.echo(told["link"])
    click.echo(
        f"One-time link, valid until {told['expires_at']:%Y-%m-%d %H:%M} UTC; it is not kept and not shown again.",
        err=True,
    )


def link_address(office: Office, path: str, served: str = "") -> str:
    """The whole address of a path: under ``public_url``, else where the server listens."""
    settings = office.settings
    base = settings.public_url or served or f"http://{settings.host}:{settings.port}"
    return base.rstrip("/") + path
