"""What can stand between Minyi and a cluster: a gateway that is slow, refuses, or breaks off, and a stranger."""

from __future__ import annotations

import http.client
import json
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit


class Gateway:
    """Hands requests on to a cluster; what is planned befalls the next bulk requests, one after another.

    ``refuse``: the whole request is answered 429. ``refuse items``: every second item is answered 429, the others are
    handed on. ``break off``: the request is handed on, and the connection is cut before the answer.
    """

    def __init__(self, cluster: str) -> None:
        self.cluster = urlsplit(cluster)
        self.planned: deque[str] = deque()
        self.bulks = 0

    def befall(self, path: str) -> str:
        if "_bulk" not in path:
            return ""
        self.bulks += 1
        return self.planned.popleft() if self.planned else ""

    def hand_on(
        self, method: str, path: str, body: bytes, headers: dict[str, str]
    ) -> tuple[int, bytes, dict[str, str]]:
        assert self.cluster.hostname and self.cluster.port
        connection = http.client.HTTPConnection(self.cluster.hostname, self.cluster.port)
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        return answer.status, answer.read(), dict(answer.getheaders())


@contextmanager
def gateway(cluster: str) -> Iterator[tuple[str, Gateway]]:
    """A gateway to a cluster, with its address."""
    through = Gateway(cluster)

    class Handler(Quiet):
        def serve(self, body: bytes) -> None:
            headers = {
                name: value for name, value in self.headers.items() if name.lower() in ("accept", "content-type")
            }
            fate = through.befall(self.path)
            if fate == "refuse":
                self.answer(429, b'{"error":{"type":"es_rejected_execution_exception"},"status":429}')
                return
            refused: list[int] = []
            if fate == "refuse items":
                lines = body.splitlines()
                pairs = [lines[n : n + 2] for n in range(0, len(lines), 2)]
                refused = list(range(0, len(pairs), 2))
                body = b"".join(b"\n".join(pair) + b"\n" for pair in pairs[1::2])
            status, said, known = through.hand_on(self.command, self.path, body, headers)
            if fate == "break off":
                self.close_connection = True
                return
            if refused:
                taken = iter(json.loads(said)["items"])
                busy = {"index": {"status": 429, "error": {"type": "es_rejected_execution_exception"}}}
                items = [busy if n % 2 == 0 else next(taken) for n in range(len(pairs))]
                said = json.dumps({"items": items}).encode()
            self.answer(status, said, known)

    with _served(Handler) as address:
        yield address, through


@contextmanager
def stranger(document: bytes, *, product: str = "") -> Iterator[str]:
    """The address of a server that answers everything with the same document."""

    class Handler(Quiet):
        def serve(self, body: bytes) -> None:
            self.answer(200, document, {"X-Elastic-Product": product} if product else {})

    with _served(Handler) as address:
        yield address


class Quiet(BaseHTTPRequestHandler):
    """A handler with one way in and one way out."""

    protocol_version = "HTTP/1.1"

    def serve(self, body: bytes) -> None:
        self.answer(404, b"{}")

    def do_GET(self) -> None:
        self.serve(self.rfile.read(int(self.headers.get("content-length") or 0)))

    do_POST = do_PUT = do_DELETE = do_HEAD = do_GET  # noqa: N815

    def answer(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        known = {name.lower(): value for name, value in (headers or {}).items()}
        self.send_response(status)
        self.send_header("content-type", known.get("content-type", "application/json"))
        if "x-elastic-product" in known:
            self.send_header("x-elastic-product", known["x-elastic-product"])
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        return


@contextmanager
def _served(handler: type[Quiet]) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()
