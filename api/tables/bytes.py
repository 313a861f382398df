"""The same content as the same bytes: office files without the time at which they were written."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import UTC, datetime
from typing import Final

EARLIEST: Final = (1980, 1, 1, 0, 0, 0)
"""The first moment that a ZIP archive can name."""
CORE: Final = "docProps/core.xml"
_MOMENT: Final = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(</dcterms:(?:created|modified)>)")


def settled(file: bytes, moment: datetime) -> bytes:
    """The office file with ``moment`` in place of the time of writing, wherever that stands."""
    stamp = moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    result = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(file)) as old, zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name == CORE:
                content = _MOMENT.sub(rb"\g<1>" + stamp + rb"\g<2>", content)
            entry = zipfile.ZipInfo(name, EARLIEST)
            entry.compress_type, entry.external_attr, entry.create_system = zipfile.ZIP_DEFLATED, 0o600 << 16, 3
            new.writestr(entry, content, compresslevel=6)
    return result.getvalue()
