"""What is done to an office while it is killed: invented petitions come in, are read, raise an alarm, are decided on.

Every step may be repeated: the same petitions, the same work, the same notifications, the same requests of a person.
"""

from __future__ import annotations

import hashlib
import random
import shutil
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

import pipeline.feed
import pipeline.hands
import pipeline.intake
from api.desk import Desk
from api.notices import SubscriptionDesk, notify
from api.once import Once
from api.policy import Reader
from models.transformer.chosen import choose, chosen
from pipeline.office import Office
from pipeline.raw import RawItem
from pipeline.records import DecisionProject
from pipeline.settings import Settings
from pipeline.work import work

NOW: Final = datetime(2026, 6, 1, 6, tzinfo=UTC)
BEFORE: Final = NOW - timedelta(hours=12)
LATER: Final = NOW + timedelta(hours=2)
"""When everybody who was killed has lost what he held, notifications under way among it."""
PURPOSE: Final = "risk_identification"
ROAD: Final = DecisionProject(
    id="quarry-road", name_zh="青石坳采石场进场道路工程", kind="expropriation", stage="in_assessment",
    places=("青石坳镇", "柳湾村", "上井村"), aliases=("采石场进场道路",), region="南岭县青石坳镇", region_code="439921",
)  # fmt: skip
SAID: Final = (
    "采石场进场道路的旱地补偿标准只有邻镇一半，请重新核算",
    "采石场进场道路施工车辆粉尘落了一院子，夜里噪音大",
    "采石场进场道路征地没有公示，也没有人通知我们开会",
)
EARLIER, BURST = 12, 24
WORDS: Final = "水渠塌方路灯井水发黄村口破损半年没人管请领导派人看一看尽快解决图纸签字公示栏学校门口雨天积水"


@contextmanager
def quick() -> Iterator[None]:
    """Reads by rules and linear model alone, in small batches: more transactions to be killed in, and less to wait."""
    rooms: dict[Any, int] = {pipeline.intake: 6, pipeline.hands: 4, pipeline.feed: 7}
    before, sizes = chosen(), {room: room.BATCH for room in rooms}
    choose(Path("/nonexistent/model"))
    for room, size in rooms.items():
        room.BATCH = size
    try:
        yield
    finally:
        choose(before.folder)
        for room, size in sizes.items():
            room.BATCH = size


def letter(number: int, at: datetime) -> RawItem:
    """One invented petition; no two are alike."""
    words = "".join(random.Random(number).choices(WORDS, k=45))
    village = ("柳湾村", "上井村")[number % 2]
    return RawItem(
        source_kind=("petition", "hotline")[number % 2], source="青石坳信箱", item_key=str(number),
        title=f"{village}第{number}户的反映", body=f"{village}第{number}户：{SAID[number % 3]}。{words}。",
        genre="petition", published_at=at, collected_at=at + timedelta(minutes=5), author_key=f"v{number}",
    )  # fmt: skip


def earlier() -> Iterator[RawItem]:
    """Two quiet months."""
    for number in range(EARLIER):
        yield letter(1000 + number, NOW - timedelta(days=62 - 5 * number))


def burst() -> Iterator[RawItem]:
    """Then many letters within an hour."""
    for number in range(BURST):
        yield letter(2000 + number, NOW - timedelta(hours=5) + timedelta(minutes=2 * number))


def opened(folder: Path, url: str, moment: datetime = NOW) -> Office:
    """The office in a folder, with its clock at a moment."""
    office = Office(Settings(home=folder, database_url=url, processes=1))
    office.store.clock = lambda: moment
    return office


def prepare(folder: Path, url: str, address: str) -> None:
    """The office before: the project, the quiet months read, and a subscriber at an address."""
    with opened(folder, url, BEFORE) as office:
        office.register([ROAD])
        office.receive(earlier())
        work(office)
        given = {"name": "duty", "who": "county-supervisor", "role": "platform", "purpose": "supervision",
                 "least_level": "blue"}  # fmt: skip
        SubscriptionDesk(office, Reader("cli-admin", "admin")).add("administration", f"signed+{address}", given)


def job(folder: Path, url: str, moment: datetime = NOW) -> None:
    """Imports, analyses, links, indexes, proposes, judges, notifies and decides, as far as it was not done before."""
    with opened(folder, url, moment) as office:
        office.receive(burst())
        work(office)
        notify(office)
        reader = Reader("assessor-1", "assessor")
        desk = Desk(office, reader)
        for row in office.store.risk_points(ROAD.id, limit=1000).rows:
            once = Once(reader.who, f"accept-{row.id}", hashlib.sha256(row.id.encode()).hexdigest())
            desk.decide(row.id, PURPOSE, who="评估员甲", action="accept", reason="走访核实", once=once)


def copy(template: Path, folder: Path) -> None:
    """A fresh office like the prepared one."""
    shutil.copytree(template, folder)


def everything(folder: Path, url: str) -> dict[str, Counter[str]]:
    """All that the office knows and did, as bags of lines by kind: what is missing was lost, what is more doubled."""
    with opened(folder, url, LATER) as office:
        store = office.store
        documents = list(store.all_documents())
        ids = [document.id for document in documents]
        entries = office.index.get(ids).values()
        assert office.index.verify().problems == ()
        assert office.audit.verify() is None
        incidents, current = store.incidents(), store.current_analyses(ids)
        rows = store.risk_points(ROAD.id, limit=1000).rows
        found: dict[str, list[Any]] = {
            "documents": [document.canonical_json() for document in documents],
            "states": [(name, number) for name, number in store.counts_by_state().items()],
            "analyses": [a.canonical_json() for key in ids for a in store.analyses_of(key)],
            "links": [(key, link.project_id, link.p) for key, a in current.items() for link in a.links],
            "index": [(e.id, e.text, e.project_ids, e.factors, e.origin_id) for e in entries],
            "candidates": [row.candidate.canonical_json() for row in rows if row.candidate],
            "voices": [store.distinct_voices(ROAD.id, ids)],
            "incidents": [(one.id, one.level, one.observed, one.state) for one in incidents],
            "events": [one.key for one in store.incident_events()],
            "messages": [sorted(store.message_figures().items())],
            "decisions": [(d.risk_point_id, d.action) for row in rows for d in store.decisions_on(row.id)],
            "quarantine": store.quarantined(),
            "held": sorted(store.lease_holders()),
        }
        return {kind: Counter(map(repr, lines)) for kind, lines in found.items()}


class Receiver:
    """The subscriber's system on loopback: takes each key once, and counts what came again."""

    def __init__(self) -> None:
        self.keys: list[str] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers.get("content-length", 0)))
                receiver.keys.append(self.headers.get("webhook-id", ""))
                self.send_response(200)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"{}")

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/hook"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


__all__ = ["LATER", "NOW", "Receiver", "copy", "everything", "job", "opened", "prepare", "quick"]
