"""Reads one window of a news or official site: feeds, sitemaps and list pages lead to articles, which are extracted."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, ClassVar, Final
from urllib.parse import urljoin, urlsplit

from scrapy.http import Request, Response
from scrapy.spidermiddlewares.httperror import HttpError
from scrapy.utils.gz import gunzip

from crawlers.extraction import Article, extract
from crawlers.extraction.decode import charset_of, decode
from crawlers.extraction.moments import Moment
from crawlers.items import RawItem
from crawlers.registry.source import Kind
from crawlers.settings import LARGEST_PAGE
from crawlers.spiders.base import GONE, ParserSettings, SourceSpider
from crawlers.spiders.news.entries import Entry, plain
from crawlers.spiders.news.feeds import feed_of
from crawlers.spiders.news.lists import list_page_of
from crawlers.spiders.news.settings import NewsParser
from crawlers.spiders.news.sitemaps import sitemap_of

_FIRST_ELEMENT: Final = re.compile(r"<(?![?!])(?:[\w-]+:)?([A-Za-z]+)")
_FEEDS: Final = frozenset(("rss", "feed", "rdf"))
_SITEMAPS: Final = frozenset(("urlset", "sitemapindex"))
_READABLE: Final = re.compile(r"html|xml|text/plain", re.IGNORECASE)
_DEPTH: Final = 4
_TOO_FEW: Final = 5
"""Articles without text from which a layout that is no longer understood is suspected."""


@dataclass(slots=True)
class _Listing:
    """One start address while it is read: does what it lists go back to the window's begin?"""

    address: str
    reached: bool = False
    pages: int = 0
    met: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True, repr=False)
class _Draft:
    """An article of which some pages are read."""

    first: Article
    published: datetime | None
    key: str
    asked: str
    """Address of the first page, as it was asked for."""
    paragraphs: tuple[str, ...]
    addresses: frozenset[str]


class NewsSpider(SourceSpider):
    """Takes the articles that were published in the window, several pages of one joined, each once.

    What a start address answers says what it is: RSS or Atom, a sitemap (index, gzip, news extension), or a list page.
    A list that ends before it reaches the window's begin makes the window a lower bound (``page_cap``).
    """

    name = "news"
    kinds: ClassVar[tuple[Kind, ...]] = ("news", "notice")
    Parser: ClassVar[type[ParserSettings]] = NewsParser

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._listings = [_Listing(address) for address in self.source.start]
        self._texts = self._textless = 0

    async def start(self) -> AsyncIterator[Any]:
        """Asks for each start address, and again for what is stored of this window."""
        for listing in self._listings:
            yield self.request(listing.address, self.parse_listing, cb_kwargs={"listing": listing})
        for request in self.recheck(self.parse_article):
            yield request

    # -- what there is ----------------------------------------------------------------------------------------------

    def parse_listing(self, response: Response, listing: _Listing, depth: int = 0) -> Iterator[Request]:
        """A feed, a file of a sitemap or a page of a list."""
        body = response.body
        if body[:2] == b"\x1f\x8b":
            body = gunzip(body, max_size=LARGEST_PAGE)
        text = decode(body, charset_of(_header(response))).text
        root = _FIRST_ELEMENT.search(text[:20_000])
        kind = root[1].lower() if root else ""
        listing.pages += 1
        if kind in _FEEDS:
            yield from self._feed(text, response.url, listing)
        elif kind in _SITEMAPS:
            yield from self._sitemap(text, response.url, listing, depth)
        else:
            yield from self._list_page(text, response.url, listing)

    def _feed(self, text: str, address: str, listing: _Listing) -> Iterator[Request]:
        feed = feed_of(text, address, datetime.now(UTC))
        if feed.broken or not feed.entries:
            self.cut("outage", "a feed has entries without an address, or none: the layout may have changed")
        fresh = yield from self._ask(feed.entries, listing)
        listing.reached |= any(self._is_before(entry) for entry in feed.entries)
        if not listing.reached and feed.following and fresh and listing.pages < self.parser.list.page_cap:
            yield self.request(feed.following, self.parse_listing, cb_kwargs={"listing": listing}, errback=self.no_page)

    def _sitemap(self, text: str, address: str, listing: _Listing, depth: int) -> Iterator[Request]:
        sitemap = sitemap_of(text, address, datetime.now(UTC))
        if sitemap.broken:
            self.cut("outage", "a sitemap has rows without an address: the layout may have changed")
        yield from self._ask(sitemap.entries, listing)
        dates = [entry.latest for entry in sitemap.entries]
        recent_only = bool(dates) and all(dates)
        if not recent_only or any(self._is_before(entry) for entry in sitemap.entries):
            listing.reached = True  # files of the news extension alone hold only what is new
        for file in sitemap.files:
            if file.changed and Entry(file.url, file.changed).latest < self.window.since:  # type: ignore[operator]
                listing.reached = True
            elif depth >= _DEPTH or len(listing.met) >= self.parser.sitemap_cap:
                self.cut("page_cap", "a sitemap has more files than are read")
            elif file.url not in listing.met:
                listing.met.add(file.url)
                yield self.request(file.url, self.parse_listing, cb_kwargs={"listing": listing, "depth": depth + 1})

    def _list_page(self, text: str, address: str, listing: _Listing) -> Iterator[Request]:
        settings = self.parser.list
        page = list_page_of(text, address, self.parser, datetime.now(UTC))
        if page.broken or (not page.entries and listing.pages == 1):
            self.cut("outage", "a list has rows without a link, or none: the layout may have changed")
        fresh = yield from self._ask(page.entries, listing)
        dated = [entry for entry in page.entries if entry.published]
        listing.reached |= bool(dated) and self._is_before(dated[-1])
        following = page.following
        if settings.pages:
            number = listing.pages - 1 + settings.second_page
            following = urljoin(listing.address, settings.pages.replace("{page}", str(number)))
        if listing.reached:
            return
        if not following or not fresh:
            listing.reached = settings.whole
        elif listing.pages < settings.page_cap:
            yield self.request(following, self.parse_listing, cb_kwargs={"listing": listing}, errback=self.no_page)

    def no_page(self, failure: Any) -> Iterator[Any]:
        """A next page that is not there is the end of the list; anything else is a page that was lost."""
        if isinstance(failure.value, HttpError) and failure.value.response.status in GONE:
            listing: _Listing = failure.request.cb_kwargs["listing"]
            listing.reached |= self.parser.list.whole
            return
        yield from self.lost(failure)

    def _ask(self, entries: tuple[Entry, ...], listing: _Listing) -> Any:
        """Requests for those that may be of this window; returns whether any entry was new in this listing."""
        fresh = [entry for entry in entries if entry.url not in listing.met]
        listing.met.update(entry.url for entry in fresh)
        for entry in fresh:
            if entry.may_be_in(self.window):
                yield self.request(
                    entry.url, self.parse_article, item_key=entry.url, conditional=True,
                    cb_kwargs={"entry": entry, "listing": listing},
                )  # fmt: skip
        return bool(fresh)

    def _is_before(self, entry: Entry) -> bool:
        return entry.latest is not None and entry.latest < self.window.since

    # -- articles ---------------------------------------------------------------------------------------------------

    def parse_article(
        self, response: Response, entry: Entry | None = None, listing: _Listing | None = None
    ) -> Iterator[RawItem | Request]:
        """The first page of an article."""
        kind = _header(response)
        if kind and not _READABLE.search(kind):
            self._count("no_page_of_text")
            return
        article = self._extracted(response)
        moment = _settled(article.published_at, entry.published if entry else None)
        if moment and listing and Entry(response.url, moment).latest < self.window.since:  # type: ignore[operator]
            listing.reached = True
        if not self.wanted(moment.value if moment else None) or (moment is None and entry and not entry.surely_article):
            return
        if not article.text:
            self._textless += 1
            self._count("without_text")
            self.versions.forget(_asked(response))
            return
        self._texts += 1
        draft = _Draft(
            first=article,
            published=moment.value if moment else None,
            key=self._key(article, response),
            asked=_asked(response),
            paragraphs=tuple(article.text.split("\n")),
            addresses=frozenset((plain(response.url),)),
        )
        yield from self._go_on(draft, article.next_page)

    def parse_more(self, response: Response, draft: _Draft) -> Iterator[RawItem | Request]:
        """A further page of an article."""
        article = self._extracted(response)
        known = {*draft.paragraphs, draft.first.title}
        paragraphs = (line for line in article.text.split("\n") if line and line not in known)
        draft = replace(
            draft,
            paragraphs=(*draft.paragraphs, *paragraphs),
            addresses=draft.addresses | {plain(response.url), plain(_asked(response))},
        )
        yield from self._go_on(draft, article.next_page)

    def no_more(self, failure: Any) -> Iterator[Any]:
        """A further page that could not be read: what there is of the article is marked as its beginning."""
        self.cut("outage", "a page of an article could not be read")
        yield self._item(failure.request.cb_kwargs["draft"], partial=True)

    def _go_on(self, draft: _Draft, following: str | None) -> Iterator[RawItem | Request]:
        if following is None or plain(following) in draft.addresses:
            yield self._item(draft)
        elif len(draft.addresses) >= self.parser.article_pages:
            self._count("long_articles")
            yield self._item(draft, partial=True)
        else:
            self.versions.forget(draft.asked)  # an edit of a further page does not change the first
            yield self.request(
                following, self.parse_more, cb_kwargs={"draft": draft}, errback=self.no_more, dont_filter=True
            )

    def _item(self, draft: _Draft, *, partial: bool = False) -> RawItem:
        loader = self.loader()
        loader.add_value("item_key", draft.key)
        loader.add_value("url", draft.key)
        loader.add_value("title", draft.first.title)
        loader.add_value("body", "\n".join(draft.paragraphs))
        loader.add_value("genre", "notice" if self.source.kind == "notice" else "news")
        loader.add_value("published_at", draft.published)
        loader.add_value("region", self.parser.region)
        item = loader.load_item()
        item.partial = partial
        return item

    def _extracted(self, response: Response) -> Article:
        return extract(response.body, url=response.url, content_type=_header(response), fetched_at=datetime.now(UTC))

    def _key(self, article: Article, response: Response) -> str:
        """The article's own address: the canonical one where it is one of this site's pages, else the one asked for."""
        own, asked = plain(article.url or response.url), plain(response.url)
        starts = {plain(address) for address in self.source.start}
        same_site = urlsplit(own).netloc == urlsplit(asked).netloc
        return own if same_site and urlsplit(own).path not in ("", "/") and own not in starts else asked

    # -- the end ----------------------------------------------------------------------------------------------------

    def closed(self, reason: str) -> None:
        """Says what the window lacks, when all has been read."""
        if reason != "finished":
            return
        if self._textless >= _TOO_FEW and not self._texts:
            self.cut("outage", "no article page gave a text: the layout may have changed")
        if not all(listing.reached for listing in self._listings):
            self.cut("page_cap", "a list ends before it reaches the window's begin")

    def _count(self, what: str) -> None:
        if self.crawler.stats:
            self.crawler.stats.inc_value(f"news/{what}")


def _asked(response: Response) -> str:
    return response.request.url if response.request else response.url


def _header(response: Response) -> str:
    return (response.headers.get("Content-Type") or b"").decode("latin-1")


def _settled(shown: Moment | None, listed: Moment | None) -> Moment | None:
    """The time of publication of page and list: the page's, unless it is vaguer than what the list says."""
    if shown is None or listed is None:
        return shown or listed
    if shown.relative or shown.yearless:
        return listed
    same_day = shown.isoformat()[:10] == listed.isoformat()[:10]
    return listed if shown.precision == "date" and listed.precision != "date" and same_day else shown
