"""``minyi reindex``: rebuilds the search index from the store."""

from __future__ import annotations

from pathlib import Path

import click

from api.cli.options import clear_errors, home_option, json_option, opened, print_json


@click.command(epilog="Example: minyi reindex")
@home_option
@click.option("--drop-previous", is_flag=True, help="Remove the version that was live; else it stays until next time.")
@json_option
@clear_errors
def command(home: Path | None, drop_previous: bool, as_json: bool) -> None:
    """Build the search index anew beside the live one, check it, and swap. Searches go on meanwhile.

    Vectors too, where the setting semantic is on: only texts that changed, or all when the encoder did.
    """
    from api.cli.progress import Bars
    from pipeline.feed import everything
    from pipeline.search_engine import reindex

    with opened(home) as office, Bars(quiet=as_json) as bars:
        bars.step("reindex", sum(office.store.counts_by_state().values()))
        built = reindex(
            office.settings,
            everything(office.store),
            progress=lambda done: bars.reach(done, done),
            keep_previous=not drop_previous,
        )
        office.store.mark_indexed(built.last_sequence)
        if office.settings.semantic:
            bars.step("encode", built.documents)
            office.semantics.rebuild(office.store, bars.advance)
    if as_json:
        print_json({"documents": built.documents, "last_sequence": built.last_sequence, "seconds": built.seconds})
    else:
        click.echo(f"{built.documents:,} documents in the new index")
