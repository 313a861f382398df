"""The tables of matters: their sheets, whose texts they are, what became of them, and the vectors that group them."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, String, Table

from pipeline.records.matter import MatterEvent, MatterSheet
from pipeline.store.columns import Moment, RecordJson
from pipeline.store.tables import DocumentKey, ProjectKey, metadata

matters = Table(
    "matters",
    metadata,
    Column("id", String(25), primary_key=True),
    Column("project_id", ProjectKey, ForeignKey("projects.id"), nullable=False, index=True),
    Column("digest", String(64), nullable=False),
    Column("updated_at", Moment, nullable=False),
    Column("payload", RecordJson(MatterSheet), nullable=False),
)

matter_members = Table(
    "matter_members",
    metadata,
    Column("matter_id", String(25), ForeignKey("matters.id", ondelete="CASCADE"), primary_key=True),
    Column("document_id", DocumentKey, primary_key=True, index=True),
)

matter_events = Table(
    "matter_events",
    metadata,
    Column("project_id", ProjectKey, ForeignKey("projects.id"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("matter_id", String(25), nullable=False),
    Column("payload", RecordJson(MatterEvent), nullable=False),
    Index("ix_matter_events_matter", "project_id", "matter_id"),
)

matter_vectors = Table(
    "matter_vectors",
    metadata,
    Column("document_id", DocumentKey, ForeignKey("documents.id"), primary_key=True),
    Column("encoder", String(100), nullable=False),
    Column("content_hash", String(64), nullable=False),
    Column("vector", LargeBinary, nullable=False),
)
