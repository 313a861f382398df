"""How many streams one key may hold open: enough for those who share it, and never the whole server."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

from county import CountyOffice

from api.open_streams import MOST


class Line:
    """One connection that follows the stream of incidents until it is hung up."""

    def __init__(self, app: Callable[..., Awaitable[None]], key: str) -> None:
        self._app, self._key = app, key
        self._begun, self._hung_up = asyncio.Event(), asyncio.Event()
        self.status, self.body = 0, b""

    async def call(self) -> int:
        """The status; a stream goes on behind it."""
        self._asking = asyncio.create_task(self._ask())
        await self._begun.wait()
        if self.status != 200:
            await self._asking
        return self.status

    async def hang_up(self) -> None:
        self._hung_up.set()
        await self._asking

    async def _ask(self) -> None:
        asked = iter([{"type": "http.request", "body": b"", "more_body": False}])

        async def receive() -> Any:
            for message in asked:
                return message
            await self._hung_up.wait()
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            self.status = message.get("status", self.status)
            self.body += message.get("body", b"")
            self._begun.set()

        scope = {
            "type": "http", "asgi": {"version": "3.0", "spec_version": "2.3"}, "http_version": "1.1", "method": "GET",
            "scheme": "http", "path": "/v1/incidents/stream", "raw_path": b"/v1/incidents/stream", "root_path": "",
            "query_string": b"purpose=supervision", "client": ("127.0.0.1", 1), "server": ("county", 80),
            "headers": [(b"host", b"county"), (b"authorization", f"Bearer {self._key}".encode())],
        }  # fmt: skip
        await self._app(scope, receive, send)


def test_one_key_holds_some_streams_and_leaves_the_rest_to_others(county: CountyOffice):
    mine, other = (county.store.issue_api_key(name, "supervisor") for name in ("county-one", "county-two"))

    async def follow() -> None:
        lines = [Line(county.app, mine) for _ in range(MOST)]
        assert [await line.call() for line in lines] == [200] * MOST
        refused = Line(county.app, mine)
        assert await refused.call() == 429
        told = json.loads(refused.body)
        assert told["code"] == "E326" and f"{MOST} streams are open" in told["detail"] and "close one" in told["detail"]
        others = Line(county.app, other)
        assert await others.call() == 200, "another key has its own"
        await lines.pop().hang_up()
        lines.append(Line(county.app, mine))
        assert await lines[-1].call() == 200, "one that ended makes room"
        for line in [*lines, others]:
            await line.hang_up()

    asyncio.run(follow())
    assert [e.action for e in county.events()].count("alerts.stream") == MOST + 2, "what was refused was not followed"
