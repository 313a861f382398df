"""RSS and Atom: the entries of a feed, whatever encoding and dialect it is written in."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import urljoin

import feedparser

from crawlers.extraction.moments import moment_of
from crawlers.spiders.news.entries import Entry, plain

_DECLARATION: Final = re.compile(r"^\s*<\?xml[^>]*\?>")
_DOCTYPE: Final = re.compile(r"<!DOCTYPE[^>\[]*(?:\[.*?\]\s*)?>", re.DOTALL | re.IGNORECASE)
_PROLOGUE: Final = 50_000
_HEADERS: Final = {"content-type": "application/xml; charset=utf-8"}


@dataclass(frozen=True, slots=True)
class Feed:
    """Entries in the feed's order, the address of the next part (RFC 5005), and how many entries had no address."""

    entries: tuple[Entry, ...]
    following: str | None
    broken: int


def feed_of(text: str, base: str, now: datetime) -> Feed:
    """The entries of a feed. No entity is expanded, no host is asked; ``base`` makes its links absolute."""
    clean = _DOCTYPE.sub("", _DECLARATION.sub("", text[:_PROLOGUE]), count=1) + text[_PROLOGUE:]
    parsed: Any = feedparser.parse(
        io.BytesIO(clean.encode("utf-8", "ignore")),
        response_headers=_HEADERS,
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    entries, broken = [], 0
    for item in parsed.entries:
        link = item.get("link") or (item.get("id") if str(item.get("id", "")).startswith("http") else None)
        if not link:
            broken += 1
            continue
        stated = item.get("published") or item.get("created") or item.get("issued")
        changed = moment_of(dict.get(item, "updated") or "", now)  # get() of the library answers with another field
        published = moment_of(stated, now) if stated else changed
        entries.append(Entry(plain(urljoin(base, link)), published, changed.value if changed else None))
    following = next(
        (urljoin(base, link["href"]) for link in parsed.feed.get("links", ()) if link.get("rel") == "next"), None
    )
    return Feed(tuple(entries), following, broken)
