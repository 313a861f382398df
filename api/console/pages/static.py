"""Style sheets, scripts and signs; an address that names their content may be kept for ever."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

from fastapi import Query, Response
from fastapi.responses import FileResponse

from api.console.environment import STATIC, static
from api.console.rules import ConsoleRouter, Public
from api.desk import NotFound

TYPES: Final = {
    ".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8", ".png": "image/png", ".ico": "image/x-icon", ".woff2": "font/woff2",
}  # fmt: skip
FOR_EVER: Final = "public, max-age=31536000, immutable"
router = ConsoleRouter()


@router.page("/static/{name:path}", rule=Public())
def file(name: str, v: Annotated[str, Query(max_length=64)] = "") -> Response:
    """One file. An address with the wrong version gets what is there now, and is asked for again next time."""
    found = (STATIC / name.replace("\0", "/")).resolve()  # no name of a file holds a zero byte
    if not _ours(found):
        raise NotFound("E311: no such file")
    current = v != "" and static(name).endswith(f"?v={v}")
    return FileResponse(
        found, media_type=TYPES[found.suffix], headers={"Cache-Control": FOR_EVER if current else "no-cache"}
    )


def _ours(found: Path) -> bool:
    if not found.is_relative_to(STATIC.resolve()) or found.suffix not in TYPES:
        return False
    try:
        return found.is_file()
    except OSError:  # no file has so long a name
        return False
