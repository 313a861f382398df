"""What went wrong, in one line that says what to do: the command line shows no stack trace for what a user can mend."""

from __future__ import annotations

import errno
from typing import Final

from pipeline.failures import is_coded, one_line

STOPPED: Final = "Stopped. What is done is stored; run the same command again to go on."


def told(error: Exception) -> str | None:
    """The line for an error that a user can mend; None for a defect, which keeps its stack trace."""
    from pydantic import ValidationError
    from sqlalchemy.exc import ArgumentError, DBAPIError

    from crawlers.importers import ImportRefused

    if isinstance(error, ValidationError):
        return "; ".join(f"{_field(found['loc'])}: {found['msg']}" for found in error.errors())
    if isinstance(error, DBAPIError):
        return _store(error)
    if isinstance(error, ArgumentError):
        return "E153: database_url is not a database URL; see docs/SETTINGS.md"
    if isinstance(error, OSError) and not is_coded(error):
        return _system(error)
    if is_coded(error) or isinstance(error, ImportRefused):
        return one_line(str(error))
    return None


def _store(error: Exception) -> str:
    """A failure of the database, without the statement and its values."""
    cause = one_line(str(getattr(error, "orig", error)).partition("\nDETAIL")[0])  # PostgreSQL's details quote the row
    if "not a database" in cause or "malformed" in cause:
        return f"E340: the store is damaged ({cause}); restore minyi.sqlite3 from a backup"
    if "disk is full" in cause or "No space left" in cause:
        return (
            f"E340: the disk is full ({cause}); nothing stored is lost: free some room, then run the same command again"
        )
    if "readonly" in cause or "read-only" in cause:
        return f"E340: the store cannot be written ({cause}); see whether its file system is read-only, or not yours"
    if "disk I/O error" in cause:
        return f"E340: the disk fails ({cause}); see `dmesg`, copy the data folder to another disk, run: minyi verify"
    if "locked" in cause:
        return f"E340: the store is busy ({cause}); another process writes to it: run the same command again"
    return f"E340: the store cannot be used ({cause}); see database_url in minyi.toml, and run: minyi doctor"


def _system(error: OSError) -> str:
    name = f"{error.filename}: " if error.filename is not None else ""
    if error.errno == errno.ENOSPC:
        return f"{name}the disk is full; nothing stored is lost: free some room, then run the same command again"
    if error.errno == errno.EROFS:
        return f"{name}the file system is read-only; see `dmesg`, mount it for writing, run the same command again"
    return f"{name}{error.strerror or one_line(str(error))}"


def _field(location: tuple[int | str, ...]) -> str:
    return ".".join(map(str, location)) or "value"
