"""``minyi share``: data sharing by contract: conclude, list, show, end, use, report."""

from __future__ import annotations

from datetime import datetime, timedelta
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
    from api.share_desk import ShareDesk
    from pipeline.office import Office
    from pipeline.records import Share

LEVELS = ("aggregates", "risk_points", "evidence")
FORMS = ("view", "export", "api")
TABLES: tuple[Any, ...] = ("source_kind", "attitude", "category", "factor", "county", "township", "month")
CREATE_EXAMPLE = """\b
Example:
  minyi share create --project qingtan-east-ring --grantee county-water --grantee-role response_unit \\
    --unit water-bureau --level risk_points --form export --for dispatch --days 90 \\
    --basis "数据共享协议 2026-07" --purpose supervision"""
USE_EXAMPLES = """\b
Examples:
  minyi share use SHARE_ID --purpose dispatch --out for-water-bureau.xlsx
  minyi share use SHARE_ID --purpose dispatch --level aggregates --table factor --json"""


@click.group(name="share")
def command() -> None:
    """Data sharing by contract (数据共享约定): who may have what, in which form, for which purpose, until when."""


@command.command(epilog=CREATE_EXAMPLE)
@click.option("--project", required=True, metavar="ID", help="The decision project.")
@click.option("--grantee", required=True, metavar="NAME", help="Name of the API key that will use it.")
@click.option("--grantee-role", required=True, metavar="ROLE", help="Role of that key: it bounds what can be shared.")
@click.option("--unit", required=True, metavar="CODE", help="Code of the grantee's unit.")
@click.option("--level", type=click.Choice(LEVELS), required=True, help="How much, each holding the one before.")
@click.option("--form", type=click.Choice(FORMS), required=True, help="Read, taken as a file, or pulled by a system.")
@click.option("--for", "share_purpose", required=True, metavar="PURPOSE", help="What the data may be used for (P-09).")
@click.option("--days", type=click.IntRange(1, 366), required=True, help="Days that it lasts from now.")
@click.option("--basis", required=True, help="Why the unit may have it, such as the number of the agreement.")
@purpose_option
@role_option("supervisor")
@home_option
@json_option
@clear_errors
def create(
    project: str, grantee: str, grantee_role: Any, unit: str, level: Any, form: Any, share_purpose: Any, days: int,
    basis: str, purpose: str | None, role: str, home: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Conclude a contract in your name. Nothing is given out by that."""
    reader_of(grantee_role)
    with opened(home) as office:
        share = _desk(office, role).grant(
            purpose, project, grantee=grantee, grantee_role=grantee_role, grantee_unit=unit, level=level, form=form,
            share_purpose=share_purpose, valid_until=office.store.clock() + timedelta(days=days), basis=basis,
        )  # fmt: skip
        _print(share, as_json, office.store.clock())


@command.command(name="list", epilog="Example: minyi share list --project qingtan-east-ring --purpose supervision")
@click.option("--project", metavar="ID", help="Only contracts on this project.")
@purpose_option
@role_option("supervisor")
@home_option
@json_option
@clear_errors
def list_(project: str | None, purpose: str | None, role: str, home: Path | None, as_json: bool) -> None:
    """List contracts, ended ones among them."""
    with opened(home) as office:
        shares, now = _desk(office, role).shares(purpose, project), office.store.clock()
    if as_json:
        print_json(shares)
        return
    for share in shares:
        _print(share, False, now)
    if not shares:
        click.echo("No contracts yet. Next: minyi share create --help")


@command.command(epilog="Example: minyi share show SHARE_ID --purpose supervision --json")
@click.argument("share_id", metavar="SHARE_ID")
@purpose_option
@role_option("supervisor")
@home_option
@json_option
@clear_errors
def show(share_id: str, purpose: str | None, role: str, home: Path | None, as_json: bool) -> None:
    """Show the terms of one contract."""
    with opened(home) as office:
        _print(_desk(office, role).share(share_id, purpose), as_json, office.store.clock())


@command.command(epilog='Example: minyi share revoke SHARE_ID --reason "协议终止" --purpose supervision')
@click.argument("share_id", metavar="SHARE_ID")
@click.option("--reason", required=True, help="Why it ends before its time.")
@purpose_option
@role_option("supervisor")
@home_option
@json_option
@clear_errors
def revoke(share_id: str, reason: str, purpose: str | None, role: str, home: Path | None, as_json: bool) -> None:
    """End a contract now; the next use is refused."""
    with opened(home) as office:
        _print(_desk(office, role).revoke(share_id, purpose, reason), as_json, office.store.clock())


@command.command(epilog=USE_EXAMPLES)
@click.argument("share_id", metavar="SHARE_ID")
@click.option("--level", type=click.Choice(LEVELS), help="Less than the contract allows; without it all of it.")
@click.option("--table", "tables", multiple=True, type=click.Choice(TABLES), help="Tables of numbers; may be repeated.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="First day of publication (Beijing).")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Last day of publication (Beijing).")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write a workbook (.xlsx) to hand over.")
@purpose_option
@role_option("supervisor")
@home_option
@json_option
@clear_errors
def use(
    share_id: str, level: Any, tables: tuple[Any, ...], since: datetime | None, until: datetime | None,
    out: Path | None, purpose: str | None, role: str, home: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Take what a contract allows, to hand it over to its grantee. State the purpose of the contract.

    With --out it is the form export, without it view; a system pulls over HTTP, with its own key."""
    from api.share_desk import Asked
    from api.sharing.sheets import shared_sheets

    if out is not None and out.suffix.lower() != ".xlsx":
        raise click.UsageError(f"--out: {out.name} does not end in .xlsx")
    asked = Asked(
        form="export" if out else "view",
        level=level,
        tables=tables or TABLES,
        since=since.date() if since else None,
        until=until.date() if until else None,
    )
    with opened(home) as office:
        given = _desk(office, role).use(share_id, purpose, asked, handed_over=True)
    shown = given.as_json()
    if out is not None:
        out.write_bytes(shared_sheets(given))
    if as_json or out is None:
        print_json(shown)
        return
    click.echo(f"{out}: {given.release.told} numbers, {given.release.coarsened} held back, {given.release.rows} points")


@command.command(epilog="Example: minyi share report --month 2026-03 --purpose supervision")
@click.option("--month", metavar="YYYY-MM", help="Default: the present month.")
@purpose_option
@role_option("supervisor")
@home_option
@json_option
@clear_errors
def report(month: str | None, purpose: str | None, role: str, home: Path | None, as_json: bool) -> None:
    """How contracts were used in a month: uses, refusals, numbers told and held back; unused ones are listed too."""
    from pipeline.shares import Month

    with opened(home) as office:
        asked = Month.named(month) if month else Month.of(office.store.clock())
        found = _desk(office, role).use_report(purpose, asked)
    if as_json:
        print_json({"month": found.month.name, "rows": [row.as_json() for row in found.rows]})
        return
    click.echo(f"{found.month.name}: {len(found.rows)} contracts")
    for row in found.rows:
        share = row.share
        click.echo(
            f"{share.id}  {share.project_id}  {share.grantee} ({share.grantee_unit})  {share.level}/{share.form}  "
            f"used {row.uses}, refused {row.refused}, numbers {row.told} told {row.coarsened} held back, "
            f"risk points {row.rows}"
        )


def _desk(office: Office, role: str) -> ShareDesk:
    from api.share_desk import ShareDesk

    return ShareDesk(office, reader_of(role))


def _print(share: Share, as_json: bool, now: datetime) -> None:
    if as_json:
        print_json(share)
        return
    state = "in force" if share.in_force(now) else "revoked" if share.revoked else "over"
    state = "not begun" if now < share.valid_from and not share.revoked else state
    click.echo(
        f"{share.id}  {share.project_id}  {share.grantee} ({share.grantee_unit}, {share.grantee_role})  "
        f"{share.level}/{share.form} for {share.purpose}  until {share.valid_until:%Y-%m-%d}  {state}"
    )
