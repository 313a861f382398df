"""Sitemaps (sitemaps.org): an index of files, or the addresses of pages with dates; the news extension is read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urljoin

from lxml import etree

from crawlers.extraction.moments import Moment, moment_of
from crawlers.spiders.news.entries import Entry, plain

_TOP: Final = frozenset(("urlset", "sitemapindex"))


@dataclass(frozen=True, slots=True)
class File:
    """Another file of the sitemap, and when it last changed."""

    url: str
    changed: Moment | None


@dataclass(frozen=True, slots=True)
class Sitemap:
    """One file: its pages, the files that it names, and how many of its rows had no address."""

    entries: tuple[Entry, ...]
    files: tuple[File, ...]
    broken: int


def sitemap_of(text: str, base: str, now: datetime) -> Sitemap:
    """What a file of a sitemap names. No entity is expanded, no host is asked."""
    parser = etree.XMLParser(
        recover=True, no_network=True, resolve_entities=False, load_dtd=False, remove_comments=True
    )
    data = text.partition("?>")[2] if text.lstrip().startswith("<?xml") else text
    root = etree.fromstring(data.encode("utf-8", "ignore"), parser=parser)
    entries: list[Entry] = []
    files: list[File] = []
    broken = 0
    for row in root if root is not None else ():
        kind = _name(row)
        if kind not in ("url", "sitemap"):
            continue
        said = {_name(part): (part.text or "").strip() for part in row.iter() if part is not row}
        if not said.get("loc"):
            broken += 1
            continue
        address, changed = urljoin(base, said["loc"]), moment_of(said.get("lastmod", ""), now)
        if kind == "sitemap":
            files.append(File(address, changed))
            continue
        published = moment_of(said.get("publication_date", ""), now)
        entries.append(Entry(plain(address), published, _latest(changed), surely_article=published is not None))
    return Sitemap(tuple(entries), tuple(files), broken)


def _latest(changed: Moment | None) -> datetime | None:
    """The last moment that a statement may mean: of a date its last."""
    if changed is None:
        return None
    return changed.value.replace(hour=23, minute=59) if changed.precision == "date" else changed.value


def _name(element: etree._Element) -> str:
    return etree.QName(element).localname if isinstance(element.tag, str) else ""
