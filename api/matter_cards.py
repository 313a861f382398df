"""The card of a matter (事项): what people and machines are shown of it, words and numbers where they may stand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from api.matter_clock import Heard, response_of
from api.matter_counts import MatterTable
from api.policy import Cell, enough_voices, figure, quotes_of, trimmed
from models.taxonomy import taxonomy
from pipeline.matters.aside import Aside
from pipeline.records import Analysis, Document, MatterEvent, MatterSheet
from pipeline.store import Store

COARSE: Final = frozenset({"province", "city", "county", "township"})
"""Levels of places that may be named whoever spoke (P-06)."""
PLACES: Final = 5
Titles = dict[str, dict[str, Any]]
"""Topic and title by matter, while several cards are made."""


@dataclass(frozen=True)
class Matters:
    """The matters of one project, ready to be shown."""

    table: MatterTable
    heard: Heard
    documents: Mapping[str, Document]
    analyses: Mapping[str, Analysis]
    """Those of the texts of matters behind which k voices do not stand."""
    points: Mapping[str, tuple[str, ...]]
    """Open candidates by the matter they rest on."""

    def card(self, sheet: MatterSheet) -> dict[str, Any]:
        """One card: quoted from k voices on, otherwise its topic alone (P-07)."""
        enough = self.table.enough(sheet.id)
        factors, units = taxonomy().factors, taxonomy().units
        weeks, others = self.table.weeks(sheet)
        first, last = self.table.months(sheet, weeks)
        return {
            **titled(sheet, self.documents, self.table.k, told=enough),
            "project_id": sheet.project_id,
            "factors": [{"code": code, "name": factors[code].name_zh} for code in self._factors(sheet, enough)],
            "counts": self.table.counts(sheet),
            "weeks": weeks,
            "other_weeks": others,
            "first_month": first,
            "last_month": last,
            "places": self._places(sheet, enough),
            "stakeholder_groups": list(sheet.stakeholder_groups) if enough else [],
            "affected": sheet.affected.model_dump(mode="json") if sheet.affected and enough else None,
            "remedies": list(sheet.remedies),
            "asked_units": [{"code": code, "name": units[code].name_zh} for code in sheet.asked_units],
            "proposed_units": sheet.proposed_units.model_dump(mode="json"),
            "proposed_unit_names": [
                units[code].name_zh for code in (*sheet.proposed_units.primary, *sheet.proposed_units.territorial)
            ],
            "replies": self._replies(sheet),
            "response": response_of(sheet, self.heard, self.table),
            "risk_point_ids": list(self.points.get(sheet.id, ())),
            "versions": sheet.versions.model_dump(mode="json"),
        }

    def _factors(self, sheet: MatterSheet, enough: bool) -> tuple[str, ...]:
        return sheet.factors if enough else (sheet.concern,)

    def _places(self, sheet: MatterSheet, enough: bool) -> list[str]:
        """From k voices on the most frequent places; below, townships and what is coarser."""
        if enough:
            return [q.text for q in quotes_of(sheet.places, self.documents, sheet.counts, self.table.k, PLACES)]
        named: dict[str, None] = {}
        for document_id in sheet.documents:
            document, analysis = self.documents.get(document_id), self.analyses.get(document_id)
            if document is not None and analysis is not None and not document.tombstone:
                for entity in analysis.entities:
                    if entity.type == "place" and entity.level in COARSE:
                        named[document.text[entity.start : entity.end]] = None
        return sorted(named)[:PLACES]

    def _replies(self, sheet: MatterSheet) -> list[dict[str, Any]]:
        """The beginning of each official reply, which was published; the first ones."""
        quotes = quotes_of(sheet.replies, self.documents, sheet.counts, self.table.k, PLACES)
        return [{"text": trimmed(quote.text), "document_id": quote.document_id} for quote in quotes]


def titled(sheet: MatterSheet, documents: Mapping[str, Document], k: int, *, told: bool = True) -> dict[str, Any]:
    """Id, topic and title: trimmed words of a text where these may be quoted (P-07, P-08), else the factor's name."""
    name = taxonomy().factors[sheet.concern].name_zh
    quote = next(iter(quotes_of((sheet.title,), documents, sheet.counts, k, 1)), None) if told else None
    return {
        "id": sheet.id,
        "concern": sheet.concern,
        "concern_name": name,
        "title": trimmed(quote.text) if quote else name,
        "quoted": quote is not None,
    }


def matters_under(store: Store, ids: Iterable[str], k: int, known: Titles | None = None) -> list[dict[str, Any]]:
    """The matters that a candidate rests on, by id: topic and title; ``known`` are those of cards beside it."""
    wanted, known = sorted(set(ids)), {} if known is None else known
    sheets = store.matters_by_id(one for one in wanted if one not in known)
    documents = store.documents_by_id(sheet.title.document_id for sheet in sheets.values())
    for key, sheet in sheets.items():
        known[key] = titled(sheet, documents, k, told=enough_voices(sheet.counts, k))
    return [known[key] for key in wanted if key in known]


def history_of(matter_id: str, events: Iterable[MatterEvent]) -> list[dict[str, Any]]:
    """What became of a matter, and of those that became part of it, in the order it was recorded."""
    recorded = list(events)
    named = {matter_id}
    while earlier := {event.matter_id for event in recorded if named.intersection(event.into)} - named:
        named |= earlier
    return [
        {"matter_id": event.matter_id, "change": event.change, "into": list(event.into), "at": event.at}
        for event in recorded
        if event.matter_id in named
    ]


def counted_only(asides: Iterable[Aside], k: int, *, sealed: bool, opened: bool) -> list[dict[str, Any]]:
    """Texts that no candidate and no matter shows: law suits for who reads candidates, accusations for who reads
    sealed ones; numbers below k voices are hidden."""
    factors = taxonomy().factors
    rows = []
    for one in asides:
        if sealed if factors[one.factor].confidential else opened:
            cell = Cell(one.factor, one.documents, one.voices_low, one.voices_high, one.origins)
            name = factors[one.factor].name_zh
            rows.append({"factor": one.factor, "factor_name": name, "documents": figure(cell, k).as_json()})
    return rows
