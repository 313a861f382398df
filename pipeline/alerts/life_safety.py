"""Life-safety cues (P-18): they wait for no volume and go to the named duty officer, to nobody else, for 72 hours.

Kept are the code of the cue, the matter, the time and an encrypted pointer to the source; nothing about who wrote.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from models.taxonomy import taxonomy
from pipeline.audit import AuditLog
from pipeline.matters import Opinion, concern_of, is_sealed, matter_id, site_of
from pipeline.records import Analysis, DecisionProject, Document, Incident, ProjectLink
from pipeline.records.incident import incident_id
from pipeline.store import Store
from pipeline.store.engine import lock

LIFE_SAFETY: Final = 5
"""Level of the cues that a single text may raise (BRIEF §5.3)."""
SPEAKERS: Final = frozenset({"first_person", "witness"})
"""Reports of others, suppositions and news are none."""
EXPIRES: Final = timedelta(hours=72)
STILL_URGENT: Final = timedelta(days=14)
"""A text that was published longer ago, in an export of years, is no emergency."""
THROUGH: Final = "life_safety_through"
BATCH: Final = 500


def alert_duty(store: Store, otherwise: str, now: datetime) -> tuple[int, int]:
    """Alerts the duty officers to what was analysed since the last time; ``otherwise`` is on duty where none is named.

    Returns how many cues were new, and how many wait since nobody is named. Safe to repeat: one origin is one alert.
    """
    new = waiting = 0
    now = now.replace(microsecond=0)
    end = store.outbox_end()
    projects = {project.id: project for project in store.projects()}
    while (since := int(store.fact(THROUGH) or 0)) < end:
        with store.transaction() as connection:
            lock(connection, "watch")
            rows = store.outbox_after(since, BATCH)
            ids = [row.document_id for row in rows if row.kind == "upsert"]
            documents, analyses = store.documents_by_id(ids), store.current_analyses(ids)
            for document_id, analysis in sorted(analyses.items()):
                for incident in _incidents(documents[document_id], analysis, projects, now):
                    if store.incident(incident.id) is None:
                        store.save_incident(incident)
                        new += 1
            store.set_fact(THROUGH, str(rows[-1].sequence if rows else end))
    for incident in store.incidents(kind="life_safety", state="open", since=now - EXPIRES, limit=10_000):
        if incident.officer is None:
            waiting += not _hand_over(store, incident, store.duty_officer(incident.project_id) or otherwise, now)
    return new, waiting


def _hand_over(store: Store, incident: Incident, officer: str, now: datetime) -> bool:
    """Puts the alert up for its officer; whether there is one."""
    with store.transaction():
        if not officer:
            store.tell(incident, "life_safety", "life_safety:nobody", now)
            return False
        named = store.save_incident(incident.model_copy(update={"officer": officer, "announced": "red"}))
        store.tell(named, "life_safety", "life_safety", now, recipient=officer)
        AuditLog(store).append(
            "minyi", "system", "life_safety.alert", project_id=incident.project_id, subject=incident.id
        )
        return True


def _incidents(
    document: Document, analysis: Analysis, projects: dict[str, DecisionProject], now: datetime
) -> Iterator[Incident]:
    cue = cue_of(analysis)
    moment = document.published_at or document.collected_at
    if cue is None or document.tombstone or now - moment > STILL_URGENT:
        return
    for link in analysis.links:
        if project := projects.get(link.project_id):
            yield Incident(
                id=incident_id(project.id, "life_safety", document.origin_id),
                project_id=project.id,
                kind="life_safety",
                serial=0,
                begin=now,
                window_start=moment,
                window_end=moment,
                observed=1,
                expected=0.0,
                interval=(0.0, 0.0),
                p_value=1.0,
                recurrence_months=0.0,
                signal="red",
                level="red",
                settings_version=taxonomy().version,
                cue=cue,
                matter_id=_matter(project, document, analysis, link),
                document_id=document.id,
                expires_at=now + EXPIRES,
            )


def cue_of(analysis: Analysis) -> str | None:
    """The life-safety cue of a text whose speaker is concerned or has seen it; None without one."""
    cues = (cue for grievance in analysis.grievances for cue in grievance.escalation.cues)
    urgent = [cue for cue in cues if cue.level >= LIFE_SAFETY and cue.speaker in SPEAKERS]
    return min(urgent, key=lambda cue: cue.start).code if urgent else None


def _matter(project: DecisionProject, document: Document, analysis: Analysis, link: ProjectLink) -> str | None:
    concern = None if is_sealed(analysis) else concern_of(Opinion(document, analysis, link))
    return None if concern is None else matter_id(project.id, concern, site_of(project, document.text))
