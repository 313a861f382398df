"""Matters (事项): the grievances of one project about the same concern at the same site.

A matter's id follows from what it is about (project, concern, site), not from which text came first, so it is the same
in whatever order the texts arrive and after every re-run.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from models.taxonomy import taxonomy
from pipeline.records import Analysis, DecisionProject, Document, FactorFinding, ProjectLink


@dataclass(frozen=True)
class Opinion:
    """A document that is about a project, with its current analysis and the link between them."""

    document: Document
    analysis: Analysis
    link: ProjectLink

    @property
    def findings(self) -> tuple[FactorFinding, ...]:
        """Factors it supports: matters of law suits are only counted, X6 factors give way to any other (BRIEF §1.2)."""
        factors = taxonomy().factors
        found = [f for g in self.analysis.grievances for f in g.factors if not factors[f.code].out_of_scope]
        concrete = [f for f in found if not factors[f.code].cross_cutting]
        return tuple(concrete or found)

    @property
    def sealed(self) -> bool:
        """Whether its text is sealed; see :func:`is_sealed`."""
        return is_sealed(self.analysis)


def is_sealed(analysis: Analysis) -> bool:
    """检举控告: nobody but discipline inspection sees more of the text than category and time (P-14)."""
    codes = (f.code for g in analysis.grievances for f in g.factors)
    return analysis.genre.label == "misconduct_report" or any(taxonomy().factors[c].confidential for c in codes)


@dataclass(frozen=True)
class Matter:
    """One concern of one project at one site; ``site`` is None where texts name no registered place."""

    id: str
    project_id: str
    concern: str
    site: str | None
    opinions: tuple[Opinion, ...]


def site_of(project: DecisionProject, text: str) -> str | None:
    """The registered village, estate or road that the text names; the longest name wins, then the first one."""
    named = {place for place in (*project.impact_area, *project.places) if place in text}
    specific = {place for place in named if place not in project.region} or named
    return min(specific, key=lambda place: (-len(place), text.index(place), place), default=None)


def concern_of(opinion: Opinion) -> str | None:
    """The primary factor, or the likeliest one where the primary gives way; None when nothing is left."""
    findings = opinion.findings
    if not findings:
        return None
    return min(findings, key=lambda finding: (not finding.primary, -finding.p, finding.code)).code


def matter_id(project_id: str, concern: str, site: str | None) -> str:
    """Stable id: a hash of what the matter is about."""
    return "m" + hashlib.sha256("\x1f".join((project_id, concern, site or "")).encode()).hexdigest()[:24]


def matters_of(project: DecisionProject, opinions: Iterable[Opinion]) -> tuple[Matter, ...]:
    """The matters of a project, ordered by id."""
    groups: dict[tuple[str, str | None], list[Opinion]] = {}
    for opinion in opinions:
        concern = concern_of(opinion)
        if concern is not None:
            groups.setdefault((concern, site_of(project, opinion.document.text)), []).append(opinion)
    matters = (
        Matter(matter_id(project.id, concern, site), project.id, concern, site, _ordered(members))
        for (concern, site), members in groups.items()
    )
    return tuple(sorted(matters, key=lambda matter: matter.id))


def _ordered(opinions: Sequence[Opinion]) -> tuple[Opinion, ...]:
    return tuple(sorted(opinions, key=lambda opinion: opinion.document.id))
