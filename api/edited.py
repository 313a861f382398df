"""What a person edits on a risk point: words are passages of its texts, everything else is a code of a list."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from models.taxonomy import taxonomy
from pipeline.records import Document, Evidence, RiskPointCandidate
from pipeline.store import StoredRiskPoint

Texts = Callable[[Iterable[str]], Mapping[str, Document]]
TITLE_LIMIT: Final = 80
"""Longest title that a person may set, in code points: that of a quote (P-07)."""


def refuse_foreign_words(point: StoredRiskPoint, changes: Mapping[str, Any], texts: Texts) -> None:
    """Raises ValueError (E156) for a title that stands in no passage of the candidate, or a place in none of its texts.

    Evidence or silence: a person chooses among the words that are there and writes none of their own (P-08).
    """
    candidate = point.candidate
    if candidate is None or not {"title", "places"} & set(changes):
        return
    if changes.get("title") is not None and not _within(passage_of(changes["title"]), candidate.evidence):
        raise ValueError("E156: a title is a passage of the candidate's evidence, not words of one's own")
    places = [passage_of(one) for one in changes.get("places") or ()]
    documents = texts({one.document_id for one in candidate.evidence} | {one.document_id for one in candidate.places})
    for place in places:
        if (document := documents.get(place.document_id)) is None or not place.stands_in(document):
            raise ValueError("E156: a place is a passage of one of the candidate's texts")


def passage_of(value: Any) -> Evidence:
    """A passage as a decision states it. Raises ValidationError."""
    return value if isinstance(value, Evidence) else Evidence.model_validate(value)


def found_in(word: str, candidate: RiskPointCandidate, documents: Mapping[str, Document]) -> Evidence | None:
    """Where the word first stands in the texts of the evidence; None where it stands in none."""
    for one in candidate.evidence:
        document = documents.get(one.document_id)
        if document is not None and not document.tombstone and (at := document.text.find(word)) >= 0:
            return Evidence(document_id=document.id, start=at, end=at + len(word))
    return None


def told_changes(
    changes: Mapping[str, Any], documents: Mapping[str, Document], *, quoted: bool
) -> list[tuple[str, list[str]]]:
    """Field and values of an edit as people read them; words only where the candidate may be ``quoted`` (P-07)."""
    return [(field, _told(field, value, documents, quoted)) for field, value in changes.items()]


def _told(field: str, value: Any, documents: Mapping[str, Document], quoted: bool) -> list[str]:
    if value in (None, [], ()):
        return []
    match field:
        case "title" | "places":
            passages = [passage_of(one) for one in (value if field == "places" else [value])]
            known = [(one, documents.get(one.document_id)) for one in passages]
            return [one.quote(text) for one, text in known if quoted and text is not None and one.stands_in(text)]
        case "stakeholder_groups":
            return [taxonomy().stakeholders[code].name_zh for code in value] if quoted else []
        case "proposed_units":
            codes = [*value.get("primary", ()), *value.get("territorial", ())]
            return [taxonomy().units[code].name_zh for code in codes]
        case _:
            return [str(value)]


def _within(passage: Evidence, evidence: Iterable[Evidence]) -> bool:
    return passage.end - passage.start <= TITLE_LIMIT and any(
        one.document_id == passage.document_id and one.start <= passage.start and passage.end <= one.end
        for one in evidence
    )


def spoken_of(changes: Iterable[Mapping[str, Any]]) -> set[str]:
    """The texts that the words of edits stand in."""
    passages = [one for made in changes for one in [made.get("title"), *(made.get("places") or ())] if one]
    return {passage_of(one).document_id for one in passages}
