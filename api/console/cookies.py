"""The console's cookies: HttpOnly, SameSite=Lax, for this host alone; over https with the prefix that binds."""

from __future__ import annotations

from typing import Final, Literal
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

Name = Literal["session", "before", "flash", "sign-on", "language", "theme"]
YEAR: Final = 365 * 24 * 3600
LASTING: Final[dict[str, int]] = {"language": YEAR, "theme": YEAR, "sign-on": 600}
"""Seconds; the others end with the browser, and the session by its own limits."""


class Cookies:
    """The cookies of one request, and those that its answer sets."""

    def __init__(self, request: Request, public_url: str) -> None:
        self.secure = request.url.scheme == "https" or urlsplit(public_url).scheme == "https"
        self._sent = request.cookies
        self._set: dict[Name, str | None] = {}

    def get(self, name: Name) -> str:
        """What the browser sent, or what this answer will set; empty when there is nothing."""
        return (self._set[name] if name in self._set else self._sent.get(self._full(name))) or ""

    def set(self, name: Name, value: str) -> None:
        """Has the answer set a cookie."""
        self._set[name] = value

    def drop(self, name: Name) -> None:
        """Has the answer remove a cookie, if there is one."""
        self._set[name] = None

    def onto(self, answer: Response) -> None:
        """Writes them to the answer."""
        for name, value in self._set.items():
            full = self._full(name)
            if value is not None:
                answer.set_cookie(
                    full, value, LASTING.get(name), path="/", secure=self.secure, httponly=True, samesite="lax"
                )
            elif full in self._sent:
                answer.delete_cookie(full, path="/", secure=self.secure, httponly=True, samesite="lax")

    def _full(self, name: Name) -> str:
        return f"{'__Host-' if self.secure else ''}minyi-{name}"
