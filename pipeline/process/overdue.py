"""The clock of the dispatches: which became overdue, noted once each in the audit trail."""

from __future__ import annotations

from pipeline.audit import AuditLog
from pipeline.store import Store
from pipeline.store.engine import lock


def watch_dispatches(store: Store) -> int:
    """Marks dispatches that are beyond their clock, with their risk points; returns how many. Safe to repeat."""
    if not store.late_dispatches():
        return 0
    with store.transaction() as connection:
        lock(connection, "audit")  # as every desk does: the trail first, then a project
        late = store.mark_overdue()
        for one in late:
            AuditLog(store).append("minyi", "system", "dispatches.overdue", project_id=one.project_id, subject=one.id)
    return len(late)
