"""Data sharing by contract."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "shares",
        sa.Column("id", sa.String(length=25), nullable=False),
        sa.Column("project_id", sa.String(length=64), nullable=False),
        sa.Column("grantee", sa.String(length=64), nullable=False),
        sa.Column("grantee_role", sa.String(length=32), nullable=False),
        sa.Column("grantee_unit", sa.String(length=64), nullable=False),
        sa.Column("level", sa.String(length=16), nullable=False),
        sa.Column("form", sa.String(length=8), nullable=False),
        sa.Column("purpose", sa.String(length=32), nullable=False),
        sa.Column("valid_from", MOMENT, nullable=False),
        sa.Column("valid_until", MOMENT, nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("granted_by", sa.String(length=64), nullable=False),
        sa.Column("granted_at", MOMENT, nullable=False),
        sa.Column("revoked_at", MOMENT),
        sa.Column("revoked_by", sa.String(length=64)),
        sa.Column("revoked_because", sa.Text()),
        sa.CheckConstraint("level IN ('aggregates', 'risk_points', 'evidence')", name=op.f("ck_shares_level")),
        sa.CheckConstraint("form IN ('view', 'export', 'api')", name=op.f("ck_shares_form")),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_shares_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shares")),
    )
    op.create_index(op.f("ix_shares_grantee"), "shares", ["grantee"])
    op.create_index("ix_shares_project", "shares", ["project_id", "grantee_unit"])
    op.create_table(
        "share_releases",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("share_id", sa.String(length=25), nullable=False),
        sa.Column("project_id", sa.String(length=64), nullable=False),
        sa.Column("grantee_unit", sa.String(length=64), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["share_id"], ["shares.id"], name=op.f("fk_share_releases_share_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_share_releases")),
    )
    op.create_index(op.f("ix_share_releases_share_id"), "share_releases", ["share_id"])
    op.create_index(op.f("ix_share_releases_at"), "share_releases", ["at"])
    op.create_index("ix_share_releases_unit", "share_releases", ["project_id", "grantee_unit"])
    op.create_table(
        "share_groups",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("documents", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_share_groups")),
    )
    op.create_table(
        "share_numbers",
        sa.Column("release_id", sa.String(length=32), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("documents", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["release_id"], ["share_releases.id"], name=op.f("fk_share_numbers_release_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["digest"], ["share_groups.digest"], name=op.f("fk_share_numbers_digest")),
        sa.PrimaryKeyConstraint("release_id", "position", name=op.f("pk_share_numbers")),
    )
    op.create_index(op.f("ix_share_numbers_digest"), "share_numbers", ["digest"])


def downgrade() -> None:
    for table in ("share_numbers", "share_groups", "share_releases", "shares"):
        op.drop_table(table)
