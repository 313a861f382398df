"""``minyi init``: creates the data folder with its settings file."""

from __future__ import annotations

from pathlib import Path

import click

from api.cli.options import clear_errors, home_option, json_option, print_json

TEMPLATE = """\
# Settings of this Minyi deployment; every one is described in docs/SETTINGS.md.
# A variable MINYI_<NAME> wins over this file. No setting can weaken a privacy rule (P-30).

# database_url = "postgresql+psycopg://minyi@localhost/minyi"   # default: SQLite in this folder
# k_anonymity = 5          # 3 at least
# voice_period_days = 7    # 30 at most
# link_threshold = 0.5
# processes = 2
# index_url = "https://es1:9200,https://es2:9200"   # default: embedded index in this folder
# semantic = true          # search by meaning beside words; takes 15 to 40 ms a text and core
# host = "127.0.0.1"
# port = 8080
"""


@click.command(
    epilog="Example: minyi init --home minyi-data",
)
@home_option
@json_option
@clear_errors
def command(home: Path | None, as_json: bool) -> None:
    """Create the data folder, its settings file and its store. Safe to run again: nothing is overwritten."""
    from api.cli.options import opened
    from pipeline.settings import SETTINGS_FILE

    with opened(home, create=True) as office:
        folder = office.settings.home.resolve()
        settings_file = folder / SETTINGS_FILE
        created = not settings_file.exists()
        if created:
            settings_file.write_text(TEMPLATE, "utf-8")
        if as_json:
            print_json({"home": str(folder), "store": _shown(office.settings.store_url), "created": created})
            return
        click.echo(f"{'Created' if created else 'Already there:'} {folder}")
        click.echo(f"Store: {_shown(office.settings.store_url)}")
        click.echo("Next: minyi projects import PROJECTS.jsonl, then minyi import PETITIONS.xlsx")


def _shown(url: str) -> str:
    """The URL without its password."""
    from sqlalchemy.engine import make_url

    return make_url(url).render_as_string(hide_password=True)
