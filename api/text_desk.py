"""The desk at which one text is opened whole: passages, why factors fired, copies, replies, readings, decisions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from api.copies import copies_of
from api.desk import NotFound
from api.matter_clock import clock_of
from api.policy import access, is_published
from api.reading_desk import ReadingDesk
from models.taxonomy import taxonomy
from pipeline.matters.opinion import is_sealed
from pipeline.process.clocks import day_of
from pipeline.records import Analysis, DecisionProject, Document, SourceKind, Span
from pipeline.records.base import spans_in
from pipeline.records.evidence import Evidence
from pipeline.redact.result import PLACEHOLDERS
from pipeline.store import StoredRiskPoint

PAGE: Final = 500
CANNOT_TELL: Final[Mapping[SourceKind, tuple[str, ...]]] = {
    "petition": ("self_selected", "one_side", "voices_unknown", "handling_as_stated"),
    "hotline": ("self_selected", "one_side", "voices_unknown", "written_by_clerk"),
    "weibo": ("self_selected", "affected_unknown", "place_unknown", "reach_unknown"),
    "news": ("editorial", "no_voice_of_its_own"),
    "notice": ("one_side_official", "no_voice_of_its_own"),
    "survey": ("asked_about", "sample_unknown"),
}
"""Kind of source → what its texts cannot tell, as codes."""
_REMOVED: Final = re.compile("|".join(map(re.escape, sorted({*PLACEHOLDERS.values(), "〈学生〉"}))))


class TextDesk(ReadingDesk):
    """One reader before single texts. Needs what opening evidence needs; every opening is an audit event."""

    def text(self, project_id: str, purpose: str | None, document_id: str) -> dict[str, Any]:
        """A redacted text about a project with everything that was read of it and done with it.

        Who may not search the texts opens those alone that a candidate rests on. Raises Denied, or NotFound for what is
        not about the project, was withdrawn (P-12) or is sealed (P-14).
        """
        store = self._office.store
        document = store.document(document_id)
        with self._asked("evidence.read", purpose, project_id, document.id if document else None) as project:
            resting = self._resting_on(project.id, document_id)
            if document is None or not self._may_open(project, document, rests=bool(resting)):
                raise NotFound(f"E311: no text {document_id} about the project {project_id}")
            history = store.history_of(document_id)
            current = next((one.analysis for one in history if one.current), None)
            return {
                **_source(document),
                "title": str(document.title),
                "text": document.text,
                "passages": list(_passages(document, current)),
                "factors": list(_factors(document, current)),
                "demands": [_words(document, one) for one in _demands(current)],
                "attitude": current.attitude.model_dump() if current else None,
                "links": self._links(document, current),
                "copies": copies_of(store, project.id, document, self._k),
                "thread": self._thread(document, current),
                "readings": self._readings(history),
                "risk_points": [self._cited(point, document_id) for point in resting],
            }

    def _may_open(self, project: DecisionProject, document: Document, *, rests: bool) -> bool:
        store = self._office.store
        asked = store.document(document.reply_to) if document.reply_to else None
        around = [one for one in (document, asked) if one is not None]
        kept = {one.id: store.analyses_of(one.id) for one in around}
        if document.tombstone or any(is_sealed(one) for many in kept.values() for one in many):
            return False
        if rests:
            return True
        current = store.current_analyses(kept)
        about = any(
            link.project_id == project.id and link.relation == "about" for one in current.values() for link in one.links
        )
        return about and access().allows(self._reader, "documents.read", project)

    def _links(self, document: Document, current: Analysis | None) -> list[dict[str, Any]]:
        """What the text is about or mentions, as far as the reader may know of the projects."""
        found = []
        for link in current.links if current else ():
            project = self._office.store.project(link.project_id)
            if project is not None and access().allows(self._reader, "projects.read", project):
                found.append({
                    **link.model_dump(include={"project_id", "relation", "p", "method", "stance", "stance_p"}),
                    "project_name": project.name_zh,
                    "evidence": [_words(document, span) for span in link.evidence],
                })  # fmt: skip
        return found

    def _thread(self, document: Document, current: Analysis | None) -> dict[str, Any]:
        """The petition, its official replies, and how long its clock has run; praise asks nothing of a unit."""
        store = self._office.store
        asked = store.document(document.reply_to) if document.reply_to else document
        if asked is None or asked.tombstone:
            return {"asked": None, "replies": [], "clock": None, "handling": None}
        answers = store.replies_to([asked.id]).get(asked.id, [])
        sealed = {key for key, one in store.current_analyses(one.id for one in answers).items() if is_sealed(one)}
        replies = [one for one in answers if one.id not in sealed]
        handling = store.handling_of([asked.id]).get(asked.id)
        read = current if asked.id == document.id else store.current_analyses([asked.id]).get(asked.id)
        asks = read is not None and read.is_grievance and read.attitude.label != "positive"
        return {
            "asked": _source(asked) if asked.id != document.id else None,
            "replies": [{**_source(one), "text": one.text} for one in replies if one.id != document.id],
            "clock": clock_of(asked, replies, handling, day_of(store.clock())) if asks else None,
            "handling": handling.model_dump() if handling else None,
        }

    def _resting_on(self, project_id: str, document_id: str) -> list[StoredRiskPoint]:
        """The open candidates and risk points that cite the text, by id."""
        found: list[StoredRiskPoint] = []
        cursor = None
        while True:
            page = self._office.store.risk_points(project_id, cursor, PAGE, sealed=False)
            found += [row for row in page.rows if any(_citations(row, document_id))]
            if len(page.rows) < PAGE:
                return sorted(found, key=lambda row: row.id)
            cursor = page.next_cursor

    def _cited(self, point: StoredRiskPoint, document_id: str) -> dict[str, Any]:
        candidate = point.candidate
        assert candidate is not None
        factor = taxonomy().factors[candidate.factor]
        decisions = self._office.store.decisions_on(point.id)
        return {
            "id": point.id,
            "factor": factor.code,
            "factor_name": factor.name_zh,
            "factor_name_en": factor.name_en,
            "state": candidate.state,
            "passages": [
                {"kind": kind, "start": one.start, "end": one.end} for kind, one in _citations(point, document_id)
            ],
            "decided_by_people": sorted(point.human),
            "decisions": [
                {
                    **one.model_dump(include={"id", "who", "when", "action", "reason"}),
                    "changes": sorted(one.changes),
                    "cites": any(passage.document_id == document_id for passage in one.evidence),
                }
                for one in decisions
            ],
        }


def _source(document: Document) -> dict[str, Any]:
    """Where a text comes from and what its kind of source cannot tell."""
    return {
        "id": document.id,
        "source_kind": document.source_kind,
        "source": str(document.source),
        "genre": document.genre,
        "region": str(document.region) if document.region else None,
        "published_at": document.published_at,
        "collected_at": document.collected_at,
        "url": document.url if is_published(document) else None,
        "redactions": dict(document.redactions),
        "redactor_version": document.redactor_version,
        "origin_id": document.origin_id,
        "reply_to": document.reply_to,
        "cannot_tell": list(CANNOT_TELL[document.source_kind]),
    }


def _passages(document: Document, analysis: Analysis | None) -> Iterator[dict[str, Any]]:
    """What stands where: places, units, numbers, times, cues, what carries a factor, what was removed."""
    for found in _REMOVED.finditer(document.text):
        yield {"start": found.start(), "end": found.end(), "kind": "redacted", "label": found[0]}
    if analysis is None:
        return
    for entity in analysis.entities:
        kind = "place" if entity.type == "place" else "organisation"
        yield {"start": entity.start, "end": entity.end, "kind": kind, "label": entity.code}
    if analysis.resolved:
        yield {"start": analysis.resolved.start, "end": analysis.resolved.end, "kind": "against", "label": "resolved"}
    for grievance in analysis.grievances:
        for factor in grievance.factors:
            passage = factor.evidence
            yield {"start": passage.start, "end": passage.end, "kind": "for", "label": factor.code}
        for kind, spans in (
            ("number", [grievance.affected]),
            ("date", [grievance.since]),
            ("cue", grievance.escalation.cues),
        ):
            for span in filter(None, spans):
                yield {"start": span.start, "end": span.end, "kind": kind, "label": getattr(span, "code", None)}


def _factors(document: Document, analysis: Analysis | None) -> Iterator[dict[str, Any]]:
    """Why each factor fired: the passage, its own words in it, and how sure the reading is."""
    known = taxonomy().factors
    for finding in (one for grievance in (analysis.grievances if analysis else ()) for one in grievance.factors):
        factor, passage = known[finding.code], finding.evidence
        yield {
            "code": finding.code,
            "name": factor.name_zh,
            "name_en": factor.name_en,
            "category": factor.category,
            "p": finding.p,
            "primary": finding.primary,
            "passage": _words(document, passage),
            "words": list(_own_words(document.text, passage, (*factor.triggers, *factor.anchors))),
        }


def _own_words(text: str, passage: Span, words: Iterable[str]) -> Iterator[dict[str, Any]]:
    """The factor's words of the code list that the passage has; none where the model alone found it."""
    inside = text[passage.start : passage.end]
    for word in dict.fromkeys(words):
        if (at := inside.find(word)) >= 0:
            yield {"start": passage.start + at, "end": passage.start + at + len(word), "text": word}


def _demands(analysis: Analysis | None) -> Sequence[Span]:
    return [grievance.demand for grievance in (analysis.grievances if analysis else ()) if grievance.demand]


def _words(document: Document, span: Span) -> dict[str, Any]:
    return {"start": span.start, "end": span.end, "text": document.text[span.start : span.end]}


def _citations(point: StoredRiskPoint, document_id: str) -> Iterator[tuple[str, Span]]:
    """The passages of a text that a risk point rests on or that speak against it."""
    candidate = point.candidate
    if candidate is None or candidate.sealed or point.presence == "removed":
        return
    named = [("for", candidate.evidence), ("residue", candidate.residues)]
    yield from ((kind, one) for kind, many in named for one in many if one.document_id == document_id)
    yield from ((one.kind, one) for one in candidate.counter_evidence if one.document_id == document_id)
    decided_by_people = [one for one in spans_in(candidate.places) if isinstance(one, Evidence)]
    yield from (("place", one) for one in decided_by_people if one.document_id == document_id)
