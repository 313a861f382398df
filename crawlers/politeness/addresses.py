"""Only public addresses are read: a page or a name server that points into a private network is refused (SSRF)."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final
from urllib.parse import urlsplit

_CARRIER_NAT: Final = ip_network("100.64.0.0/10")
_TRANSLATED: Final = ip_network("64:ff9b::/96")
_PORTS: Final = {"http": 80, "https": 443}


class PrivateAddress(OSError):
    """E710: an address in a private, loopback, link-local or reserved range was refused."""


def is_public(address: str) -> bool:
    """Whether an IP address is reachable for anybody on the internet; what it wraps (IPv4 in IPv6) is looked at too."""
    found: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    if isinstance(found, IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None)
        if inner is None and found in _TRANSLATED:
            inner = IPv4Address(int(found) & 0xFFFFFFFF)
        if inner is not None:
            found = inner
    if isinstance(found, IPv4Address) and found in _CARRIER_NAT:
        return False
    return found.is_global and not (found.is_multicast or found.is_reserved or found.is_unspecified)


def literal(host: str) -> str | None:
    """The IP address in a ``host:port`` that is written as one; None for a name, which may lead anywhere."""
    written = host.rpartition(":")[0].strip("[]")
    try:
        ip_address(written.partition("%")[0])
    except ValueError:
        return None
    return written


def authority(url: str) -> str:
    """``host:port`` of an address, the port said even where it is the usual one."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    return f"[{host}]:{_port(parts)}" if ":" in host else f"{host}:{_port(parts)}"


def _port(parts: object) -> int:
    port: int | None = parts.port  # type: ignore[attr-defined]
    return port or _PORTS.get(parts.scheme, 0)  # type: ignore[attr-defined]
