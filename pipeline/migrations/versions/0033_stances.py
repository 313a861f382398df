"""What a text wants of a project stands beside its link, so that it can be counted."""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

PAGE = 500
"""Documents whose analyses are in memory at once."""


def upgrade() -> None:
    """Adds the stance, read from the current analysis of each text; without one it cannot be told."""
    op.add_column("links", sa.Column("stance", sa.String(16)))
    connection = op.get_bind()
    links = sa.table("links", *map(sa.column, ("document_id", "project_id", "stance")))
    analyses = sa.table("analyses", sa.column("document_id"), sa.column("payload"), sa.column("current", sa.Boolean))
    page = (
        sa.select(analyses.c.document_id, analyses.c.payload)
        .where(analyses.c.current, analyses.c.document_id.in_(sa.select(links.c.document_id)))
        .order_by(analyses.c.document_id)
        .limit(PAGE)
    )
    linked = (links.c.document_id == sa.bindparam("document")) & (links.c.project_id == sa.bindparam("project"))
    filled = sa.update(links).where(linked).values(stance=sa.bindparam("said"))
    after = ""
    while rows := connection.execute(page.where(analyses.c.document_id > after)).all():
        after = rows[-1].document_id
        told = [
            {"document": row.document_id, "project": project_id, "said": stance}
            for row in rows
            for project_id, stance in _stances(json.loads(row.payload)).items()
            if stance is not None
        ]
        if told:
            connection.execute(filled, told)


def downgrade() -> None:
    """Removes the stance; the analyses keep it."""
    op.drop_column("links", "stance")


def _stances(analysis: dict[str, list[dict[str, object]]]) -> dict[str, str | None]:
    """Of each project the stance of the link that is stored: about before mentions, the more probable first."""
    found = sorted(analysis.get("links") or [], key=_strength)
    return {str(link["project_id"]): link.get("stance") for link in found}  # type: ignore[misc]


def _strength(link: dict[str, object]) -> tuple[bool, float]:
    return link["relation"] == "about" and not link.get("only_by_region"), float(str(link["p"]))
