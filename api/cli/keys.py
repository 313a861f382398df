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


@click.group(name="keys")
def command() -> None:
    """Issue, list and revoke API keys. The store keeps a key's hash only; nobody can show it again."""


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
