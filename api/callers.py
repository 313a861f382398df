"""Who calls, as limits tell callers apart: by the key that they send, and by the network that they come from."""

from __future__ import annotations

import ipaddress
from typing import Final

from fastapi.security.utils import get_authorization_scheme_param

HOUSEHOLD: Final = 64
"""Leading bits of an IPv6 address that one subscriber shares: the others are his to choose anew for every request."""


def key_in(authorization: str) -> str:
    """The key that ``Authorization`` holds, however ``Bearer`` is written before it; empty where it holds none.

    It is read as ``api.auth.BEARER`` reads it, so that one key counts as one whatever stands around it.
    """
    scheme, key = get_authorization_scheme_param(authorization)
    return key if scheme.lower() == "bearer" else ""


def network_of(address: str) -> str:
    """The network of one caller: an IPv4 address, the /64 of an IPv6 one; what is no address stands for itself."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(ipaddress.IPv6Address(int(found) >> 128 - HOUSEHOLD << 128 - HOUSEHOLD))
