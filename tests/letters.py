"""Letters, analyses and candidates about an invented quarry road, for tests of the store and of what lies above it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from pipeline.records import (
    Analysis,
    Counts,
    Decision,
    DecisionProject,
    Document,
    Evidence,
    FactorFinding,
    Grievance,
    Interval,
    Judgement,
    ProjectLink,
    ProposedUnits,
    Reason,
    RiskPointCandidate,
    Span,
    Versions,
)
from pipeline.redacted import seal
from pipeline.store import Store

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
VERSIONS = Versions(model="m1", taxonomy="t1", redactor="r1", code="c1")
UNITS = ProposedUnits(primary=("natural_resources",), territorial=("township_subdistrict",))
FACTOR = "compensation_standard"
ROAD = DecisionProject(id="quarry-road", name_zh="青石坳采石场进场道路工程")
DAM = DecisionProject(id="dam", name_zh="白鹭滩水闸加固工程")


def of_model(name: str) -> Versions:
    """The versions of those who read with this model."""
    return VERSIONS.model_copy(update={"model": name})


def read_by_m1(store: Store, texts: int) -> Store:
    """The store, with so many texts about the road that model m1 read."""
    store.upsert_projects([ROAD])
    letters = [petition(number) for number in range(texts)]
    store.add_documents(letters)
    store.complete_analyses([analysis(letter, ROAD.id, model="m1") for letter in letters])
    return store


def document_id(number: int) -> str:
    return f"d{number:024x}"


def petition(number: int, body: str | None = None, **changes: Any) -> Document:
    """One petition about the road; its number makes its id and its moment."""
    values: dict[str, Any] = {
        "id": document_id(number),
        "source_kind": "petition",
        "source": seal("青石坳信箱"),
        "genre": "petition",
        "published_at": MONDAY + timedelta(minutes=number),
        "collected_at": MONDAY + timedelta(days=1, minutes=number),
        "region": seal("青石坳镇"),
        "title": seal("进场道路补偿偏低"),
        "body": seal(body or f"第{number}组的旱地补偿标准比邻村低，请核实。"),
        "redactions": {"name": 1},
        "redactor_version": "r1",
        "origin_id": document_id(number),
        "engagement": {"replies": 2},
    }
    return Document(**{**values, **changes})


def analysis(document: Document, *projects: str, relation: str = "about", **versions: str) -> Analysis:
    """An analysis that links the document to the projects by its title."""
    grievance = Grievance(
        factor_primary=FACTOR,
        factors=(FactorFinding(code=FACTOR, p=0.9, primary=True, evidence=Span(start=4, end=8)),),
        proposed_units=UNITS,
        repeated_unresolved=Judgement(label="not_stated", p=0.8),
    )
    links = tuple(
        ProjectLink(project_id=name, p=0.8, relation=relation, method="names", evidence=(Span(start=0, end=4),))
        for name in projects
    )
    return Analysis(
        document_id=document.id,
        input_hash=document.content_hash,
        text_length=len(document.text),
        genre=Judgement(label="complaint", p=0.9),
        attitude=Judgement(label="negative", p=0.9),
        is_grievance=True,
        p_grievance=0.95,
        grievances=(grievance,),
        links=links,
        versions=VERSIONS.model_copy(update=versions),
    )


def candidate(number: int, documents: int = 3, project: str = "quarry-road", **changes: Any) -> RiskPointCandidate:
    passage = Evidence(document_id=document_id(1), start=4, end=8)
    values: dict[str, Any] = {
        "id": f"r{number:024x}",
        "project_id": project,
        "factor": FACTOR,
        "title": passage,
        "matter_ids": (f"m{number}",),
        "evidence": (passage,),
        "counts": Counts(
            documents=documents,
            origins=documents,
            voices_low=1,
            voices_high=documents,
            by_source_kind={"petition": documents},
        ),
        "triangulation": "several_voices",
        "first_seen": MONDAY,
        "last_seen": MONDAY,
        "trend": "cannot_tell",
        "proposed_units": UNITS,
        "attention": "watch",
        "p_valid": Interval(p=0.6, low=0.4, high=0.8),
        "reasons": (Reason(code="documents", values={"n": documents}),),
        "versions": VERSIONS,
    }
    return RiskPointCandidate(**{**values, **changes})


def decision(number: int, risk_point_id: str, action: str = "edit", **changes: Any) -> Decision:
    values: dict[str, Any] = {
        "id": f"decision-{number}",
        "risk_point_id": risk_point_id,
        "who": "评估员甲",
        "when": MONDAY,
        "action": action,
        "reason": "实地核实",
    }
    return Decision(**{**values, **changes})
