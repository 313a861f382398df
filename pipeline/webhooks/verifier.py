"""For receivers: whether a request is genuine and new. It needs the standard library only and may be copied.

The scheme is that of Standard Webhooks 1.0 (https://www.standardwebhooks.com): ``webhook-signature`` holds ``v1,`` and
the HMAC-SHA256, in base64, over ``{webhook-id}.{webhook-timestamp}.{body}``. The timestamp is that of the try, so an
old request that somebody recorded is refused once the window is over; within it, ``webhook-id`` tells what was taken
already.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from typing import Any, Final

REPLAY_WINDOW: Final = 300
"""Seconds by which the timestamp may differ from the receiver's clock, either way."""


class NotGenuine(ValueError):
    """E665: the request was not signed with this secret, was changed on its way, or is older than the window."""


def verified(
    secret: str, headers: Mapping[str, str], body: bytes, *, now: float | None = None, window: float = REPLAY_WINDOW
) -> dict[str, Any]:
    """The event that was sent, when it is genuine; take each ``id`` once, since delivery is at least once.

    ``secret`` is the ``whsec_…`` of the subscription, ``body`` the bytes as they came. Raises NotGenuine (E665).
    """
    given = {name.lower(): value for name, value in headers.items()}
    try:
        key, timestamp, signatures = (given[f"webhook-{part}"] for part in ("id", "timestamp", "signature"))
        secret_bytes = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except (KeyError, binascii.Error):
        raise NotGenuine("E665: the request has no complete signature, or the secret is not one") from None
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        raise NotGenuine("E665: the timestamp is none")
    if abs((time.time() if now is None else now) - int(timestamp)) > window:
        raise NotGenuine(f"E665: the request is more than {window:g} seconds old, or from the future")
    signed = b".".join((key.encode("utf-8", "surrogateescape"), timestamp.encode(), body))
    expected = b"v1," + base64.b64encode(hmac.new(secret_bytes, signed, hashlib.sha256).digest())
    candidates = [one.encode("utf-8", "surrogateescape") for one in signatures.split()]
    if not any(hmac.compare_digest(expected, one) for one in candidates):
        raise NotGenuine("E665: the signature does not fit the request")
    event: dict[str, Any] = json.loads(body)
    return event
