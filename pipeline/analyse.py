"""Analysis (分析): from what the models found on a Doc to the record that is kept. Pure: same input, same bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from models.classifier import ChosenFactor, best, chosen_factors
from models.units import proposed_units
from pipeline.findings import (
    addressed,
    affected,
    cues,
    demand,
    entities,
    facility,
    first_span,
    group,
    procedure_flags,
    since,
    stakeholder_groups,
)
from pipeline.records import (
    Analysis,
    Document,
    Escalation,
    FactorFinding,
    Grievance,
    Judgement,
    ProjectLink,
    ProposedUnits,
    RemedyDemanded,
    Span,
    Versions,
)
from pipeline.records.analysis import Remedy

if TYPE_CHECKING:
    from spacy.tokens import Doc

_NOT_THE_AUTHORS = frozenset({"reply", "news", "notice"})
"""Genres that quote complaints of others, often to refute them (BRIEF §1.3)."""
_DIGITS = 4


def analyse(document: Document, doc: Doc, links: tuple[ProjectLink, ...], versions: Versions) -> Analysis:
    """One analysis of one document. Raises ValueError when the Doc is not of this document's text."""
    if doc.text != document.text:
        raise ValueError(f"the Doc is not of the text of {document.id}")
    p_grievance = 0.0 if document.genre in _NOT_THE_AUTHORS else round(doc.cats["grievance"], _DIGITS)
    is_grievance = document.genre not in _NOT_THE_AUTHORS and is_grievance_text(doc)
    return Analysis(
        document_id=document.id,
        input_hash=document.content_hash,
        text_length=len(document.text),
        genre=judgement(doc, "genre"),
        attitude=judgement(doc, "attitude"),
        intensity=int(best(doc.cats, "intensity")[0]),
        is_grievance=is_grievance,
        p_grievance=p_grievance,
        grievances=(grievance(doc),) if is_grievance else (),
        entities=entities(doc),
        links=links,
        resolved=first_span(doc, "resolved"),
        limits=doc._.limits,
        versions=versions,
    )


def is_grievance_text(doc: Doc) -> bool:
    """Whether the text states a grievance of its author, at the threshold chosen in training."""
    return bool(doc.cats["grievance"] >= doc._.thresholds.grievance)


def is_about_grievance(doc: Doc) -> bool | None:
    """Whether a post or report speaks of somebody's grievance; None where no model can say."""
    p = doc.cats.get("about_grievance")
    return None if p is None else bool(p >= doc._.thresholds.about_grievance)


def judgement(doc: Doc, head: str) -> Judgement:
    """The likeliest label of a head."""
    label, p = best(doc.cats, head)
    return Judgement(label=label, p=round(p, _DIGITS))


def factors(doc: Doc) -> list[tuple[ChosenFactor, Span]]:
    """The factors the text is said to carry, each with the passage that shows it."""
    chosen = chosen_factors(doc.cats, doc._.thresholds.factor)
    whole = (0, len(doc.text))
    return [(factor, span_of(doc._.factor_evidence.get(factor.code, whole))) for factor in chosen]


def span_of(offsets: tuple[int, int]) -> Span:
    """Half-open offsets as a record."""
    return Span(start=offsets[0], end=offsets[1])


def repeated_unresolved(doc: Doc) -> Judgement:
    """Whether earlier contacts brought no solution."""
    p = doc.cats["repeated_unresolved"]
    label = "repeated_unresolved" if p >= doc._.thresholds.repeated_unresolved else "not_stated"
    return Judgement(label=label, p=round(p, _DIGITS))


def grievance(doc: Doc) -> Grievance:
    """What is wrong, since when, for how many, what is asked and who could resolve it."""
    chosen = factors(doc)
    findings = tuple(
        FactorFinding(code=factor.code, p=round(factor.p, _DIGITS), primary=factor.primary, evidence=span)
        for factor, span in chosen
    )
    primary = next(factor.code for factor, _ in chosen if factor.primary)
    proposal = proposed_units(primary, [span.label_ for span in group(doc, "places")])
    return Grievance(
        factor_primary=primary,
        factors=findings,
        demand=demand(doc),
        facility=facility(doc),
        affected=affected(doc),
        since=since(doc),
        stakeholder_groups=stakeholder_groups(doc),
        remedies=tuple(
            RemedyDemanded(start=span.start_char, end=span.end_char, code=span.label_)
            for span in group(doc, "remedies")
            if span.label_ in get_args(Remedy)
        ),
        addressed_authority=addressed(doc),
        proposed_units=ProposedUnits(
            primary=proposal.primary,
            secondary=proposal.secondary,
            territorial=(proposal.territorial,),
            note=proposal.note,
        ),
        prior_channels=tuple(span_of((span.start_char, span.end_char)) for span in group(doc, "channels")),
        repeated_unresolved=repeated_unresolved(doc),
        escalation=Escalation(level=int(best(doc.cats, "escalation")[0]), cues=cues(doc)),
        procedure_flags=procedure_flags(doc),
    )
