"""What the tables are made of: the risk points of a project with their cards and evidence numbers, and its sources."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from itertools import islice
from typing import Any, Final

from api.card_counts import CardCounts
from api.cards import card_of
from api.counting import FacetName, cell_of
from api.finding import Beside, Finder, Found
from api.kept_cards import Together
from api.policy import enough, is_published, may_quote, trimmed
from api.reportable import is_accepted, open_points
from api.tables.sheet import QUOTED
from api.texts_in_order import TextsInOrder
from index import Search
from models.taxonomy import taxonomy
from pipeline.office import Office
from pipeline.records import DecisionProject, Document, Evidence, Quote, RiskPointCandidate
from pipeline.store import Hearing, StoredRiskPoint

MOST_PASSAGES: Final = 10
"""Passages for a risk point that get a number; the others are opened in the system."""
FACETS: Final[tuple[FacetName, ...]] = ("source_kind", "attitude", "category", "factor", "stakeholder")


@dataclass(frozen=True, slots=True)
class Passage:
    """One line of the annex: where a passage stands, and its words where they may be quoted."""

    number: str
    factor: str
    kind: str
    document_id: str
    start: int
    end: int
    quote: str | None


@dataclass(frozen=True)
class Point:
    """A risk point, or a candidate that nobody decided about yet, as it may be shown."""

    stored: StoredRiskPoint
    candidate: RiskPointCandidate
    card: Mapping[str, Any]
    counted: CardCounts
    documents: Mapping[str, Document]
    accepted: bool
    passages: list[Passage] = field(default_factory=list)

    @property
    def enough(self) -> bool:
        """Whether k voices stand behind it."""
        return self.counted.enough

    @property
    def ids(self) -> set[str]:
        """The texts for and against it, withdrawn ones among them."""
        return {one.document_id for one in (*self.candidate.evidence, *self.candidate.counter_evidence)}

    def numbers(self, *kinds: str) -> str:
        """The evidence numbers of these kinds; where few spoke and nothing was published, the risk point itself."""
        found = [one.number for one in self.passages if not kinds or one.kind in kinds]
        if found:
            return "、".join(found)
        return "" if kinds and kinds != ("for",) else f"系统内 {self.candidate.id}（声音不足，不列段落）"

    @property
    def title(self) -> tuple[str, tuple[str, ...]]:
        """The quoted title, trimmed, and the words that are quoted; nothing where they may not be."""
        if not self.card["title"]:
            return "", ()
        words = trimmed(self.card["title"])
        return QUOTED.format(words), (words,)


class Material:
    """Everything that the tables of one project say, read once; numbers are given in a fixed order."""

    def __init__(self, office: Office, project: DecisionProject, *, candidates: bool) -> None:
        """``candidates``: whether what nobody has accepted yet stands in the tables too, marked as such (P-23)."""
        self.office, self.store, self.project = office, office.store, project
        self.k, self.with_candidates = office.settings.k_anonymity, candidates
        self._together = Together(self.store)
        everything = sorted(map(self._point, open_points(self.store, project.id)), key=_official_order)
        self.all_points = everything
        self.points = [point for point in everything if point.accepted or candidates]
        self.annex: list[Passage] = []
        for point in self.points:
            self._number(point)

    @cached_property
    def found(self) -> Found:
        """Counts of all texts about the project, hidden as on screen (P-29)."""
        beside = Beside(FACETS, values=10_000, histogram="week")
        return Finder(self.office.ledgers, self.project.id, self.k).find(Search(size=0), beside)

    @cached_property
    def as_of(self) -> datetime:
        """The newest thing that the tables know of: the same store gives the same moment."""
        moments = [point.stored.updated_at for point in self.all_points]
        last = self.store.last_collected({one for point in self.all_points for one in point.ids})
        moments += [last] if last is not None else []
        moments += [window.until for window in self.store.windows()]
        return max(moments, default=datetime.fromisoformat("2000-01-01T00:00:00+00:00"))

    @cached_property
    def groups_heard(self) -> set[str]:
        """Groups behind which k voices stand, in any text about the project."""
        beside = Beside(("stakeholder",), values=10_000)
        found = Finder(self.office.ledgers, self.project.id, self.k).find(Search(size=0), beside)
        return {row.value for row in found.facets["stakeholder"].rows if row.count.form == "exact"}

    @cached_property
    def groups_not_heard(self) -> list[str]:
        """Groups that are to be heard, of whom fewer than k voices were found (P-24), by name."""
        expected = {gap.code for point in self.all_points for gap in point.candidate.gaps if gap.kind == "group"}
        names = taxonomy().stakeholders
        missing = sorted(expected - self.groups_heard)
        return list(dict.fromkeys(names[code].report_group or names[code].name_zh for code in missing if code in names))

    def groups_of(self, point: Point) -> str:
        """The groups of a risk point with k voices each; smaller ones are 其他 (BRIEF §4)."""
        if not point.enough:
            return f"（声音不足{self.k}个，不列）"
        behind: dict[str, set[str]] = {}
        for text in self.store.stated(point.ids).values():
            for code in text.stated.groups:
                behind.setdefault(code, set()).add(text.id)
        names, shown, others = taxonomy().stakeholders, [], False
        for code in point.candidate.stakeholder_groups:
            if self._many(behind.get(code, set())):
                shown.append(names[code].name_zh)
            else:
                others = True
        return "、".join([*shown, *(["其他"] if others else [])]) or "文中未表明"

    def quotes(self, point: Point, most: int) -> list[tuple[str, str]]:
        """Trimmed quotes for a risk point, each with its evidence number."""
        return [(one.quote, one.number) for one in point.passages if one.kind == "for" and one.quote][:most]

    @cached_property
    def _hearing(self) -> Hearing:
        """The voices behind all points."""
        return self.store.hearing(self.project.id, {one for point in self.points for one in point.ids})

    def _many(self, ids: Iterable[str]) -> bool:
        cell = cell_of(self._hearing, "", [one for one in ids if one in self._hearing])
        return bool(cell.documents) and enough(cell.low, cell.high, cell.origins, self.k)

    def _point(self, stored: StoredRiskPoint) -> Point:
        candidate = stored.candidate
        assert candidate is not None
        shown = (one.document_id for one in (*candidate.evidence, *candidate.counter_evidence))
        documents = TextsInOrder(self.store, shown, withdrawn=False)
        counted = CardCounts(candidate, documents, self.store, self.k)
        accepted = is_accepted(self.store, stored)
        card = card_of(stored, self.store, self.k, self._together)
        return Point(stored, candidate, card, counted, documents, accepted)

    def _number(self, point: Point) -> None:
        """For: the first passages, from few voices only what was published. Against: what may be counted."""
        candidate, mine = point.candidate, point.documents
        supporting = (one for one in candidate.evidence if self._may_stand(point, one))
        chosen: list[tuple[str, Evidence]] = [("for", one) for one in islice(supporting, MOST_PASSAGES)]
        told = "value" in point.counted.passages(candidate.counter_evidence) if candidate.counter_evidence else False
        for against in candidate.counter_evidence:
            document = mine.get(against.document_id)
            if document is None or not against.stands_in(document):
                continue
            if is_published(document) or (told and self._may_stand(point, against)):
                chosen.append((against.kind, against))
        for kind, one in chosen[: 2 * MOST_PASSAGES]:
            document = mine[one.document_id]
            quote = trimmed(Quote.of(one, document).text) if may_quote(candidate.counts, document, self.k) else None
            passage = Passage(
                f"E{len(self.annex) + 1:03d}", candidate.factor, kind, one.document_id, one.start, one.end, quote
            )
            self.annex.append(passage)
            point.passages.append(passage)

    def _may_stand(self, point: Point, passage: Evidence) -> bool:
        document = point.documents.get(passage.document_id)
        return document is not None and passage.stands_in(document) and (point.enough or is_published(document))


def _official_order(point: Point) -> tuple[Any, ...]:
    """By the row of the official table; factors of practice after them, by the row under which they are filed."""
    factors = taxonomy().factors
    mine = factors[point.candidate.factor]
    rows = [factors[code].seq for code in mine.maps_to if code in factors]
    row = mine.seq if mine.seq is not None else min((one for one in rows if one is not None), default=999)
    return (mine.seq is None, row, point.candidate.factor, point.candidate.id)
