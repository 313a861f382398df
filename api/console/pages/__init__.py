"""The pages, one module a noun; each has a ``router`` and asks desks, nothing else."""

from __future__ import annotations

from api.console.pages import (
    account,
    backtest,
    board,
    checklist,
    coverage,
    dispatches,
    evidence,
    forecast,
    home,
    incidents,
    language,
    link,
    matters,
    merging,
    project,
    projects,
    purpose,
    review,
    risk_points,
    saved_searches,
    search,
    sign_in,
    sign_on,
    static,
    subscriptions,
    texts,
    timeline,
)

ROUTERS = (
    account.router, backtest.router, board.router, checklist.router, coverage.router, dispatches.router,
    evidence.router, forecast.router, home.router, incidents.router, language.router, link.router, matters.router,
    merging.router, project.router, projects.router, purpose.router, review.router, risk_points.router,
    saved_searches.router, search.router, sign_in.router, sign_on.router, static.router, subscriptions.router,
    texts.router, timeline.router,
)  # fmt: skip

__all__ = ["ROUTERS"]
