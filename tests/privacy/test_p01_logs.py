"""P-01, P-02: nothing of what people said or asked stands in any log, at level debug, from the import to the answer."""

from __future__ import annotations

import csv
import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import unquote

import httpx
import pytest
from opinions import ROAD
from ports import free_port

from pipeline.office import Office
from pipeline.settings import Settings

ROOT = Path(__file__).parents[2]
MINYI = [sys.executable, "-c", "from api.cli import main; main()"]
SAID = (
    "我叫欧阳秋实，住柳湾村三组，电话13907391234，采石场道路占了我家两亩水田，补偿标准比邻镇低。",
    "运石料的车半夜从门口过，粉尘落满谷场，身份证432502197803154417，请给个说法。",
    "多次到镇里反映进场道路排水沟没修，司马知春答应过又没有下文。",
    "量地那天没有人通知我们，青苗费也没有公示，微信号liuwan_cun_1978。",
)
ASKED = ("欧阳秋实家的水田", "司马知春 补偿标准", "liuwan_cun_1978", "13907391234")
WINDOW = 6


@pytest.fixture(scope="module")
def heard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """What import and server wrote while letters came in and people asked, and what the server's figures say."""
    folder = tmp_path_factory.mktemp("logs")
    home = folder / "home"
    with Office(Settings(home=home)) as office:
        office.register([ROAD.model_copy(update={"stage": "in_assessment"})])
        key = office.store.issue_api_key("county-platform", "assessor")
    with (folder / "letters.csv").open("w", encoding="utf-8", newline="") as file:
        rows = [["编号", "标题", "内容", "时间"], *([n, said[:8], said, "2026-03-01"] for n, said in enumerate(SAID))]
        csv.writer(file).writerows(rows)
    environment = {**os.environ, "MINYI_LOG_LEVEL": "debug", "MINYI_LOG_FORMAT": "json", "PYTHONIOENCODING": "utf-8"}

    def run(*words: str) -> str:
        done = subprocess.run(
            [*MINYI, *words, "--home", str(home)],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout + done.stderr

    told = run("import", str(folder / "letters.csv"), "--source", "county-letters")
    port, figures_port = free_port(), free_port()
    with (folder / "server.log").open("wb") as log:
        server = subprocess.Popen(
            [*MINYI, "serve", "--port", str(port), "--metrics-port", str(figures_port), "--home", str(home)],
            cwd=ROOT, env=environment, stdout=log, stderr=log,
        )  # fmt: skip
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=120) as client:
            _wait_for(client, server, folder / "server.log")
            _ask(client, key)
            figures = httpx.get(f"http://127.0.0.1:{figures_port}/metrics", trust_env=False, timeout=60).text
        with socket.create_connection(("127.0.0.1", port), timeout=30) as line:
            line.sendall(f"GET /{ASKED[0]} HTTP/1.1\r\nHost: {ASKED[1]}\r\n\r\n".encode())
            line.recv(1000)
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(60)
    yield told + (folder / "server.log").read_text("utf-8"), figures


def _wait_for(client: httpx.Client, server: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(1200):
        assert server.poll() is None, log.read_text("utf-8")
        try:
            client.get("/livez")
            return
        except httpx.TransportError:
            with suppress(subprocess.TimeoutExpired):
                server.wait(0.1)
    raise AssertionError(log.read_text("utf-8"))


def _ask(client: httpx.Client, key: str) -> None:
    """Questions that are answered, refused, wrong, and sent to the wrong place."""
    allowed = {"Authorization": f"Bearer {key}"}
    for words in ASKED:
        params = {"purpose": "risk_identification", "q": words}
        client.get("/v1/projects/quarry-road/documents", params=params, headers=allowed)
        client.get("/v1/projects/quarry-road/documents", params=params)
        client.get(f"/v1/projects/{words}/documents", params=params, headers=allowed)
        client.get(f"/{words}", params={words: words}, headers={"X-Words": words.encode().hex(), "Accept": "text/html"})
        client.post(
            "/v1/risk-points/r1/decisions", params=params, headers=allowed, json={"who": words, "reason": words}
        )
        client.post("/sign-in", data={"name": words, "password": words}, headers={"Accept": "text/html"})
    client.get("/v1/projects/quarry-road/documents", params={"purpose": "risk_identification"}, headers=allowed)


def test_no_fragment_of_what_was_said_or_asked_stands_in_a_log(heard: tuple[str, str]):
    log = heard[0]
    readings = {log, unquote(log), re.sub(r"\\u([0-9a-f]{4})", lambda match: chr(int(match[1], 16)), log)}
    readings |= {reading.encode("latin-1", "ignore").decode("utf-8", "ignore") for reading in set(readings)}
    found = {
        text[at : at + WINDOW]
        for text in (*SAID, *ASKED)
        for at in range(len(text) - WINDOW + 1)
        for reading in readings
        if text[at : at + WINDOW] in reading
    }
    assert found == set()


def test_the_log_is_there_and_tells_what_happened(heard: tuple[str, str]):
    lines = [json.loads(line) for line in heard[0].splitlines() if line.startswith("{")]
    events = {line["event"] for line in lines}
    assert "request" in events
    answered = {(line["route"], line["status"]) for line in lines if line["event"] == "request"}
    assert ("/v1/projects/{project_id}/documents", 200) in answered
    assert ("/v1/projects/{project_id}/documents", 401) in answered
    assert all(
        set(line) <= {"at", "level", "event", "library", "error", "place"}
        for line in lines
        if line["event"] == "library"
    )


def test_nor_in_the_figures(heard: tuple[str, str]):
    figures = heard[1]
    assert figures.isascii() and 'minyi_documents{state="indexed"} 4' in figures
    assert not any(word in figures for word in ("liuwan", "139073", "county-"))
