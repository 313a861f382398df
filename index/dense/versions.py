"""The versions of a vector index on disk, and the mark that says which encoder its vectors come from."""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from index.dense.table import Table
from index.durable import write_durably
from index.errors import IndexBusy, IndexUnusable

MARKER: Final = "minyi-vectors.json"
SCHEMA: Final = 2
_VERSION: Final = re.compile(r"^v\d{4,}$")


@dataclass(frozen=True, slots=True)
class Kind:
    """Which vectors an index holds: of which encoder's version, with how many numbers each."""

    encoder: str
    dimensions: int


class Versions:
    """The folder that holds the versions; ``CURRENT`` names the live one."""

    def __init__(self, root: Path, kind: Kind) -> None:
        self.root = root
        self._expected = {"format": "minyi-vectors", "schema": SCHEMA, "encoder": kind.encoder,
                          "dimensions": kind.dimensions}  # fmt: skip

    def current(self) -> Path | None:
        """The live version, None when there is none. Raises IndexUnusable when it is of another kind or damaged."""
        try:
            name = (self.root / "CURRENT").read_text("ascii", errors="replace").strip()
        except FileNotFoundError:
            return None
        folder = self.root / name
        if not _VERSION.match(name) or not folder.is_dir():
            raise IndexUnusable(self.root, f"CURRENT names {name[:40]!r}, which is not there")
        try:
            marker = json.loads((folder / MARKER).read_text("utf-8"))
        except (OSError, ValueError):
            raise IndexUnusable(folder, f"{MARKER} is missing or damaged") from None
        for key, value in self._expected.items():
            found = marker.get(key) if isinstance(marker, dict) else None
            if found != value:
                raise IndexUnusable(folder, f"its {key} is {found!r}, this program needs {value!r}")
        return folder

    def add(self) -> Path:
        """Creates an empty version beside the others; it is not live yet."""
        self.root.mkdir(parents=True, exist_ok=True)
        numbers = [int(path.name[1:]) for path in self.root.glob("v*") if _VERSION.match(path.name)]
        folder = self.root / f"v{max(numbers, default=0) + 1:04d}"
        folder.mkdir()
        Table(folder, create=True).close()
        write_durably(folder / MARKER, json.dumps(self._expected, indent=1) + "\n")
        return folder

    def swap(self, folder: Path) -> None:
        """Makes a version the live one, in one step that survives a power cut, and removes all others."""
        write_durably(self.root / "CURRENT", folder.name + "\n")
        for other in self.root.glob("v*"):
            if other != folder and _VERSION.match(other.name):
                self.discard(other)

    def discard(self, folder: Path) -> None:
        """Removes a version that nobody needs any more."""
        shutil.rmtree(folder, ignore_errors=True)

    def locked(self) -> int:
        """Takes the writer's lock and returns its handle; closing it gives the lock back. Raises IndexBusy."""
        self.root.mkdir(parents=True, exist_ok=True)
        handle = os.open(self.root / "writer.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            raise IndexBusy(self.root, "writing or rebuilding") from None
        return handle
