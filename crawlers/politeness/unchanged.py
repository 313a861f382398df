"""Pages that did not change since they were stored are not sent again (ETag, Last-Modified; conditional GET)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from scrapy.exceptions import IgnoreRequest
from scrapy.http import Request, Response

from crawlers.politeness.headers import header
from pipeline.store import Validator

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from crawlers.spiders.base import SourceSpider


class Unchanged(IgnoreRequest):
    """The page is what it was when its item was stored."""


class PageVersions:
    """The validators of one window's pages: those that were stored, and those of pages that were read now.

    They are stored with the window's last items; a page that could not be parsed is forgotten and sent again.
    """

    def __init__(self, stored: Mapping[str, Validator] | None = None, key: Callable[[str], str] = str) -> None:
        self._stored = stored or {}
        self._key = key
        self.read: dict[str, Validator] = {}
        """What is to be stored, by keyed hash of the address."""

    def of(self, url: str) -> Validator | None:
        """The stored version of a page."""
        return self._stored.get(self._key(url))

    def note(self, url: str, response: Response) -> None:
        """Notes the version of a page that was read."""
        etag, modified = header(response, "ETag"), header(response, "Last-Modified")
        if etag or modified:
            self.read[self._key(url)] = Validator(etag or None, modified or None)

    def forget(self, url: str) -> None:
        """Forgets the version of a page whose item was not taken."""
        self.read.pop(self._key(url), None)


class ConditionalGet:
    """Asks for conditional requests with the stored version; an unchanged page counts as found."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> ConditionalGet:
        """Scrapy's way of making it."""
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Adds If-None-Match and If-Modified-Since."""
        known = self._spider.versions.of(request.url) if request.meta.get("conditional") else None
        if known is not None:
            if known.etag:
                request.headers["If-None-Match"] = known.etag
            if known.last_modified:
                request.headers["If-Modified-Since"] = known.last_modified

    def process_response(self, request: Request, response: Response) -> Response:
        """Hands the page on. Raises Unchanged for a page that is as it was."""
        if not request.meta.get("conditional"):
            return response
        if response.status == 304:
            self._crawler.stats.inc_value("conditional/unchanged")
            asked = request.meta.get("redirect_urls", [request.url])[0]
            self._spider.saw_unchanged(request.meta.get("item_key"), asked)
            raise Unchanged
        if response.status == 200:
            self._spider.versions.note(request.url, response)
        return response

    @property
    def _spider(self) -> SourceSpider:
        return self._crawler.spider  # type: ignore[return-value]
