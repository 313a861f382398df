"""From where somebody signs in: needed in memory for the limit on wrong tries, and written nowhere (P-01)."""

from __future__ import annotations

from starlette.requests import Request

from api.callers import network_of


def address_of(request: Request) -> str:
    """The client's network; behind a proxy of ``trusted_proxies`` that of the address it names (``api.app``)."""
    return network_of(request.client.host) if request.client else ""
