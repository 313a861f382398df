"""``minyi backup``: a consistent copy of store, keys and settings, made while Minyi runs."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from api.cli.options import clear_errors, home_option, json_option, opened, operator, print_json

EXAMPLES: Final = """\b
Examples:
  minyi backup /backups/minyi-2026-11-28
  minyi backup "/backups/minyi-$(date +%F)" --json"""


@click.command(epilog=EXAMPLES)
@click.argument("target", type=click.Path(path_type=Path))
@home_option
@json_option
@clear_errors
def command(target: Path, home: Path | None, as_json: bool) -> None:
    """Copy the store, the keys and the settings to a new folder TARGET while Minyi runs, and verify the copy.

    The store, SQLite or PostgreSQL, becomes one file of one moment. Not copied: the index, which a restore rebuilds,
    and what must not outlive its time (keys and tokens of voice periods, sealed pointers, sessions). The folder is
    readable for this account alone and holds redacted texts and keys in clear: keep it on an encrypted disk, apart from
    this machine, and delete it after 35 days (setting backup_days).
    """
    from api.cli.progress import Bars
    from pipeline.backup import back_up

    with opened(home) as office, Bars(quiet=as_json) as bars:
        made = back_up(office, target, operator(), bars)
    manifest = made.manifest
    size = sum(path.stat().st_size for path in made.folder.rglob("*") if path.is_file())
    if as_json:
        told = {"folder": made.folder, "digest": made.digest, "documents": manifest.documents, "bytes": size}
        print_json({**told, "revision": manifest.revision, "signed_by": manifest.signed_by})
        return
    click.echo(f"{made.folder}: {manifest.documents:,} documents, {size:,} bytes, copied and verified.")
    click.echo(f"It is named {made.digest}; the audit trail keeps that name.")
    click.echo(f"Try it: minyi restore {made.folder} --check")
