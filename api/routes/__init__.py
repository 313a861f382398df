"""The HTTP routes, one module a noun; each asks the desk and shapes the answer, nothing else."""

from __future__ import annotations

from api.routes import (
    audit,
    counts,
    decisions,
    documents,
    health,
    milestones,
    projects,
    risk_points,
    saved_searches,
    sources,
)  # fmt: skip

ROUTERS = (
    health.router, projects.router, documents.router, counts.router, saved_searches.router, risk_points.router,
    decisions.router, milestones.router, sources.router, audit.router,
)  # fmt: skip

__all__ = ["ROUTERS"]
