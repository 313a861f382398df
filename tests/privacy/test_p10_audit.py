"""P-10: the audit trail tells who did what for which purpose, never content, and cannot be changed unnoticed."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from pipeline.audit import AuditLog
from pipeline.store import Store

CONTENT = [
    "青石坳的补偿标准太低",
    "search for 13800000000 please",
    "d1\n第二行",
    "x" * 101,
    "王小二",
]


@pytest.mark.parametrize("content", CONTENT)
@pytest.mark.parametrize("field", ["action", "subject"])
def test_content_is_refused(store: Store, field: str, content: str):
    log = AuditLog(store)
    with pytest.raises(ValueError, match="P-10"):
        log.append("clerk", "assessor", **{"action": "documents.read", field: content})
    assert log.head() is None


@pytest.mark.parametrize("who", ["", "a\nb", "x" * 65, "评估员；顺便说一句，来信人住在河边。"])
def test_who_is_a_name_and_no_more(store: Store, who: str):
    with pytest.raises(ValueError, match="P-10"):
        AuditLog(store).append(who, "assessor", "documents.read")


def test_a_purpose_outside_the_closed_list_is_refused(store: Store):
    with pytest.raises(ValueError, match="purpose"):
        AuditLog(store).append("clerk", "assessor", "documents.read", purpose="curiosity")


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.floats(0, 0.999))
def test_any_changed_character_of_any_event_breaks_the_chain(store: Store, place: float):
    log = AuditLog(store)
    if log.head() is None:
        for number in range(4):
            log.append(
                "clerk", "assessor", "documents.read", purpose="risk_survey", project_id="road", subject=f"d{number}"
            )
        drop = (
            "DROP TRIGGER audit_no_update"
            if store.engine.dialect.name == "sqlite"
            else "DROP TRIGGER audit_no_change ON audit"
        )
        with store.transaction() as connection:
            connection.execute(text(drop))
    assert log.verify() is None
    with store.transaction() as connection:
        payload = connection.execute(text("SELECT payload FROM audit WHERE sequence = 3")).scalar_one()
        at = int(place * len(payload))
        changed = payload[:at] + ("x" if payload[at] != "x" else "y") + payload[at + 1 :]
        connection.execute(text("UPDATE audit SET payload = :p WHERE sequence = 3"), {"p": changed})
    broken = log.verify()
    with store.transaction() as connection:
        connection.execute(text("UPDATE audit SET payload = :p WHERE sequence = 3"), {"p": payload})
    assert broken is not None and broken.sequence == 3
