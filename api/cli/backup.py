"""``minyi backup``: a consistent copy of store, keys and settings, made while Minyi runs."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from api.cli.options import clear_errors, home_option, json_option, opened, operator, print_json

EXAMPLES: Final = """\b
Examples:
  minyi backup /backups/minyi-2026-11-28
  minyi backup "/backups/minyi-$(date +%F)" --json
  minyi backup --forget /backups/minyi-2026-10-01"""


@click.command(epilog=EXAMPLES)
@click.argument("target", required=False, type=click.Path(path_type=Path))
@click.option(
    "--forget",
    type=click.Path(path_type=Path),
    help="Make none; note that the backup FOLDER, or those that lay in it and are not there, were deleted.",
)
@home_option
@json_option
@clear_errors
def command(target: Path | None, forget: Path | None, home: Path | None, as_json: bool) -> None:
    """Copy store, keys, settings and crawl sources to a new folder TARGET while Minyi runs, and verify the copy.

    The store, SQLite or PostgreSQL, becomes one file of one moment. Not copied: the index, which a restore rebuilds,
    and what must not outlive its time (keys and tokens of voice periods, sealed pointers, sessions). The folder is
    readable for this account alone and holds redacted texts and keys in clear: keep it on an encrypted disk, apart from
    this machine, and delete it after 35 days (setting backup_days); then --forget it, or `minyi erase` goes on to name
    it as one that it could not reach. Stopped by SIGTERM or Ctrl-C, it leaves nothing behind.
    """
    from api.cli.progress import Bars
    from pipeline.backup import back_up
    from pipeline.stopping import break_off, until_asked
    from pipeline.withdrawn import forget_backups

    if (target is None) == (forget is None):
        raise click.UsageError("give a new folder TARGET, or --forget FOLDER")
    if forget is not None:
        with opened(home) as office:
            gone = forget_backups(office.settings.keys_folder, forget.absolute())
        if as_json:
            print_json({"forgotten": gone})
        else:
            click.echo(
                "\n".join(f"{folder}: forgotten" for folder in gone) or f"No backup that is gone lay in {forget}."
            )
        return
    assert target is not None
    with opened(home) as office, until_asked(then=break_off), Bars(quiet=as_json) as bars:
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
