"""Watched searches, the texts that are new in them, and the messages that tell of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "search_watches",
        sa.Column("id", sa.String(length=25), nullable=False),
        sa.Column("project_id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("who", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("purpose", sa.String(length=32), nullable=False),
        sa.Column("since", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id", "name"],
            ["saved_searches.project_id", "saved_searches.name"],
            name=op.f("fk_search_watches_project_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_watches")),
    )
    op.create_table(
        "search_hits",
        sa.Column("watch_id", sa.String(length=25), nullable=False),
        sa.Column("document_id", sa.String(length=25), nullable=False),
        sa.Column("alerted_at", MOMENT),
        sa.ForeignKeyConstraint(
            ["watch_id"], ["search_watches.id"], name=op.f("fk_search_hits_watch_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name=op.f("fk_search_hits_document_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("watch_id", "document_id", name=op.f("pk_search_hits")),
    )
    op.create_index(op.f("ix_search_hits_document_id"), "search_hits", ["document_id"])
    op.create_index("ix_search_hits_alert", "search_hits", ["watch_id", "alerted_at"])
    op.create_table(
        "message_searches",
        sa.Column("message_key", sa.String(length=200), nullable=False),
        sa.Column("watch_id", sa.String(length=25), nullable=False),
        sa.Column("alerted_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["message_key"], ["messages.key"], name=op.f("fk_message_searches_message_key"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["watch_id"], ["search_watches.id"], name=op.f("fk_message_searches_watch_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("message_key", "watch_id", "alerted_at", name=op.f("pk_message_searches")),
    )


def downgrade() -> None:
    for table in ("message_searches", "search_hits", "search_watches"):
        op.drop_table(table)
