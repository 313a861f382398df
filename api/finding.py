"""What a search of a project shows: a page of texts, and counts that are safe to show (P-06)."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Final

import numpy as np

from api.copies import MOST_READ, counted, residues
from api.counting import (
    Apart,
    Crowding,
    DayBook,
    Facet,
    FacetName,
    Facets,
    Interval,
    Representatives,
    Timeline,
    by_stance,
    cell_of,
    copies_apart,
    divided,
    everything,
    neighbourhood,
    part,
    relation,
    stands_apart,
    tables,
    timeline,
    whole,
    with_copies_apart,
)
from api.policy import Cell, Figure, figure, withheld
from index import Between, Hit, QueryError, Search
from index.days import BEIJING
from index.hybrid import FusedPage
from index.query import Query, Term
from pipeline.ledger import Crowd, Ledgers, Numbers

ABOUT: Final = "project_ids"
MENTIONS: Final = "project_mentions"
"""The fields that say which projects a text is about, and which it only mentions."""
ADDED: Final = 5
"""Passages of copies that are shown beside a hit; the others are read in the text itself."""
PROBE: Final = 50
"""Texts whose voices are looked at before those of all are."""


@dataclass(frozen=True, slots=True)
class Beside:
    """What is asked for beside the texts: facets with at most ``values`` values, a timeline, copies under origins.

    ``stances`` divides the months of the timeline by stance.
    """

    facets: tuple[FacetName, ...] = ()
    values: int = 50
    histogram: Interval | None = None
    stances: bool = False
    collapse: bool = False


@dataclass(frozen=True, slots=True)
class Added:
    """A passage that a copy adds to the text that stands for it."""

    document_id: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class FoundText:
    """A hit; ``copies`` counts the texts it stands for, None when copies were not collapsed.

    ``supplemented`` counts the copies that add something, None when they were not read; ``added`` is what the first of
    them add. ``by_meaning`` says that no word of the query found it: such texts are shown, and not counted.
    """

    hit: Hit
    copies: Figure | None = None
    by_meaning: bool = False
    supplemented: Figure | None = None
    added: tuple[Added, ...] = ()


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


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a question found, whether its number may be told, and what lies between it and its neighbours."""

    crowd: Crowd
    told: bool
    apart: Sequence[Apart] = ()


class Finder:
    """Searches the texts about one project and counts them by the voices behind them."""

    def __init__(
        self, ledgers: Ledgers, project_id: str, k: int, fused: Callable[[Search], FusedPage] | None = None
    ) -> None:
        """``fused`` ranks the texts where words alone shall not; what is counted is what the words find, always."""
        self._ledgers, self._index, self._store = ledgers, ledgers.index, ledgers.store
        self._project_id, self._k, self._fused = project_id, k, fused

    def find(self, search: Search, beside: Beside) -> Found:
        """Answers one question. Raises QueryError, CursorError or IndexUnusable."""
        about = _among(search, ABOUT, self._project_id)
        if not (beside.facets or beside.histogram or beside.collapse):
            answer = self._page(about)
            return Found(self._total(search, about, answer), _texts_on(answer), answer.page.next_cursor)
        asked = self._asked(search, about)
        all_texts = whole(asked.crowd)
        total = figure(all_texts, self._k) if asked.told else withheld(all_texts, self._k)
        texts, cursor = self._texts(about, asked, beside.collapse)
        return Found(
            total=total,
            texts=texts,
            next_cursor=cursor,
            origins=_origins(all_texts, total),
            facets=self._facets(search, asked, beside),
            timeline=self._timeline(beside.histogram, beside.stances, search, asked) if beside.histogram else None,
        )

    def _asked(self, search: Search, about: Search) -> _Asked:
        around = neighbourhood(search, Term(ABOUT, (self._project_id,)))
        try:
            crowd, apart = divided(around, *self._ledgers.together(self._project_id, around.queries))
        except QueryError:  # so near the limit of clauses that what they leave out cannot be asked
            return _Asked(self._crowd(about.narrowed()), told=False)
        if any(one.too_many for one in apart) or tables(apart, everything, self._k):
            return _Asked(crowd, told=False)
        return _Asked(crowd, told=True, apart=apart)

    def _page(self, about: Search) -> FusedPage:
        answer = self._fused(about) if self._fused else FusedPage(self._index.search(about))
        return self._still_there(answer) if about.after else answer

    def _still_there(self, answer: FusedPage) -> FusedPage:
        """A further page without what left the index, or the project, since the first: it is read as of then (P-12)."""
        now = self._index.get(hit.id for hit in answer.page.hits)
        there = {key for key, entry in now.items() if self._project_id in entry.project_ids}
        hits = tuple(hit for hit in answer.page.hits if hit.id in there)
        return dataclasses.replace(answer, page=dataclasses.replace(answer.page, hits=hits))

    def _total(self, search: Search, about: Search, answer: FusedPage) -> Figure:
        """The voices behind the first page often suffice; those of all texts are read only when they do not."""
        page = answer.page
        shown = Figure("exact", page.total)
        if page.total:
            by_words = [hit.id for hit in page.hits if hit.id not in answer.by_meaning]
            first = self._heard(by_words)
            if not (first.documents and figure(first, self._k).form == "exact"):
                first = whole(self._crowd(about.narrowed()))
                shown = figure(first, self._k)
            if shown.form == "exact" and not self._may_be_told(search, ABOUT):
                return withheld(first, self._k)
        return shown

    def _may_be_told(self, search: Search, relation: str) -> bool:
        """Whether no neighbouring question's number differs from this one's by the texts of fewer than k voices."""
        try:
            return stands_apart(search, Term(relation, (self._project_id,)), self._look)
        except QueryError:  # so near the limit of clauses that what they leave out cannot be asked
            return False

    def _look(self, query: Query) -> Crowding:
        page = self._index.search(Search(query=query, size=PROBE, sort="newest"))
        if not page.total:
            return "none"
        heard = self._heard(hit.id for hit in page.hits)
        if page.total > len(page.hits) and figure(heard, self._k).form != "exact":
            heard = whole(self._crowd(query))
        if not heard.documents:
            return "none"
        return "many" if figure(heard, self._k).form == "exact" else "few"

    def _heard(self, ids: Iterable[str]) -> Cell:
        hearing = self._store.hearing(self._project_id, ids)
        return cell_of(hearing, "", hearing.ids)

    def _crowd(self, query: Query) -> Crowd:
        return self._ledgers.crowd(self._project_id, query)

    def _texts(self, about: Search, asked: _Asked, collapse: bool) -> tuple[tuple[FoundText, ...], str | None]:
        if not collapse:
            answer = self._page(about)
            return _texts_on(answer), answer.page.next_cursor
        if self._fused:
            raise QueryError("copies are collapsed in a search by words alone", expected="the mode lexical")
        crowd, chosen = asked.crowd, Representatives(asked.crowd)
        hits, cursor = chosen.page(self._index.search, about)
        copies = [chosen.copies(hit) for hit in hits]
        origins = [int(crowd.origins[places[0]]) for places in copies]
        few = copies_apart(asked.apart, np.array(origins, np.int64), self._k)
        others = with_copies_apart(asked.apart, np.array(origins, np.int64))
        texts = (
            self._folded(hit, crowd, places, told=asked.told and origin not in few, alone=origin not in others)
            for hit, places, origin in zip(hits, copies, origins, strict=True)
        )
        return tuple(texts), cursor

    def _folded(self, hit: Hit, crowd: Crowd, places: Numbers, *, told: bool, alone: bool) -> FoundText:
        """A hit with the copies it stands for, and what these add to it as far as they were read.

        How many add something is told only where no neighbouring question finds other copies (``alone``).
        """
        every = part(crowd, hit.id, places)
        if not 1 < len(places) <= MOST_READ:
            return FoundText(hit, figure(every, self._k) if told else withheld(every, self._k))
        ids = crowd.ids(places)
        texts = self._store.documents_by_id([hit.id, *ids])
        more = residues(texts[hit.id], texts.values()) if hit.id in texts else {}
        adding = [one in more for one in ids]
        total, supplemented = counted(
            every,
            part(crowd, "more", places[adding]),
            part(crowd, "same", places[[not one for one in adding]]),
            self._k,
            told=told,
        )
        if not alone and supplemented.form == "exact" and supplemented.number:
            supplemented = Figure("at_least", self._k)
        found = (Added(key, a, b, texts[key].text[a:b]) for key, spans in more.items() for a, b in spans)
        return FoundText(hit, total, supplemented=supplemented, added=tuple(islice(found, ADDED)))

    def _facets(self, search: Search, asked: _Asked, beside: Beside) -> dict[str, Facet]:
        counted = Facets(asked.crowd, self._k, told=asked.told, apart=asked.apart)
        return {
            name: self._relation(search, asked) if name == "relation" else counted.of(name, beside.values)
            for name in beside.facets
        }

    def _relation(self, search: Search, asked: _Asked) -> Facet:
        mentions = self._crowd(_among(search, MENTIONS, self._project_id).narrowed())
        tellable = {ABOUT: asked.told, MENTIONS: self._may_be_told(search, MENTIONS)}
        kinds = {ABOUT: whole(asked.crowd, "about"), MENTIONS: whole(mentions, "mentions")}
        shown = {
            cell.key: figure(cell, self._k) if tellable[kind] else withheld(cell, self._k)
            for kind, cell in kinds.items()
            if cell.documents
        }
        return relation(shown)

    def _timeline(self, interval: Interval, stances: bool, search: Search, asked: _Asked) -> Timeline:
        book = DayBook(self._store.windows(), self._store.clock())
        first, last = _days(search.filters.get("published_at"))
        line = timeline(interval, asked.crowd, book, self._k, first, last, told=asked.told, apart=asked.apart)
        return by_stance(line, asked.crowd, book, self._k, told=asked.told, apart=asked.apart) if stances else line


def _origins(cell: Cell, total: Figure) -> Figure:
    """Origins are told where the documents are."""
    if total.form == "at_least":
        return Figure("at_least", 1)
    return Figure("exact", cell.origins) if total.form == "exact" else total


def _texts_on(answer: FusedPage) -> tuple[FoundText, ...]:
    return tuple(FoundText(hit, by_meaning=hit.id in answer.by_meaning) for hit in answer.page.hits)


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
