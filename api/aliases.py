"""What a reader sees of a proposed name: how many say it, and passages that suggest it (P-07)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from api.policy.suppression import enough
from pipeline.matters import is_sealed
from pipeline.nicknames.forms import known_words
from pipeline.nicknames.signs import SIGNS, likeness, signs_at
from pipeline.records import DecisionProject, Document, Evidence, Quote
from pipeline.records.evidence import QUOTE_LIMIT
from pipeline.store import Passage, Store, StoredAlias

PASSAGES: Final = 5
"""Passages that are shown of one name, each of another origin."""
_CLAUSE_END: Final = re.compile(r"[，。！？!?；;\n]")


def aliases_shown(store: Store, project: DecisionProject, k: int) -> list[dict[str, Any]]:
    """The names that the reader may see: all that were decided, and those waiting that k people stand behind."""
    rows = (alias_shown(store, project, one, k) for one in store.aliases_of(project.id))
    return [row for row in rows if row["state"] != "proposed" or row["texts"] is not None]


def alias_shown(store: Store, project: DecisionProject, stored: StoredAlias, k: int) -> dict[str, Any]:
    """One name. A text that was withdrawn, changed, sealed or linked otherwise since is not counted and not quoted."""
    said = list(_said(store, project, stored.passages))
    ids = {document.id for document, _ in said}
    origins = {document.origin_id for document, _ in said}
    low, high = store.distinct_voices(project.id, ids)
    shown = enough(low, high, len(origins), k)
    known = [word for word in known_words(project) if word != stored.alias]
    signs = {sign for document, span in said for sign in signs_at(document.text, span.start, span.end)}
    signs |= {form} if (form := likeness(stored.alias, known)) else set()
    return {
        "id": stored.id,
        "project_id": project.id,
        "alias": str(stored.alias),
        "state": stored.state,
        "texts": len(ids) if shown else None,
        "origins": len(origins) if shown else None,
        "voices_low": low if shown else None,
        "voices_high": high if shown else None,
        "exclusive": stored.elsewhere == 0,
        "signs": [sign for sign in SIGNS if sign in signs] if shown else [],
        "passages": [quote.model_dump() for quote in _quotes(said)] if shown else [],
        "decisions": [decision._asdict() for decision in stored.decisions],
    }


def _said(store: Store, project: DecisionProject, passages: Iterable[Passage]) -> Iterator[tuple[Document, Evidence]]:
    by_id = {passage.document_id: passage for passage in passages}
    analyses = store.current_analyses(by_id)
    for document in store.documents_by_id(by_id).values():
        passage, analysis = by_id[document.id], analyses.get(document.id)
        if document.tombstone or document.content_hash != passage.content_hash or analysis is None:
            continue
        about = any(link.project_id == project.id and link.relation == "about" for link in analysis.links)
        if about and not is_sealed(analysis):
            yield document, Evidence(document_id=document.id, start=passage.start, end=passage.end)


def _quotes(said: Iterable[tuple[Document, Evidence]]) -> list[Quote]:
    """The clauses around the name, no two of one origin or with the same words, those that introduce it first."""
    ordered = sorted(said, key=lambda each: (-len(signs_at(each[0].text, each[1].start, each[1].end)), each[0].id))
    quotes: dict[str, Quote] = {}
    origins: set[str] = set()
    for document, span in ordered:
        quote = Quote.of(_clause(document.text, span), document)
        if document.origin_id not in origins and quote.text not in quotes:
            quotes[quote.text] = quote
            origins.add(document.origin_id)
        if len(quotes) == PASSAGES:
            break
    return list(quotes.values())


def _clause(text: str, span: Evidence) -> Evidence:
    """The name with what stands beside it, up to the ends of its clauses and to 80 characters."""
    room = (QUOTE_LIMIT - (span.end - span.start)) // 2
    first = max(0, span.start - room)
    before = [found.end() for found in _CLAUSE_END.finditer(text, first, span.start)]
    begin = before[-2] if len(before) > 1 else before[0] if before else first
    behind = _CLAUSE_END.search(text, span.end, min(len(text), span.end + room))
    end = behind.start() if behind else min(len(text), span.end + room)
    return Evidence(document_id=span.document_id, start=begin, end=end)
