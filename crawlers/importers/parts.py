"""The entries of a ZIP container (workbook, document, archive of letters), unpacked piece by piece.

How large an entry becomes is what the file says of itself. Read whole, one that says too little would be unpacked
whole before anybody looks; read in pieces, it ends where it says.
"""

from __future__ import annotations

import zipfile
import zlib
from typing import IO, Final

from crawlers.importers.options import ImportRefused

DAMAGED: Final = (zipfile.BadZipFile, zlib.error, EOFError, UnicodeError, OSError, NotImplementedError)
"""What reading a damaged container raises."""
_PIECE: Final = 1 << 16


def opened(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> IO[bytes]:
    """The entry as a stream, to be read in pieces. Raises ImportRefused for a packing that unpacks without a bound."""
    if entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise ImportRefused("the file is packed in an unusual way; open it and save it, or pack it, again")
    return archive.open(entry)


def whole(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, limit: int) -> bytes:
    """All bytes of an entry. Raises ImportRefused beyond ``limit``, one of DAMAGED where it cannot be unpacked."""
    if entry.file_size > limit:
        raise ImportRefused(f"a part of the file unpacks to more than {limit:,} bytes, which none has")
    with opened(archive, entry) as stream:
        return b"".join(iter(lambda: stream.read(_PIECE), b""))
