"""Handling of petitions: status and grades that boards state."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "petition_handling",
        sa.Column("document_id", sa.String(length=25), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=True),
        sa.Column("satisfaction", sa.Integer(), nullable=True),
        sa.Column("satisfaction_attitude", sa.Integer(), nullable=True),
        sa.Column("satisfaction_speed", sa.Integer(), nullable=True),
        sa.Column("stated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name=op.f("fk_petition_handling_document_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("document_id", name=op.f("pk_petition_handling")),
    )


def downgrade() -> None:
    op.drop_table("petition_handling")
