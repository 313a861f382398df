"""The tables of the process: dispatches with their steps, and what people marked in a project's checklist."""

from __future__ import annotations

from sqlalchemy import JSON, CheckConstraint, Column, Date, ForeignKey, Index, Integer, String, Table

from pipeline.records.dispatch import DispatchProposed
from pipeline.store.columns import Moment, RecordJson, SealedText
from pipeline.store.tables import Counter, ProjectKey, metadata

dispatches = Table(
    "dispatches",
    metadata,
    Column("id", String(25), primary_key=True),
    Column("project_id", ProjectKey, ForeignKey("projects.id"), nullable=False),
    Column("risk_point_id", String(25), ForeignKey("risk_points.id"), nullable=False),
    Column("round", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("take_up_due", Date, nullable=False),
    Column("due", Date, nullable=False),
    Column("payload", RecordJson(DispatchProposed), nullable=False),
    CheckConstraint("state IN ('proposed', 'confirmed', 'overdue', 'responded', 'closed', 'withdrawn')", name="state"),
    Index("ix_dispatches_project", "project_id", "due", "id"),
    Index("ix_dispatches_risk_point", "risk_point_id", "round"),
    Index("ix_dispatches_state", "state", "due"),
)

dispatch_steps = Table(
    "dispatch_steps",
    metadata,
    Column("number", Counter, primary_key=True, autoincrement=True),
    Column("id", String(100), nullable=False, unique=True),
    Column("dispatch_id", String(25), ForeignKey("dispatches.id"), nullable=False, index=True),
    Column("action", String(16), nullable=False),
    Column("who", String(64), nullable=False),
    Column("at", Moment, nullable=False),
    Column("reason", SealedText, nullable=False),
    Column("values", JSON, nullable=False),
    Column("response", SealedText),
    sqlite_autoincrement=True,
)

process_marks = Table(
    "process_marks",
    metadata,
    Column("number", Counter, primary_key=True, autoincrement=True),
    Column("id", String(100), nullable=False, unique=True),
    Column("project_id", ProjectKey, ForeignKey("projects.id"), nullable=False),
    Column("subject", String(32), nullable=False),
    Column("value", String(32), nullable=False),
    Column("who", String(64), nullable=False),
    Column("at", Moment, nullable=False),
    Column("reason", SealedText, nullable=False),
    Index("ix_process_marks_project", "project_id", "subject", "number"),
    sqlite_autoincrement=True,
)
