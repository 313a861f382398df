"""What time does to incidents: answers expire and remind, life-safety cues end after 72 hours (P-18)."""

from __future__ import annotations

from datetime import datetime

from pipeline.audit import AuditLog
from pipeline.store import Store
from pipeline.store.engine import lock


def lapse(store: Store, now: datetime) -> int:
    """Ends what has expired; returns how many reminders were put up. Safe to repeat.

    An acknowledged or silenced incident that still runs is open again, and somebody is reminded; one that is over is
    closed. A life-safety cue is closed, and the way to its text and the pointer to its source are gone.
    """
    reminders, audit = 0, AuditLog(store)
    with store.transaction() as connection:
        lock(connection, "watch")
        store.forget_pointers(now)
        for incident in store.lapsed_incidents(now):
            audit.append("minyi", "system", "alerts.lapse", project_id=incident.project_id, subject=incident.id)
            if incident.kind == "life_safety":
                store.lapse_incident(incident.id, "closed", document_id=None)
            elif incident.ended:
                store.lapse_incident(incident.id, "closed")
            else:
                assert incident.expires_at is not None
                key = f"reminder:{incident.expires_at.isoformat()}"
                again = store.lapse_incident(incident.id, "open")
                reminders += store.tell(again, "reminder", key, now)
    return reminders
