"""``minyi sources``: what may be read, on which legal basis, and whether it is switched on."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from api.cli.options import clear_errors, home_option, json_option, opened, operator, print_json
from api.cli.source_status import print_status

if TYPE_CHECKING:
    from crawlers.check import Checked
    from crawlers.registry import Source, SourceRefused
    from pipeline.office import Office
    from pipeline.store import SourceState

STATUS_EXAMPLES = """\b
Examples:
  minyi sources status
  minyi sources status county-mailbox --json"""


@click.group(name="sources")
def command() -> None:
    """Sources (来源): one TOML file each, with legal basis, permission, rate and kill switch (P-19)."""


@command.command(name="list", epilog="Example: minyi sources list --json")
@home_option
@json_option
@clear_errors
def list_(home: Path | None, as_json: bool) -> None:
    """List the sources: those of this data folder, and the presets that ship, with what is wrong with a file."""
    from crawlers.registry import SourceRefused, sources

    with opened(home) as office:
        states = office.store.source_states()
        rows = [_row(name, found, states.get(name)) for name, found in sources(office.settings.home).items()]
        bad = [found for found in sources(office.settings.home).values() if isinstance(found, SourceRefused)]
    if as_json:
        print_json(rows)
    else:
        _table(["source", "title", "kind", "state", "legal_basis"], rows)
        for refusal in bad:
            click.echo(f"Error: {refusal}", err=True)
    if bad:
        raise SystemExit(1)


@command.command(epilog="Example: minyi sources check county-mailbox --since 2026-03-01")
@click.argument("name")
@home_option
@click.option("--since", help="Begin of the window, as 2026-03-01 or 2026-03-01T08:00 (Asia/Shanghai).")
@click.option("--until", help="End of the window. Default: now.")
@json_option
@clear_errors
def check(name: str, home: Path | None, since: str | None, until: str | None, as_json: bool) -> None:
    """Read one window of NAME without storing anything, and show, redacted, what would be taken, field by field."""
    from crawlers.check import check as try_out
    from crawlers.registry import find

    with opened(home) as office:
        checked = try_out(find(office.settings.home, name), office, moment(since), moment(until))
    print_json(checked.as_json()) if as_json else _show(checked)
    if checked.state in ("blocked", "busy"):
        raise SystemExit(1)


@command.command(epilog='Example: minyi sources enable county-mailbox --reason "授权书 2026-03"')
@click.argument("name")
@click.option("--reason", required=True, help="Why, for the record: who permitted it, or why a block is lifted.")
@home_option
@clear_errors
def enable(name: str, reason: str, home: Path | None) -> None:
    """Switch NAME on, for all machines; lifts a block. Refused without legal basis, permission and contact (P-19)."""
    with opened(home) as office:
        _switch(office, name, reason, enabled=True)
    click.echo(f"{name} is switched on; try it with: minyi sources check {name}")


@command.command(epilog='Example: minyi sources disable county-mailbox --reason "合同到期"')
@click.argument("name")
@click.option("--reason", required=True, help="Why, for the record.")
@home_option
@clear_errors
def disable(name: str, reason: str, home: Path | None) -> None:
    """Switch NAME off, for all machines; a crawl that runs stops within seconds."""
    with opened(home) as office:
        _switch(office, name, reason, enabled=False)
    click.echo(f"{name} is switched off")


@command.command(
    epilog="Example: minyi sources add county-mailbox --name qingxi-mailbox --title 清溪县长信箱 "
    "--start https://qingxi.example/xzxx --legal-basis 政府信息公开条例 --permission 授权书 --contact a@qingxi.example"
)
@click.argument("template")
@click.option("--name", help="Short name of the new source: letters, digits, hyphens. Default: the template's.")
@click.option("--title", help="What readers see as the source of a text.")
@click.option("--start", multiple=True, help="Address where reading begins; may be given several times.")
@click.option("--legal-basis", help="Why the source may be read, by statute or contract.")
@click.option("--permission", help="Who permits it, or which public interface it is.")
@click.option("--contact", help="E-mail address or page where the site's operator reaches you.")
@home_option
@clear_errors
def add(template: str, name: str | None, home: Path | None, **values: Any) -> None:
    """Add a source to this data folder, switched off, after TEMPLATE: a preset's name or a TOML file of your own."""
    from crawlers.registry import add as add_source

    with opened(home) as office:
        source = add_source(office.settings.home, template, name, {k: v for k, v in values.items() if v})
        path = office.settings.home / "sources" / f"{source.name}.toml"
    click.echo(f"{path} is written; try it with: minyi sources check {source.name}")


@command.command(epilog=STATUS_EXAMPLES)
@click.argument("name", required=False)
@home_option
@json_option
@clear_errors
def status(name: str | None, home: Path | None, as_json: bool) -> None:
    """Show how the sources do, or NAME alone: last success, lag, capped share, robots, monitors, incidents, next run.

    A source that fell silent is an incident of its own kind: no success for three of its intervals (no_success),
    nothing shown against its habit (no_items), or closed to us (blocked). Its counts are then no fall of opinion.
    """
    from pipeline.sources.incidents import review
    from pipeline.sources.status import statuses

    with opened(home) as office:
        review(office.store)
        found = [one for one in statuses(office.store) if name in (None, one.name)]
        past = office.store.source_incidents(name) if name else []
    if name and not found:
        raise click.ClickException(f"{name} was never crawled; try it with: minyi sources check {name}")
    if as_json:
        rows = [{**one._asdict(), "incidents": [i._asdict() for i in one.incidents]} for one in found]
        print_json({**rows[0], "all_incidents": [i._asdict() for i in past]} if name else rows)
        return
    print_status(found, past)


def moment(written: str | None) -> datetime | None:
    """A day or a moment in Asia/Shanghai. Raises UsageError for what is neither."""
    from crawlers.windows import BEIJING

    if written is None:
        return None
    try:
        found = datetime.fromisoformat(written)
    except ValueError as error:
        raise click.UsageError(f"expected a day or a moment such as 2026-03-01T08:00, found {written!r}") from error
    return found if found.tzinfo else found.replace(tzinfo=BEIJING)


def _switch(office: Office, name: str, reason: str, *, enabled: bool) -> None:
    """Notes who switched a source and why; the reason is redacted, since reasons name people."""
    from crawlers.registry import switch
    from pipeline.redact import redact

    switch(office, name, enabled=enabled, by=operator(), role="admin", reason=redact(reason).text)


def _row(name: str, found: Source | SourceRefused, state: SourceState | None) -> dict[str, str]:
    from crawlers.registry import SourceRefused

    if isinstance(found, SourceRefused):
        return {"source": name, "title": "", "kind": "", "state": "bad file", "legal_basis": ""}
    if state and state.blocked:
        shown = f"blocked: {state.blocked}"
    elif state and not state.enabled:
        shown = "off" + (f": {state.reason}" if state.reason else "")
    else:
        shown = "on" if found.enabled else "off"
    basis = found.legal_basis or "missing"
    return {"source": name, "title": found.title, "kind": found.kind, "state": shown, "legal_basis": basis}


def _show(checked: Checked) -> None:
    click.echo(f"{checked.window}: {len(checked.items)} items, {checked.requests} requests, {checked.state}")
    if checked.cut_short:
        click.echo(f"  not read whole: {checked.cut_short}")
    for number, item in enumerate(checked.items, 1):
        click.echo(f"{number}.")
        for name, value in item.items():
            click.echo(f"   {name}: {' '.join(value.split())}")
    if checked.items:
        filled = ", ".join(f"{name} {count}/{len(checked.items)}" for name, count in sorted(checked.filled.items()))
        click.echo(f"fields: {filled}; nothing was stored")


def _table(columns: list[str], rows: list[dict[str, str]]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(*columns, box=None)
    for row in rows:
        table.add_row(*(Text(row[column]) for column in columns))
    Console().print(table)
