"""Addresses that a form or a link may send somebody on to: pages of this console and nothing else."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote, urlsplit

LONGEST: Final = 2000


def local(address: str | None, otherwise: str = "/") -> str:
    """The address, when it is a path of this console; else ``otherwise``: nobody is sent on to another site."""
    if not address or len(address) > LONGEST or not address.startswith("/") or address[1:2] in ("/", "\\"):
        return otherwise
    if "\\" in address or any(ord(character) < 0x21 or ord(character) == 0x7F for character in address):
        return otherwise
    try:
        parts = urlsplit(address)
    except ValueError:
        return otherwise
    return otherwise if parts.scheme or parts.netloc else address


def within(page: str) -> str:
    """Path and query of the page that a browser says it is on; ``/`` where that is no address."""
    try:
        parts = urlsplit(page)
    except ValueError:
        return "/"
    return local(parts.path + (f"?{parts.query}" if parts.query else ""))


def onwards(path: str, to: str) -> str:
    """A path with the page to go on to afterwards."""
    return path if to == "/" else f"{path}?next={quote(to, safe='/')}"
