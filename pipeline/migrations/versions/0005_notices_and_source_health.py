"""Milestones that notices propose; how crawls of each source went, and incidents of sources."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    counter = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    op.create_table(
        "milestone_proposals",
        sa.Column("id", sa.String(length=25), nullable=False),
        sa.Column("project_id", sa.String(length=64), nullable=False),
        sa.Column("document_id", sa.String(length=25), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("decided_by", sa.String(length=64), nullable=True),
        sa.Column("decided_at", moment, nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.CheckConstraint("state IN ('proposed', 'accepted', 'rejected')", name=op.f("ck_milestone_proposals_state")),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name=op.f("fk_milestone_proposals_document_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_milestone_proposals_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_milestone_proposals")),
    )
    op.create_index("ix_milestone_proposals_project", "milestone_proposals", ["project_id", "id"])
    op.create_index(op.f("ix_milestone_proposals_document_id"), "milestone_proposals", ["document_id"])
    op.add_column("sources", sa.Column("title", sa.String(length=100), nullable=True))
    op.add_column("sources", sa.Column("kind", sa.String(length=16), nullable=True))
    op.add_column("sources", sa.Column("every_minutes", sa.Integer(), nullable=True))
    op.add_column("sources", sa.Column("begun_at", moment, nullable=True))
    op.create_table(
        "source_crawls",
        sa.Column("id", counter, autoincrement=True, nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("ended_at", moment, nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("monitors", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source_crawls")),
    )
    op.create_index("ix_source_crawls_source", "source_crawls", ["source", "id"])
    op.create_table(
        "source_incidents",
        sa.Column("id", counter, autoincrement=True, nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("opened_at", moment, nullable=False),
        sa.Column("closed_at", moment, nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.CheckConstraint("kind IN ('no_success', 'no_items', 'blocked')", name=op.f("ck_source_incidents_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source_incidents")),
    )
    op.create_index("ix_source_incidents_source", "source_incidents", ["source", "opened_at"])


def downgrade() -> None:
    for table in ("source_incidents", "source_crawls"):
        op.drop_table(table)
    for column in ("begun_at", "every_minutes", "kind", "title"):
        op.drop_column("sources", column)
    op.drop_table("milestone_proposals")
