"""What a page states about itself for machines.

JSON-LD, Open Graph and other meta tags, canonical address, next page.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qsl, urljoin, urlsplit

from lxml import html

from crawlers.extraction.title import squeeze

_ARTICLES: Final = frozenset((
    "Article", "NewsArticle", "ReportageNewsArticle", "AnalysisNewsArticle", "OpinionNewsArticle", "BlogPosting",
    "Report", "WebPage", "SocialMediaPosting",
))  # fmt: skip
_PUBLISHED: Final = (
    "article:published_time", "og:published_time", "datepublished", "pubdate", "publishdate", "publish_date",
    "publish-date", "publishtime",
    "publish_time", "publish-time", "_pubtime", "weibo: article:create_at", "weibo:article:create_at",
    "og:release_date", "og:time",
    "sailthru.date", "parsely-pub-date", "dc.date.issued", "dcterms.issued", "dc.date", "apub:time",
    "bytedance:published_time", "releasedate",
    "createtime", "create_time", "article:create_time", "date",
)  # fmt: skip
"""Names of meta tags that give the time of publication, surest first; modification times are another thing."""
_OUTLET: Final = (
    "og:site_name",
    "contentsource",
    "article:publisher",
    "application-name",
    "sitename",
    "source",
    "mediaid",
    "copyright",
)
_AUTHOR: Final = frozenset(
    (
        "author",
        "article:author",
        "og:article:author",
        "dc.creator",
        "byl",
        "sailthru.author",
        "parsely-author",
        "editor",
        "contenteditor",
    )
)
_NEXT: Final = re.compile(
    r"^[\[【(（<＜]?\s*(?:下\s*一?\s*[页頁]|后一页|後一頁|next(?: page)?)\s*[\]】)）>＞»›→]*$", re.IGNORECASE
)
_STEM: Final = re.compile(r"(?:/|\.\w{2,5})$")
_NUMBERED: Final = re.compile(r"(.*\d(?:[_/-]|/page/)(?:p(?:age)?)?)(\d{1,2})")
_PAGE_NAMES: Final = frozenset(("page", "p", "pn", "pageno", "page_no", "pagenum", "pg", "paged", "curpage"))
_MAX_JSON: Final = 400_000
_MAX_NODES: Final = 2_000


@dataclass(frozen=True)
class Metadata:
    """Statements of a page; ``published`` holds the raw strings, surest first. Who wrote it is only noted as a yes."""

    title: str = ""
    published: tuple[str, ...] = ()
    outlet: str = ""
    canonical: str | None = None
    next_page: str | None = None
    names_author: bool = False


@dataclass
class _Found:
    titles: list[str] = field(default_factory=list)
    published: list[str] = field(default_factory=list)
    outlets: list[str] = field(default_factory=list)
    names_author: bool = False


def metadata_of(root: html.HtmlElement, url: str | None = None) -> Metadata:
    """The statements of a parsed page, before anything hidden was taken out of it. ``url`` makes its links absolute."""
    found = _Found()
    for node in _linked_data(root):
        _read(node, found)
    tags: dict[str, str] = {}
    for tag in root.iter("meta"):
        name = tag.get("property") or tag.get("name") or tag.get("itemprop") or ""
        content = squeeze(tag.get("content") or tag.get("value") or "")
        if name and content:
            tags.setdefault(name.strip().lower(), content)
    found.names_author |= any(tags.get(name) for name in _AUTHOR) or bool(
        root.xpath("//*[@rel='author' or @itemprop='author']")
    )
    found.published += [tags[name] for name in _PUBLISHED if name in tags]
    for item in root.xpath("//*[@itemprop='datePublished']")[:3]:
        found.published.append(item.get("content") or item.get("datetime") or squeeze(item.text_content())[:60])
    outlets = [*found.outlets, *(tags[name] for name in _OUTLET if name in tags)]
    base = _base(root, url)
    return Metadata(
        title=next(
            iter(
                [*found.titles, *(tags[name] for name in ("og:title", "articletitle", "twitter:title") if name in tags)]
            ),
            "",
        ),
        published=tuple(found.published),
        outlet=next((outlet for outlet in outlets if len(outlet) <= 40 and "/" not in outlet), ""),
        canonical=_canonical(root, base, tags),
        next_page=_next_page(root, base, url),
        names_author=found.names_author,
    )


def _linked_data(root: html.HtmlElement) -> Iterator[dict[str, Any]]:
    """The objects of the page's JSON-LD, outermost first, at most _MAX_NODES."""
    waiting: list[Any] = []
    for script in root.xpath("//script[contains(translate(@type, 'LDJSON', 'ldjson'), 'ld+json')]")[:20]:
        text = (script.text or "").strip().removeprefix("<!--").removesuffix("-->").rstrip(";\n ")
        try:
            waiting.append(json.loads(text[:_MAX_JSON], strict=False))
        except (ValueError, RecursionError):
            continue
    for _ in range(_MAX_NODES):
        if not waiting:
            return
        node = waiting.pop(0)
        if isinstance(node, list):
            waiting.extend(node)
        elif isinstance(node, dict):
            yield node
            waiting.extend(
                node.get(key) for key in ("@graph", "mainEntity", "mainEntityOfPage", "itemListElement", "item")
            )


def _read(node: dict[str, Any], found: _Found) -> None:
    kinds = node.get("@type")
    if not _ARTICLES.intersection(kinds if isinstance(kinds, list) else [kinds] if isinstance(kinds, str) else []):
        return
    for key, into in (("headline", found.titles), ("datePublished", found.published), ("pubDate", found.published)):
        if isinstance(value := node.get(key), str) and value.strip():
            into.append(squeeze(value))
    publisher = node.get("publisher") or node.get("sourceOrganization")
    name = publisher.get("name") if isinstance(publisher, dict) else publisher
    if isinstance(name, str) and name.strip():
        found.outlets.append(squeeze(name))
    found.names_author |= bool(node.get("author") or node.get("creator"))


def _base(root: html.HtmlElement, url: str | None) -> str | None:
    stated = root.xpath("//base/@href")
    try:
        return urljoin(url, stated[0]) if url and stated else url
    except ValueError:
        return url


def _canonical(root: html.HtmlElement, base: str | None, tags: dict[str, str]) -> str | None:
    links = [
        *root.xpath("//link[contains(concat(' ', translate(@rel, 'CANOIL', 'canoil'), ' '), ' canonical ')]/@href"),
        tags.get("og:url", ""),
    ]
    return next((made for link in links if link and (made := _absolute(link, base))), None)


def _next_page(root: html.HtmlElement, base: str | None, url: str | None) -> str | None:
    """The next page of the same article.

    ``rel=next`` or a link that says 下一页, to an address that continues this one.
    """
    links = [*root.xpath("//*[self::a or self::link][@rel='next']/@href")]
    links += [
        link.get("href")
        for link in root.iter("a")
        if link.get("href") and _NEXT.match(squeeze(link.text_content())[:24])
    ]
    made = (_absolute(link, base) for link in links)
    return next((address for address in made if address and (url is None or continues(address, url))), None)


def continues(address: str, url: str) -> bool:
    """Whether an address is that of a further page of ``url``: 7_2.html after 7.html, ?page=2, 7/2.

    Not the next article.
    """
    here, there = urlsplit(url), urlsplit(address)
    if here.netloc != there.netloc:
        return False
    if here.path == there.path:
        mine = [pair for pair in parse_qsl(here.query) if pair[0].lower() not in _PAGE_NAMES]
        other = [pair for pair in parse_qsl(there.query) if pair[0].lower() not in _PAGE_NAMES]
        return mine == other and here.query != there.query
    stem, further = _STEM.sub("", here.path), _STEM.sub("", there.path)
    if re.fullmatch(re.escape(stem) + r"(?:[_/-]|/page/)(?:p(?:age)?)?\d{1,3}", further):
        return True
    mine_numbered, numbered = _NUMBERED.fullmatch(stem), _NUMBERED.fullmatch(further)
    if mine_numbered is None or numbered is None or mine_numbered[1] != numbered[1]:
        return False
    return int(numbered[2]) == int(mine_numbered[2]) + 1


def _absolute(link: str, base: str | None) -> str | None:
    try:
        made = urljoin(base or "", link.strip())
        return made if urlsplit(made).scheme in ("http", "https") and urlsplit(made).netloc else None
    except ValueError:
        return None
