"""How far the service can be trusted: the model, alerts, decisions, redaction, and what may have drifted."""

from __future__ import annotations

from typing import Final

from fastapi import Response

from api.console.charts import Charts
from api.console.names import names
from api.console.rules import ConsoleRouter, Deployment
from api.console.visit import AtConsole, Visit
from api.quality_desk import QualityDesk
from pipeline.drift import ENOUGH
from pipeline.evaluation.bias import LEAST
from pipeline.redact.marked import FIXTURES, Tried

HEADS: Final = ("factors", "primary", "grievance", "attitude", "intensity", "escalation", "stakeholder", "genre",
                "repeated_unresolved", "demand", "facility", "affected", "since", "place", "organisation")  # fmt: skip
"""Heads whose findings pages show."""
SETS: Final = ("letters", "posts", "gold")
router = ConsoleRouter()


@router.page("/quality", rule=Deployment("quality.read"))
def quality(visit: AtConsole) -> Response:
    """All figures; the redactor is tried when somebody asks for it."""
    return _shown(visit)


@router.act("/quality/redaction", rule=Deployment("quality.read"))
def redaction(visit: AtConsole) -> Response:
    """Tries the redactor of this machine on its marked texts, which takes seconds the first time."""
    return _shown(visit, visit.desk(QualityDesk).redaction(visit.general_purpose()))


def _shown(visit: Visit, tried: Tried | None = None) -> Response:
    found = visit.desk(QualityDesk).measured(visit.general_purpose())
    model, errors = found.model, {one.head: one for one in found.model.calibration}
    measured = [(head, name) for head in HEADS if (name := model.measure(head))]
    bins = found.decisions.bins
    return visit.page(
        "quality/page.html",
        found=found,
        sets=SETS,
        rows=[
            (head, name, [model.value(texts, head, name) for texts in SETS], errors.get(head))
            for head, name in measured
        ],
        curve=Charts(visit.language).calibration(bins) if bins else None,
        tried=tried,
        can_try=FIXTURES.is_file(),
        names=names("factors", visit.language),
        categories=names("categories", visit.language),
        enough=ENOUGH,
        k=visit.office.settings.k_anonymity,
        least=LEAST,
    )
