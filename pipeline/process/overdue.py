"""The clock of the dispatches: which became overdue, noted once each in the audit trail."""

from __future__ import annotations

from pipeline.audit import AuditLog
from pipeline.store import Store


def watch_dispatches(store: Store) -> int:
    """Marks dispatches that are beyond their clock, with their risk points; returns how many. Safe to repeat."""
    with store.transaction():
        late = store.mark_overdue()
        for one in late:
            AuditLog(store).append("minyi", "system", "dispatches.overdue", project_id=one.project_id, subject=one.id)
    return len(late)
