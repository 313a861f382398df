"""``minyi purge``: removes what is past its time (P-11)."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from api.cli.options import clear_errors, home_option, json_option, opened, operator, print_json

if TYPE_CHECKING:
    from pipeline.retention import Purged

EXAMPLES: Final = """\b
Examples:
  minyi purge --dry-run
  minyi purge
  minyi purge --clock-is-right"""


@click.command(epilog=EXAMPLES)
@home_option
@click.option("--dry-run", is_flag=True, help="Count the texts that would go; remove nothing.")
@click.option("--clock-is-right", is_flag=True, help="Go on although the clock moved far since the last work.")
@json_option
@clear_errors
def command(home: Path | None, dry_run: bool, clock_is_right: bool, as_json: bool) -> None:
    """Remove texts, aggregates and tokens that are past their time (P-11), and say how many. Cannot be undone.

    Texts go 90 days after their project's report was filed and two years after they came in, aggregates after five
    years; settings can shorten that and never extend it. `minyi work` does the same once a day. The audit trail stays.
    """
    from api.cli.progress import Bars
    from pipeline.retention import CLOCK_SEEN, ClockInDoubt, clock_doubt, due, purge
    from pipeline.store.scrubbing import SCRUB_DUE
    from pipeline.upkeep import follow

    with opened(home) as office:
        if dry_run:
            _tell(due(office), as_json, "would go")
            return
        if (doubt := clock_doubt(office.store)) and not clock_is_right:
            raise ClockInDoubt(
                f"E250: {doubt}; see whether `date` is right, then run: minyi purge --dry-run, "
                "and minyi purge --clock-is-right"
            )
        done = purge(office, operator(), "admin")
        office.store.set_fact(CLOCK_SEEN, office.store.clock().isoformat())
        if done.texts:
            with Bars(quiet=as_json) as bars:
                follow(office, bars)
        in_log = office.store.fact(SCRUB_DUE)
    _tell(done, as_json, "went")
    if in_log:
        click.echo("Another process reads the store: its log holds what went until the next minyi work.", err=True)


def _tell(done: Purged, as_json: bool, how: str) -> None:
    if as_json:
        print_json({**asdict(done), "aggregates": done.aggregates._asdict(), "texts": done.texts})
        return
    counts = [
        (done.texts_of_filed, "texts of filed projects"),
        (done.texts_too_old, "texts that came in too long ago"),
        (done.periods, "voice periods' tokens"),
        (done.pointers, "sealed pointers"),
        (done.moments, "earlier moments of candidates"),
        (sum(done.aggregates), "rows of aggregates"),
    ]
    line = ", ".join(f"{count:,} {what}" for count, what in counts if count)
    click.echo(f"{line} {how}." if line else "Nothing is past its time.")
