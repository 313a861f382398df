"""Headers of an answer as text."""

from __future__ import annotations

from scrapy.http import Response


def header(response: Response, name: str) -> str:
    """The first value of a header; empty when there is none."""
    return (response.headers.get(name) or b"").decode("latin-1")
