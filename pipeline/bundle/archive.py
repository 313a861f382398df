"""The archive of a bundle: a zip of which there is one for the same files, so that any other byte is noticed."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from typing import Final

EPOCH: Final = (1980, 1, 1, 0, 0, 0)
"""The date of every file: the earliest that a zip knows, and never that of the making."""
NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,39}(\.[a-z]{1,8})?")
LARGEST: Final = 64 * 1024 * 1024
"""Bytes of an archive that is opened; a candidate needs some tens of thousands."""


class NotCanonical(ValueError):
    """E667: no archive as this program makes it: damaged, changed, or made by another one."""


def packed(files: Mapping[str, bytes]) -> bytes:
    """The archive of these files; the same files always give the same bytes. Nothing is compressed."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            if not NAME.fullmatch(name):
                raise ValueError(f"E667: {name!r} is no name of a file in a bundle")
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, files[name])
    return buffer.getvalue()


def unpacked(content: bytes) -> dict[str, bytes]:
    """The files of an archive. Raises NotCanonical (E667) where any byte differs from what is made of them."""
    if len(content) > LARGEST:
        raise NotCanonical(f"E667: the file has more than {LARGEST:,} bytes; it is no bundle")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            if sum(entry.file_size for entry in entries) > LARGEST:
                raise NotCanonical("E667: the archive says that it holds more than a bundle does")
            if any(entry.compress_type != zipfile.ZIP_STORED for entry in entries):
                raise NotCanonical("E667: a bundle is not compressed; this archive is")
            files = {entry.filename: archive.read(entry) for entry in entries}
        again = packed(files)
    except NotCanonical:
        raise
    except Exception as error:  # a damaged archive may make the library raise anything
        raise NotCanonical(f"E667: the archive cannot be read ({type(error).__name__})") from None
    if again != content:
        raise NotCanonical("E667: the archive holds something besides its files, or was changed")
    return files
