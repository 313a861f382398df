"""The guard around every request: bounds the body, keeps content out of errors and logs, forbids shared caches.

The log names the path template and never the address itself: ids and query strings may hold what people typed.
"""

from __future__ import annotations

import logging
import secrets
import time
import traceback
from typing import Any, Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import problem

LOG: Final = logging.getLogger("minyi.http")
MAX_BODY: Final = 64 * 1024
"""Bytes of a request body; a decision needs a few hundred."""
METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Guard:
    """ASGI middleware; outermost, so that nothing of ours reaches the server's own error page or log."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        answer = _Answer(send)
        started = time.monotonic()
        try:
            refusal = _oversized(Headers(scope=scope))
            await (refusal or self._app)(scope, receive, answer)
        except Exception as error:
            incident = secrets.token_hex(4)
            LOG.error("incident %s: %s at %s", incident, type(error).__name__, _place(error))
            if answer.status is None:
                failure = problem(500, "E390", "unexpected failure; the server's log has its place", incident=incident)
                await failure(scope, receive, answer)
        finally:
            milliseconds = (time.monotonic() - started) * 1000
            LOG.info("%s %s %s %.0f ms", _method(scope), _template(scope), answer.status, milliseconds)


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


def _oversized(headers: Headers) -> Any:
    """The refusal of a body that is too large, or that does not say how large it is."""
    if "transfer-encoding" in headers:
        return problem(411, "E323", "send the body with its Content-Length, not in chunks")
    length = headers.get("content-length", "0")
    if not length.isascii() or not length.isdigit() or int(length[:20]) > MAX_BODY:
        return problem(413, "E323", f"a body has at most {MAX_BODY:,} bytes")
    return None


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
