"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
COUNTER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
APPEND_ONLY = {
    "sqlite": [
        f"CREATE TRIGGER audit_no_{verb.lower()} BEFORE {verb} ON audit "
        "BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END"
        for verb in ("UPDATE", "DELETE")
    ],
    "postgresql": [
        "CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the audit trail is append-only'; END $$",
        "CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only()",
    ],
}


def upgrade() -> None:
    op.create_table(
        "api_keys",
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("project_ids", sa.JSON()),
        sa.Column("region_code", sa.String(length=16)),
        sa.Column("issued_at", MOMENT, nullable=False),
        sa.Column("revoked_at", MOMENT),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_api_keys")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_api_keys_key_hash")),
    )
    op.create_table(
        "audit",
        sa.Column("sequence", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("when", MOMENT, nullable=False),
        sa.Column("project_id", sa.String(length=64)),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_audit")),
    )
    op.create_table(
        "cursors",
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("position", sa.String(length=1000), nullable=False),
        sa.Column("moved_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("source", name=op.f("pk_cursors")),
    )
    op.create_table(
        "documents",
        sa.Column("id", sa.String(length=25), nullable=False),
        sa.Column("source_kind", sa.String(length=16), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("url", sa.String()),
        sa.Column("genre", sa.String(length=16), nullable=False),
        sa.Column("reply_to", sa.String(length=25)),
        sa.Column("published_at", MOMENT),
        sa.Column("collected_at", MOMENT, nullable=False),
        sa.Column("window_id", sa.String(length=64)),
        sa.Column("region", sa.Text()),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("redactions", sa.JSON(), nullable=False),
        sa.Column("redactor_version", sa.String(length=64), nullable=False),
        sa.Column("origin_id", sa.String(length=25), nullable=False),
        sa.Column("engagement", sa.JSON(), nullable=False),
        sa.Column("tombstone", sa.Boolean(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("leased_by", sa.String(length=100)),
        sa.Column("leased_until", MOMENT),
        sa.CheckConstraint(
            "state IN ('received', 'analysed', 'indexed', 'quarantined', 'withdrawn')", name=op.f("ck_documents_state")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_documents")),
    )
    op.create_index(op.f("ix_documents_origin_id"), "documents", ["origin_id"])
    op.create_index("ix_documents_queue", "documents", ["state", "collected_at", "id"])
    op.create_index(op.f("ix_documents_reply_to"), "documents", ["reply_to"])
    op.create_table(
        "meta",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("value", sa.String(length=1000), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_meta")),
    )
    op.create_table(
        "outbox",
        sa.Column("sequence", COUNTER, autoincrement=True, nullable=False),
        sa.Column("document_id", sa.String(length=25), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.CheckConstraint("kind IN ('upsert', 'delete')", name=op.f("ck_outbox_kind")),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_outbox")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_outbox_document_id"), "outbox", ["document_id"])
    op.create_table(
        "projects",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("stage", sa.String(length=32), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_projects")),
    )
    op.create_table(
        "quarantine",
        sa.Column("id", sa.String(length=25), nullable=False),
        sa.Column("stage", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=64), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quarantine")),
    )
    op.create_table(
        "voice_periods",
        sa.Column("period", sa.String(length=32), nullable=False),
        sa.Column("closed_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("period", name=op.f("pk_voice_periods")),
    )
    op.create_table(
        "windows",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("since", MOMENT),
        sa.Column("until", MOMENT, nullable=False),
        sa.Column("cut_short", sa.String(length=32)),
        sa.Column("found", sa.Integer(), nullable=False),
        sa.Column("closed_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_windows")),
    )
    op.create_index("ix_windows_source", "windows", ["source", "until"])
    op.create_table(
        "alerts",
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("project_id", sa.String(length=64), nullable=False),
        sa.Column("window_end", MOMENT, nullable=False),
        sa.Column("level", sa.String(length=8), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_alerts_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alerts")),
    )
    op.create_index("ix_alerts_project", "alerts", ["project_id", "window_end"])
    op.create_table(
        "analyses",
        sa.Column("id", COUNTER, autoincrement=True, nullable=False),
        sa.Column("document_id", sa.String(length=25), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("versions", sa.String(length=64), nullable=False),
        sa.Column("current", sa.Boolean(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name=op.f("fk_analyses_document_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_analyses")),
        sa.UniqueConstraint("document_id", "digest", name=op.f("uq_analyses_document_id_digest")),
    )
    op.create_index(
        "ix_analyses_one_current",
        "analyses",
        ["document_id"],
        unique=True,
        sqlite_where=sa.text("current"),
        postgresql_where=sa.text("current"),
    )
    op.create_table(
        "fingerprints",
        sa.Column("document_id", sa.String(length=25), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name=op.f("fk_fingerprints_document_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("document_id", name=op.f("pk_fingerprints")),
    )
    op.create_table(
        "links",
        sa.Column("document_id", sa.String(length=25), nullable=False),
        sa.Column("project_id", sa.String(length=64), nullable=False),
        sa.Column("relation", sa.String(length=16), nullable=False),
        sa.Column("p", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name=op.f("fk_links_document_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_links_project_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("document_id", "project_id", name=op.f("pk_links")),
    )
    op.create_index("ix_links_project", "links", ["project_id", "relation", "document_id"])
    op.create_table(
        "minhash_bands",
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("document_id", sa.String(length=25), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name=op.f("fk_minhash_bands_document_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("key", "document_id", name=op.f("pk_minhash_bands")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_minhash_bands_document_id"), "minhash_bands", ["document_id"])
    op.create_table(
        "risk_points",
        sa.Column("id", sa.String(length=25), nullable=False),
        sa.Column("project_id", sa.String(length=64), nullable=False),
        sa.Column("factor", sa.String(length=64), nullable=False),
        sa.Column("sealed", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("presence", sa.String(length=16), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("human", sa.JSON(), nullable=False),
        sa.Column("payload", sa.Text()),
        sa.CheckConstraint("presence IN ('live', 'withdrawn', 'removed')", name=op.f("ck_risk_points_presence")),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_risk_points_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_risk_points")),
        sa.UniqueConstraint("project_id", "revision", name=op.f("uq_risk_points_project_id_revision")),
    )
    op.create_table(
        "voices",
        sa.Column("document_id", sa.String(length=25), nullable=False),
        sa.Column("project_id", sa.String(length=64), nullable=False),
        sa.Column("period", sa.String(length=32), nullable=False),
        sa.Column("token", sa.LargeBinary()),
        sa.Column("ordinal", sa.Integer()),
        sa.CheckConstraint("(token IS NULL) <> (ordinal IS NULL)", name=op.f("ck_voices_token_or_ordinal")),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name=op.f("fk_voices_document_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("document_id", "project_id", name=op.f("pk_voices")),
    )
    op.create_index("ix_voices_period", "voices", ["period"])
    op.create_table(
        "decisions",
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("risk_point_id", sa.String(length=25), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(length=16), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["risk_point_id"], ["risk_points.id"], name=op.f("fk_decisions_risk_point_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
        sa.UniqueConstraint("risk_point_id", "position", name=op.f("uq_decisions_risk_point_id_position")),
    )
    op.create_index(op.f("ix_decisions_risk_point_id"), "decisions", ["risk_point_id"])
    for statement in APPEND_ONLY[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    for table in (
        "decisions",
        "voices",
        "risk_points",
        "minhash_bands",
        "links",
        "fingerprints",
        "analyses",
        "alerts",
        "windows",
        "voice_periods",
        "quarantine",
        "projects",
        "outbox",
        "meta",
        "documents",
        "cursors",
        "audit",
        "api_keys",
    ):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION audit_is_append_only()")
