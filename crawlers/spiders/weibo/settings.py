"""The settings of a Weibo source: which of the platform's documented interfaces, and how its addresses are written."""

from __future__ import annotations

import os
import string
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Final
from urllib.parse import quote, urljoin

from pydantic import AfterValidator, Field

from crawlers.spiders.base import ParserSettings
from crawlers.windows import Window

_ALLOWED: Final = {
    "search": ({"query"}, {"query", "page", "since", "until"}),
    "topic": ({"topic"}, {"topic", "page", "since", "until"}),
    "long_text": ({"id"}, {"id"}),
    "comments": ({"id"}, {"id", "page", "cursor"}),
}
"""Placeholders that an address must hold, and that it may hold."""


def _template(kind: str) -> AfterValidator:
    needed, allowed = _ALLOWED[kind]

    def check(template: str) -> str:
        if not template:
            return template
        try:
            fields = {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}
        except ValueError as error:
            raise ValueError(f"not an address with placeholders: {error}") from None
        if missing := needed - fields:
            raise ValueError(f"needs the placeholder {{{', '.join(sorted(missing))}}}")
        if unknown := fields - allowed:
            raise ValueError(
                f"unknown placeholder {{{', '.join(sorted(unknown))}}}; known: {', '.join(sorted(allowed))}"
            )
        return template

    return AfterValidator(check)


def _no_setting(name: str) -> str:
    if name.startswith("MINYI_"):
        raise ValueError("names that begin with MINYI_ are settings; call it otherwise, such as WEIBO_ACCESS_TOKEN")
    return name


class WeiboParser(ParserSettings):
    """The ``[parser]`` table of a Weibo source. Addresses are relative to the source's first start address."""

    search: Annotated[str, _template("search")] = ""
    """Address of a keyword search: {query}, {page}, and {since} and {until} (Unix seconds) where it takes a period."""
    topic: Annotated[str, _template("topic")] = ""
    """Address of a topic page (话题): {topic} and the placeholders of a search."""
    topics: tuple[Annotated[str, Field(min_length=1, max_length=60)], ...] = ()
    """Topics to read, without #."""
    searches: tuple[Annotated[str, Field(min_length=2, max_length=60)], ...] = ()
    """Searches beside those that follow from the registered projects."""
    searches_a_project: Annotated[int, Field(ge=0, le=200)] = 30
    """Most searches for one project; 0: registered projects are not searched for."""
    long_text: Annotated[str, _template("long_text")] = ""
    """Address of the whole text of a long post: {id}. Empty: the pages hold whole texts."""
    comments: Annotated[str, _template("comments")] = ""
    """Address of the comments of a post: {id}, {page} or {cursor}. Empty: comments are not read."""
    page_cap: Annotated[int, Field(ge=1, le=1000)] = 50
    """Most pages that the platform shows of one search."""
    comment_pages: Annotated[int, Field(ge=1, le=1000)] = 10
    """Most pages of comments that are read of one post."""
    token_variable: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]*$"), AfterValidator(_no_setting)] | None = None
    """Environment variable with the access token of the open interface (never in a file, never logged); its name does
    not begin with MINYI_, which is for settings."""

    def takes_a_period(self, template: str) -> bool:
        """Whether the interface cuts by time itself; otherwise pages run from the newest post back."""
        return "{since}" in template and "{until}" in template

    def token(self) -> str:
        """The access token; empty where none is set."""
        return os.environ.get(self.token_variable, "").strip() if self.token_variable else ""


def address(base: str, template: str, values: Mapping[str, str], window: Window | None = None) -> str:
    """An address of the interface with its placeholders filled in, percent-encoded."""
    filled = {name: quote(value, safe="") for name, value in values.items()}
    if window is not None:
        filled |= {"since": _seconds(window.since), "until": _seconds(window.until - timedelta(seconds=1))}
    return urljoin(base, template.format_map(filled))


def _seconds(moment: datetime) -> str:
    return str(int(moment.timestamp()))
