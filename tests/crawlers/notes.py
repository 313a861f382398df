"""A site of notes about an invented ring road, for tests of what all spiders share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import web
from offices import TestOffice
from plain_spider import PlainSpider
from replica import Replica

from crawlers.registry.source import Source
from crawlers.run import CrawlReport, crawl
from crawlers.windows import BEIJING

NOON = datetime(2026, 3, 4, 12, 0, tzinfo=BEIJING)
"""When the crawls of these tests take place."""
VILLAGES = ["青石", "白鹭", "柳湾", "东坪", "石桥", "枫林", "南塘", "北渡", "竹溪", "梅岭"]


def note(number: int, moment: datetime = NOON - timedelta(hours=3), words: str = "") -> str:
    """A page with one note."""
    village = VILLAGES[number % len(VILLAGES)]
    text = words or f"{village}村第{number}组的地被环路占用，{number}亩旱地的补偿款何时发放，请答复。"
    return f"<html><body><h1>{village}村{number}组询问补偿</h1><time>{moment.isoformat()}</time><p>{text}</p></body></html>"


def publish(
    site: Replica, numbers: Iterable[int], moment: datetime = NOON - timedelta(hours=3), pages: int = 1
) -> None:
    """Puts notes on the site, with the list that names them."""
    numbers = list(numbers)
    for number in numbers:
        site.page(f"/n/{number}", note(number, moment), etag=f"v{number}")
    listing(site, numbers, pages)


def listing(site: Replica, numbers: Iterable[int], pages: int = 1) -> None:
    """The list of notes, over so many pages."""
    numbers = list(numbers)
    size = -(-len(numbers) // pages) or 1
    for page in range(pages):
        links = "".join(f"<a class=note href=/n/{n}>{n}</a>" for n in numbers[page * size : (page + 1) * size])
        following = f"<a rel=next href=/{page + 1}>next</a>" if page + 1 < pages else ""
        site.page(
            f"/{page}" if page else "/", f"<html><body>{links}{following}<p>一</p><p>二</p><p>三</p></body></html>"
        )


def over_time(site: Replica, moments: Sequence[datetime], cap: int = 0) -> None:
    """Notes at these moments, listed for the stretch of time that the query names, the newest ``cap`` of it."""
    for number, moment in enumerate(moments):
        site.page(f"/n/{number}", note(number, moment), etag=f"v{number}")

    def answer(request: web.Request) -> str:
        since, until = (datetime.fromisoformat(request.query[name]) for name in ("since", "until"))
        numbers = [number for number, moment in enumerate(moments) if since <= moment < until]
        links = "".join(
            f"<a class=note href=/n/{number}>{number}</a>" for number in (numbers[-cap:] if cap else numbers)
        )
        return f"<html><body>{links}<p>一</p><p>二</p><p>三</p></body></html>"

    site.route("/", answer)


def petitions(site: Replica, **fields: Any) -> Source:
    """The site as a source of petitions: one window of a day."""
    window = {"length": "1d", "finest": "1h", "recrawl": "1d", "first": "12h", **fields.pop("window", {})}
    return site.source(**{"kind": "petition", "window": window, "every": "1h", **fields})


def read(office: TestOffice, source: Source, now: datetime = NOON, **arguments: Any) -> CrawlReport:
    """One crawl at a moment that the test chooses."""
    office.store.clock = lambda: now.astimezone(UTC)
    return crawl(source, office, spider=arguments.pop("spider", PlainSpider), **arguments)


def texts(office: TestOffice) -> list[str]:
    return sorted(str(document.body) for document in office.documents())
