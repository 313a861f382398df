"""Back-fills wait beside what is new, and workers sign what they do."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Adds the lane of a document, with which the queue is ordered anew, and the workers; what waits counts as new."""
    op.add_column("documents", sa.Column("backfill", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.drop_index("ix_documents_queue", "documents")
    op.create_index("ix_documents_queue", "documents", ["state", "backfill", "collected_at", "id"])
    op.create_table(
        "workers",
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("step", sa.String(length=16), nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.Column("new", sa.BigInteger(), nullable=False),
        sa.Column("again", sa.BigInteger(), nullable=False),
        sa.Column("failed", sa.BigInteger(), nullable=False),
        sa.Column("new_per_second", sa.Float(), nullable=False),
        sa.Column("again_per_second", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_workers")),
    )


def downgrade() -> None:
    """Removes both; all that waits is in one lane again."""
    op.drop_table("workers")
    op.drop_index("ix_documents_queue", "documents")
    op.drop_column("documents", "backfill")
    op.create_index("ix_documents_queue", "documents", ["state", "collected_at", "id"])
