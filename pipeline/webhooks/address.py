"""Where a webhook may go: to hosts that the operator of this deployment named, over TLS, and nowhere else (P-21)."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final
from urllib.parse import urlsplit

LONGEST: Final = 2000
LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})


class WebhookUnusable(ValueError):
    """E662: no address that a webhook can have."""


class HostNotAllowed(ValueError):
    """E663: a host that the setting ``webhook_hosts`` does not name."""


def address_of(url: str, hosts: Collection[str]) -> tuple[str, str]:
    """The address and its host. Raises WebhookUnusable (E662) or HostNotAllowed (E663), neither with the address."""
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        host, port = "", None
    plain = len(url) <= LONGEST and not re.search(r"[\s\x00-\x20\x7f-\uffff]", url)
    if not plain or not host or port == 0 or parts.scheme not in ("http", "https"):
        raise WebhookUnusable("E662: the address of a webhook is https://HOST/PATH in ASCII, 2,000 characters at most")
    if parts.username or parts.password or parts.fragment:
        raise WebhookUnusable("E662: the address of a webhook has no user and no fragment; its requests are signed")
    if parts.scheme == "http" and host not in LOOPBACK:
        raise WebhookUnusable("E662: a webhook beyond this machine goes over https")
    if host not in {one.lower() for one in hosts}:
        raise HostNotAllowed(
            "E663: webhooks go to hosts that the operator named in the setting webhook_hosts, and this is none of them"
        )
    return parts.geturl(), host
