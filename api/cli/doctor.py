"""``minyi doctor``: whether the installation is complete."""

from __future__ import annotations

from pathlib import Path

import click

from api.cli.options import home_option, json_option


@click.command(epilog="Example: minyi doctor --json")
@home_option
@json_option
def command(home: Path | None, as_json: bool) -> None:
    """Check Python, packages, models, settings, data folder, store and index, and say what to do; changes nothing."""
    from api.cli.verify import show
    from api.installation import installation

    show(installation(home), as_json)
