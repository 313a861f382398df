"""A replica: a web server on loopback that can misbehave on request and remembers every request that it got.

Layouts of real sites are built on it in ``replica_news``, ``replica_weibo`` and ``replica_board``.
"""

from __future__ import annotations

import asyncio
import gzip
import random
import threading
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from time import monotonic
from typing import Any, Self

import pytest
from aiohttp import web

from crawlers.registry.source import Source

ROBOTS = "User-agent: *\nAllow: /\n"
Page = str | bytes | web.Response
Handler = Callable[[web.Request], "Page | Awaitable[Page]"]


@dataclass(frozen=True, slots=True)
class Hit:
    """One request as the server saw it; ``at`` in seconds of the monotonic clock."""

    at: float
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: str = ""


@dataclass(slots=True)
class Fault:
    """What a path does instead of answering; ``times`` None: always."""

    name: str
    times: int | None
    values: dict[str, Any] = field(default_factory=dict)


class Replica:
    """A site: ``site.page("/a", "<html>…")``, ``site.route("/list", handler)``, ``site.fault("/a", "reset")``.

    Faults: slow(seconds), reset, half (half a body), status(code, retry_after: seconds or "date:SECONDS"), loop
    (redirects to itself), redirect(to), captcha (200), login (redirect to /login), bomb (gzip), huge (100 MB), broken
    (invalid UTF-8), empty. A path that ends in ``*`` stands for all that begin so; ``*`` alone for every page but robots.txt.
    """

    CAPTCHA = "<html><head><title>安全验证</title></head><body>请完成下方验证后继续访问<div class='captcha'></div></body></html>"

    def __init__(self) -> None:
        self.robots: str | bytes | int = ROBOTS
        """Text of robots.txt, or a status."""
        self.hits: list[Hit] = []
        self._pages: dict[str, Page] = {}
        self._validators: dict[str, str] = {}
        self._routes: dict[str, Handler] = {}
        self._faults: dict[str, Fault] = {}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._ready = threading.Event()
        self.port = 0

    # -- running ----------------------------------------------------------------------------------------------------

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(self, *exception: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    @property
    def host(self) -> str:
        """``127.0.0.1:PORT``, as a source names it under allowed_private_hosts."""
        return f"127.0.0.1:{self.port}"

    def url(self, path: str = "/") -> str:
        return f"http://{self.host}{path}"

    def source(self, **fields: Any) -> Source:
        """An enabled source that begins at this server and may read it as fast as it can."""
        start = [path if "://" in path else self.url(path) for path in fields.pop("start", ["/"])]
        values: dict[str, Any] = {
            "name": "replica", "title": "清溪网", "kind": "news", "spider": "news", "start": start, "enabled": True,
            "legal_basis": "政府信息公开条例第六条", "permission": "测试用站点", "contact": "crawl@example.org",
            "rate_seconds": 0, "daily_requests": 100_000, "allowed_private_hosts": [self.host],
        }  # fmt: skip
        return Source.model_validate({**values, **fields})

    # -- content ----------------------------------------------------------------------------------------------------

    def page(self, path: str, content: Page, *, etag: str | None = None) -> None:
        """Answers a path (without query) with this; with an ETag it answers 304 to those who have it."""
        self._pages[path] = content
        self._validators.pop(path, None)
        if etag:
            self._validators[path] = f'"{etag}"'

    def remove(self, path: str) -> None:
        """Answers 404 from now on."""
        self._pages.pop(path, None)

    def route(self, path: str, handler: Handler) -> None:
        """Answers a path (any query, any method) with what a function makes of the request."""
        self._routes[path] = handler

    def fault(self, path: str, name: str, *, times: int | None = None, **values: Any) -> None:
        """Lets a path misbehave, always or so many times."""
        self._faults[path] = Fault(name, times, values)

    def mend(self) -> None:
        """Ends all faults."""
        self._faults.clear()

    # -- what it saw ------------------------------------------------------------------------------------------------

    def paths(self) -> list[str]:
        """Paths that were asked for, in order, robots.txt left out."""
        return [hit.path for hit in self.hits if hit.path != "/robots.txt"]

    def gaps(self) -> list[float]:
        """Seconds between one request and the next."""
        return [after.at - before.at for before, after in zip(self.hits, self.hits[1:], strict=False)]

    # -- serving ----------------------------------------------------------------------------------------------------

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        application = web.Application()
        application.router.add_route("*", "/{path:.*}", self._answer)
        runner = web.AppRunner(application, access_log=None)
        self._loop.run_until_complete(runner.setup())
        site = web.TCPSite(runner, "127.0.0.1", 0)
        self._loop.run_until_complete(site.start())
        self.port = runner.addresses[0][1]
        self._ready.set()
        self._loop.run_forever()
        self._loop.run_until_complete(runner.cleanup())
        self._loop.close()

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        body = await request.text() if request.can_read_body else ""
        self.hits.append(
            Hit(monotonic(), request.method, request.path, dict(request.query), dict(request.headers), body)
        )
        if fault := self._fault_of(request.path):
            answered = await self._misbehave(fault, request)
            if answered is not None:
                return answered
        if request.path == "/robots.txt":
            return (
                web.Response(status=self.robots) if isinstance(self.robots, int) else _page(self.robots, "text/plain")
            )
        if request.path in self._routes:
            made = self._routes[request.path](request)
            return _page(await made if isinstance(made, Awaitable) else made)
        if request.path not in self._pages:
            return web.Response(status=404, text="没有这个页面")
        validator = self._validators.get(request.path)
        if validator and request.headers.get("If-None-Match") == validator:
            return web.Response(status=304, headers={"ETag": validator})
        answer = _page(self._pages[request.path])
        if validator:
            answer.headers["ETag"] = validator
        return answer

    def _fault_of(self, path: str) -> Fault | None:
        for pattern, fault in self._faults.items():
            matches = path.startswith(pattern[:-1]) if pattern.endswith("*") else path == pattern
            if matches and not (pattern == "*" and path == "/robots.txt"):
                if fault.times is None:
                    return fault
                if fault.times > 0:
                    fault.times -= 1
                    return fault
        return None

    async def _misbehave(self, fault: Fault, request: web.Request) -> web.StreamResponse | None:
        if fault.name == "slow":
            await asyncio.sleep(fault.values["seconds"])
            return None
        if fault.name == "reset":
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        if fault.name == "status":
            return web.Response(status=fault.values["code"], headers=_retry_after(fault.values.get("retry_after")))
        if fault.name == "loop":
            return web.Response(status=302, headers={"Location": f"{request.path}?again={random.random()}"})
        if fault.name in ("redirect", "login"):
            return web.Response(status=302, headers={"Location": fault.values.get("to", "/login?next=/")})
        if fault.name == "captcha":
            return _page(self.CAPTCHA)
        if fault.name == "bomb":
            return web.Response(body=_bomb(), headers={"Content-Encoding": "gzip", "Content-Type": "text/html"})
        if fault.name == "broken":
            return web.Response(body="<html><p>坏的".encode()[:-1] + b"\xff\xfe</p></html>", content_type="text/html")
        if fault.name == "empty":
            return web.Response(body=b"", content_type="text/html")
        return await self._stream(fault.name, request)

    async def _stream(self, name: str, request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse(headers={"Content-Type": "text/html; charset=utf-8"})
        if name == "half":
            answer.content_length = 10_000
            await answer.prepare(request)
            await answer.write("<html><body><p>前半".encode())
            assert request.transport is not None
            request.transport.close()
            return answer
        assert name == "huge", f"no such fault: {name}"
        answer.enable_chunked_encoding()
        await answer.prepare(request)
        for _ in range(100):
            await answer.write(b"x" * 1024 * 1024)
        return answer


def _page(content: Page, kind: str = "text/html") -> web.Response:
    if isinstance(content, web.Response):
        return web.Response(status=content.status, body=content.body, headers=content.headers)
    if isinstance(content, bytes):
        return web.Response(body=content, headers={"Content-Type": kind})
    return web.Response(body=content.encode(), headers={"Content-Type": f"{kind}; charset=utf-8"})


def _retry_after(asked: str | int | None) -> dict[str, str]:
    if asked is None:
        return {}
    if isinstance(asked, str) and asked.startswith("date:"):
        moment = datetime.now(UTC) + timedelta(seconds=int(asked.removeprefix("date:")))
        return {"Retry-After": format_datetime(moment, usegmt=True)}
    return {"Retry-After": str(asked)}


def _bomb() -> bytes:
    return gzip.compress(b"\0" * 200 * 1024 * 1024, compresslevel=6)


@pytest.fixture
def site() -> Iterator[Replica]:
    """A site of its own for every test."""
    with Replica() as running:
        yield running
