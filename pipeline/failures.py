"""What a log says of an error: the message where it is one of ours, which holds no text of people, else its kind."""

from __future__ import annotations

import os
import re
from typing import Final

_CODED: Final = re.compile(r"E\d{3}: ")


def is_coded(error: BaseException) -> bool:
    """Whether the message begins with one of our codes (E201: …): such messages are written for users."""
    return _CODED.match(str(error)) is not None


def named(error: BaseException) -> str:
    """A coded message whole; of the operating system's errors its own words; of all others the kind alone.

    Messages of others may quote a value, such as a row that a database refused (P-01).
    """
    if is_coded(error):
        return one_line(str(error))
    kind = type(error).__name__
    if isinstance(error, OSError) and error.errno:
        return f"{kind}: {os.strerror(error.errno)}"
    return kind


def one_line(message: str) -> str:
    """The message without its line breaks."""
    return " ".join(message.split())
