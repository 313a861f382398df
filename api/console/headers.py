"""The headers of every answer of the console: nothing is loaded from or sent to any other host."""

from __future__ import annotations

from typing import Final

from starlette.responses import Response

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "font-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS: Final[dict[str, str]] = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
TLS_ONLY: Final = "max-age=31536000"
"""Strict-Transport-Security where the console is reached over https."""


def with_headers(answer: Response, *, secure: bool) -> Response:
    """The answer with the console's headers; one that a page set itself stays."""
    for name, value in HEADERS.items():
        answer.headers.setdefault(name, value)
    answer.headers.setdefault("Cache-Control", "no-store")
    if secure:
        answer.headers.setdefault("Strict-Transport-Security", TLS_ONLY)
    return answer
