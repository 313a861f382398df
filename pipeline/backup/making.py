"""Makes a backup: into a folder beside the target that gets its name when all of it is there and verified."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from pipeline import migrations
from pipeline.audit import AuditLog
from pipeline.backup.cleaning import CHANGED, CopyDamaged, clean
from pipeline.backup.copying import STORE_FILE, copy_store
from pipeline.backup.drafts import copied, draft_of, hand_on
from pipeline.backup.manifest import Manifest, examine, sha256, write
from pipeline.deployment_key import FILE_NAME as DEPLOYMENT_KEY
from pipeline.settings import SETTINGS_FILE
from pipeline.signing import FILE_NAME as SIGNING_KEY
from pipeline.signing import RETIRED, SigningKey
from pipeline.store import Store
from pipeline.withdrawn import BACKUPS, note_backup, note_withdrawals
from pipeline.withdrawn import FILE_NAME as LEDGER

if TYPE_CHECKING:
    from pipeline.office import Office

KEYS: Final = (DEPLOYMENT_KEY, SIGNING_KEY)
"""The keys that are kept for ever; those of voice periods are never copied (P-04)."""
SOURCES: Final = "sources"
"""The folder with the office's own crawl sources, in a data folder and in a backup."""


class BackupRefused(RuntimeError):
    """E240: a backup cannot be made there."""


class Heard(Protocol):
    """Hears how it goes; ``total`` is what is ahead in this step."""

    def step(self, name: str, total: int) -> None: ...

    def advance(self, count: int) -> None: ...


class Made(NamedTuple):
    """A backup: where, what is in it, and the SHA-256 of its manifest, which names it."""

    folder: Path
    manifest: Manifest
    digest: str


def back_up(office: Office, target: Path, who: str, heard: Heard) -> Made:
    """Copies store, keys, settings and crawl sources to a new folder, and verifies them; others may write meanwhile.

    Raises BackupRefused (E240) when something is there already, CopyDamaged (E242) when the copy is not sound. Stopped
    anywhere, nothing is there under the name of the target.
    """
    target = target.absolute()
    home = office.settings.home.resolve()
    if target.exists():
        raise BackupRefused(f"E240: {target} is there already; name a new folder, such as one with the date")
    if home in (target.resolve(), *target.resolve().parents):
        raise BackupRefused(f"E240: {target} lies in the data folder: what takes the one takes the other; name another")
    note_withdrawals(office.store, office.settings.keys_folder)
    with draft_of(target, target.parent) as draft:
        moment = office.store.clock()
        rows = copy_store(office.store, draft / STORE_FILE, heard.step, heard.advance)
        heard.step("clean", 1)
        copied = clean(draft / STORE_FILE, f"{moment:%m%d%H%M%S}")
        heard.advance(1)
        if wrong := sorted(name for name in rows if name not in CHANGED and rows[name] != copied.get(name)):
            raise CopyDamaged(f"E242: the copy lacks rows of {', '.join(wrong)}; is the disk full? Try again")
        _copy_files(office, draft)
        manifest, digest = _describe(office, draft, copied)
        heard.step("verify", (draft / STORE_FILE).stat().st_size)
        examine(draft, heard.advance)
        hand_on(draft, target)
    line = {"folder": str(target), "made_at": manifest.made_at.isoformat(), "digest": digest}
    note_backup(office.settings.keys_folder, line)
    office.audit.append(who, "admin", "backup.made", subject=digest)
    return Made(target, manifest, digest)


def _copy_files(office: Office, draft: Path) -> None:
    settings, keys = office.settings, draft / "keys"
    keys.mkdir(mode=0o700)
    SigningKey(settings.keys_folder)  # made now if nothing was signed so far
    for name in (*KEYS, RETIRED, BACKUPS):
        if (settings.keys_folder / name).exists():
            copied(settings.keys_folder / name, keys / name)
    ledger = settings.keys_folder / LEDGER
    if ledger.exists():
        copied(ledger, draft / LEDGER)
    else:
        (draft / LEDGER).touch(mode=0o600)
    if (settings.home / SETTINGS_FILE).exists():
        copied(settings.home / SETTINGS_FILE, draft / SETTINGS_FILE)
    (draft / SOURCES).mkdir(mode=0o700)
    for file in sorted((settings.home / SOURCES).glob("*.toml")):
        copied(file, draft / SOURCES / file.name)


def _describe(office: Office, draft: Path, rows: dict[str, int]) -> tuple[Manifest, str]:
    """The manifest, without the ledger among its files: that one grows with later withdrawals."""
    with Store.open(f"sqlite:///{draft / STORE_FILE}", migrate=False) as copy:
        head, counts = AuditLog(copy).head(), copy.counts_by_state()
        with copy.reading() as connection:
            revision = migrations.revision(connection) or ""
    copy.engine.dispose()
    _one_file(draft / STORE_FILE)
    key = SigningKey(office.settings.keys_folder)
    files = sorted(str(path.relative_to(draft)) for path in draft.rglob("*") if path.is_file() and path.name != LEDGER)
    manifest = Manifest(
        program=metadata.version("minyi"),
        made_at=office.store.clock(),
        revision=revision,
        database=office.store.engine.dialect.name,
        documents=sum(counts.values()),
        rows=rows,
        files={name: sha256(draft / name) for name in files},
        audit_sequence=head.sequence if head else 0,
        audit_hash=head.hash if head else "",
        signer=key.public.hex(),
    )
    return manifest, write(draft, manifest, key)


def _one_file(store: Path) -> None:
    """Closes the write-ahead log, which opening began."""
    import sqlite3

    connection = sqlite3.connect(store, isolation_level=None)
    connection.execute("PRAGMA journal_mode = DELETE")
    connection.close()
    store.chmod(0o600)
