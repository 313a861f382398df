"""Time that the server takes for every page of the console in a deployment of 100,000 documents, as a browser waits.

    python -m benchmarks.console --sentences ../shared/data/petitions/*.jsonl.gz [--documents 100000] [--runs 20]
    python -m benchmarks.console --sentences … --home /var/tmp/minyi-console [--only search]

The office is that of benchmarks.console_office: fourteen projects, the largest with a quarter of all documents, with
matters, risk points, incidents, decisions and dispatches. Pages of one project are those of the largest. A page is
asked for by whoever it is made for, in the process, without a network and without its style sheets, after what the
server reads ahead at its start (api.warming). ``first`` is the first answer; ``processor`` is the mean time of all
processors, which other work on the machine does not lengthen, unlike the clock. ``--home`` keeps the office and uses
it again.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import threading
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Final, NamedTuple

from starlette.testclient import TestClient

from api.app import create_app
from api.policy import access
from api.warming import seldom_collected, warm
from benchmarks.console_office import People, fill
from benchmarks.search import sentences
from pipeline.office import Office
from pipeline.settings import Settings

WORDS: Final = ("问题", "小区", "领导", "希望", "居民", "政府")
HOST: Final = "console.test"


class Page(NamedTuple):
    """A page under its name, asked for by a role at an address with places for ids and a word."""

    name: str
    role: str
    address: str


PAGES: Final = (
    Page("board", "supervisor", "/board"),
    Page("board by share", "supervisor", "/board?order=share"),
    Page("projects", "assessor", "/projects"),
    Page("project home", "assessor", "{at}"),
    Page("search, a word, facets and days", "assessor", "{at}/search?q={word}"),
    Page("search, all texts", "assessor", "{at}/search"),
    Page("search, copies folded", "assessor", "{at}/search?q={word}&collapse=yes"),
    Page("search, two conditions", "assessor", "{at}/search?q={word} source_kind:petition attitude:negative"),
    Page("saved searches", "assessor", "{at}/saved-searches"),
    Page("text", "assessor", "{at}/texts/{document}"),
    Page("risk point", "assessor", "/risk-points/{point}"),
    Page("evidence", "assessor", "/risk-points/{point}/evidence"),
    Page("review queue", "assessor", "{at}/review"),
    Page("merge", "assessor", "/risk-points/{point}/merge/{other}"),
    Page("matters", "assessor", "{at}/matters"),
    Page("matter", "assessor", "{at}/matters/{matter}"),
    Page("coverage", "assessor", "{at}/coverage"),
    Page("timeline", "assessor", "{at}/timeline"),
    Page("forecast", "assessor", "{at}/forecast"),
    Page("checklist", "assessor", "{at}/checklist"),
    Page("tables", "assessor", "{at}/tables"),
    Page("certificates", "assessor", "{at}/certificates"),
    Page("incidents", "supervisor", "/incidents"),
    Page("incident", "supervisor", "/incidents/{incident}"),
    Page("dispatches", "supervisor", "/dispatches?part=all"),
    Page("dispatch", "supervisor", "/dispatches/{dispatch}"),
    Page("bulletins", "supervisor", "/bulletins"),
    Page("shares", "supervisor", "/shares"),
    Page("report of shares", "supervisor", "/shares/report"),
    Page("sources", "admin", "/sources"),
    Page("quality", "supervisor", "/quality"),
    Page("taxonomy", "admin", "/admin/taxonomy"),
    Page("accounts", "admin", "/admin/accounts"),
    Page("keys", "admin", "/admin/keys"),
    Page("imports", "admin", "/imports"),
    Page("registry", "admin", "/registry"),
    Page("registry entry", "admin", "/registry/{project}"),
    Page("audit", "auditor", "/audit"),
    Page("account", "assessor", "/account"),
    Page("help", "assessor", "/help"),
)


class Times(NamedTuple):
    """Milliseconds of one page, and its bytes."""

    first: float
    median: float
    late: float
    processor: float
    size: int

    def __str__(self) -> str:
        return f"{self.first:.0f} | {self.median:.0f} | {self.late:.0f} | {self.processor:.0f} | {self.size / 1000:.0f}"


class Visitors:
    """A browser for each role, whose purpose is chosen everywhere."""

    def __init__(self, office: Office) -> None:
        self._office, self._app = office, create_app(office)
        self._known: dict[str, TestClient] = {}

    def of(self, role: str) -> TestClient:
        """The browser of somebody in this role."""
        if role not in self._known:
            store, name = self._office.store, f"bench-{role}"
            if store.account(name) is None:
                store.add_account(name, name, role)  # type: ignore[arg-type]
            token = store.begin_session(name)
            purpose = next(purpose for purpose, roles in access().purposes.items() if role in roles)
            for place in ("", *(project.id for project in store.projects())):
                store.choose_purpose(token, place, purpose)
            client = TestClient(self._app, f"http://{HOST}", follow_redirects=False)
            client.headers["Accept"] = "text/html"
            client.cookies.set("minyi-session", token, domain=HOST)
            self._known[role] = client
        return self._known[role]


def ids_of(office: Office) -> dict[str, str]:
    """What the addresses name: of the largest project the risk points, matter and text with the most behind them."""
    store = office.store
    project = store.projects()[0].id
    points = [one.candidate for one in store.risk_points(project, limit=1000).rows if one.candidate]
    points = sorted((one for one in points if not one.sealed), key=lambda one: -one.counts.documents)
    largest = max(store.matters_of_project(project), key=lambda one: one.counts.documents)
    incidents = store.incidents(limit=100)
    return {
        "at": f"/projects/{project}", "project": project, "point": points[0].id, "other": points[1].id,
        "document": points[0].evidence[0].document_id, "matter": largest.id,
        "incident": incidents[0].id if incidents else "", "dispatch": store.dispatches(project)[0].id,
    }  # fmt: skip


def asked(client: TestClient, address: str) -> tuple[float, float, int]:
    """Milliseconds on the clock and of the processors until the page is there, and its bytes."""
    started, used = time.perf_counter(), time.process_time()
    answer = client.get(address)
    wall, used = time.perf_counter() - started, time.process_time() - used
    assert answer.status_code == 200, (address, answer.status_code, answer.text[:300])
    return wall * 1e3, used * 1e3, len(answer.content)


def timed(client: TestClient, address: str, ids: dict[str, str], runs: int) -> Times:
    """A page asked for again and again, each time with another word where it has one."""
    first, _, size = asked(client, address.format(word=WORDS[0], **ids))
    times = [asked(client, address.format(word=WORDS[run % len(WORDS)], **ids)) for run in range(runs)]
    walls = [wall for wall, _, _ in times]
    late = statistics.quantiles(walls, n=20)[-1]
    return Times(first, statistics.median(walls), late, statistics.mean(used for _, used, _ in times), size)


def main() -> None:
    """Fills an office unless there is one, and prints one line a page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sentences", nargs="+", type=Path, required=True)
    parser.add_argument("--documents", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--home", type=Path, help="keep the office here, and use what is there")
    parser.add_argument("--only", default="", help="pages whose name holds this")
    given = parser.parse_args()
    with ExitStack() as stack:
        home = given.home or Path(stack.enter_context(tempfile.TemporaryDirectory())) / "office"
        fresh = not home.exists()
        office = stack.enter_context(Office(Settings(home=home)))
        if fresh:
            fill(office, sentences(given.sentences), given.documents)
            People(office).work()
        ids, visitors = ids_of(office), Visitors(office)
        started, used = time.perf_counter(), time.process_time()
        seldom_collected()
        warm(office, threading.Event())
        started, used = time.perf_counter() - started, time.process_time() - used
        print(f"read ahead at the start: {started:.1f} s, processor {used:.1f} s")
        print("ms of | first | median | p95 | processor | kB\n| --- | --- | --- | --- | --- | --- |")
        for page in PAGES:
            if given.only in page.name:
                print(f"| {page.name} | {timed(visitors.of(page.role), page.address, ids, given.runs)} |", flush=True)
        print(f"load at the end: {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
