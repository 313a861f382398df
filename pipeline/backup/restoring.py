"""Restores a backup into a data folder that is not there yet, and keeps away what was withdrawn since it was made."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.engine import make_url

from index.durable import sync
from pipeline.backup.copying import STORE_FILE as COPY
from pipeline.backup.copying import load_postgresql
from pipeline.backup.drafts import copied, draft_of, hand_on, remove_abandoned
from pipeline.backup.making import SOURCES, Heard
from pipeline.backup.manifest import Manifest, examine
from pipeline.deployment_key import DeploymentKey
from pipeline.feed import VACUUM_DUE, everything
from pipeline.office import Office
from pipeline.retention import CLOCK_SEEN, Purged, purge
from pipeline.search_engine import elastic_settings, reindex
from pipeline.settings import SETTINGS_FILE, STORE_FILE, Settings, load_settings
from pipeline.store import Store
from pipeline.store.tables import audit, documents, projects
from pipeline.upkeep import follow
from pipeline.withdrawn import FILE_NAME as LEDGER
from pipeline.withdrawn import Ledger, note_backup

RESTORED_FROM: Final = "restored_from"
OF_THE_DISK: Final = "lost+found"
"""What a freshly made file system has in it."""


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


def restore(
    source: Path, home: Path, who: str, heard: Heard, ledgers: Sequence[Path] = (), *, replace_index: bool = False
) -> Restored:
    """Makes a data folder, and the store that its settings name, of a backup; rebuilds the index.

    An index that a cluster has under the name in the settings is replaced only when ``replace_index`` says so. Raises
    BackupDamaged (E241), RestoreRefused (E244), LedgerDamaged (E243) or StoreOfAnotherVersion (E159); then nothing was
    made. Stopped before the folder has its name, the same command begins again; behind that, ``minyi work`` finishes.
    """
    home = home.absolute()
    if home.is_dir() and remove_abandoned(home):
        raise RestoreRefused(f"E244: {home} has what a restore before made, all but the index: minyi work makes that")
    _refuse_what_is_there(home)
    heard.step("verify", sum(path.stat().st_size for path in source.rglob("*") if path.is_file()))
    manifest, digest = examine(source, heard.advance)
    ledger = Ledger.read(source / LEDGER, *ledgers)
    within = home if home.exists() else home.parent  # a folder that is there may be a disk, which cannot be renamed
    with draft_of(home, within) as draft:
        _lay_out(source, draft, manifest, ledgers)
        settings = load_settings(draft)
        if not replace_index:
            _refuse_a_live_index(settings)
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
        _to_its_database(settings, file, manifest, digest, heard)
        _refuse_what_is_there(home, besides=draft.name)
        hand_on(draft, home)
    with suppress(PermissionError):  # a mounted disk may be another account's
        home.chmod(0o700)
    return _set_going(home, manifest, digest, gone, who, heard)


def _refuse_what_is_there(home: Path, besides: str = "") -> None:
    if home.exists() and (not home.is_dir() or {path.name for path in home.iterdir()} - {OF_THE_DISK, besides}):
        raise RestoreRefused(f"E244: {home} is not empty: a restore overwrites nothing; name a new folder")


def _refuse_a_live_index(settings: Settings) -> None:
    if not settings.index_url:
        return
    from index.elastic.occupied import documents_under

    if found := documents_under(elastic_settings(settings)):
        raise RestoreRefused(
            f"E244: the cluster has an index {settings.index_name} with {found:,} documents, which an office may be "
            "using: name another one (MINYI_INDEX_NAME=…), set MINYI_INDEX_URL to another cluster or to nothing, or "
            "say that this office takes its place: --replace-index"
        )


def _lay_out(source: Path, draft: Path, manifest: Manifest, ledgers: Sequence[Path]) -> None:
    """Keys, settings, crawl sources, ledger and store in a new data folder, for this account alone."""
    (draft / "keys").mkdir(mode=0o700)
    for name in manifest.files:
        if name == SETTINGS_FILE or name.startswith(("keys/", f"{SOURCES}/")):
            (draft / name).parent.mkdir(mode=0o700, exist_ok=True)
            copied(source / name, draft / name)
    copied(source / COPY, draft / STORE_FILE)
    lines = dict.fromkeys(line for file in (source / LEDGER, *ledgers) if file.exists()
                          for line in file.read_bytes().splitlines(keepends=True))  # fmt: skip
    (draft / "keys" / LEDGER).touch(mode=0o600)
    (draft / "keys" / LEDGER).write_bytes(b"".join(line for line in lines if line.endswith(b"\n")))


def _to_its_database(settings: Settings, file: Path, manifest: Manifest, digest: str, heard: Heard) -> None:
    """Leaves the store where it is for an office without ``database_url``, else moves it where that says."""
    if not settings.database_url:
        return
    url = make_url(settings.database_url)
    if url.get_backend_name() == "sqlite":
        target = Path(str(url.database))
        if target.exists() and not _is_made_of(target, digest):
            raise RestoreRefused(f"E244: {target} is there already: name another file in database_url")
        if not target.exists():  # else the same command, killed before the folder had its name, has made it
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            beside = target.with_name(f".{target.name}.{digest[:8]}")
            try:
                copied(file, beside)
                beside.replace(target)
                sync(target.parent)
            finally:
                beside.unlink(missing_ok=True)
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
            heard.step("restore", sum(manifest.rows.values()))
            load_postgresql(file, store, digest, heard.advance)
    for part in (file, file.with_name(f"{file.name}-wal"), file.with_name(f"{file.name}-shm")):
        part.unlink(missing_ok=True)


def _set_going(home: Path, manifest: Manifest, digest: str, gone: int, who: str, heard: Heard) -> Restored:
    """Notes the restore, removes what is past its time by now, and builds index and candidates."""
    with Office(load_settings(home)) as office:
        office.audit.append(who, "admin", "backup.restored", subject=digest)
        purged = purge(office)
        if office.settings.index_url:
            if gone or purged.texts:  # the version before the new one may hold them: it goes with the next work
                office.store.set_fact(VACUUM_DUE, "yes")
            heard.step("reindex", manifest.documents)
            built = reindex(office.settings, everything(office.store))
            office.store.mark_indexed(built.last_sequence)
            if office.settings.semantic:  # vectors of the office before, which know later changes, are there as well
                heard.step("encode", built.documents)
                office.semantics.rebuild(office.store, heard.advance)
        follow(office, heard)
        return Restored(home, manifest, gone, purged, office.index.verify().documents)


def _is_made_of(file: Path, digest: str) -> bool:
    """Whether a SQLite file is a store that was restored from the backup of this name."""
    connection = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
    try:
        found = connection.execute("SELECT value FROM meta WHERE key = ?", (RESTORED_FROM,)).fetchone()
        return bool(found == (digest,))
    except sqlite3.DatabaseError:
        return False
    finally:
        connection.close()


def _is_empty(store: Store) -> bool:
    with store.reading() as connection:
        return not any(
            connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (documents, projects, audit)
        )
