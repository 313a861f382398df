"""The guard around every request: bounds the body, keeps content out of errors and logs, forbids shared caches.

The log names the path template and never the address itself: ids and query strings may hold what people typed.
"""

from __future__ import annotations

import logging
import secrets
import time
import traceback
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.console.plain import FAILED, TOO_LARGE, plain_page, wants_page
from api.problems import problem

LOG: Final = logging.getLogger("minyi.http")
MAX_BODY: Final = 64 * 1024
"""Bytes of a request body; a decision needs a few hundred."""
UPLOADS: Final = ("/imports", "/registry")
"""Addresses that take files; how large they may be is the setting ``upload_megabytes``."""
DIGITS: Final = 20
"""Digits of a Content-Length that are read; noughts in front would hide a larger number behind them."""
METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Guard:
    """ASGI middleware; outermost, so that nothing of ours reaches the server's own error page or log."""

    def __init__(self, app: ASGIApp, uploads: int = MAX_BODY) -> None:
        """``uploads``: bytes of a file that may be sent to one of the addresses in ``UPLOADS``."""
        self._app = app
        self._uploads = uploads

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        answer = _Answer(send)
        started = time.monotonic()
        try:
            refusal = self._oversized(scope)
            await (refusal or self._app)(scope, receive, answer)
        except Exception as error:
            incident = secrets.token_hex(4)
            LOG.error("incident %s: %s at %s", incident, type(error).__name__, _place(error))
            if answer.status is None:
                await _failure(scope, incident)(scope, receive, answer)
        finally:
            milliseconds = (time.monotonic() - started) * 1000
            LOG.info("%s %s %s %.0f ms", _method(scope), _template(scope), answer.status, milliseconds)

    def _oversized(self, scope: Scope) -> Response | None:
        """The refusal of a body that is too large, or that does not say how large it is."""
        headers = Headers(scope=scope)
        if "transfer-encoding" in headers:
            return problem(411, "E323", "send the body with its Content-Length, not in chunks")
        length = headers.get("content-length", "0")
        most = self._uploads + MAX_BODY if scope["path"].startswith(UPLOADS) else MAX_BODY
        if length.isascii() and length.isdigit() and len(length) <= DIGITS and int(length) <= most:
            return None
        if wants_page(scope["path"], headers):
            return plain_page(413, TOO_LARGE, "E323")
        return problem(413, "E323", f"a body has at most {most:,} bytes")


class _Answer:
    """Passes the answer on and remembers its status."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.status: int | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            headers.setdefault("Cache-Control", "no-store")
            headers["X-Content-Type-Options"] = "nosniff"
        await self._send(message)


def _failure(scope: Scope, incident: str) -> Response:
    if wants_page(scope["path"], Headers(scope=scope)):
        return plain_page(500, FAILED, f"E390 · {incident}")
    return problem(500, "E390", "unexpected failure; the server's log has its place", incident=incident)


def _method(scope: Scope) -> str:
    return scope["method"] if scope["method"] in METHODS else "OTHER"


def _template(scope: Scope) -> str:
    return getattr(scope.get("route"), "path", "(no such route)")


def _place(error: Exception) -> str:
    """Where it happened; the message may quote a text or a value and stays unsaid."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [f for f in frames if "site-packages" not in f.filename]
    frame = (ours or frames)[-1]
    return f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno}"
