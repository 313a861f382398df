"""The stream of incidents from a real server: what happens arrives, and a broken line goes on where it was."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from alerting import NOW, burst, looked, quiet, say
from county import CountyOffice
from test_http_server import Server


@pytest.fixture
def served(road: CountyOffice, tmp_path: Path) -> Iterator[tuple[CountyOffice, Server]]:
    say(road, [*quiet(), *burst()])
    server = Server(road.office.settings.home, tmp_path / "server.log")
    yield road, server
    assert server.stop() in (0, -2)


def follow(server: Server, key: str, found: list[dict[str, Any]], wanted: int, last: int | None = None) -> None:
    headers = {"Authorization": f"Bearer {key}", **({"Last-Event-ID": str(last)} if last is not None else {})}
    address, params = f"{server.url}/v1/incidents/stream", {"purpose": "supervision"}
    with httpx.stream("GET", address, params=params, headers=headers, timeout=120, trust_env=False) as answer:
        assert answer.status_code == 200 and answer.headers["content-type"].startswith("text/event-stream")
        event: dict[str, Any] = {}
        for line in answer.iter_lines():
            name, _, value = line.partition(": ")
            if not line and event:
                found.append(event)
                event = {}
                if len(found) == wanted:
                    return
            elif name in ("id", "event", "data"):
                event[name] = value


def test_what_happens_arrives_and_a_broken_line_goes_on_where_it_was(served: tuple[CountyOffice, Server]) -> None:
    road, server = served
    mine = road.store.issue_api_key("county-supervisor", "supervisor")
    theirs = road.store.issue_api_key("other-county", "supervisor", None, "4400")
    arrived: list[dict[str, Any]] = []
    elsewhere: list[dict[str, Any]] = []
    lines = [
        threading.Thread(target=follow, args=(server, mine, arrived, 1), daemon=True),
        threading.Thread(target=follow, args=(server, theirs, elsewhere, 1, 0), daemon=True),
    ]
    for line in lines:
        line.start()
    while [e.action for e in road.events()].count("alerts.stream") < 2:
        lines[0].join(0.1)
    looked(road, NOW)
    lines[0].join(120)
    assert [event["event"] for event in arrived] == ["opened"]
    card = json.loads(arrived[0]["data"])
    assert card["project_id"] == "quarry-road" and card["headline"]
    again: list[dict[str, Any]] = []
    follow(server, mine, again, 1, last=0)
    assert again == arrived
    road.store.revoke_api_key("other-county")
    lines[1].join(120)
    assert not lines[1].is_alive() and elsewhere == []
