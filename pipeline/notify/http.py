"""Sending over HTTP: short waits, no redirects, and what the receiver says about trying again."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

import httpx

from pipeline.notify.channel import SECONDS, NotDelivered, silence_libraries

READ_AT_MOST: Final = 64 * 1024
"""Bytes of an answer; more are not looked at."""
GONE: Final = frozenset({410})


def post(address: str, body: bytes, headers: Mapping[str, str]) -> bytes:
    """Posts JSON and returns the answer's body. Raises NotDelivered for every status but 2xx, without the address."""
    silence_libraries()
    deadline = time.monotonic() + SECONDS
    sent = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "Minyi", **headers}
    try:
        with (
            httpx.Client(timeout=SECONDS, follow_redirects=False) as client,
            client.stream("POST", address, content=body, headers=sent) as answer,
        ):
            content = b""
            for chunk in answer.iter_bytes():
                content += chunk
                if len(content) > READ_AT_MOST or time.monotonic() > deadline:
                    break
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        raise NotDelivered(f"the receiver cannot be reached ({type(error).__name__})") from None
    if answer.is_success:
        return content
    raise NotDelivered(
        f"the receiver answered {answer.status_code}",
        retry_after=retry_after(answer.headers.get("retry-after"), datetime.now(UTC)),
        permanent=answer.status_code in GONE,
    )


def retry_after(value: str | None, now: datetime) -> float | None:
    """Seconds of a Retry-After header (RFC 9110 §10.2.3), given as such or as a date; None for anything else."""
    if value is None:
        return None
    if value.strip().isascii() and value.strip().isdigit():
        return float(value.strip()[:9])
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())
