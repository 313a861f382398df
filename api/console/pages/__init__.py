"""The pages, one module a noun; each has a ``router`` and asks desks, nothing else."""

from __future__ import annotations

from api.console.pages import account, home, language, link, purpose, sign_in, sign_on, static

ROUTERS = (
    account.router, home.router, language.router, link.router, purpose.router, sign_in.router, sign_on.router,
    static.router,
)  # fmt: skip

__all__ = ["ROUTERS"]
