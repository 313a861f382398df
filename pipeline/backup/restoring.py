"""Restores a backup into a data folder that is not there yet, and keeps away what was withdrawn since it was made."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.engine import make_url

from pipeline.backup.copying import STORE_FILE as COPY
from pipeline.backup.copying import load_postgresql
from pipeline.backup.making import Heard, draft_of
from pipeline.backup.manifest import Manifest, examine, sha256
from pipeline.deployment_key import DeploymentKey
from pipeline.feed import everything
from pipeline.office import Office
from pipeline.retention import CLOCK_SEEN, Purged, purge
from pipeline.search_engine import reindex
from pipeline.settings import SETTINGS_FILE, STORE_FILE, Settings, load_settings
from pipeline.store import Store
from pipeline.store.tables import audit, documents, projects
from pipeline.upkeep import follow
from pipeline.withdrawn import FILE_NAME as LEDGER
from pipeline.withdrawn import Ledger, note_backup

RESTORED_FROM = "restored_from"


class RestoreRefused(RuntimeError):
    """E244: a backup cannot be restored there, since something is there already."""


class Restored(NamedTuple):
    """What a restore made: how many documents the backup had, how many texts the ledger took out, what was past its
    time, and how many documents the new index has."""

    home: Path
    manifest: Manifest
    withdrawn: int
    purged: Purged
    indexed: int


def restore(source: Path, home: Path, who: str, heard: Heard, ledgers: Sequence[Path] = ()) -> Restored:
    """Makes a data folder, and the store that its settings name, of a backup; rebuilds the index.

    Raises BackupDamaged (E241), RestoreRefused (E244), LedgerDamaged (E243) or StoreOfAnotherVersion (E159); then
    nothing was made. Stopped before the folder has its name, the same command begins again; behind that, ``minyi work``
    finishes.
    """
    home = home.absolute()
    if home.exists() and (not home.is_dir() or any(home.iterdir())):
        raise RestoreRefused(f"E244: {home} is not empty: a restore overwrites nothing; name a new folder")
    heard.step("verify", sum(path.stat().st_size for path in source.rglob("*") if path.is_file()))
    manifest, digest = examine(source, heard.advance)
    ledger = Ledger.read(source / LEDGER, *ledgers)
    with draft_of(home) as draft:
        _lay_out(source, draft, manifest, ledgers)
        settings = load_settings(draft)
        file = draft / STORE_FILE
        with Store.open(f"sqlite:///{file}") as store:
            heard.step("withdraw", len(ledger.withdrawn) + len(ledger.changed))
            gone = ledger.apply(store, DeploymentKey(draft / "keys"))
            heard.advance(len(ledger.withdrawn) + len(ledger.changed))
            store.set_fact(CLOCK_SEEN, store.clock().isoformat())
            store.set_fact(RESTORED_FROM, digest)
            store.scrub()
        note_backup(draft / "keys", {"folder": str(source.absolute()), "made_at": manifest.made_at.isoformat(),
                                     "digest": digest})  # fmt: skip
        _to_its_database(settings, file, digest, heard)
        draft.rename(home)
    return _set_going(home, manifest, digest, gone, who, heard)


def _lay_out(source: Path, draft: Path, manifest: Manifest, ledgers: Sequence[Path]) -> None:
    """Keys, settings, ledger and store in a new data folder, for this account alone."""
    (draft / "keys").mkdir(mode=0o700)
    for name in manifest.files:
        if name == COPY or (name != SETTINGS_FILE and not name.startswith("keys/")):
            continue
        _copied(source / name, draft / name)
    _copied(source / COPY, draft / STORE_FILE)
    lines = dict.fromkeys(line for file in (source / LEDGER, *ledgers) if file.exists()
                          for line in file.read_bytes().splitlines(keepends=True))  # fmt: skip
    (draft / "keys" / LEDGER).touch(mode=0o600)
    (draft / "keys" / LEDGER).write_bytes(b"".join(line for line in lines if line.endswith(b"\n")))


def _to_its_database(settings: Settings, file: Path, digest: str, heard: Heard) -> None:
    """Leaves the store where it is for an office without ``database_url``, else moves it where that says."""
    if not settings.database_url:
        return
    url = make_url(settings.database_url)
    if url.get_backend_name() == "sqlite":
        target = Path(str(url.database))
        if target.exists() and sha256(target) != sha256(file):
            raise RestoreRefused(f"E244: {target} is there already: name another file in database_url")
        beside = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
        _copied(file, beside)
        beside.replace(target)  # killed before the folder has its name, the same command finds what it has made
        file.unlink()
        return
    with Store.open(settings.store_url) as store:
        if store.fact(RESTORED_FROM) != digest:
            if not _is_empty(store):
                shown = url.render_as_string(hide_password=True)
                raise RestoreRefused(
                    f"E244: the database {shown} is not empty: name an empty one in MINYI_DATABASE_URL, or set it to "
                    "nothing for SQLite in the data folder"
                )
            heard.step("restore", sum(_rows(file).values()))
            load_postgresql(file, store, digest, heard.advance)
    for part in (file, file.with_name(f"{file.name}-wal"), file.with_name(f"{file.name}-shm")):
        part.unlink(missing_ok=True)


def _set_going(home: Path, manifest: Manifest, digest: str, gone: int, who: str, heard: Heard) -> Restored:
    """Notes the restore, removes what is past its time by now, and builds index and candidates."""
    with Office(load_settings(home)) as office:
        office.audit.append(who, "admin", "backup.restored", subject=digest)
        purged = purge(office)
        if office.settings.index_url:
            heard.step("reindex", manifest.documents)
            built = reindex(office.settings, everything(office.store), keep_previous=False)
            office.store.mark_indexed(built.last_sequence)
        follow(office, heard)
        return Restored(home, manifest, gone, purged, office.index.verify().documents)


def _is_empty(store: Store) -> bool:
    with store.reading() as connection:
        return not any(
            connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (documents, projects, audit)
        )


def _rows(file: Path) -> dict[str, int]:
    import sqlite3

    from pipeline.backup.cleaning import sound

    connection = sqlite3.connect(file)
    try:
        return sound(connection, file)
    finally:
        connection.close()


def _copied(source: Path, target: Path) -> None:
    target.touch(mode=0o600)
    shutil.copyfile(source, target)
