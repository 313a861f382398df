"""The tables of watched searches: who is told of what is new in one, which texts are, and which message says so."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, ForeignKeyConstraint, Index, String, Table

from pipeline.store.columns import Moment
from pipeline.store.tables import Counter, DocumentKey, ProjectKey, metadata

search_watches = Table(
    "search_watches",
    metadata,
    Column("id", String(25), primary_key=True),
    Column("project_id", ProjectKey, nullable=False),
    Column("name", String(100), nullable=False),
    Column("who", String(64), nullable=False),
    Column("role", String(32), nullable=False),
    Column("purpose", String(32), nullable=False),
    Column("since", Counter, nullable=False),
    ForeignKeyConstraint(
        ["project_id", "name"],
        ["saved_searches.project_id", "saved_searches.name"],
        ondelete="CASCADE",
    ),
)

search_hits = Table(
    "search_hits",
    metadata,
    Column("watch_id", String(25), ForeignKey("search_watches.id", ondelete="CASCADE"), primary_key=True),
    Column("document_id", DocumentKey, ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True, index=True),
    Column("alerted_at", Moment),
    Index("ix_search_hits_alert", "watch_id", "alerted_at"),
)
"""``alerted_at`` is when the hit became part of an alert; empty while it waits for the next one."""

message_searches = Table(
    "message_searches",
    metadata,
    Column("message_key", String(200), ForeignKey("messages.key", ondelete="CASCADE"), primary_key=True),
    Column("watch_id", String(25), ForeignKey("search_watches.id", ondelete="CASCADE"), primary_key=True),
    Column("alerted_at", Moment, primary_key=True),
)
