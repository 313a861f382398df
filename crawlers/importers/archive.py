"""A ZIP archive of letters: its members are read in memory one by one, and nothing is unpacked to a disk (P-02)."""

from __future__ import annotations

import re
import zipfile
from pathlib import PurePosixPath
from typing import BinaryIO, Final, Literal

from crawlers.importers.files import File, Uploaded, size_of
from crawlers.importers.options import ImportRefused
from crawlers.importers.parts import whole

MAX_LETTERS: Final = 5_000
"""Members of an archive; a year of letters to a county office are a few hundred."""
MAX_LETTER: Final = 64 * 2**20
"""Bytes of one member, unpacked."""
MAX_TOTAL: Final = 2 * 2**30
"""Bytes of all members, unpacked; one at a time is in memory."""
MAX_RATIO: Final = 200
"""So many times its packed size a member may have: DOCX and PDF hardly shrink, text does about 3 to 1."""
_SMALL: Final = 2**20
_NO_LETTERS: Final = frozenset({"thumbs.db", "desktop.ini"})
_DRIVE: Final = re.compile(r"^[A-Za-z]:")
_PACKED: Final = frozenset({".zip", ".rar", ".7z", ".gz", ".tar", ".tgz", ".bz2", ".xz"})


class PackedLetters:
    """The members of an archive that may be letters. Raises ImportRefused for what no office would send."""

    def __init__(self, file: File) -> None:
        with file.open("rb") as stream, zipfile.ZipFile(stream) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
        _refuse_bombs(file, entries)
        for entry in entries:
            if _leaves_the_folder(entry.filename):
                raise ImportRefused(
                    f"{file.name} has a member whose name leads out of the archive: refused; "
                    "unpack it, look at it and pack it again"
                )
        self.letters: list[File] = [
            Member(file, entry) for entry in sorted(entries, key=lambda one: one.filename) if _may_be_letter(entry)
        ]


class Member(Uploaded):
    """One member of an archive; it is unpacked when it is read, into memory."""

    def __init__(self, archive: File, entry: zipfile.ZipInfo) -> None:
        super().__init__(entry.filename, b"")
        self._archive = archive
        self._entry = entry

    def unpacked(self) -> Uploaded:
        """The letter itself. Raises ImportRefused for a member that is another archive, or is damaged."""
        if self.suffix.lower() in _PACKED:
            raise ImportRefused("is an archive within the archive; unpack it and import its letters by themselves")
        try:
            with (
                self._archive.open("rb") as stream,
                zipfile.ZipFile(stream) as archive,
            ):
                return Uploaded(self.name, whole(archive, self._entry, MAX_LETTER))
        except ImportRefused:
            raise
        except Exception as error:  # whatever a packing method raises at bytes that it did not make
            raise ImportRefused(f"is damaged in the archive ({type(error).__name__}); pack it again") from None

    def open(self, mode: Literal["rb"] = "rb") -> BinaryIO:
        """The unpacked bytes as a stream."""
        return self.unpacked().open(mode)


def _refuse_bombs(file: File, entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MAX_LETTERS:
        raise ImportRefused(f"{file.name} holds more than {MAX_LETTERS:,} files; pack them in several archives")
    total = sum(entry.file_size for entry in entries)
    if total > MAX_TOTAL or total > MAX_RATIO * size_of(file) + _SMALL:
        raise ImportRefused(f"{file.name} would unpack to {total:,} bytes: it is not unpacked")
    for entry in entries:
        if entry.file_size > MAX_LETTER or entry.file_size > MAX_RATIO * entry.compress_size + _SMALL:
            raise ImportRefused(f"{file.name} holds a file that would unpack to {entry.file_size:,} bytes: refused")


def _leaves_the_folder(name: str) -> bool:
    parts = name.replace("\\", "/").split("/")
    return name.startswith(("/", "\\")) or ".." in parts or _DRIVE.match(name) is not None or "\x00" in name


def _may_be_letter(entry: zipfile.ZipInfo) -> bool:
    """Files that programs leave behind are not letters; whatever else is none is rejected by name of its kind."""
    parts = PurePosixPath(entry.filename.replace("\\", "/")).parts
    hidden = any(part.startswith((".", "~$", "__MACOSX")) for part in parts)
    return bool(parts) and not hidden and parts[-1].lower() not in _NO_LETTERS
