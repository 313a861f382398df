"""The server behind ``minyi serve``: how many connections, how long a request may take to come in, whom it believes."""

from __future__ import annotations

import asyncio
from typing import Any, Final, Literal

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
a request would meet a connection that is being closed. What is left of a body that nobody reads has as long."""
SHUTDOWN_SECONDS: Final = 5
"""How long a stop waits for open streams, which would never end by themselves."""


Phase = Literal["head", "answer", "rest", "idle"]
"""Whose turn it is on a connection: a request's headers come in, we answer it, the body that nobody read still comes in
after its answer, or nothing is under way."""


class PatientToAPoint(H11Protocol):
    """HTTP/1.1 as uvicorn speaks it, which also closes a connection on which no request comes to its end.

    uvicorn's own timer starts with an answer and ends with any byte after it; ours begins and ends with a phase.
    """

    head_seconds: float = HEAD_SECONDS
    _phase: Phase | None = None
    _timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._look()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._look()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._look()

    def send_400_response(self, msg: str) -> None:
        """Answers bytes that are no HTTP, unless an answer went out before them; the request they break off is over."""
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            super().send_400_response(msg)
        else:
            self.transport.close()
        if self.cycle is not None:  # its application may still be about to answer
            self.cycle.disconnected = True
            self.cycle.message_event.set()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop()
        super().connection_lost(exc)

    def _look(self) -> None:
        phase = self._now()
        if phase != self._phase:
            self._stop()
            self._phase = phase
            if phase != "answer":  # the guard has its own times for the body of a request that is being answered
                seconds = self.head_seconds if phase == "head" else self.timeout_keep_alive
                self._timer = self.loop.call_later(seconds, self._give_up)

    def _now(self) -> Phase:
        if self.cycle is not None and not self.cycle.response_complete:
            return "answer"
        if self.conn.their_state is not h11.IDLE:
            return "rest"
        return "head" if self.cycle is None or self.conn.trailing_data[0] else "idle"

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _give_up(self) -> None:
        if not self.transport.is_closing():
            if self._phase != "idle":
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
