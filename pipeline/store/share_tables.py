"""The tables of data sharing: contracts, what was given out under them, and of which documents each number was."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, LargeBinary, String, Table

from pipeline.records.share import Release
from pipeline.store.columns import Moment, RecordJson, SealedText
from pipeline.store.tables import ProjectKey, metadata

shares = Table(
    "shares",
    metadata,
    Column("id", String(25), primary_key=True),
    Column("project_id", ProjectKey, ForeignKey("projects.id"), nullable=False),
    Column("grantee", String(64), nullable=False, index=True),
    Column("grantee_role", String(32), nullable=False),
    Column("grantee_unit", String(64), nullable=False),
    Column("level", String(16), nullable=False),
    Column("form", String(8), nullable=False),
    Column("purpose", String(32), nullable=False),
    Column("valid_from", Moment, nullable=False),
    Column("valid_until", Moment, nullable=False),
    Column("basis", SealedText, nullable=False),
    Column("granted_by", String(64), nullable=False),
    Column("granted_at", Moment, nullable=False),
    Column("revoked_at", Moment),
    Column("revoked_by", String(64)),
    Column("revoked_because", SealedText),
    CheckConstraint("level IN ('aggregates', 'risk_points', 'evidence')", name="level"),
    CheckConstraint("form IN ('view', 'export', 'api')", name="form"),
    Index("ix_shares_project", "project_id", "grantee_unit"),
)

share_releases = Table(
    "share_releases",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("share_id", String(25), ForeignKey("shares.id"), nullable=False, index=True),
    Column("project_id", ProjectKey, nullable=False),
    Column("grantee_unit", String(64), nullable=False),
    Column("at", Moment, nullable=False, index=True),
    Column("payload", RecordJson(Release), nullable=False),
    Index("ix_share_releases_unit", "project_id", "grantee_unit"),
)

share_groups = Table(
    "share_groups",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("documents", LargeBinary, nullable=False),
)

share_numbers = Table(
    "share_numbers",
    metadata,
    Column("release_id", String(32), ForeignKey("share_releases.id", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("key", String(200), nullable=False),
    Column("documents", Integer, nullable=False),
    Column("digest", String(64), ForeignKey("share_groups.digest"), nullable=False, index=True),
)
