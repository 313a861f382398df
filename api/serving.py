"""The server behind ``minyi serve``: how many connections, how long a request may take to come in, whom it believes."""

from __future__ import annotations

import asyncio
from typing import Any, Final

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from pipeline import meters

HEAD_SECONDS: Final = 10.0
"""Longest time from a connection, or the first byte of a further request, to the end of the request's headers."""
HEAD_BYTES: Final = 48 * 1024
"""Bytes of request line and headers together; a query of 4,000 characters takes 36,000 of them."""
CONNECTIONS: Final = 512
"""Connections at once; whoever comes beyond them is told 503 and to come again."""
IDLE_SECONDS: Final = 75
"""How long a connection waits for its next request: longer than proxies and clients keep theirs (nginx 60, httpx 5), or
a request would meet a connection that is being closed."""
SHUTDOWN_SECONDS: Final = 5
"""How long a stop waits for open streams, which would never end by themselves."""


class PatientToAPoint(H11Protocol):
    """HTTP/1.1 as uvicorn speaks it, which also closes a connection whose request headers do not come to an end."""

    head_seconds: float = HEAD_SECONDS
    _waiting: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        begun = self.conn.their_state is h11.IDLE and bool(self.conn.trailing_data[0])
        if not begun:
            self._stop_waiting()
        elif self._waiting is None:
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        super().connection_lost(exc)

    def _wait(self) -> None:
        self._waiting = self.loop.call_later(self.head_seconds, self._give_up)

    def _stop_waiting(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def _give_up(self) -> None:
        self._waiting = None
        if not self.transport.is_closing():
            meters.refused("E324")
            self.transport.close()


def server(app: Any, host: str, port: int) -> uvicorn.Server:
    """The server for an application; it names neither itself nor what was asked."""
    return uvicorn.Server(
        uvicorn.Config(
            app, host=host, port=port, http=PatientToAPoint, ws="none", access_log=False, log_config=None,
            server_header=False, proxy_headers=False, limit_concurrency=CONNECTIONS, timeout_keep_alive=IDLE_SECONDS,
            timeout_graceful_shutdown=SHUTDOWN_SECONDS, h11_max_incomplete_event_size=HEAD_BYTES,
        )
    )  # fmt: skip
