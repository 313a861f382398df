"""What every channel is: it takes a notice or says why not. No reason ever holds an address, a key or a body."""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

SECONDS: Final = 10.0
"""Longest wait for one answer of a receiver."""
TALKATIVE: Final = ("apprise", "httpx", "httpcore", "requests", "urllib3", "oauthlib", "requests_oauthlib")
"""Libraries that write addresses into logs."""


@dataclass(frozen=True)
class Notice:
    """One message as it is sent: a subject, plain text, the same as simple HTML, and data for programs."""

    key: str
    subject: str
    text: str
    html: str
    data: dict[str, Any] = field(default_factory=dict)

    @property
    def message_id(self) -> str:
        """Message-ID of the e-mail (RFC 5322): the same for the same key."""
        return f"<{hashlib.sha256(self.key.encode()).hexdigest()[:40]}@minyi.invalid>"


class NotDelivered(Exception):
    """E857: the channel did not take the notice; ``permanent`` when trying again is of no use.

    ``retry_after``: seconds that the receiver asked to wait.
    """

    def __init__(self, reason: str, *, retry_after: float | None = None, permanent: bool = False) -> None:
        super().__init__(f"E857: {reason}")
        self.retry_after, self.permanent = retry_after, permanent


class Channel(Protocol):
    """Where notices go."""

    def send(self, notice: Notice) -> None:
        """Delivers one notice. Raises NotDelivered."""


def silence_libraries() -> None:
    """Keeps what the sending libraries would log out of every log: their lines hold addresses with keys in them."""
    for name in TALKATIVE:
        logger = logging.getLogger(name)
        logger.setLevel(logging.CRITICAL + 1)
        logger.propagate = False
