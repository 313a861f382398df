"""``minyi work``: does everything that is to be done."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from api.cli.options import clear_errors, home_option, json_option, metrics_port_option, opened, print_json

if TYPE_CHECKING:
    from crawlers.service import Told
    from pipeline.notify import Sent
    from pipeline.watching import Happened
    from pipeline.work import Done

SENDING: Final = 10.0
"""Seconds for which one notification of the service begins to send: a stop waits for it."""
EXAMPLES: Final = """\b
Examples:
  minyi work
  minyi work --retry
  minyi work --watch --workers 4
  minyi work --keep-on
  minyi work --keep-on --metrics-port 9465
  minyi work --metrics-file minyi.prom"""


@click.command(epilog=EXAMPLES)
@home_option
@click.option("--retry", is_flag=True, help="Also try again what was set aside at analysis.")
@click.option("--keep-on", is_flag=True, help="Go on: crawl each source when it is due and work on what came in.")
@click.option("--watch", is_flag=True, help="Stay, and work as soon as something comes in; crawl nothing.")
@click.option("--workers", type=click.IntRange(1, 64), help="With --watch: so many processes, which share the cores.")
@metrics_port_option
@click.option(
    "--metrics-file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write this run's figures to FILE.prom when it ends, for the text-file collector of node_exporter.",
)
@json_option
@clear_errors
def command(
    home: Path | None, retry: bool, keep_on: bool, watch: bool, workers: int | None, metrics_port: int | None,
    metrics_file: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Analyse, link, index, propose, watch and notify until nothing is left to do.

    Safe to stop or kill anywhere and to run again; several at once, on any number of machines, share the work. With
    --watch it stays: whoever writes to the store wakes it, and SIGTERM or Ctrl-C ends it after the batch in hand. With
    --keep-on it does not end: it
    crawls each source when that is due, which any number of machines may do, and stops on SIGTERM or Ctrl-C: requests
    under way are answered, what was read is stored, and windows that are not read to their end are read again.
    """
    from api.cli.progress import Bars
    from api.exposition import exposed, write_figures
    from api.notices import notify
    from pipeline.logbook import keep_log
    from pipeline.work import work

    if workers is not None and not watch:
        raise click.UsageError("--workers goes with --watch")
    if watch and keep_on:
        raise click.UsageError("--watch crawls nothing, --keep-on does: give one of them")
    if metrics_file is not None and (watch or keep_on):
        raise click.UsageError("--metrics-file is written when a run ends; for one that stays give --metrics-port PORT")
    if metrics_port is not None and workers is not None and workers > 1:
        raise click.UsageError(
            "--metrics-port tells of one process, and each of the workers counts for itself: begin them one by one, "
            "each with a port of its own (minyi work --watch --metrics-port PORT)"
        )
    with opened(home) as office, exposed(office.store, metrics_port):
        if retry:
            office.store.retry_quarantined()
        if keep_on or watch:
            keep_log(office.settings.log_format, office.settings.log_level)
        if keep_on:
            from crawlers.service import Service

            Service(office, _tell_json if as_json else _tell, notify=lambda office: notify(office, SENDING)).run()
            return
        if watch:
            from pipeline.watching import Watching

            if workers and workers > 1:
                from api.cli.crew import Crew

                Crew(workers, home, office.settings.processes, ("--json",) if as_json else ()).run()
                return
            Watching(office, _tell_json if as_json else _tell, notify=lambda office: notify(office, SENDING)).run()
            return
        with Bars(quiet=as_json) as bars:
            done = work(office, bars)
        sent = notify(office)
        if metrics_file is not None:
            write_figures(office.store, metrics_file)
    if as_json:
        print_json({**asdict(done), "notified": asdict(sent)})
        return
    click.echo(told(done, sent))
    for line in _troubles(done, sent):
        click.echo(line, err=True)
    if done.index_busy:
        click.echo("Another process is writing the index; it takes over what is left.", err=True)


def _tell(told_now: Told | Happened) -> None:
    """A line of the service's log: what happened, in names and counts."""
    line = told_now.what
    if told_now.report is not None:
        counts = told_now.report.as_json()
        numbers = ("windows", "found", "new", "revised", "withdrawn", "cut_short", "requests")
        line += "; " + ", ".join(f"{counts[name]} {name.replace('_', ' ')}" for name in numbers if counts[name])
        line += f" ({told_now.report.why})" if told_now.report.why else ""
    if told_now.done is not None:
        line += f": {told(told_now.done)}"
    if told_now.sent is not None:
        line += f": {_line(_sendings(told_now.sent)) or f'{told_now.sent.planned} messages planned'}"
    for one in (line, *_troubles(told_now.done, told_now.sent)):
        click.echo(f"{datetime.now().astimezone():%Y-%m-%d %H:%M:%S} {one}")


def _tell_json(told_now: Told | Happened) -> None:
    """The same as one JSON object a line."""
    told_all: dict[str, Any] = {"at": datetime.now().astimezone(), "what": told_now.what}
    if told_now.report is not None:
        told_all["crawl"] = told_now.report.as_json()
    if told_now.done is not None:
        told_all["work"] = asdict(told_now.done)
    if told_now.sent is not None:
        told_all["notified"] = asdict(told_now.sent)
    print_json(told_all)


def _troubles(done: Done | None, sent: Sent | None) -> Iterator[str]:
    """What somebody must see to, a line each."""
    if sent is not None and sent.dead:
        yield f"{sent.dead} messages were given up; see: minyi subscribers dead"
    if sent is not None and sent.webhooks is not None and sent.webhooks.dead:
        yield f"{sent.webhooks.dead} events for webhooks were given up; see: minyi webhooks dead"
    if done is not None and done.watched.without_officer:
        yield f"{done.watched.without_officer} life-safety cues wait for an officer; name one: minyi alerts duty"


def told(done: Done, sent: Sent | None = None) -> str:
    """What one run of the work, and of the notification after it, did, in a line."""
    parts = [
        (done.analysed, "analysed"),
        (done.reread, "read again"),
        (done.indexed, "index changes"),
        (done.encoded, "encoded"),
        (done.projects, "projects proposed anew"),
        (done.notices, "notices read for milestones"),
        (done.overdue, "dispatches overdue"),
        (done.purged.texts, "texts past their time removed"),
        (done.watched.hours, "project hours judged"),
        (done.watched.told, "alerts"),
        (done.watched.late, "late texts not judged"),
    ]
    if sent is not None:
        parts += _sendings(sent)
    if done.quarantined:
        parts.append((done.quarantined, "set aside (once the cause is mended: minyi work --retry)"))
    return _line(parts) or "Nothing was left to do."


def _sendings(sent: Sent) -> list[tuple[int, str]]:
    parts = [(sent.sent, "messages sent"), (sent.failed - sent.dead, "messages to be tried again")]
    if sent.webhooks is not None:
        told = sent.webhooks
        parts += [(told.sent, "webhook events sent"), (told.failed - told.dead, "webhook events to be tried again")]
    return parts


def _line(parts: list[tuple[int, str]]) -> str:
    return ", ".join(f"{count:,} {what}" for count, what in parts if count)
