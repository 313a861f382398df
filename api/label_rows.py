"""What assessors decided, as rows to train on: the layout of labelled petitions (docs/TRAINING.md).

A decision is about a candidate, and so about every text that the candidate rests on. What nobody decided stays what it
is: a factor keeps the machine's probability, a field is left out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from pipeline.records import Analysis, Document, RiskPointCandidate
from pipeline.records.evidence import Evidence
from pipeline.store import StoredRiskPoint

PROVENANCE: Final = "assessor decision"
OPEN: Final = frozenset({"proposed", "under_review"})
"""States in which nobody has said yet whether the candidate holds."""
CORRECTED: Final = 2.0
"""Weight of a row in which a person changed what the machine had found: it says more than a confirmation."""
FORMS: Final = {"petition": "petition", "post": "post", "comment": "post", "news": "news", "notice": "notice"}
"""Genre of a document → form of a text; all else is ``other``."""


@dataclass
class Verdicts:
    """What was decided about one text. ``holds``: factor of a candidate → the factor that holds, None for none."""

    holds: dict[str, str | None] = field(default_factory=dict)
    passages: dict[str, Evidence] = field(default_factory=dict)
    human: dict[str, Any] = field(default_factory=dict)
    decisions: set[str] = field(default_factory=set)


def factor_that_holds(
    point: StoredRiskPoint, points: Mapping[str, StoredRiskPoint], into: Mapping[str, str]
) -> str | None:
    """The factor that people gave to a decided candidate: its own, that of the one it was merged into, or none."""
    seen: set[str] = set()
    while point.candidate is not None and point.candidate.state == "merged" and point.id not in seen:
        seen.add(point.id)
        target = points.get(into.get(point.id, ""))
        if target is None or target.candidate is None:
            return None
        point = target
    return None if point.candidate is None or point.candidate.state == "rejected" else point.candidate.factor


def verdicts(
    points: Iterable[StoredRiskPoint],
    decisions: Mapping[str, Sequence[str]],
    into: Mapping[str, str],
    may_show: Any,
) -> dict[str, Verdicts]:
    """By document what was decided about it. ``decisions``: ids by risk point; ``into``: what was merged into what;
    ``may_show(candidate, document_id)``: whether enough voices stand behind the candidate for this text."""
    by_id = {point.id: point for point in points}
    found: dict[str, Verdicts] = defaultdict(Verdicts)
    for point in by_id.values():
        candidate = point.candidate
        if candidate is None or not decisions.get(point.id):
            continue
        texts = {passage.document_id for passage in candidate.evidence}
        for document_id in sorted(texts):
            if not may_show(candidate, document_id):
                continue
            known = found[document_id]
            known.decisions |= set(decisions[point.id])
            known.passages.setdefault(candidate.factor, _first(candidate, document_id))
            if candidate.state not in OPEN:
                known.holds[candidate.factor] = factor_that_holds(point, by_id, into)
            if len(texts) == 1:  # a value set for many texts is that of none of them
                known.human |= point.human
    return dict(found)


def row(document: Document, analysis: Analysis | None, decided: Verdicts, project_id: str) -> dict[str, Any] | None:
    """The row of one text, None where the decisions say nothing that can be learnt."""
    factors = _factors(document, analysis, decided)
    human = _human(document, decided.human)
    if not decided.holds and not human:
        return None
    changed = any(held != code for code, held in decided.holds.items())
    accepted = any(held is not None for held in decided.holds.values())
    result: dict[str, Any] = {
        "uid": document.id,
        "title": str(document.title),
        "text": str(document.body),
        "form": FORMS.get(document.genre, "other"),
    }
    if decided.holds:
        result["factors"] = factors
    if accepted:
        result["is_grievance"] = True
        result["links"] = [_link(document, analysis, project_id)]
    return result | human | {
        "weight": CORRECTED if changed else 1.0,
        "provenance": PROVENANCE,
        "decisions": sorted(decided.decisions),
    }  # fmt: skip


def _factors(document: Document, analysis: Analysis | None, decided: Verdicts) -> list[dict[str, Any]]:
    """Factors that people gave, then those of the machine that nobody decided, with their probability."""
    machine = [f for grievance in (analysis.grievances if analysis else ()) for f in grievance.factors]
    given: dict[str, dict[str, Any]] = {}
    for code, held in sorted(decided.holds.items(), key=lambda item: item[0] != item[1]):  # own passages first
        if held is not None:
            quote = decided.passages[code].quote(document)
            given.setdefault(held, {"code": held, "primary": False, "quote": quote})
    first = {decided.holds.get(grievance.factor_primary) for grievance in (analysis.grievances if analysis else ())}
    open_ = {f.code: f for f in machine if f.code not in decided.holds and f.code not in given}
    known = [code for code in first if code is not None] if len(first) == 1 else []
    if not known and len(given) == 1 and not open_:
        known = list(given)
    for code in known:
        given[code]["primary"] = True
    undecided = [
        {
            "code": code,
            "primary": False,
            "quote": document.text[found.evidence.start : found.evidence.end],
            "p": round(found.p, 3),
        }
        for code, found in open_.items()
    ]
    return [*given.values(), *undecided]


def _human(document: Document, values: Mapping[str, Any]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    if "escalation" in values:
        result["escalation"] = values["escalation"]
    if "stakeholder_groups" in values and len(values["stakeholder_groups"]) < 2:
        result["stakeholder"] = next(iter(values["stakeholder_groups"]), "unstated")
    if "places" in values:
        spans = [(place["start"], place["end"]) for place in values["places"]]
        result["places"] = list(dict.fromkeys(document.text[start:end] for start, end in spans))
    return result


def _link(document: Document, analysis: Analysis | None, project_id: str) -> dict[str, Any]:
    """That the text is about the project: whoever accepts a candidate has confirmed it."""
    spans = [s for link in (analysis.links if analysis else ()) if link.project_id == project_id for s in link.evidence]
    evidence = [{"start": s.start, "end": s.end, "quote": document.text[s.start : s.end]} for s in spans]
    return {"project_id": project_id, "label": "about", "evidence": evidence}


def _first(candidate: RiskPointCandidate, document_id: str) -> Evidence:
    return next(passage for passage in candidate.evidence if passage.document_id == document_id)
