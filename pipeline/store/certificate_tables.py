"""The table of certificates (未检出证明): what was handed out, byte for byte, and its ground. Rows are only added."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, LargeBinary, String, Table

from pipeline.store.columns import Moment
from pipeline.store.tables import ProjectKey, metadata

certificates = Table(
    "certificates",
    metadata,
    Column("id", String(25), primary_key=True),
    Column("project_id", ProjectKey, ForeignKey("projects.id"), nullable=False),
    Column("issued_at", Moment, nullable=False),
    Column("ground", String(64), nullable=False),
    Column("archive", LargeBinary, nullable=False),
    Index("ix_certificates_project", "project_id", "issued_at"),
)
