"""Copies under their origin: of near-duplicates among what was found, one stands for all."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Callable, Collection
from datetime import UTC, datetime
from typing import Final

from index import Hit, Page, Search
from pipeline.store import Hearing

AT_ONCE: Final = 200
"""Hits that are looked through in one request for the next origin."""
_LAST: Final = datetime.max.replace(tzinfo=UTC)


class Representatives:
    """Which text stands for its origin: the origin itself where it was found, else its oldest copy.

    That does not depend on the order of the hits, and later copies do not change it: pages stay stable under writes.
    """

    def __init__(self, hearing: Hearing) -> None:
        self._groups: dict[str, list[str]] = defaultdict(list)
        for document_id in hearing.ids:
            self._groups[hearing[document_id].origin_id].append(document_id)
        self._chosen = {
            origin if origin in hearing else min(ids, key=lambda one: (hearing[one].published_at or _LAST, one))
            for origin, ids in self._groups.items()
        }

    def __contains__(self, hit: Hit) -> bool:
        return hit.id in self._chosen

    def copies(self, hit: Hit) -> Collection[str]:
        """The texts that a hit stands for, itself among them."""
        return self._groups.get(hit.entry.origin_id, (hit.id,))

    def page(self, ask: Callable[[Search], Page], search: Search) -> tuple[tuple[Hit, ...], str | None]:
        """One page of representatives in the order of the search, and the cursor that continues after it."""
        hits: list[Hit] = []
        after = search.after
        while search.size:
            step = dataclasses.replace(search, after=after, size=max(AT_ONCE, search.size))
            page = ask(step)
            for position, hit in enumerate(page.hits, start=1):
                if hit not in self:
                    continue
                hits.append(hit)
                if len(hits) == search.size:
                    if position < len(page.hits):
                        page = ask(dataclasses.replace(step, size=position))
                    return tuple(hits), page.next_cursor
            if page.next_cursor is None:
                break
            after = page.next_cursor
        return tuple(hits), None
