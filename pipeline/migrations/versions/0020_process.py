"""Stages, checklist and dispatches."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0011"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
COUNTER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "dispatches",
        sa.Column("id", sa.String(length=25), nullable=False),
        sa.Column("project_id", sa.String(length=64), nullable=False),
        sa.Column("risk_point_id", sa.String(length=25), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("take_up_due", sa.Date(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "state IN ('proposed', 'confirmed', 'overdue', 'responded', 'closed', 'withdrawn')",
            name=op.f("ck_dispatches_state"),
        ),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_dispatches_project_id")),
        sa.ForeignKeyConstraint(["risk_point_id"], ["risk_points.id"], name=op.f("fk_dispatches_risk_point_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispatches")),
    )
    op.create_index("ix_dispatches_project", "dispatches", ["project_id", "due", "id"])
    op.create_index("ix_dispatches_risk_point", "dispatches", ["risk_point_id", "round"])
    op.create_index("ix_dispatches_state", "dispatches", ["state", "due"])
    op.create_table(
        "dispatch_steps",
        sa.Column("number", COUNTER, autoincrement=True, nullable=False),
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("dispatch_id", sa.String(length=25), nullable=False),
        sa.Column("action", sa.String(length=16), nullable=False),
        sa.Column("who", sa.String(length=64), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("response", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["dispatch_id"], ["dispatches.id"], name=op.f("fk_dispatch_steps_dispatch_id")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_dispatch_steps")),
        sa.UniqueConstraint("id", name=op.f("uq_dispatch_steps_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_dispatch_steps_dispatch_id"), "dispatch_steps", ["dispatch_id"])
    op.create_table(
        "process_marks",
        sa.Column("number", COUNTER, autoincrement=True, nullable=False),
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("project_id", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=32), nullable=False),
        sa.Column("value", sa.String(length=32), nullable=False),
        sa.Column("who", sa.String(length=64), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_process_marks_project_id")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_process_marks")),
        sa.UniqueConstraint("id", name=op.f("uq_process_marks_id")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_process_marks_project", "process_marks", ["project_id", "subject", "number"])


def downgrade() -> None:
    for table in ("process_marks", "dispatch_steps", "dispatches"):
        op.drop_table(table)
