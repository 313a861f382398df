"""The tables of what other systems pull and are told: numbered changes, answered keys, webhooks, their deliveries."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
)

from pipeline.store.columns import Moment
from pipeline.store.tables import ProjectKey, metadata

risk_point_changes = Table(
    "risk_point_changes",
    metadata,
    Column("risk_point_id", String(25), ForeignKey("risk_points.id", ondelete="CASCADE"), primary_key=True),
    Column("project_id", ProjectKey, nullable=False),
    Column("revision", BigInteger, nullable=False),
    Column("project_digest", String(64), nullable=False),
    Column("sequence", BigInteger, nullable=False),
    UniqueConstraint("sequence"),
)

answered_keys = Table(
    "answered_keys",
    metadata,
    Column("caller", String(100), primary_key=True),
    Column("key", String(200), primary_key=True),
    Column("request_hash", String(64), nullable=False),
    Column("answer", String(100)),
    Column("answered_at", Moment, nullable=False),
)

webhooks = Table(
    "webhooks",
    metadata,
    Column("id", String(25), primary_key=True),
    Column("caller", String(100), nullable=False, index=True),
    Column("purpose", String(32), nullable=False),
    Column("host", String(260), nullable=False),
    Column("events", JSON, nullable=False),
    Column("project_ids", JSON),
    Column("through", BigInteger, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
)

webhook_deliveries = Table(
    "webhook_deliveries",
    metadata,
    Column("webhook_id", String(25), ForeignKey("webhooks.id", ondelete="CASCADE"), primary_key=True),
    Column("sequence", BigInteger, primary_key=True, autoincrement=False),
    Column("event", String(32), nullable=False),
    Column("risk_point_id", String(25), nullable=False),
    Column("project_id", ProjectKey, nullable=False),
    Column("happened_at", Moment, nullable=False),
    Column("state", String(16), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("reason", String(200)),
    Column("sent_at", Moment),
    Column("leased_until", Moment),
    CheckConstraint("state IN ('waiting', 'sent', 'dead', 'dropped')", name="state"),
    Index("ix_webhook_deliveries_due", "state", "due_at"),
)
