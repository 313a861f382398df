"""The guard around every request: bounds body, time and rate, keeps content out of errors, logs and shared caches.

The log names the path template and never the address itself: ids and query strings may hold what people typed.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.auth import KEY_FOUND
from api.callers import key_in
from api.console.plain import FAILED, TOO_LARGE, TOO_SLOW, plain_page, wants_page
from api.problems import problem
from api.rates import Rates
from pipeline import meters
from pipeline.logbook import Code, Event, Id, Route, log
from pipeline.tracing import Step, span

MAX_BODY: Final = 64 * 1024
"""Bytes of a request body; a decision needs a few hundred."""
UPLOADS: Final = ("/imports", "/registry")
"""Addresses that take files; how large they may be is the setting ``upload_megabytes``."""
RATED: Final = ("/v1/", "/metrics")
"""Addresses that programs ask, with a key; pages have their own limit on wrong passwords."""
BODY_SECONDS: Final = 20.0
"""Longest time in which a body has to come in."""
BYTES_A_SECOND: Final = 32 * 1024
"""A file has a second more for each of so many bytes: a slow line is no attack."""
DIGITS: Final = 20
"""Digits of a Content-Length that are read; noughts in front would hide a larger number behind them."""
METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
NO_ROUTE: Final = Route("(no such route)")


class Guard:
    """ASGI middleware; outermost, so that nothing of ours reaches the server's own error page or log."""

    def __init__(self, app: ASGIApp, uploads: int = MAX_BODY, rates: Rates | None = None) -> None:
        """``uploads``: bytes of a file that may be sent to one of the addresses in ``UPLOADS``."""
        self._app = app
        self._uploads = uploads
        self._rates = rates

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers, answer = Headers(scope=scope), _Answer(send)
        started = time.monotonic()
        with span(Step.REQUEST, method=_method(scope)) as told:
            try:
                # who is refused for his body has asked, too: else guesses between such requests would cost nothing
                refusal = self._too_often(scope, headers) or self._oversized(scope, headers)
                body = _Body(scope, receive, answer, BODY_SECONDS + _length(headers) / BYTES_A_SECOND)
                await (refusal or self._app)(scope, body, answer)
            except Exception as error:
                incident = f"f{secrets.token_hex(4)}"
                log(
                    Event.REQUEST_FAILED, logging.ERROR,
                    incident=Id(incident), error=Code.of(error), place=Code.where(error),
                )  # fmt: skip
                if answer.status is None:
                    await _failure(scope, incident)(scope, receive, answer)
            finally:
                told.update(route=_template(scope), status=answer.status)
                self._note(scope, headers, answer.status, time.monotonic() - started)

    def _oversized(self, scope: Scope, headers: Headers) -> Response | None:
        """The refusal of a body that is too large, or that does not say how large it is."""
        if "transfer-encoding" in headers:
            return problem(411, "E323", "send the body with its Content-Length, not in chunks")
        most = self._uploads + MAX_BODY if scope["path"].startswith(UPLOADS) else MAX_BODY
        if 0 <= _length(headers) <= most:
            return None
        if wants_page(scope["path"], headers):
            return plain_page(413, TOO_LARGE, "E323")
        return problem(413, "E323", f"a body has at most {most:,} bytes")

    def _too_often(self, scope: Scope, headers: Headers) -> Response | None:
        """The refusal of a caller that asks more often than the settings allow, saying when to come again."""
        if self._rates is None or not scope["path"].startswith(RATED):
            return None
        client = scope.get("client")
        wait = self._rates.wait(_key(headers), client[0] if client else "")
        if not wait:
            return None
        meters.refused("E325")
        detail = f"too many requests; ask again in {wait} seconds, or have the limit raised (requests_per_minute)"
        return problem(429, "E325", detail, headers={"Retry-After": str(wait)})

    def _note(self, scope: Scope, headers: Headers, status: int | None, seconds: float) -> None:
        method, route = _method(scope), _template(scope)
        if self._rates is not None and scope["path"].startswith(RATED):
            if scope.get("state", {}).get(KEY_FOUND):  # no status tells it: most refusals come before any key is read
                self._rates.learn(_key(headers))
            elif status == 401:
                self._rates.forget(_key(headers))
        meters.request(str(route), str(method), status or 0, seconds)
        log(Event.REQUEST, method=method, route=route, status=status, ms=seconds * 1000)


class _Answer:
    """Passes the answer on and remembers its status."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.status: int | None = None
        self.closed = False
        """Whether the guard has answered in the application's place: what that says then goes nowhere."""

    async def __call__(self, message: Message) -> None:
        if self.closed:
            return
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            headers.setdefault("Cache-Control", "no-store")
            headers["X-Content-Type-Options"] = "nosniff"
        await self._send(message)


class _Body:
    """Hands the body on as long as it comes in within its time; one that does not is answered with 408."""

    def __init__(self, scope: Scope, receive: Receive, answer: _Answer, seconds: float) -> None:
        self._scope, self._receive, self._answer = scope, receive, answer
        self._until = time.monotonic() + seconds
        self._whole = False

    async def __call__(self) -> Message:
        if self._whole:
            return await self._receive()
        try:
            async with asyncio.timeout(self._until - time.monotonic()):
                message = await self._receive()
        except TimeoutError:
            await self._refuse()
            return {"type": "http.disconnect"}
        self._whole = not message.get("more_body", False)
        return message

    async def _refuse(self) -> None:
        meters.refused("E324")
        if self._answer.status is None:
            headers = Headers(scope=self._scope)
            page = wants_page(self._scope["path"], headers)
            detail = "the body did not come in within its time; send it again over a better line"
            refusal = plain_page(408, TOO_SLOW, "E324") if page else problem(408, "E324", detail)
            refusal.headers["Connection"] = "close"
            await refusal(self._scope, self._receive, self._answer)
        self._answer.closed = True


def _key(headers: Headers) -> str:
    return key_in(headers.get("authorization", ""))


def _length(headers: Headers) -> int:
    """The bytes that the body says it has; -1 where it does not say it clearly."""
    length = headers.get("content-length", "0")
    return int(length) if length.isascii() and length.isdigit() and len(length) <= DIGITS else -1


def _failure(scope: Scope, incident: str) -> Response:
    if wants_page(scope["path"], Headers(scope=scope)):
        return plain_page(500, FAILED, f"E390 · {incident}")
    return problem(500, "E390", "unexpected failure; the server's log has its place", incident=incident)


def _method(scope: Scope) -> Code:
    return Code(scope["method"] if scope["method"] in METHODS else "OTHER")


def _template(scope: Scope) -> Route:
    """The path as the program declares it; files of the console stand under one."""
    path = getattr(scope.get("route"), "path", None)
    return Route(path) if path else NO_ROUTE
