"""The versions of one index on disk: folders ``v0001`` … beside each other, and ``CURRENT``, which names the live one.

A writer commits under the shared lock, a rebuild swaps under the exclusive one: no commit goes astray in between.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import tantivy

from index.bigrams import analysis_version
from index.durable import write_durably
from index.embedded.schema import SCHEMA_VERSION, register_analysis, schema
from index.errors import IndexBusy, IndexUnusable

MARKER: Final = "minyi-index.json"
_VERSION: Final = re.compile(r"^v\d{4,}$")


class Shelf:
    """The folder that holds the versions of one index."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def current(self) -> Path | None:
        """The folder of the live version, None when there is none yet. Raises IndexUnusable when it is gone."""
        try:
            name = (self.root / "CURRENT").read_text(encoding="ascii", errors="replace").strip()
        except FileNotFoundError:
            return None
        folder = self.root / name
        if not _VERSION.match(name) or not folder.is_dir():
            raise IndexUnusable(self.root, f"CURRENT names {name[:40]!r}, which is not there")
        return folder

    def versions(self) -> list[Path]:
        """Every version on disk, oldest first."""
        found = [path for path in self.root.glob("v*") if _VERSION.match(path.name) and path.is_dir()]
        return sorted(found, key=lambda path: int(path.name[1:]))

    def add(self) -> Path:
        """Creates an empty version beside the others and returns its folder; it is not live yet."""
        self.root.mkdir(parents=True, exist_ok=True)
        present = self.versions()
        folder = self.root / f"v{int(present[-1].name[1:]) + 1 if present else 1:04d}"
        folder.mkdir()
        tantivy.Index(schema(), str(folder))
        write_durably(folder / MARKER, json.dumps(_expected_marker(), indent=1) + "\n")
        return folder

    def swap(self, folder: Path) -> None:
        """Makes a version the live one, in one step that survives a power cut."""
        write_durably(self.root / "CURRENT", folder.name + "\n")

    def create(self) -> Path:
        """The live version, made now if there is none."""
        self.root.mkdir(parents=True, exist_ok=True)
        with self.swapping():
            folder = self.current()
            if folder is None:
                folder = self.add()
                self.swap(folder)
            return folder

    def discard(self, folder: Path) -> None:
        """Removes a version that nobody needs any more."""
        shutil.rmtree(folder, ignore_errors=True)

    def discard_old(self) -> bool:
        """Removes every version but the live one; whether it could: not while another is being built."""
        try:
            with self.rebuilding():
                live = self.current()
                for folder in self.versions():
                    if folder != live:
                        self.discard(folder)
        except IndexBusy:
            return False
        return True

    @contextmanager
    def committing(self) -> Iterator[None]:
        """Holds off a swap while a commit is under way."""
        with self._locked("swap.lock", fcntl.LOCK_SH):
            yield

    @contextmanager
    def swapping(self) -> Iterator[None]:
        """Waits for commits under way and holds off new ones."""
        with self._locked("swap.lock", fcntl.LOCK_EX):
            yield

    @contextmanager
    def rebuilding(self) -> Iterator[None]:
        """One rebuild at a time. Raises IndexBusy when another one runs."""
        with self._locked("rebuild.lock", fcntl.LOCK_EX | fcntl.LOCK_NB):
            yield

    @contextmanager
    def _locked(self, name: str, how: int) -> Iterator[None]:
        self.root.mkdir(parents=True, exist_ok=True)
        handle = os.open(self.root / name, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, how)
            yield
        except BlockingIOError:
            raise IndexBusy(self.root, "rebuilding") from None
        finally:
            os.close(handle)


def opened(folder: Path) -> tantivy.Index:
    """The Tantivy index in a folder. Raises IndexUnusable when it has another version or is damaged."""
    try:
        marker = json.loads((folder / MARKER).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise IndexUnusable(folder, f"{MARKER} is missing or damaged") from None
    for key, value in _expected_marker().items():
        if not isinstance(marker, dict) or marker.get(key) != value:
            found = marker.get(key) if isinstance(marker, dict) else None
            raise IndexUnusable(folder, f"its {key} is {found!r}, this program needs {value!r}")
    try:
        if not tantivy.Index.is_compatible(str(folder)):
            raise IndexUnusable(folder, "another release of Tantivy wrote it")
        index = tantivy.Index(schema(), str(folder), reuse=True)
        register_analysis(index)
        index.config_reader("manual")
        index.reload()
    except (ValueError, OSError) as error:
        raise IndexUnusable(folder, f"it is damaged ({str(error)[:160]})") from None
    return index


def _expected_marker() -> dict[str, str | int]:
    return {"format": "minyi-index", "schema": SCHEMA_VERSION, "analysis": analysis_version()}
