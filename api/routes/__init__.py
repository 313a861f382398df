"""The HTTP routes, one module a noun; each asks the desk and shapes the answer, nothing else."""

from __future__ import annotations

from api.routes import (
    aliases,
    audit,
    board,
    bulletins,
    certificates,
    checklist,
    counts,
    coverage,
    decisions,
    diff,
    dispatches,
    documents,
    forecast,
    health,
    incidents,
    matters,
    milestones,
    passing_on,
    projects,
    risk_points,
    saved_searches,
    schemas,
    shares,
    sources,
    subscriptions,
    tables,
    webhooks,
)  # fmt: skip

ROUTERS = (
    health.router, projects.router, documents.router, counts.router, saved_searches.router, risk_points.router,
    decisions.router, milestones.router, aliases.router, sources.router, incidents.router, forecast.router,
    bulletins.router, subscriptions.router, shares.router, tables.router, webhooks.router, schemas.router, audit.router,
    checklist.router, dispatches.router, passing_on.router, diff.router, coverage.router,
    certificates.router, matters.router, board.router,
)  # fmt: skip

__all__ = ["ROUTERS"]
