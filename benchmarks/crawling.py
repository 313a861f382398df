"""Speed and memory of crawling: 20,000 items of a replica on loopback, from the list to the store.

Run: python -m benchmarks.crawling [--items 20000] [--a-page 20] [--spider lists|pages]. ``lists`` reads boards
whose lists hold the texts, ``pages`` one page a text. The rate is not limited, so this is what a crawl costs, not how
fast a site is read. Prints items a second of time and of processor, and resident memory after each day of the ten.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from multiprocessing import Pipe, Process
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from aiohttp import web
from scrapy.http import TextResponse

from crawlers.registry import Source
from crawlers.run import crawl
from crawlers.spiders.base import ParserSettings, SourceSpider
from crawlers.windows import BEIJING
from pipeline.office import Office
from pipeline.settings import Settings

NOW = datetime(2026, 3, 31, tzinfo=BEIJING)
DAYS = 10
_WORDS = (
    "水渠塌方施工噪音补偿标准没有公示夜里老人孩子路灯井水发黄村口道路破损半年没人管请领导派人看一看"
    "尽快解决柳湾村青石渡镇公示栏图纸签字，。"
)


def text(number: int) -> str:
    """An invented complaint of 200 characters, always the same for its number."""
    chance = random.Random(number)
    return f"第{number}件：" + "".join(chance.choices(_WORDS, k=200))


class BenchmarkSpider(SourceSpider):
    """Reads the days of the replica: texts from lists, or a page a text."""

    name = "benchmark"
    kinds = ("petition",)

    class Parser(ParserSettings):
        pages: bool = False

    async def start(self) -> Any:
        yield self.request(f"{self.source.start[0]}list?day={(NOW - self.window.since).days}&page=0", self.parse)

    def parse(self, response: TextResponse) -> Iterator[Any]:
        answer = response.json()
        for row in answer["rows"]:
            if self.parser.pages:
                yield self.request(response.urljoin(f"/item?key={row['key']}"), self.parse_item, item_key=row["key"])
            else:
                yield self._item(row)
        if answer["next"] is not None:
            yield self.request(response.urljoin(answer["next"]), self.parse)

    def parse_item(self, response: TextResponse) -> Iterator[Any]:
        yield self._item(response.json())

    def _item(self, row: dict[str, Any]) -> Any:
        loader = self.loader()
        for name in ("item_key", "title", "body", "author_key"):
            loader.add_value(name, row["key"] if name == "item_key" else row[name])
        loader.add_value("genre", "petition")
        loader.add_value("published_at", datetime.fromtimestamp(row["at"], UTC))
        return loader.load_item()


def serve(items: int, a_page: int, ready: Connection) -> None:
    """The replica, in a process of its own."""
    a_day = items // DAYS

    def row(key: int) -> dict[str, Any]:
        day, number = divmod(key, a_day)
        at = NOW - timedelta(days=day + 1) + timedelta(seconds=number * 86_000 / a_day)
        return {"key": str(key), "title": f"关于第{key}件事的反映", "body": text(key), "author_key": f"u{key % 5000}",
                "at": at.timestamp()}  # fmt: skip

    async def listing(request: web.Request) -> web.Response:
        day, page = int(request.query["day"]) - 1, int(request.query["page"])
        first = day * a_day + page * a_page
        keys = range(first, min(first + a_page, (day + 1) * a_day))
        more = (page + 1) * a_page < a_day
        following = f"/list?day={day + 1}&page={page + 1}" if more else None
        return web.json_response({"rows": [row(key) for key in keys], "next": following})

    async def item(request: web.Request) -> web.Response:
        return web.json_response(row(int(request.query["key"])))

    async def robots(request: web.Request) -> web.Response:
        return web.Response(text="User-agent: *\nAllow: /\n")

    application = web.Application()
    application.add_routes([web.get("/list", listing), web.get("/item", item), web.get("/robots.txt", robots)])
    runner = web.AppRunner(application, access_log=None)

    import asyncio

    loop = asyncio.new_event_loop()
    loop.run_until_complete(runner.setup())
    site = web.TCPSite(runner, "127.0.0.1", 0)
    loop.run_until_complete(site.start())
    ready.send(runner.addresses[0][1])
    loop.run_forever()


class Watch:
    """Progress of a crawl: resident memory after each tenth of the items."""

    def __init__(self, items: int) -> None:
        self.items = items
        self.memory: list[tuple[int, float]] = []

    def step(self, name: str, total: int) -> None:
        """A crawl begins."""

    def reach(self, position: int, items: int) -> None:
        """A window is stored."""
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        self.memory.append((items, pages * os.sysconf("SC_PAGE_SIZE") / 2**20))


def main() -> None:
    """Runs one crawl and prints what it took."""
    options = argparse.ArgumentParser()
    options.add_argument("--items", type=int, default=20_000)
    options.add_argument("--a-page", type=int, default=20)
    options.add_argument("--spider", choices=("lists", "pages"), default="lists")
    chosen = options.parse_args()
    here, there = Pipe()
    server = Process(target=serve, args=(chosen.items, chosen.a_page, there), daemon=True)
    server.start()
    port = here.recv()
    source = Source.model_validate({
        "name": "benchmark", "title": "基准信箱", "kind": "petition", "spider": "benchmark", "enabled": True,
        "start": [f"http://127.0.0.1:{port}/"], "legal_basis": "-", "permission": "-", "contact": "a@example.org",
        "rate_seconds": 0, "daily_requests": 100_000, "allowed_private_hosts": [f"127.0.0.1:{port}"],
        "window": {"length": "1d", "finest": "1d", "first": f"{DAYS}d"}, "parser": {"pages": chosen.spider == "pages"},
    })  # fmt: skip
    watch = Watch(chosen.items)
    with tempfile.TemporaryDirectory() as folder, Office(Settings(home=Path(folder))) as office:
        office.store.clock = lambda: NOW.astimezone(UTC)
        began, used = time.perf_counter(), time.process_time()
        report = crawl(source, office, watch, spider=BenchmarkSpider)
        took, used = time.perf_counter() - began, time.process_time() - used
        stored = sum(office.store.counts_by_state().values())
    server.terminate()
    assert (report.state, stored) == ("done", chosen.items), (report, stored)
    speed = f"{took:.0f} s, {stored / took:.0f} items/s; processor {used:.0f} s, {stored / used:.0f} items/s"
    print(f"{chosen.spider}: {stored:,} items, {report.requests:,} requests, {speed}")
    print("resident memory, MiB: " + ", ".join(f"{items:,}: {size:.0f}" for items, size in watch.memory))


if __name__ == "__main__":
    sys.exit(main())
