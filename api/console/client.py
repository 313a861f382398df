"""From where somebody signs in: needed in memory for the limit on wrong tries, and written nowhere (P-01)."""

from __future__ import annotations

import ipaddress

from starlette.requests import Request

from pipeline.settings import Settings


def address_of(request: Request, settings: Settings) -> str:
    """The client's address; behind a proxy (``public_url`` is set, the peer is private) the one it names."""
    peer = request.client.host if request.client else ""
    if settings.public_url and _is_private(peer):
        *_, nearest = request.headers.get("x-forwarded-for", "").split(",")
        try:
            return str(ipaddress.ip_address(nearest.strip()))
        except ValueError:
            return peer
    return peer


def _is_private(peer: str) -> bool:
    try:
        return ipaddress.ip_address(peer).is_private
    except ValueError:
        return False
