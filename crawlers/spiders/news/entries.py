"""An entry: what a feed, sitemap or list page says about one article."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from crawlers.extraction.moments import Moment
from crawlers.windows import Window

_TRACKING: Final = ("utm_", "spm", "from", "share", "source_id", "ref")
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Entry:
    """One article as a list names it: ``url`` (plain, see :func:`plain`), when it was published, when last changed."""

    url: str
    published: Moment | None = None
    changed: datetime | None = None
    surely_article: bool = True
    """Whether the list holds articles only; of other links only pages with a date of their own are taken."""

    def may_be_in(self, window: Window) -> bool:
        """Whether the article may have been published in the window, for all that the list says."""
        if self.published is not None:
            return begins_before_end(self.published, window)
        return self.changed is None or self.changed >= window.since

    @property
    def latest(self) -> datetime | None:
        """The latest moment at which it may have been published; None where the list does not say."""
        if self.published is None:
            return None
        return self.published.value + _DAY if self.published.precision == "date" else self.published.value


def begins_before_end(moment: Moment, window: Window) -> bool:
    """Whether a moment may lie in a window: a date may, when any minute of its day does."""
    if moment.precision == "date":
        return moment.value < window.until and moment.value + _DAY > window.since
    return moment.value in window


def plain(url: str) -> str:
    """An address without fragment and tracking parameters: the same article has the same one, whoever links to it."""
    parts = urlsplit(url.strip())
    query = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if not _tracks(name)]
    netloc = parts.netloc.lower()
    for scheme, port in (("http", ":80"), ("https", ":443")):
        if parts.scheme.lower() == scheme:
            netloc = netloc.removesuffix(port)
    return urlunsplit((parts.scheme.lower(), netloc, parts.path or "/", urlencode(query), ""))


def _tracks(name: str) -> bool:
    return name.lower().startswith("utm_") or name.lower() in _TRACKING
