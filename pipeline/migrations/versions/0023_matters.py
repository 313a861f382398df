"""Matters with stable ids, their merges and splits; alias proposals."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "matters",
        sa.Column("id", sa.String(length=25), nullable=False),
        sa.Column("project_id", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_matters_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matters")),
    )
    op.create_index(op.f("ix_matters_project_id"), "matters", ["project_id"])
    op.create_table(
        "matter_members",
        sa.Column("matter_id", sa.String(length=25), nullable=False),
        sa.Column("document_id", sa.String(length=25), nullable=False),
        sa.ForeignKeyConstraint(
            ["matter_id"], ["matters.id"], name=op.f("fk_matter_members_matter_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("matter_id", "document_id", name=op.f("pk_matter_members")),
    )
    op.create_index(op.f("ix_matter_members_document_id"), "matter_members", ["document_id"])
    op.create_table(
        "matter_events",
        sa.Column("project_id", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("matter_id", sa.String(length=25), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_matter_events_project_id")),
        sa.PrimaryKeyConstraint("project_id", "position", name=op.f("pk_matter_events")),
    )
    op.create_index("ix_matter_events_matter", "matter_events", ["project_id", "matter_id"])
    op.create_table(
        "matter_vectors",
        sa.Column("document_id", sa.String(length=25), nullable=False),
        sa.Column("encoder", sa.String(length=100), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name=op.f("fk_matter_vectors_document_id")),
        sa.PrimaryKeyConstraint("document_id", name=op.f("pk_matter_vectors")),
    )


def downgrade() -> None:
    for table in ("matter_vectors", "matter_events", "matter_members", "matters"):
        op.drop_table(table)
