"""Finding the newest text of a kind of source, and what came in after a moment, without going through all texts."""

from __future__ import annotations

from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_documents_kind", "documents", ["source_kind", "published_at"])
    op.create_index("ix_documents_collected", "documents", ["collected_at"])


def downgrade() -> None:
    op.drop_index("ix_documents_collected", "documents")
    op.drop_index("ix_documents_kind", "documents")
