"""The tables. Records are kept whole as JSON beside the columns that are asked for; no column names a person (P-01)."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)

from pipeline.records import Analysis, AuditEvent, Decision, DecisionProject, Incident, RiskPointCandidate
from pipeline.records.milestone import MilestoneProposal
from pipeline.records.subscription import Subscription
from pipeline.store.columns import Moment, RecordJson, SealedText

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)
DocumentKey = String(25)
ProjectKey = String(64)
Counter = BigInteger().with_variant(Integer, "sqlite")
"""SQLite numbers rows by itself only in a column of exactly this type."""

documents = Table(
    "documents",
    metadata,
    Column("id", DocumentKey, primary_key=True),
    Column("source_kind", String(16), nullable=False),
    Column("source", SealedText, nullable=False),
    Column("url", String),
    Column("genre", String(16), nullable=False),
    Column("reply_to", DocumentKey, index=True),
    Column("published_at", Moment),
    Column("collected_at", Moment, nullable=False),
    Column("window_id", String(64)),
    Column("region", SealedText),
    Column("title", SealedText, nullable=False),
    Column("body", SealedText, nullable=False),
    Column("redactions", JSON, nullable=False),
    Column("redactor_version", String(64), nullable=False),
    Column("origin_id", DocumentKey, nullable=False, index=True),
    Column("engagement", JSON, nullable=False),
    Column("tombstone", Boolean, nullable=False),
    Column("content_hash", String(64), nullable=False),
    Column("state", String(16), nullable=False),
    Column("backfill", Boolean, nullable=False, server_default=false()),
    Column("leased_by", String(100)),
    Column("leased_until", Moment),
    CheckConstraint("state IN ('received', 'analysed', 'indexed', 'quarantined', 'withdrawn')", name="state"),
    Index("ix_documents_queue", "state", "backfill", "collected_at", "id"),
    Index("ix_documents_window", "window_id"),
    Index("ix_documents_published", "published_at"),
    Index("ix_documents_kind", "source_kind", "published_at"),
    Index("ix_documents_collected", "collected_at"),
)

petition_handling = Table(
    "petition_handling",
    metadata,
    Column("document_id", DocumentKey, ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True),
    Column("status", String(16)),
    Column("satisfaction", Integer),
    Column("satisfaction_attitude", Integer),
    Column("satisfaction_speed", Integer),
    Column("stated_at", Moment, nullable=False),
)

fingerprints = Table(
    "fingerprints",
    metadata,
    Column("document_id", DocumentKey, ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True),
    Column("signature", LargeBinary, nullable=False),
)

minhash_bands = Table(
    "minhash_bands",
    metadata,
    Column("key", String(32), primary_key=True),
    Column("document_id", DocumentKey, ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True, index=True),
    sqlite_with_rowid=False,
)

analyses = Table(
    "analyses",
    metadata,
    Column("id", Counter, primary_key=True, autoincrement=True),
    Column("document_id", DocumentKey, ForeignKey("documents.id", ondelete="CASCADE"), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("versions", String(64), nullable=False),
    Column("current", Boolean, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("payload", RecordJson(Analysis), nullable=False),
    UniqueConstraint("document_id", "digest"),
    Index(
        "ix_analyses_one_current",
        "document_id",
        unique=True,
        sqlite_where=text("current"),
        postgresql_where=text("current"),
    ),
)

projects = Table(
    "projects",
    metadata,
    Column("id", ProjectKey, primary_key=True),
    Column("stage", String(32), nullable=False),
    Column("status", String(16), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("updated_at", Moment, nullable=False),
    Column("payload", RecordJson(DecisionProject), nullable=False),
)

links = Table(
    "links",
    metadata,
    Column("document_id", DocumentKey, ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True),
    Column("project_id", ProjectKey, ForeignKey("projects.id", ondelete="CASCADE"), primary_key=True),
    Column("relation", String(16), nullable=False),
    Column("p", Float, nullable=False),
    Column("stance", String(16)),
    Index("ix_links_project", "project_id", "relation", "document_id"),
)

voices = Table(
    "voices",
    metadata,
    Column("document_id", DocumentKey, ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True),
    Column("project_id", ProjectKey, primary_key=True),
    Column("period", String(32), nullable=False),
    Column("token", LargeBinary),
    Column("ordinal", Integer),
    CheckConstraint("(token IS NULL) <> (ordinal IS NULL)", name="token_or_ordinal"),
    Index("ix_voices_period", "period"),
)

voice_periods = Table(
    "voice_periods",
    metadata,
    Column("period", String(32), primary_key=True),
    Column("closed_at", Moment, nullable=False),
)

outbox = Table(
    "outbox",
    metadata,
    Column("sequence", Counter, primary_key=True, autoincrement=True),
    Column("document_id", DocumentKey, nullable=False, index=True),
    Column("kind", String(8), nullable=False),
    CheckConstraint("kind IN ('upsert', 'delete')", name="kind"),
    sqlite_autoincrement=True,
)

risk_points = Table(
    "risk_points",
    metadata,
    Column("id", String(25), primary_key=True),
    Column("project_id", ProjectKey, ForeignKey("projects.id"), nullable=False),
    Column("factor", String(64), nullable=False),
    Column("sealed", Boolean, nullable=False),
    Column("state", String(32), nullable=False),
    Column("presence", String(16), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("revision", BigInteger, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Column("human", JSON, nullable=False),
    Column("payload", RecordJson(RiskPointCandidate)),
    CheckConstraint("presence IN ('live', 'withdrawn', 'removed')", name="presence"),
    UniqueConstraint("project_id", "revision"),
)

decisions = Table(
    "decisions",
    metadata,
    Column("id", String(100), primary_key=True),
    Column("risk_point_id", String(25), ForeignKey("risk_points.id"), nullable=False, index=True),
    Column("position", Integer, nullable=False),
    Column("action", String(16), nullable=False),
    Column("payload", RecordJson(Decision), nullable=False),
    UniqueConstraint("risk_point_id", "position"),
)

incidents = Table(
    "incidents",
    metadata,
    Column("id", String(25), primary_key=True),
    Column("project_id", ProjectKey, ForeignKey("projects.id"), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("serial", BigInteger, nullable=False),
    Column("begin", Moment, nullable=False),
    Column("ended", Moment),
    Column("level", String(8), nullable=False),
    Column("state", String(16), nullable=False),
    Column("expires_at", Moment),
    Column("verdict", String(16)),
    Column("payload", RecordJson(Incident), nullable=False),
    CheckConstraint("kind IN ('volume', 'life_safety')", name="kind"),
    Index("ix_incidents_project", "project_id", "begin"),
    Index("ix_incidents_begin", "begin", "id"),
    Index("ix_incidents_state", "state", "expires_at"),
)

incident_events = Table(
    "incident_events",
    metadata,
    Column("sequence", Counter, primary_key=True, autoincrement=True),
    Column("key", String(100), nullable=False, unique=True),
    Column("kind", String(16), nullable=False),
    Column("incident_id", String(25), ForeignKey("incidents.id"), nullable=False, index=True),
    Column("project_id", ProjectKey, nullable=False),
    Column("level", String(8), nullable=False),
    Column("at", Moment, nullable=False),
    Column("recipient", String(64)),
    sqlite_autoincrement=True,
)

incident_notes = Table(
    "incident_notes",
    metadata,
    Column("number", Counter, primary_key=True, autoincrement=True),
    Column("incident_id", String(25), ForeignKey("incidents.id"), nullable=False, index=True),
    Column("who", String(64), nullable=False),
    Column("at", Moment, nullable=False),
    Column("action", String(16), nullable=False),
    Column("value", String(100)),
    Column("comment", SealedText),
    sqlite_autoincrement=True,
)

alert_series = Table(
    "alert_series",
    metadata,
    Column("project_id", ProjectKey, ForeignKey("projects.id", ondelete="CASCADE"), primary_key=True),
    Column("begin", BigInteger, nullable=False),
    Column("tick", BigInteger, nullable=False),
    Column("version", String(32), nullable=False),
    Column("state", LargeBinary, nullable=False),
    Column("sources", JSON, nullable=False),
)

alert_hours = Table(
    "alert_hours",
    metadata,
    Column("project_id", ProjectKey, ForeignKey("projects.id", ondelete="CASCADE"), primary_key=True),
    Column("tick", BigInteger, primary_key=True, autoincrement=False),
    Column("count", Float, nullable=False),
    Column("total", Float),
    Column("voices_low", Integer, nullable=False),
    Column("voices_high", Integer, nullable=False),
    Column("by_source", JSON, nullable=False),
    Column("exposure", Float, nullable=False),
    Column("capped", Boolean, nullable=False),
    Column("missing", Boolean, nullable=False),
)

duty_officers = Table(
    "duty_officers",
    metadata,
    Column("project_id", ProjectKey, ForeignKey("projects.id", ondelete="CASCADE"), primary_key=True),
    Column("officer", String(64), nullable=False),
    Column("named_at", Moment, nullable=False),
)

source_pointers = Table(
    "source_pointers",
    metadata,
    Column("document_id", DocumentKey, ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("expires_at", Moment, nullable=False, index=True),
)

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("payload", RecordJson(Subscription), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
)

messages = Table(
    "messages",
    metadata,
    Column("key", String(200), primary_key=True),
    Column("subscription", String(64), nullable=False),
    Column("digest", Boolean, nullable=False),
    Column("urgent", Boolean, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("expires_at", Moment),
    Column("state", String(16), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("reason", String(200)),
    Column("sent_at", Moment),
    Column("leased_by", String(100)),
    Column("leased_until", Moment),
    CheckConstraint("state IN ('waiting', 'sent', 'dead', 'dropped')", name="state"),
    Index("ix_messages_due", "state", "due_at"),
    Index("ix_messages_subscription", "subscription", "state"),
)

message_events = Table(
    "message_events",
    metadata,
    Column("message_key", String(200), ForeignKey("messages.key", ondelete="CASCADE"), primary_key=True),
    Column("sequence", BigInteger, primary_key=True, autoincrement=False),
    Column("incident_id", String(25), nullable=False, index=True),
)

milestone_proposals = Table(
    "milestone_proposals",
    metadata,
    Column("id", String(25), primary_key=True),
    Column("project_id", ProjectKey, ForeignKey("projects.id"), nullable=False),
    Column("document_id", DocumentKey, ForeignKey("documents.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("content_hash", String(64), nullable=False),
    Column("state", String(16), nullable=False),
    Column("decided_by", String(64)),
    Column("decided_at", Moment),
    Column("reason", SealedText),
    Column("payload", RecordJson(MilestoneProposal), nullable=False),
    CheckConstraint("state IN ('proposed', 'accepted', 'rejected')", name="state"),
    Index("ix_milestone_proposals_project", "project_id", "id"),
)

cursors = Table(
    "cursors",
    metadata,
    Column("source", String(200), primary_key=True),
    Column("position", String(1000), nullable=False),
    Column("moved_at", Moment, nullable=False),
)

windows = Table(
    "windows",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("source", String(200), nullable=False),
    Column("since", Moment),
    Column("until", Moment, nullable=False),
    Column("cut_short", String(32)),
    Column("found", Integer, nullable=False),
    Column("closed_at", Moment, nullable=False),
    Index("ix_windows_source", "source", "until"),
)

window_queue = Table(
    "window_queue",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("source", String(200), nullable=False, index=True),
    Column("since", Moment, nullable=False),
    Column("until", Moment, nullable=False),
    Column("minutes", Integer, nullable=False),
    Column("parent", String(64)),
    Column("attempts", Integer, nullable=False),
    Column("not_before", Moment, nullable=False),
    Column("why", String(32), nullable=False),
)

page_validators = Table(
    "page_validators",
    metadata,
    Column("window_id", String(64), primary_key=True),
    Column("page", String(40), primary_key=True),
    Column("etag", String(200)),
    Column("last_modified", String(64)),
    sqlite_with_rowid=False,
)

sources = Table(
    "sources",
    metadata,
    Column("name", String(200), primary_key=True),
    Column("enabled", Boolean, nullable=False),
    Column("changed_by", String(64)),
    Column("changed_at", Moment),
    Column("reason", SealedText),
    Column("blocked", String(32)),
    Column("blocked_at", Moment),
    Column("last_success", Moment),
    Column("last_error", String(300)),
    Column("last_error_at", Moment),
    Column("robots", String(32)),
    Column("robots_at", Moment),
    Column("next_run", Moment),
    Column("day", String(10), nullable=False),
    Column("requests", Integer, nullable=False),
    Column("title", String(100)),
    Column("kind", String(16)),
    Column("every_minutes", Integer),
    Column("begun_at", Moment),
)

source_crawls = Table(
    "source_crawls",
    metadata,
    Column("id", Counter, primary_key=True, autoincrement=True),
    Column("source", String(200), nullable=False),
    Column("ended_at", Moment, nullable=False),
    Column("state", String(16), nullable=False),
    Column("figures", JSON, nullable=False),
    Column("monitors", JSON, nullable=False),
    Index("ix_source_crawls_source", "source", "id"),
)

source_incidents = Table(
    "source_incidents",
    metadata,
    Column("id", Counter, primary_key=True, autoincrement=True),
    Column("source", String(200), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("closed_at", Moment),
    Column("facts", JSON, nullable=False),
    CheckConstraint("kind IN ('no_success', 'no_items', 'blocked')", name="kind"),
    Index("ix_source_incidents_source", "source", "opened_at"),
)

leases = Table(
    "leases",
    metadata,
    Column("name", String(200), primary_key=True),
    Column("holder", String(100), nullable=False),
    Column("until", Moment, nullable=False),
)

quarantine = Table(
    "quarantine",
    metadata,
    Column("id", DocumentKey, primary_key=True),
    Column("stage", String(16), nullable=False),
    Column("reason", String(64), nullable=False),
    Column("source", SealedText, nullable=False),
    Column("times", Integer, nullable=False),
    Column("at", Moment, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("sequence", BigInteger, primary_key=True, autoincrement=False),
    Column("when", Moment, nullable=False),
    Column("project_id", ProjectKey),
    Column("action", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    Column("payload", RecordJson(AuditEvent), nullable=False),
)

api_keys = Table(
    "api_keys",
    metadata,
    Column("name", String(100), primary_key=True),
    Column("role", String(32), nullable=False),
    Column("key_hash", String(64), nullable=False, unique=True),
    Column("project_ids", JSON),
    Column("region_code", String(16)),
    Column("unit", String(64)),
    Column("issued_at", Moment, nullable=False),
    Column("revoked_at", Moment),
)

saved_searches = Table(
    "saved_searches",
    metadata,
    Column("project_id", ProjectKey, ForeignKey("projects.id"), primary_key=True),
    Column("name", String(100), primary_key=True),
    Column("owner_role", String(32), nullable=False),
    Column("query", Text, nullable=False),
    Column("saved_at", Moment, nullable=False),
)

meta = Table(
    "meta",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("value", String(1000), nullable=False),
)
