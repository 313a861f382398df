"""The tables of re-analysis: runs, the texts that they still have to read, and what candidates were at which moment.

A snapshot (快照) holds no text: spans, ids and figures, each with the first and the last snapshot in which it stood.
What lies unchanged between two moments is therefore kept once.
"""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, CheckConstraint, Column, ForeignKey, Index, Integer, String, Table, Text

from pipeline.records import Versions
from pipeline.store.columns import Moment, RecordJson
from pipeline.store.tables import Counter, DocumentKey, ProjectKey, metadata

RunKey = String(25)

analysis_runs = Table(
    "analysis_runs",
    metadata,
    Column("id", RunKey, primary_key=True),
    Column("serial", BigInteger, nullable=False, unique=True),
    Column("digest", String(64), nullable=False),
    Column("usual", String(64), nullable=False),
    Column("scope", JSON, nullable=False),
    Column("state", String(16), nullable=False),
    Column("texts", Integer, nullable=False),
    Column("read", Integer, nullable=False),
    Column("failed", Integer, nullable=False),
    Column("begun_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Column("begun_on", BigInteger, nullable=False),
    Column("ended_on", BigInteger),
    Column("versions", RecordJson(Versions), nullable=False),
    CheckConstraint("state IN ('open', 'done')", name="state"),
)

analysis_queue = Table(
    "analysis_queue",
    metadata,
    Column("document_id", DocumentKey, ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True),
    Column("run_id", RunKey, ForeignKey("analysis_runs.id"), nullable=False),
    Column("leased_by", String(100)),
    Column("leased_until", Moment),
    Index("ix_analysis_queue_run", "run_id", "document_id"),
)

reading_versions = Table(
    "reading_versions",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("payload", RecordJson(Versions), nullable=False),
)

snapshots = Table(
    "snapshots",
    metadata,
    Column("project_id", ProjectKey, ForeignKey("projects.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("taken_at", Moment, nullable=False),
    Column("through", BigInteger, nullable=False),
    Column("versions", String(64), nullable=False),
    Column("calibration", String(32), nullable=False),
    Column("routing", String(32), nullable=False),
    Column("registry", String(64), nullable=False),
)

snapshot_points = Table(
    "snapshot_points",
    metadata,
    Column("project_id", ProjectKey, ForeignKey("projects.id"), primary_key=True),
    Column("risk_point_id", String(25), primary_key=True),
    Column("first", Integer, primary_key=True, autoincrement=False),
    Column("last", Integer),
    Column("figures", Text, nullable=False),
    Index("ix_snapshot_points_last", "project_id", "last"),
)

snapshot_passages = Table(
    "snapshot_passages",
    metadata,
    Column("id", Counter, primary_key=True, autoincrement=True),
    Column("project_id", ProjectKey, ForeignKey("projects.id"), nullable=False),
    Column("risk_point_id", String(25), nullable=False),
    Column("document_id", DocumentKey, nullable=False, index=True),
    Column("role", String(16), nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("first", Integer, nullable=False),
    Column("last", Integer),
    Index("ix_snapshot_passages_point", "project_id", "risk_point_id"),
    Index("ix_snapshot_passages_last", "project_id", "last"),
)

snapshot_readings = Table(
    "snapshot_readings",
    metadata,
    Column("id", Counter, primary_key=True, autoincrement=True),
    Column("project_id", ProjectKey, ForeignKey("projects.id"), nullable=False),
    Column("document_id", DocumentKey, nullable=False, index=True),
    Column("versions", String(64), nullable=False),
    Column("first", Integer, nullable=False),
    Column("last", Integer),
    Index("ix_snapshot_readings_last", "project_id", "last"),
)

snapshot_withdrawals = Table(
    "snapshot_withdrawals",
    metadata,
    Column("project_id", ProjectKey, ForeignKey("projects.id"), primary_key=True),
    Column("risk_point_id", String(25), primary_key=True),
    Column("after", Integer, primary_key=True, autoincrement=False),
    Column("texts", Integer, nullable=False),
)
