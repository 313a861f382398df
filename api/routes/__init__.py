"""The HTTP routes, one module a noun; each asks the desk and shapes the answer, nothing else."""

from __future__ import annotations

from api.routes import (
    audit,
    bulletins,
    counts,
    decisions,
    documents,
    forecast,
    health,
    incidents,
    projects,
    risk_points,
    subscriptions,
)

ROUTERS = (
    health.router, projects.router, documents.router, counts.router, risk_points.router, decisions.router,
    incidents.router, forecast.router, bulletins.router, subscriptions.router, audit.router,
)  # fmt: skip

__all__ = ["ROUTERS"]
