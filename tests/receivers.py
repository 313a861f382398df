"""Receivers for tests, on loopback: an HTTP server that answers as it is told, and a mail server."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class Request:
    """What came in."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def key(self) -> str:
        return self.headers.get("webhook-id", "")

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Answer:
    """How one request is answered: a status, after some seconds; ``None`` hangs up."""

    status: int | None = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b'{"errcode":0,"code":0}'
    seconds: float = 0.0


class Receiver:
    """A web server that keeps what it is sent; ``effects`` are the keys it took, each of them once."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.answers: list[Answer] = []
        self.usual = Answer()
        self.before_answer: Callable[[Request], None] = lambda request: None
        self.effects: list[str] = []
        self._guard = threading.Lock()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                request = Request(self.path, {n.lower(): v for n, v in self.headers.items()}, body)
                answer = receiver._took(request)
                receiver.before_answer(request)
                time.sleep(answer.seconds)
                if answer.status is None:
                    self.connection.close()
                    return
                with suppress(OSError):
                    self.send_response(answer.status)
                    for name, value in answer.headers.items():
                        self.send_header(name, value)
                    self.send_header("Content-Length", str(len(answer.body)))
                    self.end_headers()
                    self.wfile.write(answer.body)

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def signed(self, path: str = "/hook-geheim") -> str:
        """Address of a signed webhook here."""
        return f"signed+{self.url}{path}"

    @property
    def keys(self) -> list[str]:
        return [request.key for request in self.requests]

    def _took(self, request: Request) -> Answer:
        with self._guard:
            self.requests.append(request)
            answer = self.answers.pop(0) if self.answers else self.usual
            if answer.status is not None and answer.status < 300 and request.key not in self.effects:
                self.effects.append(request.key)
            return answer

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class Mailbox:
    """A mail server that keeps what it is sent, or refuses with a code."""

    def __init__(self) -> None:
        self.mails: list[bytes] = []
        self.refusal: str | None = None
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = int(free.getsockname()[1])
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self._controller.start()

    async def handle_RCPT(  # noqa: N802 (named by aiosmtpd)
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.refusal:
            return self.refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.content, bytes)
        self.mails.append(envelope.content)
        return "250 OK"

    @property
    def address(self) -> str:
        return f"mailto://127.0.0.1:{self.port}?from=minyi@county.example&to=duty@county.example"

    def close(self) -> None:
        self._controller.stop()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    opened = Receiver()
    yield opened
    opened.close()


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    opened = Mailbox()
    yield opened
    opened.close()
