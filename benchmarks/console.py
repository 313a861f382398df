"""Server time of every page of the console on one large project, as a browser waits for it: median and 95th percentile.

    python -m benchmarks.console --sentences ../shared/data/petitions/*.jsonl.gz [--documents 100000] [--runs 20]

The office is that of benchmarks.counts: one project, its documents in store and index with voices of two accounts in
three texts; nobody has analysed them, so there are no risk points. A page is asked for as an assessor does, in the
process, without a network and without its style sheets; the first answer after the start is told apart, since it reads
the ledger of the project and starts the renderer of charts.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from pathlib import Path
from typing import Final

from starlette.testclient import TestClient

from api.app import create_app
from benchmarks.counts import PROJECT, WORDS, fill
from benchmarks.search import sentences
from pipeline.office import Office
from pipeline.settings import Settings

PURPOSE: Final = "risk_identification"
AT: Final = f"/projects/{PROJECT.id}"
PAGES: Final = {
    "board": "/board",
    "projects": "/projects",
    "project": AT,
    "search, a word": f"{AT}/search?q={{word}}",
    "search, all texts": f"{AT}/search",
    "search, copies folded": f"{AT}/search?q={{word}}&collapse=yes",
    "review": f"{AT}/review",
    "matters": f"{AT}/matters",
    "coverage": f"{AT}/coverage",
    "timeline": f"{AT}/timeline",
    "forecast": f"{AT}/forecast",
    "checklist": f"{AT}/checklist",
    "tables": f"{AT}/tables",
    "incidents": "/incidents",
    "dispatches": "/dispatches",
    "sources": "/sources",
    "bulletins": "/bulletins",
    "account": "/account",
}


def signed_in(office: Office) -> TestClient:
    """A browser of an assessor who has said for what purpose they ask."""
    office.store.add_account("bench", "bench", "assessor")
    token = office.store.begin_session("bench")
    for place in ("", PROJECT.id):
        office.store.choose_purpose(token, place, PURPOSE)
    client = TestClient(create_app(office), "http://console.test")
    client.headers["Accept"] = "text/html"
    client.cookies.set("minyi-session", token, domain="console.test")
    return client


def asked(client: TestClient, address: str) -> tuple[float, int]:
    """Milliseconds until the page is there, and its bytes."""
    started = time.perf_counter()
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    return (time.perf_counter() - started) * 1e3, len(answer.content)


def main() -> None:
    """Fills an office and prints one line a page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sentences", nargs="+", type=Path, required=True)
    parser.add_argument("--documents", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=20)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, Office(Settings(home=Path(folder) / "office")) as office:
        fill(office, sentences(given.sentences), given.documents)
        client = signed_in(office)
        print(f"{given.documents} documents of one project, load {os.getloadavg()[0]:.1f}")
        print("| page | first | median | p95 | kB |\n| --- | --- | --- | --- | --- |")
        for name, address in PAGES.items():
            first, size = asked(client, address.format(word=WORDS[0]))
            times = [asked(client, address.format(word=WORDS[n % len(WORDS)]))[0] for n in range(given.runs)]
            late = statistics.quantiles(times, n=20)[-1]
            print(
                f"| {name} | {first:.0f} ms | {statistics.median(times):.0f} ms | {late:.0f} ms | {size / 1000:.0f} |"
            )


if __name__ == "__main__":
    main()
