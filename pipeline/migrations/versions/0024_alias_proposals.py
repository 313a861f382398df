"""Names by which people may call a project: proposals with their passages, and what people decided about them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    counter = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    op.create_table(
        "alias_proposals",
        sa.Column("id", sa.String(length=25), nullable=False),
        sa.Column("project_id", sa.String(length=64), nullable=False),
        sa.Column("alias", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("elsewhere", sa.Integer(), nullable=False),
        sa.Column("proposed_at", moment, nullable=False),
        sa.CheckConstraint(
            "state IN ('proposed', 'accepted', 'rejected', 'withdrawn')", name=op.f("ck_alias_proposals_state")
        ),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_alias_proposals_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alias_proposals")),
    )
    op.create_index(op.f("ix_alias_proposals_project_id"), "alias_proposals", ["project_id"])
    op.create_table(
        "alias_passages",
        sa.Column("proposal_id", sa.String(length=25), nullable=False),
        sa.Column("document_id", sa.String(length=25), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["alias_proposals.id"], name=op.f("fk_alias_passages_proposal_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name=op.f("fk_alias_passages_document_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("proposal_id", "document_id", name=op.f("pk_alias_passages")),
    )
    op.create_index(op.f("ix_alias_passages_document_id"), "alias_passages", ["document_id"])
    op.create_table(
        "alias_decisions",
        sa.Column("number", counter, autoincrement=True, nullable=False),
        sa.Column("proposal_id", sa.String(length=25), nullable=False),
        sa.Column("action", sa.String(length=16), nullable=False),
        sa.Column("who", sa.String(length=64), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint("action IN ('accept', 'reject', 'withdraw')", name=op.f("ck_alias_decisions_action")),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["alias_proposals.id"], name=op.f("fk_alias_decisions_proposal_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_alias_decisions")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_alias_decisions_proposal_id"), "alias_decisions", ["proposal_id"])


def downgrade() -> None:
    for table in ("alias_decisions", "alias_passages", "alias_proposals"):
        op.drop_table(table)
