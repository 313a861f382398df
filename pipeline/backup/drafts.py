"""Drafts: a folder that becomes its target when all of it is there, and goes when it does not."""

from __future__ import annotations

import fcntl
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from index.durable import sync

WHOLE: Final = ".whole"
"""The file in a draft that says that nothing is left to do with it but to hand on what is in it."""
LAST: Final = ("minyi.toml", "minyi.sqlite3")
"""What makes a data folder an office comes last, the keys before it."""
_NAME: Final = re.compile(r"\..+\.unfinished-[0-9a-f]{8}")


@contextmanager
def draft_of(target: Path, within: Path) -> Iterator[Path]:
    """A folder for this account alone in ``within``, with the target's name in its own; it goes when it stayed there.

    Drafts that nobody makes any more, since their maker was killed, go first: whoever makes one holds a lock on it.
    """
    within.mkdir(parents=True, exist_ok=True)
    remove_abandoned(within)
    draft, lock = _locked(target, within)
    try:
        yield draft
    finally:
        if not (draft / WHOLE).exists():
            shutil.rmtree(draft, ignore_errors=True)
        os.close(lock)


def remove_abandoned(folder: Path) -> bool:
    """Removes drafts in a folder whose makers are gone; whether one of them was whole, and was handed on to its end."""
    ended = False
    for draft in sorted(folder.iterdir()):
        if not _NAME.fullmatch(draft.name) or draft.is_symlink() or not draft.is_dir():
            continue
        with suppress(OSError):  # held by its maker, or another account's
            lock = os.open(draft, os.O_RDONLY)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if (draft / WHOLE).exists():
                    _move_up(draft)
                    ended = True
                else:
                    shutil.rmtree(draft, ignore_errors=True)
            finally:
                os.close(lock)
    return ended


def hand_on(draft: Path, target: Path) -> None:
    """Has a draft on the disk, and gives it the target's name; one that lies in it hands its files up."""
    for path in draft.rglob("*"):
        if path.is_file():
            path.chmod(0o600)
        sync(path)
    sync(draft)
    if draft.parent != target:
        draft.rename(target)
        sync(target.parent)
        return
    (draft / WHOLE).touch(mode=0o600)
    sync(draft)
    _move_up(draft)


def copied(source: Path, target: Path) -> None:
    """Copies a file, for this account alone, and has it on the disk."""
    target.touch(mode=0o600)
    shutil.copyfile(source, target)
    sync(target)


def _move_up(draft: Path) -> None:
    names = [path.name for path in draft.iterdir() if path.name != WHOLE]
    for name in sorted(names, key=lambda name: (LAST.index(name) if name in LAST else -1, name)):
        (draft / name).rename(draft.parent / name)
        sync(draft.parent)
    (draft / WHOLE).unlink()
    draft.rmdir()


def _locked(target: Path, within: Path) -> tuple[Path, int]:
    """A new draft, and the descriptor that holds its lock."""
    while True:
        draft = within / f".{target.name}.unfinished-{secrets.token_hex(4)}"
        draft.mkdir(mode=0o700)
        lock = os.open(draft, os.O_RDONLY)
        with suppress(OSError):  # where folders cannot be locked, no draft is ever taken for an abandoned one
            fcntl.flock(lock, fcntl.LOCK_EX)
        if draft.exists():
            return draft, lock
        os.close(lock)  # somebody who began at this moment took it for one
