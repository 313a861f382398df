"""``minyi restore``: makes a data folder of a backup."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from api.cli.options import clear_errors, home_option, json_option, operator, print_json

EXAMPLES: Final = """\b
Examples:
  minyi restore /backups/minyi-2026-11-28 --check
  minyi restore /backups/minyi-2026-11-28 --home office
  minyi restore /backups/minyi-2026-11-28 --home office --ledger /safe/withdrawn.jsonl
  MINYI_DATABASE_URL=postgresql://minyi@db/minyi minyi restore /backups/minyi-2026-11-28 --home office"""


@click.command(epilog=EXAMPLES)
@click.argument("source", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--check", is_flag=True, help="Only verify the backup; write nothing.")
@click.option("--signer", help="Fingerprint that the backup's key must have, as `minyi backup --json` told it.")
@click.option(
    "--ledger",
    "ledgers",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A newer ledger of withdrawals (keys/withdrawn.jsonl) beside the backup's own; several times.",
)
@click.option("--replace-index", is_flag=True, help="Replace the index that the cluster has under this office's name.")
@home_option
@json_option
@clear_errors
def command(
    source: Path, check: bool, signer: str | None, ledgers: tuple[Path, ...], replace_index: bool, home: Path | None,
    as_json: bool,
) -> None:  # fmt: skip
    """Verify the backup SOURCE, and make of it a data folder that is empty or not there yet, with store and index.

    Nothing is overwritten: the folder and a PostgreSQL database must be empty, and an index on a cluster is replaced
    only with --replace-index. Texts that were withdrawn after the backup was made, and those past their time, do not
    come back: the ledger in SOURCE names them. An older program's store is brought up to date. Stopped anywhere, by
    SIGTERM as by Ctrl-C, it begins again when it is called again.
    """
    from api.cli.progress import Bars
    from pipeline.backup import BackupDamaged, examine, restore
    from pipeline.settings import load_settings
    from pipeline.stopping import break_off, until_asked

    with until_asked(then=break_off), Bars(quiet=as_json) as bars:
        if check or signer:
            size = sum(path.stat().st_size for path in source.rglob("*") if path.is_file())
            bars.step("verify", size)
            manifest, digest = examine(source, bars.advance)
            if signer and signer.lower() != manifest.signed_by:
                raise BackupDamaged(f"E241: {source} was signed by {manifest.signed_by}, not by {signer}")
        if not check:
            where = home or load_settings().home
            done = restore(source, where, operator(), bars, ledgers, replace_index=replace_index)
    if check:
        told = {"digest": digest, "made_at": manifest.made_at, "documents": manifest.documents}
        line = f"whole: {manifest.documents:,} documents of {manifest.made_at:%Y-%m-%d %H:%M} UTC, named {digest}"
        _tell({**told, "signed_by": manifest.signed_by, "rows": manifest.rows}, as_json, line)
        return
    manifest = done.manifest
    told = {"home": done.home, "documents": manifest.documents, "made_at": manifest.made_at}
    line = (
        f"{done.home}: {manifest.documents:,} documents of {manifest.made_at:%Y-%m-%d %H:%M} UTC; "
        f"{done.withdrawn:,} withdrawn since, {done.purged.texts:,} past their time; "
        f"{done.indexed:,} in the new index.\n"
        f"Next: minyi verify --home {done.home}, then minyi serve and minyi work"
    )
    gone = {"withdrawn": done.withdrawn, "past_their_time": done.purged.texts, "indexed": done.indexed}
    _tell({**told, **gone}, as_json, line)


def _tell(answer: dict[str, object], as_json: bool, line: str) -> None:
    if as_json:
        print_json(answer)
    else:
        click.echo(line)
