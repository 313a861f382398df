"""How a candidate is rated: likelihood of being real, trend and attention, each with the figures it rests on.

No grade of the project, no probability or impact of harm: those are for people (BRIEF §2.5).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

from models.taxonomy import taxonomy
from pipeline.records import CounterEvidence, Counts, Document, Interval, Reason
from pipeline.risk.validity import FLOOR, Bounds, Calibration

if TYPE_CHECKING:
    from pipeline.risk.candidates import Support

TREND_WINDOW = timedelta(days=30)
TREND_MINIMUM = 8
"""Fewest origins in both windows together for which a trend is named."""


def trend_of(
    origins: Sequence[Document], everything: Sequence[Document]
) -> Literal["rising", "steady", "falling", "cannot_tell"]:
    """Origins of the last 30 days of the project's own data against the 30 days before: ⅔ or ³⁄₂ is a trend."""
    last = max((d.published_at for d in everything if d.published_at), default=None)
    if last is None:
        return "cannot_tell"
    recent = sum(1 for d in origins if d.published_at and last - TREND_WINDOW < d.published_at)
    before = sum(
        1 for d in origins if d.published_at and last - 2 * TREND_WINDOW < d.published_at <= last - TREND_WINDOW
    )
    if recent + before < TREND_MINIMUM:
        return "cannot_tell"
    if recent >= 1.5 * max(before, 1):
        return "rising"
    return "falling" if before >= 1.5 * max(recent, 1) else "steady"


def balance_of(origins: int, against: int) -> Literal["mostly_for", "contested", "mostly_against"]:
    """Origins for against origins against; an official reply is the authority's view and weighs as one text.

    Copies weigh nothing on either side: neither a form letter nor one reply that is sent to all.
    """
    if origins >= 3 * against:
        return "mostly_for"
    return "mostly_against" if against >= 3 * origins else "contested"


def attention_of(
    factor: str,
    supports: Sequence[Support],
    counts: Counts,
    validity: Interval,
    against: Sequence[CounterEvidence],
    bounds: Bounds,
    calibration: Calibration,
    origin_of: Mapping[str, str] | None = None,
) -> tuple[Literal["watch", "focus", "verify_first"], tuple[Reason, ...]]:
    """关注 | 重点关注 | 优先核实, with the reasons; danger to life and checkable breaches of procedure come first.

    Urgency and alleged breaches of a text belong to its primary factor, not to every other that it touches;
    ``origin_of`` gives the origin of each text that speaks against.
    """
    grievances = [g for s in supports for g in s.opinion.analysis.grievances]
    own = [g for g in grievances if g.factor_primary == factor]
    escalation = max((g.escalation.level for g in own), default=0)
    unresolved = sum(1 for g in grievances if g.repeated_unresolved.label == "repeated_unresolved")
    channel_failure = sum(
        1
        for g in grievances
        if any(taxonomy().factors[f.code].cross_cutting for f in g.factors) and g.escalation.level < 5
    )
    flags = sorted({flag.code for g in own for flag in g.procedure_flags})
    reasons = [
        Reason(code="independent_texts", values={"origins": counts.origins, "documents": counts.documents}),
        Reason(
            code="likely_real",
            values={"p": validity.p, "best": bounds.best, "any": bounds.any, "basis": calibration.basis},
        ),
    ]
    if validity.p < FLOOR:
        reasons.append(Reason(code="insufficient", values={"floor": FLOOR}))
    if len(counts.by_source_kind) > 1:
        reasons.append(Reason(code="kinds_of_source", values=dict(counts.by_source_kind)))
    if escalation >= 2:
        reasons.append(Reason(code="escalation", values={"level": escalation}))
    if flags:
        reasons.append(Reason(code="procedure_alleged", values={"flags": flags}))
    if unresolved:
        reasons.append(Reason(code="repeated_unresolved", values={"documents": unresolved}))
    if channel_failure:
        reasons.append(Reason(code="channel_failure", values={"documents": channel_failure}))
    if against:
        kinds = sorted({item.kind for item in against})
        reasons.append(Reason(code="counter_evidence", values={"passages": len(against), "kinds": kinds}))
        origins = origin_of or {}
        texts = len({origins.get(item.document_id, item.document_id) for item in against})
        reasons.append(Reason(code="balance", values={"balance": balance_of(counts.origins, texts)}))
    if counts.origins == 1:
        reasons.append(Reason(code="single_text", values={}))
    if escalation == 5 or (flags and validity.p >= FLOOR):
        return "verify_first", tuple(reasons)
    if validity.p < FLOOR:
        return "watch", tuple(reasons)
    if counts.origins >= 5 or escalation >= 3 or (counts.origins >= 2 and unresolved >= 2):
        return "focus", tuple(reasons)
    return "watch", tuple(reasons)
