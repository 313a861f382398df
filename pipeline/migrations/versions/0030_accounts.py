"""Accounts of the staff, their one-time links and their sessions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0026"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "accounts",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("display_name", sa.String(length=100), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("project_ids", sa.JSON()),
        sa.Column("region_code", sa.String(length=12)),
        sa.Column("unit", sa.String(length=64)),
        sa.Column("password_hash", sa.String(length=255)),
        sa.Column("sign_on_digest", sa.String(length=64)),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("disabled_at", MOMENT),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_accounts")),
        sa.UniqueConstraint("sign_on_digest", name=op.f("uq_accounts_sign_on_digest")),
    )
    op.create_table(
        "account_links",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("holder", sa.String(length=64)),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["holder"], ["accounts.name"], name=op.f("fk_account_links_holder"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_account_links")),
    )
    op.create_index(op.f("ix_account_links_holder"), "account_links", ["holder"])
    op.create_table(
        "account_sessions",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("holder", sa.String(length=64), nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.Column("purposes", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["holder"], ["accounts.name"], name=op.f("fk_account_sessions_holder"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_account_sessions")),
    )
    op.create_index(op.f("ix_account_sessions_holder"), "account_sessions", ["holder"])


def downgrade() -> None:
    for table in ("account_sessions", "account_links", "accounts"):
        op.drop_table(table)
