"""An API key may be bound to the unit that its caller answers for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the unit; keys that were issued before answer for any unit in their projects, as they did."""
    op.add_column("api_keys", sa.Column("unit", sa.String(64)))


def downgrade() -> None:
    """Removes the unit."""
    op.drop_column("api_keys", "unit")
