"""Opinions about the invented quarry road: a text, the passages that carry factors, and the link, without any model."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from letters import MONDAY, UNITS, VERSIONS

from models.taxonomy import taxonomy
from pipeline.matters import Opinion
from pipeline.records import (
    Analysis,
    DecisionProject,
    Document,
    Escalation,
    FactorFinding,
    Grievance,
    Judgement,
    ProjectLink,
    Span,
    StakeholderGroup,
)
from pipeline.redacted import seal

ROAD = DecisionProject(
    id="quarry-road",
    name_zh="青石坳采石场进场道路工程",
    kind="expropriation",
    places=("青石坳镇", "柳湾村", "上井村"),
    region="南岭县青石坳镇",
)


def key(text: str, number: int) -> str:
    return "d" + hashlib.sha256(f"{text}|{number}".encode()).hexdigest()[:24]


def opinion(
    body: str,
    *findings: tuple[str, str, float],
    number: int = 0,
    kind: str = "petition",
    genre: str = "petition",
    origin: Opinion | None = None,
    day: float | None = 0,
    purpose: str = "complaint",
    attitude: tuple[str, float] = ("negative", 0.9),
    grievance: bool | None = None,
    link: float = 0.9,
    groups: Sequence[str] = (),
    level: int = 0,
    unresolved: bool = False,
    **more: Any,
) -> Opinion:
    """One text with findings (factor, the words that show it, p); the first finding is the primary one."""
    document_id = key(body, number)
    document = Document(
        id=document_id,
        source_kind=kind,
        source=seal("青石坳信箱"),
        genre=genre,
        published_at=None if day is None else MONDAY + timedelta(days=day),
        collected_at=MONDAY + timedelta(days=400),
        title=seal("道路"),
        body=seal(body),
        redactor_version="r1",
        origin_id=origin.document.id if origin else document_id,
    )
    is_grievance = bool(findings) if grievance is None else grievance
    return Opinion(
        document,
        _analysis(document, findings, is_grievance, purpose, attitude, groups, level, unresolved, more),
        _link(document, link),
    )


def _analysis(
    document: Document, findings: Sequence[tuple[str, str, float]], is_grievance: bool, purpose: str,
    attitude: tuple[str, float], groups: Sequence[str], level: int, unresolved: bool, more: dict[str, Any],
) -> Analysis:  # fmt: skip
    factors = tuple(
        FactorFinding(code=code, p=p, primary=i == 0, evidence=span_of(document, words))
        for i, (code, words, p) in enumerate(findings)
    )
    grievance = Grievance(
        factor_primary=factors[0].code,
        factors=factors,
        proposed_units=UNITS,
        repeated_unresolved=Judgement(label="repeated_unresolved" if unresolved else "not_stated", p=0.8),
        stakeholder_groups=tuple(StakeholderGroup(code=code, p=0.9) for code in groups),
        escalation=Escalation(level=level),
        **more.pop("grievance_fields", {}),
    ) if is_grievance else None  # fmt: skip
    return Analysis(
        document_id=document.id,
        input_hash=document.content_hash,
        text_length=len(document.text),
        genre=Judgement(label=purpose, p=0.9),
        attitude=Judgement(label=attitude[0], p=attitude[1]),
        is_grievance=is_grievance,
        p_grievance=0.95 if is_grievance else 0.05,
        grievances=(grievance,) if grievance else (),
        versions=VERSIONS,
        **more,
    )


def _link(document: Document, p: float) -> ProjectLink:
    return ProjectLink(project_id=ROAD.id, p=p, relation="about", method="names", evidence=(Span(start=0, end=2),))


def span_of(document: Document, words: str) -> Span:
    start = document.text.index(words)
    return Span(start=start, end=start + len(words))


def every_voice(ids: Any) -> tuple[int, int]:
    """Each document is another voice."""
    count = len(list(ids))
    return count, count


def month(number: int) -> datetime:
    return MONDAY + timedelta(days=30 * number)


FACTOR_CODES = tuple(code for code, factor in taxonomy().factors.items() if not factor.confidential)
