"""Limits of the HTTP interface: how often, how large, how slowly; and whose word on where a request comes from counts."""

from __future__ import annotations

import asyncio
import logging
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from ipaddress import IPv6Address
from typing import Any

import pytest
from county import PURPOSES, CountyOffice
from hypothesis import given
from hypothesis import strategies as st
from ports import free_port
from starlette.responses import PlainTextResponse

from api import guard
from api.app import create_app
from api.callers import network_of
from api.guard import Guard
from api.rates import KEPT, Rates
from api.serving import PatientToAPoint, server

ADDRESS = "/v1/projects"


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def answers(app: Any, times: int, key: str | None = None, **headers: str) -> list[Any]:
    """The answers to so many requests, one after the other."""
    import httpx

    given = {"Authorization": f"Bearer {key}"} if key else {}
    params = {"purpose": PURPOSES["assessor"]}

    async def ask() -> list[httpx.Response]:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://county") as client:
            return [await client.get(ADDRESS, params=params, headers={**given, **headers}) for _ in range(times)]

    return asyncio.run(ask())


@pytest.fixture
def tight(county: CountyOffice) -> CountyOffice:
    """The county, with few requests a minute."""
    limits = {"requests_per_minute": 10, "strangers_per_minute": 5}
    county.office.settings = county.office.settings.model_copy(update=limits)
    return county


def test_a_key_that_asks_too_often_is_told_when_to_come_again_and_others_are_not(tight: CountyOffice):
    one, other = (tight.store.issue_api_key(name, "assessor") for name in ("platform-a", "platform-b"))
    app = create_app(tight.office)
    asked = answers(app, 14, one)
    assert [answer.status_code for answer in asked] == [200] * 11 + [429] * 3, "the first one came from a stranger"
    assert asked[-1].json()["code"] == "E325" and 1 <= int(asked[-1].headers["retry-after"]) <= 6
    assert "platform" not in asked[-1].text
    assert answers(app, 1, other)[0].status_code == 200


def test_whoever_guesses_keys_uses_up_his_address_and_nobody_elses_key(tight: CountyOffice):
    known = tight.store.issue_api_key("platform-a", "assessor")
    app = create_app(tight.office)
    assert answers(app, 1, known)[0].status_code == 200
    guessed = [answers(app, 1, f"minyi_{n}")[0].status_code for n in range(6)]
    assert guessed == [401] * 4 + [429] * 2
    assert answers(app, 1, known)[0].status_code == 200


@pytest.mark.parametrize("refused", [{"Transfer-Encoding": "chunked"}, {"Content-Length": "99999999"}])
def test_requests_refused_for_their_body_make_no_guessed_key_a_known_one(tight: CountyOffice, refused: dict[str, str]):
    app = create_app(tight.office)
    guessed = [answers(app, 1, f"minyi_{n}", **headers)[0].status_code for n in range(4) for headers in (refused, {})]
    assert [status for status in guessed if status != 429] == [*guessed[:2], *guessed[:2], guessed[0]]
    assert guessed[0] in (411, 413) and guessed[1] == 401


def test_a_key_has_one_limit_however_its_header_is_written(tight: CountyOffice):
    key = tight.store.issue_api_key("platform-a", "assessor")
    app = create_app(tight.office)
    spelt = [f"{name}{' ' * n}{key}{' ' * n}" for n in range(1, 5) for name in ("Bearer", "bEaReR", "BEARER", "bearer")]
    told = [answers(app, 1, Authorization=header)[0].status_code for header in spelt]
    assert told == [200] * 11 + [429] * 5, "the first one came from a stranger"


def test_a_revoked_key_is_a_stranger(tight: CountyOffice):
    key = tight.store.issue_api_key("platform-a", "assessor")
    app = create_app(tight.office)
    answers(app, 1, key)
    tight.store.revoke_api_key("platform-a")
    assert [one.status_code for one in answers(app, 6, key)] == [401] * 5 + [429]


def test_forwarded_addresses_count_from_named_proxies_alone(tight: CountyOffice):
    behind = create_app(tight.office)  # the tests call from 127.0.0.1, which is trusted unless told otherwise
    told = [answers(behind, 1, "minyi_x", **{"X-Forwarded-For": f"203.0.113.{n}"})[0].status_code for n in range(8)]
    assert told == [401] * 8
    tight.office.settings = tight.office.settings.model_copy(update={"trusted_proxies": ("10.0.0.1",)})
    alone = create_app(tight.office)
    told = [answers(alone, 1, "minyi_x", **{"X-Forwarded-For": f"203.0.113.{n}"})[0].status_code for n in range(8)]
    assert told == [401] * 5 + [429] * 3


def test_whoever_has_a_network_of_addresses_has_one_limit(tight: CountyOffice):
    app = create_app(tight.office)
    mine = [f"2001:db8:0:1::{n:x}" for n in range(4)] + [f"2001:db8:0:1:{n}::9" for n in range(4)]
    theirs = ["2001:db8:0:2::1", "203.0.113.1", "::ffff:203.0.113.2"]
    told = [answers(app, 1, "minyi_x", **{"X-Forwarded-For": one})[0].status_code for one in [*mine, *theirs]]
    assert told == [401] * 5 + [429] * 3 + [401] * 3


@given(st.ip_addresses(v=6), st.integers(0, 2**64 - 1))
def test_one_subscriber_is_one_caller(address: IPv6Address, chosen: int):
    other = IPv6Address(int(address) >> 64 << 64 | chosen)
    if not (address.ipv4_mapped or other.ipv4_mapped):
        assert network_of(str(address)) == network_of(str(other)) == network_of(f"{other}%eth0")
    assert network_of(str(IPv6Address(int(address) ^ 1 << 64))) != network_of(str(address))


def test_a_bucket_fills_again_at_its_rate_and_strangers_are_forgotten():
    clock = Clock()
    rates = Rates(60, 2, clock)
    assert [rates.wait("", "a") for _ in range(3)] == [0, 0, 30]
    clock.now = 29.0
    assert rates.wait("", "a") == 1
    clock.now = 31.0
    assert rates.wait("", "a") == 0
    for n in range(KEPT + 10):
        rates.wait("", f"b{n}")
        rates.learn(f"minyi_{n}")
    assert len(rates._by_network._levels) == KEPT == len(rates._known)


def slow_request(path: str, accept: str = "application/json") -> list[Any]:
    """What is sent to somebody whose body never comes."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        message = await receive()
        while message["type"] == "http.request":
            message = await receive()
        await PlainTextResponse("read")(scope, receive, send)

    pieces = [{"type": "http.request", "body": b"a", "more_body": True}]

    async def receive() -> Any:
        if not pieces:
            await asyncio.Event().wait()
        return pieces.pop()

    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(b"content-length", b"2"), (b"accept", accept.encode())]
    scope = {"type": "http", "method": "POST", "path": path, "headers": headers, "client": ("127.0.0.1", 1)}
    asyncio.run(Guard(app)(scope, receive, send))
    return sent


@pytest.mark.parametrize(
    "path, accept, said", [("/v1/projects", "application/json", b"E324"), ("/accounts", "text/html", "超时".encode())]
)
def test_a_body_that_does_not_come_in_is_answered_once_and_the_connection_ends(monkeypatch, path, accept, said):
    monkeypatch.setattr(guard, "BODY_SECONDS", 0.05)
    sent = slow_request(path, accept)
    assert [message["type"] for message in sent] == ["http.response.start", "http.response.body"]
    assert sent[0]["status"] == 408 and (b"connection", b"close") in sent[0]["headers"] and said in sent[1]["body"]


@contextmanager
def hasty(keep_alive: int) -> Iterator[int]:
    """Port of a server of one's own that waits for headers hardly at all, and for the next request so many seconds."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            await PlainTextResponse("well")(scope, receive, send)

    class Hasty(PatientToAPoint):
        head_seconds = 0.2

    port = free_port()
    serving = server(app, "127.0.0.1", port)
    serving.config.http = serving.config.http_protocol_class = Hasty
    serving.config.lifespan, serving.config.timeout_keep_alive = "off", keep_alive
    thread = threading.Thread(target=lambda: asyncio.run(serving.serve()), daemon=True)
    thread.start()
    for _ in range(1000):
        if serving.started:
            break
        thread.join(0.02)
    yield port
    serving.should_exit = True
    thread.join(20)


@pytest.fixture(scope="module")
def patient() -> Iterator[int]:
    with hasty(75) as port:
        yield port


@pytest.mark.parametrize("begun", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: a\r\nX-Slow: "])
def test_headers_that_do_not_come_to_an_end_cost_the_connection(patient: int, begun: bytes):
    with socket.create_connection(("127.0.0.1", patient), timeout=30) as slow:
        slow.sendall(begun)
        assert slow.recv(1000) == b""


def test_a_second_request_on_the_connection_is_waited_for_no_longer(patient: int):
    with socket.create_connection(("127.0.0.1", patient), timeout=30) as line:
        line.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        answer = b""
        while not answer.endswith(b"well"):  # headers and body come as they please, together or apart
            part = line.recv(10_000)
            assert part, answer
            answer += part
        line.sendall(b"GET / HTTP/1.1\r\nHo")
        assert line.recv(1000) == b""


def test_headers_larger_than_any_are_refused(patient: int):
    with socket.create_connection(("127.0.0.1", patient), timeout=30) as line:
        line.sendall(b"GET / HTTP/1.1\r\nX-Large: " + b"a" * 70_000)
        assert line.recv(1000).startswith(b"HTTP/1.1 400")


def test_no_connection_is_held_for_a_body_that_nobody_reads():
    """Whatever comes after the answer, and however slowly: only a further request keeps the connection."""
    head = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n"
    with hasty(1) as port, ExitStack() as opened:
        lines = [opened.enter_context(socket.create_connection(("127.0.0.1", port), timeout=30)) for _ in range(5)]
        for line in lines:
            line.sendall(head)
            answer = b""
            while not answer.endswith(b"well"):
                answer += line.recv(10_000)
            assert answer.startswith(b"HTTP/1.1 200")
        nothing, one_byte, whole, whole_and_begun, drop_by_drop = lines
        one_byte.sendall(b"a")
        whole.sendall(b"a" * 1000)
        whole_and_begun.sendall(b"a" * 1000 + b"GET / HT")
        drop_by_drop.settimeout(0.1)
        for _ in range(300):
            try:
                drop_by_drop.sendall(b"a")
                assert drop_by_drop.recv(1000) == b""
            except TimeoutError:
                continue
            except ConnectionError:  # the drop met a connection that was closed already
                pass
            break
        else:
            pytest.fail("the connection is held as long as bytes drop in")
        assert [line.recv(1000) for line in (nothing, one_byte, whole, whole_and_begun)] == [b""] * 4


@pytest.mark.parametrize("at_once", [True, False])
def test_bytes_that_are_no_http_end_the_connection_and_are_no_failure(patient: int, caplog, at_once: bool):
    """Whoever sends them after a request, or after its answer, gets no further answer and nobody out of bed."""
    request, no_chunk = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", b"zz\r\nnonsense\r\n\r\n"
    with caplog.at_level(logging.DEBUG), socket.create_connection(("127.0.0.1", patient), timeout=30) as line:
        line.sendall(request + no_chunk if at_once else request)
        if not at_once:
            answer = b""
            while not answer.endswith(b"well"):
                answer += line.recv(10_000)
            line.sendall(no_chunk)
        rest = b"".join(iter(lambda: line.recv(10_000), b""))
        assert rest.startswith(b"HTTP/1.1 400") if at_once else rest == b""
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []


def test_a_body_that_nobody_reads_leaves_the_connection_to_the_next_request(patient: int):
    with socket.create_connection(("127.0.0.1", patient), timeout=30) as line:
        for _ in range(3):
            line.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n")
            answer = b""
            while not answer.endswith(b"well"):
                part = line.recv(10_000)
                assert part, answer
                answer += part
            line.sendall(b"abc")
