"""Copies under their origin: of near-duplicates among what was found, one stands for all."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Final

import numpy as np

from index import Hit, Page, Search
from pipeline.ledger import Crowd, Numbers

AT_ONCE: Final = 200
"""Hits that are looked through in one request for the next origin."""


class Representatives:
    """Which text stands for its origin: the origin itself where it was found, else its oldest copy.

    That does not depend on the order of the hits, and later copies do not change it: pages stay stable under writes.
    """

    def __init__(self, crowd: Crowd) -> None:
        self._crowd = crowd
        order = np.lexsort((crowd.moments, ~crowd.first_copy, crowd.origins))
        origins = crowd.origins[order]
        first = np.flatnonzero(np.r_[True, origins[1:] != origins[:-1]]) if len(origins) else order
        self._order, self._starts = order, np.r_[first, len(order)]
        self._group_of = np.zeros(len(order), np.int64)
        self._group_of[order] = np.repeat(np.arange(len(first)), np.diff(self._starts))
        self._chosen = order[first]
        rivals = np.flatnonzero(np.diff(self._starts) > 1)
        for group in rivals[~crowd.first_copy[self._chosen[rivals]]]:
            self._chosen[group] = self._oldest(self._places(group))

    def __contains__(self, hit: Hit) -> bool:
        place = self._crowd.place_of(hit.id)
        return place is not None and bool(self._chosen[self._group_of[place]] == place)

    def copies(self, hit: Hit) -> Numbers:
        """The places of the texts that a hit stands for, itself among them."""
        place = self._crowd.place_of(hit.id)
        return np.zeros(0, np.int64) if place is None else self._places(int(self._group_of[place]))

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

    def _places(self, group: int) -> Numbers:
        return self._order[self._starts[group] : self._starts[group + 1]]

    def _oldest(self, places: Numbers) -> int:
        """The earliest of these, of several at the same moment the one with the first id."""
        moments = self._crowd.moments[places]
        same = places[moments == moments.min()]
        names = self._crowd.ids(same)
        return int(same[names.index(min(names))])
