"""Stages, checklist, dispatches and recurrence."""

from __future__ import annotations

revision = "0020"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
