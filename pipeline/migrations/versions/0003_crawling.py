"""Crawling: states of sources, windows to be read again, validators of pages, leases."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "window_queue",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("since", moment, nullable=False),
        sa.Column("until", moment, nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("parent", sa.String(length=64), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("not_before", moment, nullable=False),
        sa.Column("why", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_window_queue")),
    )
    op.create_index(op.f("ix_window_queue_source"), "window_queue", ["source"])
    op.create_table(
        "page_validators",
        sa.Column("window_id", sa.String(length=64), nullable=False),
        sa.Column("page", sa.String(length=40), nullable=False),
        sa.Column("etag", sa.String(length=200), nullable=True),
        sa.Column("last_modified", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("window_id", "page", name=op.f("pk_page_validators")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "sources",
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("changed_by", sa.String(length=64), nullable=True),
        sa.Column("changed_at", moment, nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("blocked", sa.String(length=32), nullable=True),
        sa.Column("blocked_at", moment, nullable=True),
        sa.Column("last_success", moment, nullable=True),
        sa.Column("last_error", sa.String(length=300), nullable=True),
        sa.Column("last_error_at", moment, nullable=True),
        sa.Column("robots", sa.String(length=32), nullable=True),
        sa.Column("robots_at", moment, nullable=True),
        sa.Column("next_run", moment, nullable=True),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("requests", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_sources")),
    )
    op.create_table(
        "leases",
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("holder", sa.String(length=100), nullable=False),
        sa.Column("until", moment, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_leases")),
    )
    op.create_index("ix_documents_window", "documents", ["window_id"])


def downgrade() -> None:
    op.drop_index("ix_documents_window", "documents")
    for table in ("leases", "sources", "page_validators", "window_queue"):
        op.drop_table(table)
