"""What a search of a project shows: a page of texts, and counts that are safe to show (P-06)."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from typing import Final

from api.counting import (
    DayBook,
    Facet,
    FacetName,
    Interval,
    Representatives,
    Timeline,
    cell_of,
    facet,
    relation,
    timeline,
)
from api.policy import Figure, figure
from index import Between, Hit, Page, Search, SearchIndex
from index.days import BEIJING
from pipeline.store import Hearing, Store

EVERY_TEXT_HAS: Final = "source_kind"
"""A field of the index that no text lacks."""


@dataclass(frozen=True, slots=True)
class Beside:
    """What is asked for beside the texts: facets with at most ``values`` values, a timeline, copies under origins."""

    facets: tuple[FacetName, ...] = ()
    values: int = 50
    histogram: Interval | None = None
    collapse: bool = False


@dataclass(frozen=True, slots=True)
class FoundText:
    """A hit; ``copies`` counts the texts it stands for, None when copies were not collapsed."""

    hit: Hit
    copies: Figure | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A page of texts with its counts; ``origins`` is known when something was counted."""

    total: Figure
    texts: tuple[FoundText, ...]
    next_cursor: str | None
    origins: Figure | None = None
    facets: Mapping[str, Facet] = field(default_factory=dict)
    timeline: Timeline | None = None

    @property
    def hits(self) -> tuple[Hit, ...]:
        """The texts alone."""
        return tuple(text.hit for text in self.texts)


class Finder:
    """Searches the texts about one project and counts them by the voices behind them."""

    def __init__(self, index: SearchIndex, store: Store, project_id: str, k: int) -> None:
        self._index, self._store, self._project_id, self._k = index, store, project_id, k

    def find(self, search: Search, beside: Beside) -> Found:
        """Answers one question. Raises QueryError, CursorError or IndexUnusable."""
        about = _among(search, "project_ids", self._project_id)
        if not (beside.facets or beside.histogram or beside.collapse):
            page = self._index.search(about)
            return Found(self._total(about, page), tuple(FoundText(hit) for hit in page.hits), page.next_cursor)
        hearing = self._hearing(about)
        whole = cell_of(hearing, "", hearing.ids)
        total = figure(whole, self._k)
        texts, cursor = self._texts(about, hearing, beside.collapse)
        return Found(
            total=total,
            texts=texts,
            next_cursor=cursor,
            origins=Figure("exact", whole.origins) if total.form == "exact" else total,
            facets=self._facets(search, about, hearing, beside),
            timeline=self._timeline(beside.histogram, search, hearing) if beside.histogram else None,
        )

    def _total(self, about: Search, page: Page) -> Figure:
        """The voices behind the first page often suffice; those of all texts are read only when they do not."""
        hearing = self._store.hearing(self._project_id, [hit.id for hit in page.hits])
        first = figure(cell_of(hearing, "", hearing.ids), self._k)
        if not page.total or (hearing.ids and first.form == "exact"):
            return Figure("exact", page.total)
        hearing = self._hearing(about)
        return figure(cell_of(hearing, "", hearing.ids), self._k)

    def _hearing(self, search: Search) -> Hearing:
        found = self._members(search, EVERY_TEXT_HAS)
        return self._store.hearing(self._project_id, (document_id for _, document_id in found))

    def _members(self, search: Search, name: str) -> Iterable[tuple[str, str]]:
        return self._index.members(search.narrowed(), name)

    def _texts(self, about: Search, hearing: Hearing, collapse: bool) -> tuple[tuple[FoundText, ...], str | None]:
        if not collapse:
            page = self._index.search(about)
            return tuple(FoundText(hit) for hit in page.hits), page.next_cursor
        chosen = Representatives(hearing)
        hits, cursor = chosen.page(self._index.search, about)
        groups = {hit.id: chosen.copies(hit) for hit in hits}
        texts = (FoundText(hit, figure(cell_of(hearing, hit.id, groups[hit.id]), self._k)) for hit in hits)
        return tuple(texts), cursor

    def _facets(self, search: Search, about: Search, hearing: Hearing, beside: Beside) -> dict[str, Facet]:
        @cache
        def members(name: str) -> tuple[tuple[str, str], ...]:
            return tuple(self._members(about, name))

        return {
            name: self._relation(search, hearing)
            if name == "relation"
            else facet(name, members, hearing, self._k, beside.values)
            for name in beside.facets
        }

    def _relation(self, search: Search, about: Hearing) -> Facet:
        mentions = self._hearing(_among(search, "project_mentions", self._project_id))
        return relation(cell_of(about, "about", about.ids), cell_of(mentions, "mentions", mentions.ids), self._k)

    def _timeline(self, interval: Interval, search: Search, hearing: Hearing) -> Timeline:
        book = DayBook(self._store.windows(), self._store.clock())
        first, last = _days(search.filters.get("published_at"))
        return timeline(interval, hearing, book, self._k, first, last)


def _among(search: Search, name: str, project_id: str) -> Search:
    return dataclasses.replace(search, filters={**search.filters, name: project_id})


def _days(bounds: object) -> tuple[date | None, date | None]:
    """The first and last day in Beijing that a filter leaves."""
    if not isinstance(bounds, Between):
        return None, None
    first = bounds.ge.astimezone(BEIJING).date() if isinstance(bounds.ge, datetime) else None
    last = (
        (bounds.lt - timedelta(microseconds=1)).astimezone(BEIJING).date() if isinstance(bounds.lt, datetime) else None
    )
    return first, last
