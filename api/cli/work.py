"""``minyi work``: does everything that is to be done."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from api.cli.options import clear_errors, home_option, json_option, opened, print_json

if TYPE_CHECKING:
    from pipeline.notify import Sent
    from pipeline.work import Done


@click.command(epilog="Example: minyi work --retry")
@home_option
@click.option("--retry", is_flag=True, help="Also try again what was set aside at analysis.")
@json_option
@clear_errors
def command(home: Path | None, retry: bool, as_json: bool) -> None:
    """Analyse, link, index, propose, watch and notify until nothing is left to do.

    Safe to stop or kill anywhere and to run again; several at once share the work.
    """
    from api.cli.progress import Bars
    from api.notices import notify
    from pipeline.work import work

    with opened(home) as office:
        if retry:
            office.store.retry_quarantined()
        with Bars(quiet=as_json) as bars:
            done = work(office, bars)
        sent = notify(office)
    if as_json:
        print_json({**asdict(done), "notified": asdict(sent)})
        return
    click.echo(told(done, sent))
    if sent.dead:
        click.echo(f"{sent.dead} messages were given up; see: minyi subscribers dead", err=True)
    if done.watched.without_officer:
        click.echo(
            f"{done.watched.without_officer} life-safety cues wait for an officer; name one: minyi alerts duty",
            err=True,
        )
    if done.index_busy:
        click.echo("Another process is writing the index; it takes over what is left.", err=True)


def told(done: Done, sent: Sent | None = None) -> str:
    """What one run of the work did, in a line."""
    parts = [
        (done.analysed, "analysed"),
        (done.indexed, "index changes"),
        (done.encoded, "encoded"),
        (done.projects, "projects proposed anew"),
        (done.watched.hours, "project hours judged"),
        (done.watched.told, "alerts"),
        (done.watched.late, "late texts not judged"),
    ]
    if sent is not None:
        parts += [(sent.sent, "messages sent"), (sent.failed - sent.dead, "messages to be tried again")]
    if done.quarantined:
        parts.append((done.quarantined, "set aside (once the cause is mended: minyi work --retry)"))
    return ", ".join(f"{count:,} {what}" for count, what in parts if count) or "Nothing was left to do."
