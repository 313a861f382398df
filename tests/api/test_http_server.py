"""``minyi serve`` as it runs: a server of its own on loopback, called over the wire."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from county import COMPENSATION, CountyOffice
from ports import free_port
from receivers import Receiver

from api.cli.serve import is_loopback
from pipeline.store.voices import save_voices
from pipeline.voices import Voice

MINYI = [sys.executable, "-c", "from api.cli import main; main()"]


class Server:
    """A running ``minyi serve``."""

    def __init__(self, home: Path, log: Path) -> None:
        self.port = free_port()
        self._log = log
        with log.open("wb") as output:
            command = [*MINYI, "serve", "--port", str(self.port), "--home", str(home)]
            folder = Path(__file__).parents[2]
            self._process = subprocess.Popen(command, stdout=output, stderr=output, cwd=folder, env=os.environ.copy())
        for _ in range(600):
            assert self._process.poll() is None, self.said()
            try:
                httpx.get(self.url + "/healthz", trust_env=False)
                return
            except httpx.TransportError:
                time.sleep(0.1)
        raise AssertionError(self.said())

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def said(self) -> str:
        return self._log.read_text("utf-8")

    def stop(self, how: signal.Signals = signal.SIGINT) -> int:
        self._process.send_signal(how)
        return self._process.wait(timeout=30)


@pytest.fixture
def server(county: CountyOffice, tmp_path: Path) -> Iterator[Server]:
    running = Server(county.office.settings.home, tmp_path / "server.log")
    yield running
    running.stop()


def test_many_callers_at_once_are_answered_and_each_leaves_its_event(county: CountyOffice, server: Server):
    key = county.store.issue_api_key("county-platform", "assessor")
    asked = [
        ("/v1/projects/quarry-road/documents", "补偿标准"),
        ("/v1/projects/quarry-road/risk-points", None),
        (f"/v1/risk-points/{county.point(COMPENSATION)}/evidence", None),
    ] * 10

    def ask(question: tuple[str, str | None]) -> int:
        params = {"purpose": "risk_identification", **({"q": question[1]} if question[1] else {})}
        headers = {"Authorization": f"Bearer {key}"}
        answer = httpx.get(server.url + question[0], params=params, headers=headers, timeout=60, trust_env=False)
        return answer.status_code

    with ThreadPoolExecutor(8) as callers:
        assert list(callers.map(ask, asked)) == [200] * 30
    assert len(county.events()) == 30
    assert county.office.audit.verify() is None
    said = server.said()
    assert "GET /v1/projects/{project_id}/documents 200" in said
    assert "补偿" not in said and "%E8%A1%A5" not in said and key not in said and "quarry-road" not in said


def test_it_says_where_it_listens_and_how_to_issue_the_first_key(server: Server):
    assert f"http://127.0.0.1:{server.port}" in server.said()
    assert "minyi keys issue" in server.said() and "Warning" not in server.said()
    headers = httpx.get(server.url + "/healthz", trust_env=False).headers
    assert "server" not in headers


def test_it_serves_what_another_process_has_indexed_meanwhile(county: CountyOffice, server: Server):
    from opinions import opinion

    key = county.store.issue_api_key("county-platform", "assessor")
    address = server.url + "/v1/projects/quarry-road/documents"
    call = {"params": {"purpose": "risk_survey"}, "headers": {"Authorization": f"Bearer {key}"}, "trust_env": False}
    assert httpx.get(address, **call).json()["total"]["value"] == 9
    county.hear(opinion("柳湾村的补偿标准公示了没有？", (COMPENSATION, "补偿标准", 0.9), number=80, day=30))
    assert httpx.get(address, **call).json()["total"]["value"] == 10


def test_tokens_of_a_past_period_do_not_outlive_the_start(county: CountyOffice, tmp_path: Path):
    document = next(iter(county.store.documents_of("quarry-road")))
    late = Voice(document_id=document.id, project_id="quarry-road", period="20200101-7d", token=b"\x07" * 16)
    with county.store.transaction() as connection:
        save_voices(connection, [late])
    assert county.store.periods_with_tokens() == ("20200101-7d",)
    server = Server(county.office.settings.home, tmp_path / "server.log")
    try:
        for _ in range(100):
            if not county.store.periods_with_tokens():
                break
            time.sleep(0.1)
        assert county.store.periods_with_tokens() == ()
        assert county.store.distinct_voices("quarry-road", [document.id]) == (1, 1)
    finally:
        server.stop()


def test_a_stop_by_the_system_ends_well_and_sends_the_last_traces(
    county: CountyOffice, tmp_path: Path, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("MINYI_TRACES_ENDPOINT", receiver.url)
    monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "600000")  # nothing goes out by itself
    server = Server(county.office.settings.home, tmp_path / "server.log")
    assert server.stop(signal.SIGTERM) == 0
    assert {request.path for request in receiver.requests} == {"/v1/traces"}


@pytest.mark.parametrize(
    "host, alone", [("127.0.0.1", True), ("::1", True), ("[::1]", True), ("localhost", True), ("127.9.9.9", True),
                    ("0.0.0.0", False), ("::", False), ("10.0.0.7", False), ("minyi.example", False)],
)  # fmt: skip
def test_an_address_that_others_can_reach_is_recognised(host: str, alone: bool):
    assert is_loopback(host) is alone
