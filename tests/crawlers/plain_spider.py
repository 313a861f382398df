"""The simplest spider there is, for tests of what all spiders share: a list of links to notes, a page each."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

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
        yield loader.load_item()
