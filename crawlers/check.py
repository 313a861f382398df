"""Trying a source out: one window is read and nothing stored; shown is, redacted, what would be taken of each item."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from crawlers.items import RawItem
from crawlers.politeness.budget import DailyBudget
from crawlers.politeness.traffic import Traffic
from crawlers.reading import Taste, read
from crawlers.registry.source import Source
from crawlers.run import leased, rest
from crawlers.spiders.base import Assignment, SourceSpider
from crawlers.windows import Window, cell
from pipeline.intake import PUBLISHED_BY_AUTHORITIES
from pipeline.office import Office
from pipeline.records.document import SOCIAL_SOURCES
from pipeline.redact import CannotRedact, redact, redact_document

SHOWN: Final = 60
"""Characters of a field that are shown."""
LONGEST_CHECK: Final = 3600.0
"""Seconds for which the source is kept from other processes, should this one not end before."""
FIELDS: Final = ("title", "body", "published_at", "region", "url", "reply_to", "engagement", "handling", "author_key")


class CheckRefused(ValueError):
    """E708: a source without legal basis, permission or contact is not read, not even to try it (P-19)."""


@dataclass
class Checked:
    """What one window of a source gives."""

    window: Window
    items: list[dict[str, str]] = field(default_factory=list)
    """Of each item every field as it would be stored, or why it is not."""
    filled: dict[str, int] = field(default_factory=dict)
    """How many items have each field."""
    cut_short: str = ""
    requests: int = 0
    state: str = "done"

    def as_json(self) -> dict[str, Any]:
        """The same as plain values."""
        return {
            "window": [self.window.since.isoformat(), self.window.until.isoformat()], "state": self.state,
            "cut_short": self.cut_short, "requests": self.requests, "items": self.items, "filled": self.filled,
        }  # fmt: skip


def check(
    source: Source,
    office: Office,
    since: datetime | None = None,
    until: datetime | None = None,
    spider: type[SourceSpider] | None = None,
) -> Checked:
    """Reads one window of a source, enabled or not, and stores nothing of it. Raises CheckRefused (E708)."""
    for name in ("legal_basis", "permission", "contact"):
        if not getattr(source, name).strip():
            raise CheckRefused(f"E708: {source.name}: {name}: needed before the source may be read (P-19)")
    end = until or office.store.clock()
    window = Window(since or cell(end - timedelta(seconds=1), source.window.length), end)
    return asyncio.run(_check(source, office, window, spider))


async def _check(source: Source, office: Office, window: Window, spider: type[SourceSpider] | None) -> Checked:
    checked = Checked(window)
    budget = DailyBudget(office.store, source.name, source.daily_requests, office.store.clock)
    traffic = Traffic(source, budget, office.store.clock)
    rest(source, office.store, traffic)
    tasted = Taste()
    with leased(source, office, LONGEST_CHECK) as holder:
        if holder is None:
            checked.state = "busy"
            return checked
        try:
            assignment = Assignment(source, window, tuple(office.store.projects()))
            reading = await read(assignment, tasted, traffic, spider)
        finally:
            budget.close()
    checked.items = [_shown(item) for item in tasted.items]
    checked.filled = dict(Counter(name for item in tasted.items for name in FIELDS if getattr(item, name)))
    checked.cut_short = reading.outcome.why or (reading.outcome.cut or "")
    checked.requests = traffic.requests
    checked.state = "blocked" if reading.outcome.blocked else "cut" if reading.outcome.cut else "done"
    return checked


def _shown(item: RawItem) -> dict[str, str]:
    """The fields of an item as they would be stored: redacted and cut; of a poster, that there is a voice."""
    try:
        clean = redact_document(item.title, item.body, official=item.genre in PUBLISHED_BY_AUTHORITIES)
        title, body, counts = str(clean.title), str(clean.body), clean.counts
    except CannotRedact as refusal:
        title, body, counts = "", f"set aside: {refusal.reason}", {}
    social = item.source_kind in SOCIAL_SOURCES
    shown = {
        "genre": item.genre,
        "title": title,
        "body": body,
        "redacted": ", ".join(f"{name} {count}" for name, count in sorted(counts.items())),
        "published_at": item.published_at.isoformat() if item.published_at else "",
        "region": str(redact(item.region).text) if item.region else "",
        "url": "kept as a keyed hash" if social and item.url else item.url or "",
        "reply_to": "a petition of this source" if item.reply_to else "",
        "engagement": ", ".join(f"{name} {count}" for name, count in sorted(item.engagement.items())),
        "handling": ", ".join(f"{name} {value}" for name, value in item.handling or () if value),
        "voice": "a token for each project it may be about" if item.author_key else "",
    }
    return {name: value if len(value) <= SHOWN else f"{value[:SHOWN]}… ({len(value)} characters)"
            for name, value in shown.items() if value}  # fmt: skip
