"""An opinion: a text about a project with its analysis, and what of it says which matter it belongs to."""

from __future__ import annotations

import hashlib
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


def site_of(project: DecisionProject, text: str) -> str | None:
    """The registered village, estate or road that the text names; the longest name wins, then the first one."""
    return min(sites_of(project, text), key=lambda place: (-len(place), text.index(place), place), default=None)


def sites_of(project: DecisionProject, text: str) -> set[str]:
    """All registered villages, estates and roads that the text names; a whole region only where nothing closer is."""
    named = {place for place in (*project.impact_area, *project.places) if place in text}
    return {place for place in named if place not in project.region} or named


def concern_of(opinion: Opinion) -> str | None:
    """The primary factor, or the likeliest one where the primary gives way; None when nothing is left."""
    findings = opinion.findings
    if not findings:
        return None
    return min(findings, key=lambda finding: (not finding.primary, -finding.p, finding.code)).code


def matter_id(project_id: str, concern: str, site: str | None) -> str:
    """Key of what an incident is about, known from one text alone: a hash of project, concern and site."""
    return "m" + hashlib.sha256("\x1f".join((project_id, concern, site or "")).encode()).hexdigest()[:24]
