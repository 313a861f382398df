"""The signed webhook, as Standard Webhooks 1.0 has it (https://www.standardwebhooks.com): HMAC-SHA256, an id a message.

Receivers verify ``webhook-signature`` over ``{webhook-id}.{webhook-timestamp}.{body}`` and take a ``webhook-id`` once.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import time
from typing import Final

from pipeline.notify.channel import Notice
from pipeline.notify.http import post

PREFIX: Final = "whsec_"
SECRET_BYTES: Final = 32


class SignedWebhook:
    """Posts a notice's data and text as JSON, signed."""

    def __init__(self, address: str, secret: str) -> None:
        self._address, self._secret = address, secret

    def send(self, notice: Notice) -> None:
        """Posts once. Raises NotDelivered."""
        told = {"key": notice.key, "subject": notice.subject, "text": notice.text, **notice.data}
        body = json.dumps(told, ensure_ascii=False, sort_keys=True).encode()
        timestamp = str(int(time.time()))
        post(
            self._address,
            body,
            {
                "webhook-id": notice.key,
                "webhook-timestamp": timestamp,
                "webhook-signature": signature(self._secret, notice.key, timestamp, body),
                "Idempotency-Key": notice.key,
            },
        )


def new_secret() -> str:
    """A signing secret with 256 random bits."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def signature(secret: str, key: str, timestamp: str, body: bytes) -> str:
    """``v1,`` and the HMAC in base64."""
    signed = b".".join((key.encode(), timestamp.encode(), body))
    digest = hmac.new(base64.b64decode(secret.removeprefix(PREFIX)), signed, hashlib.sha256).digest()
    return "v1," + base64.b64encode(digest).decode()
