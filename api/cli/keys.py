"""``minyi keys``: API keys, issued and revoked by the operator of this machine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from api.cli.options import clear_errors, home_option, json_option, opened, print_json, reader_of

if TYPE_CHECKING:
    from api.keys_desk import KeysDesk
    from pipeline.office import Office

PURPOSE = "administration"
ISSUE_EXAMPLES = """\b
Examples:
  minyi keys issue county-platform --role platform --region 439921
  minyi keys issue assessor-team-2 --role assessor --project ring-road --project waste-plant
  minyi keys issue water-bureau-system --role response_unit --unit water_resources"""


ROTATE_EXAMPLES = """\b
Examples:
  minyi keys rotate county-platform
  minyi keys rotate county-platform --overlap 0    (when somebody else may have read it)"""


@click.group(name="keys")
def command() -> None:
    """Issue, list, rotate and revoke keys. The store keeps a key's hash only; nobody can show it again."""


@command.command(epilog=ISSUE_EXAMPLES)
@click.argument("name")
@click.option("--role", required=True, help="Role of the caller; what it may do: api/policy/access.yaml.")
@click.option("--project", "projects", multiple=True, metavar="ID", help="Only this project; may be repeated.")
@click.option("--region", metavar="CODE", help="Only projects in this administrative division, such as 4399.")
@click.option("--unit", metavar="CODE", help="Unit that the caller answers for: models/taxonomy/departments.yaml.")
@home_option
@json_option
@clear_errors
def issue(
    name: str,
    role: str,
    projects: tuple[str, ...],
    region: str | None,
    unit: str | None,
    home: Path | None,
    as_json: bool,
) -> None:
    """Issue a key named NAME (a platform or a team) and print it, for the only time."""
    _check(name, role, region, unit)
    with opened(home) as office:
        made = _desk(office).issue(PURPOSE, name, reader_of(role).role, projects=projects, region=region, unit=unit)
    if as_json:
        print_json({
            "name": name, "role": role, "projects": made.project_ids, "region": made.region_code, "unit": unit,
            "key": made.secret,
        })  # fmt: skip
        return
    click.echo(made.secret)
    click.echo("Send it as `Authorization: Bearer KEY`. It is not kept and cannot be shown again.", err=True)


@command.command(name="list", epilog="Example: minyi keys list --json")
@home_option
@json_option
@clear_errors
def list_(home: Path | None, as_json: bool) -> None:
    """List all keys by name, revoked ones among them; never the keys themselves."""
    with opened(home) as office:
        keys = _desk(office).keys(PURPOSE)
    if as_json:
        print_json([key._asdict() for key in keys])
        return
    for key in keys:
        bounds = [*(key.project_ids or ["all projects"]), *([f"region {key.region_code}"] if key.region_code else [])]
        bounds += [f"unit {key.unit}"] if key.unit else []
        state = f"revoked {key.revoked_at:%Y-%m-%d}" if key.revoked_at else f"issued {key.issued_at:%Y-%m-%d}"
        click.echo(f"{key.name}  {key.role}  {', '.join(bounds)}  {state}")
    if not keys:
        click.echo("No keys yet. Next: minyi keys issue NAME --role ROLE")


@command.command(epilog="Example: minyi keys revoke county-platform")
@click.argument("name")
@home_option
@json_option
@clear_errors
def revoke(name: str, home: Path | None, as_json: bool) -> None:
    """End the key named NAME; the next request with it is refused."""
    with opened(home) as office:
        _desk(office).revoke(PURPOSE, name)
    print_json({"name": name, "revoked": True}) if as_json else click.echo(f"{name}: revoked")


@command.command(epilog=ROTATE_EXAMPLES)
@click.argument("name")
@click.option(
    "--overlap", type=click.IntRange(0, 30), default=7, show_default=True, metavar="DAYS",
    help="Days for which the former key goes on; 0 ends it at once.",
)  # fmt: skip
@home_option
@json_option
@clear_errors
def rotate(name: str, overlap: int, home: Path | None, as_json: bool) -> None:
    """Issue another key for NAME and print it, for the only time; role, projects and unit stay as they are."""
    from datetime import timedelta

    with opened(home) as office:
        secret = _desk(office).rotate(PURPOSE, name, timedelta(days=overlap))
    if as_json:
        print_json({"name": name, "key": secret, "former_days": overlap})
        return
    click.echo(secret)
    ends = f"goes on for {overlap} days: change it where it is used" if overlap else "has ended"
    click.echo(f"The former key {ends}. This one is not kept and cannot be shown again.", err=True)


@command.command(name="rotate-signing", epilog="Example: minyi keys rotate-signing")
@home_option
@json_option
@clear_errors
def rotate_signing(home: Path | None, as_json: bool) -> None:
    """Sign with another key from now on. What was signed stays valid; tell its fingerprint to those who verify."""
    with opened(home) as office:
        former, present = _desk(office).rotate_signing(PURPOSE)
    if as_json:
        print_json({"former": former, "signer": present})
        return
    click.echo(f"{present}  signs from now on\n{former}  signed until now; what it signed stays valid")


@command.command(epilog="Example: minyi keys signers")
@home_option
@json_option
@clear_errors
def signers(home: Path | None, as_json: bool) -> None:
    """Show the fingerprints of the keys that this deployment signs and signed with."""
    with opened(home) as office:
        found = _desk(office).signers(PURPOSE)
    if as_json:
        print_json([one._asdict() for one in found])
        return
    for one in found:
        click.echo(f"{one.fingerprint}  {f'retired {one.retired_at:%Y-%m-%d}' if one.retired_at else 'signs now'}")


def _check(name: str, role: str, region: str | None, unit: str | None) -> None:
    import re
    from typing import get_args

    from models.taxonomy import taxonomy
    from pipeline.accounts.naming import NAME
    from pipeline.records import Role

    if not NAME.fullmatch(name):
        raise click.UsageError(
            "NAME: 2 to 64 ASCII letters, digits and . _ - such as county-platform: it stands in the audit trail"
        )
    if role not in get_args(Role):
        raise click.UsageError(f"--role: {role!r} is not a role; roles: {', '.join(get_args(Role))}")
    if region is not None and not re.fullmatch(r"[0-9]{2,12}", region):
        raise click.UsageError(f"--region: an administrative code of 2 to 12 digits, not {region!r}")
    if unit is not None and unit not in taxonomy().units:
        raise click.UsageError(f"--unit: {unit!r} is no code of models/taxonomy/departments.yaml")


def _desk(office: Office) -> KeysDesk:
    from api.keys_desk import KeysDesk

    return KeysDesk(office, reader_of("admin"))
