"""``minyi work``: does everything that is to be done."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from api.cli.options import clear_errors, home_option, json_option, opened, print_json


@click.command(epilog="Example: minyi work --home /srv/minyi")
@home_option
@click.option("--retry", is_flag=True, help="Also try again what was set aside at analysis.")
@json_option
@clear_errors
def command(home: Path | None, retry: bool, as_json: bool) -> None:
    """Analyse, link, index and propose until nothing is left to do.

    Safe to stop or kill anywhere and to run again; several at once share the work.
    """
    from api.cli.progress import Bars
    from pipeline.work import work

    with opened(home) as office:
        if retry:
            office.store.retry_quarantined()
        with Bars(quiet=as_json) as bars:
            done = work(office, bars)
    if as_json:
        print_json(asdict(done))
        return
    click.echo(f"{done.analysed:,} analysed, {done.quarantined:,} set aside, {done.indexed:,} index changes, "
               f"{done.projects:,} projects proposed anew")  # fmt: skip
    if done.index_busy:
        click.echo("Another process is writing the index; it takes over what is left.", err=True)
