"""The spans that the components left on a Doc, as records; what no component found is not stated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

from models.classifier import best
from models.taxonomy import taxonomy
from pipeline.records import (
    Affected,
    Entity,
    EscalationCue,
    ProcedureFlag,
    Since,
    Span,
    StakeholderGroup,
    UnitNamed,
)
from pipeline.records.analysis import Speaker

if TYPE_CHECKING:
    from spacy.tokens import Doc

_ENTITY_GROUPS = (("places", "place"), ("organisations", "organisation"), ("facilities", "facility"))


def group(doc: Doc, name: str) -> list[Any]:
    """The findings of one group in text order; a group that no component wrote is empty."""
    return sorted(doc.spans.get(name, ()), key=lambda span: (span.start_char, span.end_char, span.label_))


def first_span(doc: Doc, name: str) -> Span | None:
    """The first finding of a group."""
    found = group(doc, name)
    return Span(start=found[0].start_char, end=found[0].end_char) if found else None


def demand(doc: Doc) -> Span | None:
    """What the author asks for."""
    return first_span(doc, "demands")


def facility(doc: Doc) -> Span | None:
    """The project, facility, estate or company that the text is about."""
    return first_span(doc, "facilities")


def affected(doc: Doc) -> Affected | None:
    """How many are concerned, as stated first."""
    for span in group(doc, "affected"):
        least, most, unit = span._.count
        return Affected(start=span.start_char, end=span.end_char, min=least, max=most, unit=unit)
    return None


def since(doc: Doc) -> Since | None:
    """Since when, as stated first."""
    for span in group(doc, "since"):
        day, precision = span._.since
        return Since(start=span.start_char, end=span.end_char, from_date=day, precision=precision)
    return None


def cues(doc: Doc) -> tuple[EscalationCue, ...]:
    """Escalation cues with the speaker's status."""
    return tuple(
        EscalationCue(
            start=span.start_char,
            end=span.end_char,
            code=span.label_,
            level=taxonomy().cues[span.label_].level,
            speaker=span._.speaker,
        )
        for span in group(doc, "escalation")
        if span.label_ in taxonomy().cues and span._.speaker in get_args(Speaker)
    )


def procedure_flags(doc: Doc) -> tuple[ProcedureFlag, ...]:
    """Alleged breaches of a statutory step."""
    return tuple(
        ProcedureFlag(start=span.start_char, end=span.end_char, code=span.label_) for span in group(doc, "procedure")
    )


def addressed(doc: Doc) -> tuple[UnitNamed, ...]:
    """Units that the text asks or has asked."""
    units = taxonomy().units
    return tuple(
        UnitNamed(start=span.start_char, end=span.end_char, code=span.label_ if span.label_ in units else None)
        for span in group(doc, "addressed")
    )


def stakeholder_groups(doc: Doc) -> tuple[StakeholderGroup, ...]:
    """The author's group with the cue that shows it; empty when the text does not say."""
    code, p = best(doc.cats, "stakeholder")
    if code not in taxonomy().stakeholders:
        return ()
    spans = sorted(
        (span for span in group(doc, "stakeholders") if span.label_ == code), key=lambda span: not span._.self_cue
    )
    evidence = Span(start=spans[0].start_char, end=spans[0].end_char) if spans else None
    return (StakeholderGroup(code=code, p=round(p, 4), evidence=evidence),)


def entities(doc: Doc) -> tuple[Entity, ...]:
    """Places, organisations and facilities in text order; persons are never among them (P-13)."""
    found = [
        Entity(
            start=span.start_char,
            end=span.end_char,
            type=kind,
            code=_code(span, kind),
            level=span.label_ if kind == "place" else None,
        )
        for name, kind in _ENTITY_GROUPS
        for span in group(doc, name)
    ]
    return tuple(sorted(found, key=lambda entity: (entity.start, entity.end, entity.type)))


def _code(span: Any, kind: str) -> str | None:
    if kind == "organisation":
        return span.label_ if span.label_ in taxonomy().units else None
    return span._.code if kind == "place" else None
