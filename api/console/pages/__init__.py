"""The pages, one module a noun; each has a ``router`` and asks desks, nothing else."""

from __future__ import annotations

from api.console.pages import (
    account,
    board,
    checklist,
    coverage,
    evidence,
    home,
    language,
    link,
    matters,
    project,
    projects,
    purpose,
    saved_searches,
    search,
    sign_in,
    sign_on,
    static,
    texts,
    timeline,
)

ROUTERS = (
    account.router, board.router, checklist.router, coverage.router, evidence.router, home.router, language.router,
    link.router, matters.router, project.router, projects.router, purpose.router, saved_searches.router,
    search.router, sign_in.router, sign_on.router, static.router, texts.router, timeline.router,
)  # fmt: skip

__all__ = ["ROUTERS"]
