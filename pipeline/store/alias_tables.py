"""The tables of names by which people may call a project: proposals, the passages they rest on, and decisions."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Float, ForeignKey, Integer, String, Table

from pipeline.store.columns import Moment, SealedText
from pipeline.store.tables import Counter, DocumentKey, ProjectKey, metadata

alias_proposals = Table(
    "alias_proposals",
    metadata,
    Column("id", String(25), primary_key=True),
    Column("project_id", ProjectKey, ForeignKey("projects.id"), nullable=False, index=True),
    Column("alias", SealedText, nullable=False),
    Column("state", String(16), nullable=False),
    Column("score", Float, nullable=False),
    Column("elsewhere", Integer, nullable=False),
    Column("proposed_at", Moment, nullable=False),
    CheckConstraint("state IN ('proposed', 'accepted', 'rejected', 'withdrawn')", name="state"),
)
"""``elsewhere``: texts about other projects that hold the expression."""

alias_passages = Table(
    "alias_passages",
    metadata,
    Column("proposal_id", String(25), ForeignKey("alias_proposals.id", ondelete="CASCADE"), primary_key=True),
    Column("document_id", DocumentKey, ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True, index=True),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("content_hash", String(64), nullable=False),
)
"""Where each text says it first; the spans hold for the text with this ``content_hash``."""

alias_decisions = Table(
    "alias_decisions",
    metadata,
    Column("number", Counter, primary_key=True, autoincrement=True),
    Column("proposal_id", String(25), ForeignKey("alias_proposals.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("action", String(16), nullable=False),
    Column("who", String(64), nullable=False),
    Column("at", Moment, nullable=False),
    Column("reason", SealedText, nullable=False),
    CheckConstraint("action IN ('accept', 'reject', 'withdraw')", name="action"),
    sqlite_autoincrement=True,
)
