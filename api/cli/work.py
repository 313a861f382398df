"""``minyi work``: does everything that is to be done."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from api.cli.options import clear_errors, home_option, json_option, opened, print_json

if TYPE_CHECKING:
    from crawlers.service import Told
    from pipeline.work import Done

EXAMPLES = """\b
Examples:
  minyi work
  minyi work --retry
  minyi work --keep-on"""


@click.command(epilog=EXAMPLES)
@home_option
@click.option("--retry", is_flag=True, help="Also try again what was set aside at analysis.")
@click.option("--keep-on", is_flag=True, help="Go on: crawl each source when it is due and work on what came in.")
@json_option
@clear_errors
def command(home: Path | None, retry: bool, keep_on: bool, as_json: bool) -> None:
    """Analyse, link, index and propose until nothing is left to do.

    Safe to stop or kill anywhere and to run again; several at once share the work. With --keep-on it does not end: it
    crawls each source when that is due, which any number of machines may do, and stops on SIGTERM or Ctrl-C: requests
    under way are answered, what was read is stored, and windows that are not read to their end are read again.
    """
    from api.cli.progress import Bars
    from pipeline.work import work

    with opened(home) as office:
        if retry:
            office.store.retry_quarantined()
        if keep_on:
            from crawlers.service import Service

            Service(office, _tell_json if as_json else _tell).run()
            return
        with Bars(quiet=as_json) as bars:
            done = work(office, bars)
    if as_json:
        print_json(asdict(done))
        return
    click.echo(told(done))
    if done.index_busy:
        click.echo("Another process is writing the index; it takes over what is left.", err=True)


def _tell(told_now: Told) -> None:
    """A line of the service's log: what happened, in names and counts."""
    line = told_now.what
    if told_now.report is not None:
        counts = told_now.report.as_json()
        numbers = ("windows", "found", "new", "revised", "withdrawn", "cut_short", "requests")
        line += "; " + ", ".join(f"{counts[name]} {name.replace('_', ' ')}" for name in numbers if counts[name])
        line += f" ({told_now.report.why})" if told_now.report.why else ""
    if told_now.done is not None:
        line += f": {told(told_now.done)}"
    click.echo(f"{datetime.now().astimezone():%Y-%m-%d %H:%M:%S} {line}")


def _tell_json(told_now: Told) -> None:
    """The same as one JSON object a line."""
    told_all: dict[str, Any] = {"at": datetime.now().astimezone(), "what": told_now.what}
    if told_now.report is not None:
        told_all["crawl"] = told_now.report.as_json()
    if told_now.done is not None:
        told_all["work"] = asdict(told_now.done)
    print_json(told_all)


def told(done: Done) -> str:
    """What one run of the work did, in a line."""
    parts = [
        (done.analysed, "analysed"),
        (done.indexed, "index changes"),
        (done.encoded, "encoded"),
        (done.projects, "projects proposed anew"),
        (done.notices, "notices read for milestones"),
    ]
    if done.quarantined:
        parts.append((done.quarantined, "set aside (once the cause is mended: minyi work --retry)"))
    return ", ".join(f"{count:,} {what}" for count, what in parts if count) or "Nothing was left to do."
