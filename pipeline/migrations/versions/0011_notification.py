"""Subscriptions, and the messages that are due to them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "subscriptions",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_subscriptions")),
    )
    op.create_table(
        "messages",
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("subscription", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.Boolean(), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=200)),
        sa.Column("sent_at", MOMENT),
        sa.Column("leased_by", sa.String(length=100)),
        sa.Column("leased_until", MOMENT),
        sa.CheckConstraint("state IN ('waiting', 'sent', 'dead', 'dropped')", name=op.f("ck_messages_state")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_messages")),
    )
    op.create_index("ix_messages_due", "messages", ["state", "due_at"])
    op.create_index("ix_messages_subscription", "messages", ["subscription", "state"])
    op.create_table(
        "message_events",
        sa.Column("message_key", sa.String(length=200), nullable=False),
        sa.Column("sequence", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("incident_id", sa.String(length=25), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_key"], ["messages.key"], name=op.f("fk_message_events_message_key"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("message_key", "sequence", name=op.f("pk_message_events")),
    )
    op.create_index(op.f("ix_message_events_incident_id"), "message_events", ["incident_id"])


def downgrade() -> None:
    for table in ("message_events", "messages", "subscriptions"):
        op.drop_table(table)
