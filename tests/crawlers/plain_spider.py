"""The simplest spider there is, for tests of what all spiders share: a list of links to notes, a page each."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from scrapy.http import TextResponse

from crawlers.spiders.base import ParserSettings, SourceSpider


class PlainSpider(SourceSpider):
    """Reads ``<a class=note href>`` of list pages, follows ``<a rel=next>``, and takes h1, time and p of each note."""

    name = "plain"
    kinds = ("news", "petition")

    class Parser(ParserSettings):
        complete: bool = False
        """Whether the list holds everything of its window."""

    def parse(self, response: TextResponse) -> Iterator[Any]:
        for link in response.css("a.note::attr(href)").getall():
            yield self.request(response.urljoin(link), self.parse_note, item_key=link, conditional=True)
        for link in response.css("a[rel=next]::attr(href)").getall():
            yield self.request(response.urljoin(link), self.parse)
        if self.parser.complete:
            self.listed_completely()

    def parse_note(self, response: TextResponse) -> Iterator[Any]:
        published = datetime.fromisoformat(response.css("time::text").get(""))
        if not self.wanted(published):
            return
        loader = self.loader(response)
        loader.add_value("item_key", response.meta["item_key"])
        loader.add_css("title", "h1::text")
        loader.add_css("body", "p::text")
        loader.add_value("published_at", published)
        loader.add_value("genre", "news" if self.source.kind == "news" else "petition")
        loader.add_value("url", response.url)
        loader.add_css("author_key", "a.who::attr(data-id)")
        yield loader.load_item()


class HourSpider(PlainSpider):
    """Asks the site for the notes of its window alone, as boards and searches allow; a site shows ``cap`` of them."""

    name = "hours"

    class Parser(ParserSettings):
        complete: bool = True
        cap: int = 0
        """Most notes that the site lists of one window; 0: all."""

    async def start(self) -> AsyncIterator[Any]:
        for address in self.source.start:
            since, until = self.window.since.isoformat(), self.window.until.isoformat()
            yield self.request(f"{address}?{urlencode({'since': since, 'until': until})}", self.parse)

    def parse(self, response: TextResponse) -> Iterator[Any]:
        if self.parser.cap and len(response.css("a.note")) >= self.parser.cap:
            self.split()
        yield from super().parse(response)
