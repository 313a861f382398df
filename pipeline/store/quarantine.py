"""The quarantine: what could not be processed, with its reason, never with its content."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Literal, NamedTuple

from sqlalchemy import delete, insert, select, update

from pipeline.redacted import RedactedText
from pipeline.store.engine import Database, portions
from pipeline.store.tables import documents, quarantine

Stage = Literal["intake", "analysis"]
REASON = re.compile(r"[a-z][a-z0-9_]{0,63}")
ITEM = re.compile(r"d[0-9a-f]{24}")


class Quarantined(NamedTuple):
    """One item that waits: ``id`` is its keyed hash, ``times`` how often it failed."""

    id: str
    stage: Stage
    reason: str
    source: RedactedText
    times: int
    at: datetime


class Quarantine(Database):
    """The store's quarantine."""

    def quarantine(self, item_id: str, stage: Stage, reason: str, source: RedactedText) -> None:
        """Sets an item aside. At stage analysis its document leaves the queue; at intake only its keyed hash is kept.

        ``reason`` is a code such as ``redaction_failed``. Raises ValueError for anything that could be content.
        """
        if not REASON.fullmatch(reason):
            raise ValueError("E154: a reason is a code of lower-case letters, digits and _, never a message or a text")
        if not ITEM.fullmatch(item_id):
            raise ValueError("E154: a quarantined item is named by its keyed hash (DeploymentKey.document_id)")
        values = {"stage": stage, "reason": reason, "source": source, "at": self.clock()}
        with self.transaction() as connection:
            known = update(quarantine).where(quarantine.c.id == item_id)
            if not connection.execute(known.values(times=quarantine.c.times + 1, **values)).rowcount:
                connection.execute(insert(quarantine).values(id=item_id, times=1, **values))
            if stage == "analysis":
                statement = update(documents).where(documents.c.id == item_id, documents.c.state == "received")
                connection.execute(statement.values(state="quarantined", leased_by=None, leased_until=None))

    def quarantined(self, stage: Stage | None = None) -> list[Quarantined]:
        """What is set aside, the oldest first."""
        columns = [quarantine.c[name] for name in Quarantined._fields]
        query = select(*columns).order_by(quarantine.c.at, quarantine.c.id)
        if stage is not None:
            query = query.where(quarantine.c.stage == stage)
        with self.reading() as connection:
            return [Quarantined(*row) for row in connection.execute(query)]

    def retry_quarantined(self, reason: str | None = None) -> int:
        """Puts stored documents back into the queue; returns how many. Items of the intake come with a new import."""
        query = select(quarantine.c.id).where(quarantine.c.stage == "analysis")
        if reason is not None:
            query = query.where(quarantine.c.reason == reason)
        with self.transaction() as connection:
            ids = list(connection.execute(query).scalars())
            for portion in portions(ids):
                statement = update(documents).where(documents.c.id.in_(portion), documents.c.state == "quarantined")
                connection.execute(statement.values(state="received", leased_by=None, leased_until=None))
                connection.execute(delete(quarantine).where(quarantine.c.id.in_(portion)))
        return len(ids)
