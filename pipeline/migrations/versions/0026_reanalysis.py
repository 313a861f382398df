"""Runs of re-analysis with their queue, and snapshots of candidates without any text."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
COUNTER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "analysis_runs",
        sa.Column("id", sa.String(length=25), nullable=False),
        sa.Column("serial", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("usual", sa.String(length=64), nullable=False),
        sa.Column("scope", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("texts", sa.Integer(), nullable=False),
        sa.Column("read", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("begun_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT),
        sa.Column("begun_on", sa.BigInteger(), nullable=False),
        sa.Column("ended_on", sa.BigInteger()),
        sa.Column("versions", sa.Text(), nullable=False),
        sa.CheckConstraint("state IN ('open', 'done')", name=op.f("ck_analysis_runs_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_analysis_runs")),
        sa.UniqueConstraint("serial", name=op.f("uq_analysis_runs_serial")),
    )
    op.create_table(
        "analysis_queue",
        sa.Column("document_id", sa.String(length=25), nullable=False),
        sa.Column("run_id", sa.String(length=25), nullable=False),
        sa.Column("leased_by", sa.String(length=100)),
        sa.Column("leased_until", MOMENT),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name=op.f("fk_analysis_queue_document_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["run_id"], ["analysis_runs.id"], name=op.f("fk_analysis_queue_run_id")),
        sa.PrimaryKeyConstraint("document_id", name=op.f("pk_analysis_queue")),
    )
    op.create_index("ix_analysis_queue_run", "analysis_queue", ["run_id", "document_id"])
    op.create_table(
        "reading_versions",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_reading_versions")),
    )
    op.create_table(
        "snapshots",
        sa.Column("project_id", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("taken_at", MOMENT, nullable=False),
        sa.Column("through", sa.BigInteger(), nullable=False),
        sa.Column("versions", sa.String(length=64), nullable=False),
        sa.Column("calibration", sa.String(length=32), nullable=False),
        sa.Column("routing", sa.String(length=32), nullable=False),
        sa.Column("registry", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_snapshots_project_id")),
        sa.PrimaryKeyConstraint("project_id", "number", name=op.f("pk_snapshots")),
    )
    op.create_table(
        "snapshot_points",
        sa.Column("project_id", sa.String(length=64), nullable=False),
        sa.Column("risk_point_id", sa.String(length=25), nullable=False),
        sa.Column("first", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Integer()),
        sa.Column("figures", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_snapshot_points_project_id")),
        sa.PrimaryKeyConstraint("project_id", "risk_point_id", "first", name=op.f("pk_snapshot_points")),
    )
    op.create_index("ix_snapshot_points_last", "snapshot_points", ["project_id", "last"])
    op.create_table(
        "snapshot_passages",
        sa.Column("id", COUNTER, autoincrement=True, nullable=False),
        sa.Column("project_id", sa.String(length=64), nullable=False),
        sa.Column("risk_point_id", sa.String(length=25), nullable=False),
        sa.Column("document_id", sa.String(length=25), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("first", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer()),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_snapshot_passages_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_snapshot_passages")),
    )
    op.create_index("ix_snapshot_passages_point", "snapshot_passages", ["project_id", "risk_point_id"])
    op.create_index("ix_snapshot_passages_last", "snapshot_passages", ["project_id", "last"])
    op.create_index(op.f("ix_snapshot_passages_document_id"), "snapshot_passages", ["document_id"])
    op.create_table(
        "snapshot_readings",
        sa.Column("id", COUNTER, autoincrement=True, nullable=False),
        sa.Column("project_id", sa.String(length=64), nullable=False),
        sa.Column("document_id", sa.String(length=25), nullable=False),
        sa.Column("versions", sa.String(length=64), nullable=False),
        sa.Column("first", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer()),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_snapshot_readings_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_snapshot_readings")),
    )
    op.create_index("ix_snapshot_readings_last", "snapshot_readings", ["project_id", "last"])
    op.create_index(op.f("ix_snapshot_readings_document_id"), "snapshot_readings", ["document_id"])
    op.create_table(
        "snapshot_withdrawals",
        sa.Column("project_id", sa.String(length=64), nullable=False),
        sa.Column("risk_point_id", sa.String(length=25), nullable=False),
        sa.Column("after", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("texts", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_snapshot_withdrawals_project_id")),
        sa.PrimaryKeyConstraint("project_id", "risk_point_id", "after", name=op.f("pk_snapshot_withdrawals")),
    )


def downgrade() -> None:
    for table in (
        "snapshot_withdrawals", "snapshot_readings", "snapshot_passages", "snapshot_points", "snapshots",
        "reading_versions", "analysis_queue", "analysis_runs",
    ):  # fmt: skip
        op.drop_table(table)
