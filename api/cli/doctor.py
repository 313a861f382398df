"""``minyi doctor``: whether the installation is complete."""

from __future__ import annotations

from pathlib import Path

import click

from api.cli.options import home_option, json_option


@click.command(epilog="Example: minyi doctor --json")
@home_option
@json_option
def command(home: Path | None, as_json: bool) -> None:
    """Check the installation and how the office does, and say what to do about each finding; changes nothing.

    Looked at: Python, packages, models and their checksums, encodings; settings, permissions, room on the disk; store
    (every page of an SQLite file), migrations, database, clock; index against store, waiting texts, sources, backups.
    Exits with 1 when one is wrong.
    """
    from api.cli.verify import show
    from api.installation import installation

    show(installation(home), as_json)
