"""Incidents with their events and notes, detector states, judged hours, duty officers and sealed pointers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0005"
branch_labels = None
depends_on = None

COUNTER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.drop_table("alerts")
    op.create_index("ix_documents_published", "documents", ["published_at"])
    _incidents()
    _series()
    op.create_table(
        "duty_officers",
        sa.Column("project_id", sa.String(length=64), nullable=False),
        sa.Column("officer", sa.String(length=64), nullable=False),
        sa.Column("named_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_duty_officers_project_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("project_id", name=op.f("pk_duty_officers")),
    )
    op.create_table(
        "source_pointers",
        sa.Column("document_id", sa.String(length=25), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name=op.f("fk_source_pointers_document_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("document_id", name=op.f("pk_source_pointers")),
    )
    op.create_index(op.f("ix_source_pointers_expires_at"), "source_pointers", ["expires_at"])


def _incidents() -> None:
    op.create_table(
        "incidents",
        sa.Column("id", sa.String(length=25), nullable=False),
        sa.Column("project_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("serial", sa.BigInteger(), nullable=False),
        sa.Column("begin", MOMENT, nullable=False),
        sa.Column("ended", MOMENT),
        sa.Column("level", sa.String(length=8), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("expires_at", MOMENT),
        sa.Column("verdict", sa.String(length=16)),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.CheckConstraint("kind IN ('volume', 'life_safety')", name=op.f("ck_incidents_kind")),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_incidents_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incidents")),
    )
    op.create_index("ix_incidents_project", "incidents", ["project_id", "begin"])
    op.create_index("ix_incidents_begin", "incidents", ["begin", "id"])
    op.create_index("ix_incidents_state", "incidents", ["state", "expires_at"])
    op.create_table(
        "incident_events",
        sa.Column("sequence", COUNTER, autoincrement=True, nullable=False),
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("incident_id", sa.String(length=25), nullable=False),
        sa.Column("project_id", sa.String(length=64), nullable=False),
        sa.Column("level", sa.String(length=8), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("recipient", sa.String(length=64)),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name=op.f("fk_incident_events_incident_id")),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_incident_events")),
        sa.UniqueConstraint("key", name=op.f("uq_incident_events_key")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_incident_events_incident_id"), "incident_events", ["incident_id"])
    op.create_table(
        "incident_notes",
        sa.Column("number", COUNTER, autoincrement=True, nullable=False),
        sa.Column("incident_id", sa.String(length=25), nullable=False),
        sa.Column("who", sa.String(length=64), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("action", sa.String(length=16), nullable=False),
        sa.Column("value", sa.String(length=100)),
        sa.Column("comment", sa.Text()),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name=op.f("fk_incident_notes_incident_id")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_incident_notes")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_incident_notes_incident_id"), "incident_notes", ["incident_id"])


def _series() -> None:
    op.create_table(
        "alert_series",
        sa.Column("project_id", sa.String(length=64), nullable=False),
        sa.Column("begin", sa.BigInteger(), nullable=False),
        sa.Column("tick", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.String(length=32), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
        sa.Column("sources", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_alert_series_project_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("project_id", name=op.f("pk_alert_series")),
    )
    op.create_table(
        "alert_hours",
        sa.Column("project_id", sa.String(length=64), nullable=False),
        sa.Column("tick", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("count", sa.Float(), nullable=False),
        sa.Column("total", sa.Float()),
        sa.Column("voices_low", sa.Integer(), nullable=False),
        sa.Column("voices_high", sa.Integer(), nullable=False),
        sa.Column("by_source", sa.JSON(), nullable=False),
        sa.Column("exposure", sa.Float(), nullable=False),
        sa.Column("capped", sa.Boolean(), nullable=False),
        sa.Column("missing", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_alert_hours_project_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("project_id", "tick", name=op.f("pk_alert_hours")),
    )


def downgrade() -> None:
    op.drop_index("ix_documents_published", "documents")
    for table in (
        "source_pointers", "duty_officers", "alert_hours", "alert_series", "incident_notes", "incident_events",
        "incidents",
    ):  # fmt: skip
        op.drop_table(table)
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
