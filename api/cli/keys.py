"""``minyi keys``: API keys, issued and revoked by the operator of this machine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from api.cli.options import clear_errors, home_option, json_option, opened, operator, print_json

if TYPE_CHECKING:
    from pipeline.office import Office

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
        _known(office, projects)
        bound, division = list(projects) or None, _division(region)
        with office.store.transaction():
            secret = office.store.issue_api_key(name, role, bound, division, unit)  # type: ignore[arg-type]
            _note(office, "keys.issue", name)
    if as_json:
        print_json({"name": name, "role": role, "projects": bound, "region": division, "unit": unit, "key": secret})
        return
    click.echo(secret)
    click.echo("Send it as `Authorization: Bearer KEY`. It is not kept and cannot be shown again.", err=True)


@command.command(name="list", epilog="Example: minyi keys list --json")
@home_option
@json_option
@clear_errors
def list_(home: Path | None, as_json: bool) -> None:
    """List all keys by name, revoked ones among them; never the keys themselves."""
    with opened(home) as office:
        _note(office, "keys.list", None)
        keys = office.store.api_keys()
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
    with opened(home) as office, office.store.transaction():
        ended = office.store.revoke_api_key(name)
        if ended:
            _note(office, "keys.revoke", name)
    if not ended:
        raise click.ClickException(f"no living key is named {name}; see: minyi keys list")
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


def _known(office: Office, projects: tuple[str, ...]) -> None:
    unknown = sorted(set(projects) - {project.id for project in office.store.projects()})
    if unknown:
        raise click.ClickException(f"no project {', '.join(unknown)}; see: minyi projects list")


def _division(region: str | None) -> str | None:
    """The code without the levels that it leaves open: 439900 is the city 4399."""
    from index.fields import region_path

    return region_path(region)[-1] if region else None


def _note(office: Office, action: str, subject: str | None) -> Any:
    from api.policy import Reader, access

    reader = Reader(operator(), "admin")
    purpose = access().check(reader, "keys.manage", "administration", None)
    return office.audit.append(reader.who, reader.role, action, purpose=purpose, subject=subject)
