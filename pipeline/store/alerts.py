"""Alerts (预警): what the detector found, and how people answered."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Literal

from sqlalchemy import insert, select, update

from pipeline.records import Alert
from pipeline.store.engine import Database, UnknownRecord
from pipeline.store.tables import alerts

AlertState = Literal["open", "acknowledged", "silenced", "closed"]
Verdict = Literal["true", "false", "duplicate"]


class Alerts(Database):
    """The store's alerts."""

    def save_alerts(self, found: Iterable[Alert]) -> int:
        """Stores alerts by id and returns how many are new; state, expiry and verdict of known ones stay."""
        new = 0
        with self.transaction() as connection:
            for alert in found:
                query = select(alerts.c.payload).where(alerts.c.id == alert.id).with_for_update()
                known = connection.execute(query).scalar_one_or_none()
                if known is None:
                    connection.execute(
                        insert(alerts).values(id=alert.id, project_id=alert.project_id, **_values(alert))
                    )
                    new += 1
                    continue
                human = {name: getattr(known, name) for name in ("state", "expires_at", "verdict")}
                values = _values(alert.model_copy(update=human))
                connection.execute(update(alerts).where(alerts.c.id == alert.id).values(**values))
        return new

    def answer_alert(
        self, alert_id: str, state: AlertState, expires_at: datetime | None = None, verdict: Verdict | None = None
    ) -> Alert:
        """Records how a person answered an alert. Raises UnknownRecord for an unknown id."""
        with self.transaction() as connection:
            query = select(alerts.c.payload).where(alerts.c.id == alert_id).with_for_update()
            known = connection.execute(query).scalar_one_or_none()
            if known is None:
                raise UnknownRecord(f"E151: no alert {alert_id}")
            answer = {"state": state, "expires_at": expires_at, "verdict": verdict}
            answered = Alert.model_validate({**known.model_dump(), **answer})
            connection.execute(update(alerts).where(alerts.c.id == alert_id).values(**_values(answered)))
        return answered

    def alerts(self, project_id: str, state: AlertState | None = None) -> list[Alert]:
        """The alerts of a project, the latest window first."""
        query = select(alerts.c.payload).where(alerts.c.project_id == project_id)
        if state is not None:
            query = query.where(alerts.c.state == state)
        with self.reading() as connection:
            return list(connection.execute(query.order_by(alerts.c.window_end.desc(), alerts.c.id)).scalars())


def _values(alert: Alert) -> dict[str, object]:
    return {"window_end": alert.window_end, "level": alert.level, "state": alert.state, "payload": alert}
