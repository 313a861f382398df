"""Files as byte streams, on the disk or in memory; gzip is opened transparently, progress counts bytes of the file."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import BinaryIO, Final, Literal, TypeAlias, cast

from crawlers.importers.options import ImportRefused

_GZIP: Final = b"\x1f\x8b"
MAX_EXPANSION: Final = 300
"""A text packed more tightly than this is no text: petitions pack about 3 to 1."""
_FREE: Final = 256 * 2**20


class Uploaded:
    """A file that was sent: its name and its bytes, which never touch the disk (P-02)."""

    def __init__(self, name: str, content: bytes) -> None:
        self.name = PurePosixPath(name.replace("\\", "/")).name or "file"
        self._content = content

    def __repr__(self) -> str:
        return f"<Uploaded file of {len(self._content):,} bytes: content withheld>"

    @property
    def suffix(self) -> str:
        return PurePosixPath(self.name).suffix

    @property
    def stem(self) -> str:
        return PurePosixPath(self.name).stem

    def open(self, mode: Literal["rb"] = "rb") -> BinaryIO:
        """The bytes as a stream of their own."""
        return io.BytesIO(self._content)


File: TypeAlias = Path | Uploaded


def size_of(file: File) -> int:
    """Bytes of the file."""
    with file.open("rb") as stream:
        return stream.seek(0, io.SEEK_END)


class _Bounded(io.RawIOBase):
    """An unpacked gzip stream that stops at a decompression bomb."""

    def __init__(self, packed: gzip.GzipFile, size: int, name: str) -> None:
        self._packed, self._limit, self._name, self._read = packed, max(_FREE, size * MAX_EXPANSION), name, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(cast("bytearray", buffer))
        try:
            data = self._packed.read(len(view))
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise ImportRefused(f"{self._name} is a damaged gzip file ({error}); copy or pack it again") from None
        self._read += len(data)
        if self._read > self._limit:
            raise ImportRefused(
                f"{self._name} unpacks to more than {self._limit:,} bytes, over {MAX_EXPANSION} times its size: "
                "it is not unpacked further"
            )
        view[: len(data)] = data
        return len(data)


class OpenFile:
    """A file that is being read; ``position`` is how many of its bytes are behind, packed or not."""

    def __init__(self, path: File) -> None:
        self._raw = path.open("rb")
        self._closed_at = 0
        packed = self._raw.read(2) == _GZIP
        self._raw.seek(0)
        self.packed = packed
        self.bytes: BinaryIO = self._raw
        if packed:
            bounded = _Bounded(gzip.GzipFile(fileobj=self._raw), size_of(path), path.name)
            self.bytes = cast("BinaryIO", io.BufferedReader(bounded, 65_536))

    @property
    def position(self) -> int:
        return self._closed_at if self._raw.closed else self._raw.tell()

    def __enter__(self) -> OpenFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closed_at = self._raw.tell()
        self._raw.close()

    @contextmanager
    def text(self, encoding: str) -> Iterator[io.TextIOWrapper]:
        """The file as text with its line ends untouched; bytes that do not decode become lone surrogates."""
        wrapper = io.TextIOWrapper(self.bytes, encoding=encoding, errors="surrogateescape", newline="")
        try:
            yield wrapper
        finally:
            wrapper.detach()
