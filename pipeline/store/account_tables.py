"""The tables of the staff: who may sign in, the one-time links that let a password be set, and who is signed in now."""

from __future__ import annotations

from sqlalchemy import JSON, Column, ForeignKey, String, Table

from pipeline.store.columns import Moment
from pipeline.store.tables import metadata

accounts = Table(
    "accounts",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("display_name", String(100), nullable=False),
    Column("role", String(32), nullable=False),
    Column("project_ids", JSON),
    Column("region_code", String(12)),
    Column("unit", String(64)),
    Column("password_hash", String(255)),
    Column("sign_on_digest", String(64), unique=True),
    Column("made_at", Moment, nullable=False),
    Column("disabled_at", Moment),
)

account_links = Table(
    "account_links",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("holder", String(64), ForeignKey("accounts.name", ondelete="CASCADE"), index=True),
    Column("expires_at", Moment, nullable=False),
)

account_sessions = Table(
    "account_sessions",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("holder", String(64), ForeignKey("accounts.name", ondelete="CASCADE"), nullable=False, index=True),
    Column("started_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("purposes", JSON, nullable=False),
)
