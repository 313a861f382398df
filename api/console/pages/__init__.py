"""The pages, one module a noun; each has a ``router`` and asks desks, nothing else."""

from __future__ import annotations

from api.console.pages import (
    account,
    accounts,
    audit,
    backtest,
    board,
    bulletins,
    certificates,
    checklist,
    coverage,
    dispatches,
    evidence,
    forecast,
    help,
    home,
    imports,
    incidents,
    keys,
    language,
    link,
    matters,
    merging,
    project,
    projects,
    purpose,
    quality,
    registry,
    review,
    risk_points,
    saved_searches,
    search,
    shares,
    sign_in,
    sign_on,
    sources,
    static,
    subscriptions,
    tables,
    taxonomy,
    texts,
    timeline,
)

ROUTERS = (
    account.router, accounts.router, audit.router, backtest.router, board.router, bulletins.router,
    certificates.router, checklist.router, coverage.router, dispatches.router, evidence.router, forecast.router,
    help.router, home.router, imports.router, incidents.router, keys.router, language.router, link.router,
    matters.router, merging.router, project.router, projects.router, purpose.router, quality.router,
    registry.router, review.router, risk_points.router, saved_searches.router, search.router, shares.router,
    sign_in.router, sign_on.router, sources.router, static.router, subscriptions.router, tables.router,
    taxonomy.router, texts.router, timeline.router,
)  # fmt: skip

__all__ = ["ROUTERS"]
