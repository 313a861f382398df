"""Builds the candidates of one project from its opinions: nothing generated, nothing defaulted, order-independent."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import chain

from models.taxonomy import taxonomy
from pipeline.matters import Matter, Opinion, matters_of
from pipeline.origins import residue
from pipeline.records import (
    AffectedRange,
    Counts,
    DecisionProject,
    Document,
    Evidence,
    FactorFinding,
    Grievance,
    RiskPointCandidate,
    Span,
)
from pipeline.risk.assess import attention_of, trend_of
from pipeline.risk.counter import counter_evidence
from pipeline.risk.gaps import gaps_of
from pipeline.risk.ground import Ground
from pipeline.risk.ranking import priority_of
from pipeline.risk.units import units_for
from pipeline.risk.validity import bounds_of

Voices = Callable[[Iterable[str]], tuple[int, int]]
"""Bounds of the number of distinct voices behind documents, by their ids (P-03)."""
MINIMUM_VALIDITY = 0.4
"""Least likelihood of a candidate whose factor is the primary one of a text."""
MINIMUM_ASIDE = 0.6
"""Least likelihood of a candidate that texts mention only beside something else."""
TELLING = range(8, 61)
"""Characters in which a passage says what is wrong: a shorter one is a word, a longer one is a story."""


@dataclass(frozen=True)
class Support:
    """One opinion that carries the factor, and where."""

    opinion: Opinion
    finding: FactorFinding
    matter: Matter

    @property
    def p(self) -> float:
        """Probability that the passage is about the project and carries the factor."""
        return self.opinion.link.p * self.finding.p

    def at(self, span: Span) -> Evidence:
        return Evidence(document_id=self.opinion.document.id, start=span.start, end=span.end)


def risk_point_id(project_id: str, factor: str) -> str:
    """Stable id: a hash of project and factor."""
    return "r" + hashlib.sha256(f"{project_id}\x1f{factor}".encode()).hexdigest()[:24]


def candidates_of(
    project: DecisionProject,
    opinions: Iterable[Opinion],
    replies: Mapping[str, tuple[Document, ...]],
    voices: Voices,
    ground: Ground | None = None,
) -> tuple[RiskPointCandidate, ...]:
    """All candidates of a project, ordered by id.

    ``opinions`` are the texts about it, ``replies`` the official replies by the id of the petition they answer.
    """
    ground = ground or Ground()
    everything = sorted(opinions, key=lambda opinion: opinion.document.id)
    open_opinions = [o for o in everything if not o.sealed]
    sealed = [o for o in everything if o.sealed]
    candidates = [
        _candidate(project, factor, supports, open_opinions, replies, voices, ground)
        for factor, supports in _supports(project, everything, ground).items()
        if _stands(factor, supports)
    ]
    candidates += _sealed_candidates(project, sealed, voices, ground)
    candidates = [one.model_copy(update={"priority": priority_of(one)}) for one in candidates]
    return tuple(sorted(candidates, key=lambda candidate: candidate.id))


def grievances_among(opinions: Iterable[Opinion]) -> list[Opinion]:
    """What matters and candidates are made of: open texts that state a grievance."""
    return [one for one in opinions if one.analysis.is_grievance and not one.sealed]


def _supports(project: DecisionProject, opinions: Iterable[Opinion], ground: Ground) -> dict[str, list[Support]]:
    supports: dict[str, list[Support]] = {}
    for matter in matters_of(project, grievances_among(opinions), ground.vectors):
        for opinion in matter.opinions:
            for finding in opinion.findings:
                supports.setdefault(finding.code, []).append(Support(opinion, finding, matter))
    return supports


def _stands(factor: str, supports: list[Support]) -> bool:
    if taxonomy().factors[factor].confidential:
        return False
    primary = any(s.finding.primary for s in supports)
    likely = bounds_of(s.p for s in _by_origin(supports)).middle
    return likely >= (MINIMUM_VALIDITY if primary else MINIMUM_ASIDE)


def _by_origin(supports: list[Support]) -> list[Support]:
    """The best support of each origin: copies are no further evidence."""
    best: dict[str, Support] = {}
    for support in sorted(supports, key=_rank):
        best.setdefault(support.opinion.document.origin_id, support)
    return list(best.values())


def _rank(support: Support) -> tuple[object, ...]:
    """Best first: an original whose passage speaks of the factor in so many words, and says what is wrong."""
    document, finding = support.opinion.document, support.finding
    is_copy = document.origin_id != document.id
    passage = document.text[finding.evidence.start : finding.evidence.end]
    beside_the_point, vague = not speaks_of(finding.code, passage), len(passage) not in TELLING
    return (is_copy, beside_the_point, not finding.primary, vague, -round(support.p, 6), document.id)


def speaks_of(factor: str, passage: str) -> bool:
    """Whether a passage has one of the factor's own words; what the model alone found may be beside the point."""
    words = taxonomy().factors[factor]
    return any(word in passage for word in (*words.triggers, *words.anchors))


def _candidate(
    project: DecisionProject,
    factor: str,
    supports: list[Support],
    open_opinions: list[Opinion],
    replies: Mapping[str, tuple[Document, ...]],
    voices: Voices,
    ground: Ground,
) -> RiskPointCandidate:
    supports = sorted(supports, key=_rank)
    origins = _by_origin(supports)
    documents = [s.opinion.document for s in supports]
    counts = _counts(documents, voices)
    bounds = bounds_of(s.p for s in origins)
    validity = ground.calibration.interval(bounds)
    against = counter_evidence(factor, supports, open_opinions, replies)
    origin_of = {d.id: d.origin_id for d in (*(o.document for o in open_opinions), *chain(*replies.values()))}
    attention, reasons = attention_of(
        factor, supports, counts, validity, against, bounds, ground.calibration, origin_of
    )
    moments = sorted(d.published_at for d in documents if d.published_at)
    first = supports[0]
    return RiskPointCandidate(
        id=risk_point_id(project.id, factor),
        project_id=project.id,
        factor=factor,
        filed_under=taxonomy().factors[factor].maps_to,
        title=first.at(first.finding.evidence),
        matter_ids=tuple(sorted({s.matter.id for s in supports})),
        evidence=tuple(s.at(s.finding.evidence) for s in supports),
        counter_evidence=against,
        residues=_residues(supports, {o.document.id: o.document for o in open_opinions}),
        counts=counts,
        triangulation=_triangulation([s.opinion.document for s in origins], counts),
        first_seen=moments[0] if moments else None,
        last_seen=moments[-1] if moments else None,
        trend=trend_of([s.opinion.document for s in origins], [o.document for o in open_opinions]),
        places=_places(supports),
        stakeholder_groups=_groups(supports),
        affected=_affected(supports),
        remedies=_most_frequent(r.code for s in origins for g in s.opinion.analysis.grievances for r in g.remedies),
        proposed_units=units_for(factor, _grievances(supports), ground.routing),
        escalation=max(g.escalation.level for s in supports for g in s.opinion.analysis.grievances),
        attention=attention,
        p_valid=validity,
        reasons=reasons,
        gaps=gaps_of(project, supports, open_opinions, counts),
        versions=first.opinion.analysis.versions,
    )


def _sealed_candidates(
    project: DecisionProject, sealed: list[Opinion], voices: Voices, ground: Ground
) -> Iterable[RiskPointCandidate]:
    """检举控告: one sealed entry a project, with category and time only (P-14)."""
    if not sealed:
        return
    factor = "official_misconduct_report"
    supports = [
        Support(o, f, Matter("", project.id, factor, None, ()))
        for o in sealed
        for g in o.analysis.grievances
        for f in g.factors
    ]
    documents = [o.document for o in sealed]
    counts = _counts(documents, voices)
    bounds = bounds_of(s.p for s in _by_origin(supports))
    validity = ground.calibration.interval(bounds)
    attention, reasons = attention_of(factor, supports, counts, validity, (), bounds, ground.calibration)
    moments = sorted(d.published_at for d in documents if d.published_at)
    analysis = sealed[0].analysis
    yield RiskPointCandidate(
        id=risk_point_id(project.id, factor),
        project_id=project.id,
        factor=factor,
        sealed=True,
        title=None,
        matter_ids=(risk_point_id(project.id, factor).replace("r", "m", 1),),
        evidence=(),
        counts=counts,
        triangulation=_triangulation(documents, counts),
        first_seen=moments[0] if moments else None,
        last_seen=moments[-1] if moments else None,
        trend="cannot_tell",
        proposed_units=units_for(factor, _grievances(supports), ground.routing),
        attention=attention,
        p_valid=validity,
        reasons=reasons,
        versions=analysis.versions,
    )


def _counts(documents: list[Document], voices: Voices) -> Counts:
    low, high = voices([d.id for d in documents])
    return Counts(
        documents=len(documents),
        origins=len({d.origin_id for d in documents}),
        voices_low=max(1, low),
        voices_high=max(1, low, high),
        by_source_kind=dict(sorted(Counter(d.source_kind for d in documents).items())),
    )


def _triangulation(origins: list[Document], counts: Counts) -> str:
    """Kinds of source are independent where their texts are: a post that copies a petition is no second kind."""
    first = {document.origin_id: document.source_kind for document in sorted(origins, key=_copies_first)}
    if len(set(first.values())) > 1:
        return "several_source_kinds"
    return "several_voices" if counts.origins > 1 and counts.voices_high > 1 else "one_voice"


def _residues(supports: list[Support], known: Mapping[str, Document]) -> tuple[Evidence, ...]:
    found = []
    for support in supports:
        document = support.opinion.document
        origin = known.get(document.origin_id)
        if origin is None or origin.id == document.id:
            continue
        found += [support.at(Span(start=a, end=b)) for a, b in residue(origin.text, document.text)]
    return tuple(sorted(found, key=lambda e: (e.document_id, e.start)))


def _places(supports: list[Support]) -> tuple[Evidence, ...]:
    """One passage for each place, the most frequent place first."""
    seen: dict[str, Evidence] = {}
    frequency: Counter[str] = Counter()
    for support in supports:
        text = support.opinion.document.text
        for entity in support.opinion.analysis.entities:
            if entity.type == "place":
                name = text[entity.start : entity.end]
                frequency[name] += 1
                seen.setdefault(name, support.at(entity))
    return tuple(seen[name] for name, _ in sorted(frequency.items(), key=lambda item: (-item[1], item[0])))


def _groups(supports: list[Support]) -> tuple[str, ...]:
    return _most_frequent(
        group.code
        for s in supports
        for g in s.opinion.analysis.grievances
        for group in g.stakeholder_groups
        if group.p >= 0.5
    )


def _most_frequent(codes: Iterable[str]) -> tuple[str, ...]:
    return tuple(code for code, _ in sorted(Counter(codes).items(), key=lambda item: (-item[1], item[0])))


def _affected(supports: list[Support]) -> AffectedRange | None:
    """The largest lower bound that a single text states; never a sum (BRIEF §5.3)."""
    stated = [(s, g.affected) for s in supports for g in s.opinion.analysis.grievances if g.affected]
    if not stated:
        return None
    support, affected = min(stated, key=lambda pair: (-pair[1].min, pair[0].opinion.document.id))
    return AffectedRange(min=affected.min, max=affected.max, unit=affected.unit, evidence=support.at(affected))


def _grievances(supports: list[Support]) -> Iterable[Grievance]:
    return (grievance for support in supports for grievance in support.opinion.analysis.grievances)


def _copies_first(document: Document) -> tuple[bool, str]:
    return document.origin_id == document.id, document.id
