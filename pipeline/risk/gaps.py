"""Who and what was not heard: absence online is not consent (P-24)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from pipeline.records import Counts, DecisionProject, Gap

if TYPE_CHECKING:
    from pipeline.matters import Opinion
    from pipeline.risk.candidates import Support

ALWAYS = ("affected_resident", "tenant_resident", "elderly_pensioner", "merchant_shop")
WHERE_LAND_OR_HOUSES_ARE_TAKEN = ("land_lost_farmer", "relocated_household", "villager_collective")
"""Groups that the law requires to be heard (BRIEF §3.3, §4)."""
TAKING_KINDS = {"expropriation", "renovation", "transport", "resettlement"}
SOURCES = ("petition", "hotline", "weibo", "news")


def gaps_of(
    project: DecisionProject, supports: Sequence[Support], opinions: Iterable[Opinion], counts: Counts
) -> tuple[Gap, ...]:
    """Groups and kinds of source without a text on this factor, undated texts, voices that cannot be told apart."""
    heard = {
        group.code
        for s in supports
        for g in s.opinion.analysis.grievances
        for group in g.stakeholder_groups
        if group.p >= 0.5
    }
    gaps = [Gap(kind="group", code=code) for code in groups_to_be_heard(project) if code not in heard]
    gaps += [Gap(kind="source", code=kind) for kind in SOURCES if kind not in counts.by_source_kind]
    if any(s.opinion.document.published_at is None for s in supports):
        gaps.append(Gap(kind="period", code="undated_texts"))
    if counts.voices_low < counts.voices_high:
        gaps.append(Gap(kind="voices", code="cannot_be_told_apart"))
    return tuple(gaps)


def groups_to_be_heard(project: DecisionProject) -> tuple[str, ...]:
    """Codes of the groups that the law requires to be heard on such a project."""
    return ALWAYS + (WHERE_LAND_OR_HOUSES_ARE_TAKEN if project.kind in TAKING_KINDS else ())
