"""What other systems pull and are told: numbered changes, answered keys, webhooks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "risk_point_changes",
        sa.Column("risk_point_id", sa.String(length=25), nullable=False),
        sa.Column("project_id", sa.String(length=64), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("project_digest", sa.String(length=64), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["risk_point_id"],
            ["risk_points.id"],
            name=op.f("fk_risk_point_changes_risk_point_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("risk_point_id", name=op.f("pk_risk_point_changes")),
        sa.UniqueConstraint("sequence", name=op.f("uq_risk_point_changes_sequence")),
    )
    op.create_table(
        "answered_keys",
        sa.Column("caller", sa.String(length=100), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("request_hash", sa.String(length=64), nullable=False),
        sa.Column("answer", sa.String(length=100)),
        sa.Column("answered_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("caller", "key", name=op.f("pk_answered_keys")),
    )
    op.create_table(
        "webhooks",
        sa.Column("id", sa.String(length=25), nullable=False),
        sa.Column("caller", sa.String(length=100), nullable=False),
        sa.Column("purpose", sa.String(length=32), nullable=False),
        sa.Column("host", sa.String(length=260), nullable=False),
        sa.Column("events", sa.JSON(), nullable=False),
        sa.Column("project_ids", sa.JSON()),
        sa.Column("through", sa.BigInteger(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhooks")),
    )
    op.create_index(op.f("ix_webhooks_caller"), "webhooks", ["caller"])
    op.create_table(
        "webhook_deliveries",
        sa.Column("webhook_id", sa.String(length=25), nullable=False),
        sa.Column("sequence", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("event", sa.String(length=32), nullable=False),
        sa.Column("risk_point_id", sa.String(length=25), nullable=False),
        sa.Column("project_id", sa.String(length=64), nullable=False),
        sa.Column("happened_at", MOMENT, nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("reason", sa.String(length=200)),
        sa.Column("sent_at", MOMENT),
        sa.Column("leased_until", MOMENT),
        sa.CheckConstraint("state IN ('waiting', 'sent', 'dead', 'dropped')", name=op.f("ck_webhook_deliveries_state")),
        sa.ForeignKeyConstraint(
            ["webhook_id"], ["webhooks.id"], name=op.f("fk_webhook_deliveries_webhook_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("webhook_id", "sequence", name=op.f("pk_webhook_deliveries")),
    )
    op.create_index("ix_webhook_deliveries_due", "webhook_deliveries", ["state", "due_at"])


def downgrade() -> None:
    for table in ("webhook_deliveries", "webhooks", "answered_keys", "risk_point_changes"):
        op.drop_table(table)
