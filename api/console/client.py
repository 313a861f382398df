"""From where somebody signs in: needed in memory for the limit on wrong tries, and written nowhere (P-01)."""

from __future__ import annotations

from starlette.requests import Request


def address_of(request: Request) -> str:
    """The client's address; behind a proxy of the setting ``trusted_proxies`` the one that it names (``api.app``)."""
    return request.client.host if request.client else ""
