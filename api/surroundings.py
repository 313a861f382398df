"""What an installation stands on: who can read its files, room on the disk, the clock, encodings."""

from __future__ import annotations

import locale
import os
import shutil
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import func, select

from api.findings import Finding
from pipeline.audit import AuditLog
from pipeline.retention import clock_doubt
from pipeline.settings import HOLD_PASSWORDS, SETTINGS_FILE, Settings

if TYPE_CHECKING:
    from pipeline.store import Store

ROOM: Final = 1 << 30
"""Bytes that are to be free beside what a rebuild of the index needs."""
APART: Final = timedelta(seconds=30)
"""How far the clocks of this machine and of the database may differ."""
AHEAD: Final = timedelta(minutes=10)
"""How far behind its own last stamps the clock may be."""


def encodings() -> Finding:
    """File names and messages can hold Chinese; the zone in which days are counted is known."""
    problems = []
    if sys.getfilesystemencoding().lower().replace("-", "") != "utf8":
        problems.append(f"file names are {sys.getfilesystemencoding()}")
    if locale.getpreferredencoding(False).lower().replace("-", "") not in ("utf8", "cp65001"):
        problems.append(f"texts are {locale.getpreferredencoding(False)} by default")
    try:
        ZoneInfo("Asia/Shanghai")
    except ZoneInfoNotFoundError:
        problems.append("the zone Asia/Shanghai is not known")
    advice = "set LANG=C.UTF-8 (or PYTHONUTF8=1) for the service; install the package tzdata"
    return Finding.of("texts are UTF-8", 0, problems, advice)


def permissions(settings: Settings) -> Finding:
    """Keys are for this account alone; nobody outside its group enters the data folder; passwords are not for all."""
    home, problems, examined = settings.home, [], 0
    if home.stat().st_mode & 0o007:
        problems.append(f"{home} is open to all accounts (chmod 700)")
    for path in (settings.keys_folder, *sorted(settings.keys_folder.glob("*"))):
        if path.exists():
            examined += 1
            if path.stat().st_mode & 0o077:
                problems.append(f"{path} is open to other accounts (chmod {'700' if path.is_dir() else '600'})")
    file = home / SETTINGS_FILE
    secrets = any(getattr(settings, name[0]) for name in HOLD_PASSWORDS if name[0] != "index_url")
    if file.exists() and secrets and file.stat().st_mode & 0o077:
        problems.append(f"{file} may hold a password and is open to other accounts (chmod 600)")
    return Finding.of("files are for this account alone", examined, problems, "run what stands in brackets")


def room(settings: Settings) -> Finding:
    """Room for a rebuild of the index beside the live one, and a gigabyte."""
    held = sum(_size(folder) for folder in (settings.index_folder, settings.vectors_folder))
    free, problems = shutil.disk_usage(settings.home).free, []
    if free < held + ROOM:
        problems.append(f"{free >> 20:,} MB are free at {settings.home}, {(held + ROOM) >> 20:,} MB are wanted")
    advice = "free some room or move the data folder; what was begun goes on with: minyi work"
    return Finding.of("there is room on the disk", 0, problems, advice)


def writable(settings: Settings) -> Finding:
    """The file system takes files: one that went read-only after a fault does not, whatever the permissions say."""
    problems = []
    if settings.home.is_dir() and os.statvfs(settings.home).f_flag & os.ST_RDONLY:
        problems.append(f"{settings.home} lies on a file system that is read-only")
    advice = "see `dmesg` for the disk's fault, mount it for writing, then run: minyi verify"
    return Finding.of("file system can be written", 0, problems, advice)


def clock(store: Store) -> Finding:
    """The clock agrees with the database's, and does not stand before what it stamped itself."""
    problems, now = list(_apart(store)), datetime.now(UTC)
    head = AuditLog(store).head()
    if head is not None and head.when > now + AHEAD:
        problems.append(f"the audit trail has an event of {head.when:%Y-%m-%d %H:%M} UTC, the clock shows {now:%H:%M}")
    if doubt := clock_doubt(store):
        problems.append(f"{doubt}: nothing past its time is removed until the day after")
    return Finding.of("clock is right", 0, problems, "set the clock (timedatectl, chronyc makestep), then: minyi work")


def _apart(store: Store) -> Iterator[str]:
    if store.engine.dialect.name != "postgresql":
        return
    with store.reading() as connection:
        theirs = connection.execute(select(func.clock_timestamp())).scalar_one()
    apart = abs(datetime.now(UTC) - theirs)
    if apart > APART:
        yield f"the database's clock is {apart.total_seconds():,.0f} s apart from this machine's"


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) if folder.is_dir() else 0
