"""``minyi crawl``: reads sources once, and does with what is new what an import does."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from api.cli.options import clear_errors, home_hint, home_option, json_option, opened, print_json
from api.cli.sources import moment
from api.cli.work import told

if TYPE_CHECKING:
    from datetime import datetime

    from crawlers.run import CrawlReport
    from pipeline.office import Office

FAILED: Final = frozenset({"blocked", "busy", "interrupted"})
"""States after which somebody has to do something; windows that were cut short are read again by themselves."""
EXAMPLES = """\b
Examples:
  minyi crawl county-mailbox
  minyi crawl --all --no-work
  minyi crawl county-mailbox --since 2026-01-01 --until 2026-02-01

Exit code 1 when a source was refused, blocked, busy or interrupted; what was read is stored."""


@click.command(name="crawl", epilog=EXAMPLES)
@click.argument("names", metavar="[SOURCE]…", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Every source that is switched on.")
@click.option("--since", help="Read windows from here, as 2026-03-01 (Asia/Shanghai), and no others.")
@click.option("--until", help="Read windows up to here, and no others.")
@click.option("--no-work", is_flag=True, help="Only take the texts in; analyse them later with minyi work.")
@home_option
@json_option
@clear_errors
def command(
    names: tuple[str, ...], everything: bool, since: str | None, until: str | None, no_work: bool, home: Path | None,
    as_json: bool,
) -> None:  # fmt: skip
    """Read what is due of each SOURCE: new windows, recent ones again, and those that failed.

    Sources keep their rate (one request per 5 seconds and host by default), so a crawl takes its time. Stop it with
    Ctrl-C: what was read is stored. Killed anywhere, the next crawl loses nothing and doubles nothing.
    """
    from crawlers.registry import Source, sources
    from pipeline.work import work

    if not names and not everything:
        raise click.UsageError("name a SOURCE, or give --all; see: minyi sources list")
    begin, end = moment(since), moment(until)
    with opened(home) as office:
        if everything:
            known = sources(office.settings.home)
            names = tuple(name for name, found in known.items() if isinstance(found, Source) and found.enabled)
        reports, refused = _crawl(office, names, begin, end, quiet=as_json)
        done = None
        if not no_work and any(report.tally.receipt.new or report.tally.changed for report in reports):
            from api.cli.progress import Bars

            with Bars(quiet=as_json) as bars:
                done = work(office, bars)
    if as_json:
        print_json({"sources": [report.as_json() for report in reports], "refused": refused,
                    "work": asdict(done) if done else None})  # fmt: skip
    else:
        _show(reports)
        if done:
            click.echo(told(done))
        elif no_work:
            click.echo(f"Next: minyi work{home_hint(home)}")
    for message in refused.values():
        click.echo(f"Error: {message}", err=True)
    if refused or any(report.state in FAILED for report in reports):
        raise SystemExit(1)


def _crawl(
    office: Office, names: tuple[str, ...], since: datetime | None, until: datetime | None, *, quiet: bool
) -> tuple[list[CrawlReport], dict[str, str]]:
    """The reports of the sources that could be read, and why the others could not."""
    from api.cli.progress import Bars
    from crawlers.registry import SourceRefused, find
    from crawlers.run import CrawlRefused, Stop, crawl

    reports: list[CrawlReport] = []
    refused: dict[str, str] = {}
    stop = Stop()
    with Bars(quiet=quiet) as bars:
        for name in dict.fromkeys(names):
            if stop.asked:
                break
            try:
                source = find(office.settings.home, name)
                reports.append(crawl(source, office, bars, since=since, until=until, stop=stop))
            except (SourceRefused, CrawlRefused) as refusal:
                refused[name] = str(refusal)
    return reports, refused


def _show(reports: list[CrawlReport]) -> None:
    from rich.console import Console
    from rich.table import Table

    if not reports:
        return
    table = Table("source", "state", "windows", "cut short", "found", "new", "changed", "withdrawn", "set aside",
                  "requests", box=None)  # fmt: skip
    for report in reports:
        receipt, tally = report.tally.receipt, report.tally
        numbers = (report.windows, report.cut_short, tally.found, receipt.new, receipt.revised, tally.withdrawn,
                   receipt.quarantined, report.requests)  # fmt: skip
        table.add_row(report.source, report.state, *(f"{number:,}" for number in numbers))
    Console().print(table)
    for report in reports:
        if report.why:
            click.echo(f"{report.source}: {report.why}")
