"""The ``[parser]`` table of a news source."""

from __future__ import annotations

import re
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from crawlers.spiders.base import ParserSettings
from crawlers.spiders.selectors import SelectorText, one_way_on


def _pattern(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"{pattern!r} is no regular expression: {error}") from None
    return pattern


Pattern = Annotated[str, Field(max_length=300), AfterValidator(_pattern)]


class ListSettings(BaseModel):
    """List pages. Without ``rows``, every link with a headline's length of text counts."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rows: SelectorText = ""
    """Every row of a list page."""
    link: SelectorText = "a"
    """The link to the article, in a row."""
    date: SelectorText = ""
    """Its date, in a row; empty: the row is searched for one."""
    next: SelectorText = ""
    """The link to the next page; empty: ``rel=next`` and links that say 下一页 are followed."""
    pages: str = ""
    """Or the address of the next pages: {page}, from 2 on; relative to the start address."""
    second_page: Annotated[int, Field(ge=0, le=2)] = 2
    """The number that the second page has in ``pages``."""
    page_cap: Annotated[int, Field(ge=1, le=10_000)] = 20
    """Most pages of a list that are read for a window."""
    whole: bool = False
    """Whether the list holds everything that the site ever published: then its last page is the beginning."""

    @model_validator(mode="after")
    def _goes_on_in_one_way(self) -> Self:
        one_way_on(self.next, self.pages)
        return self


class NewsParser(ParserSettings):
    """What a news source may say about its layout; feeds and sitemaps are known by what they are and need nothing."""

    list: ListSettings = ListSettings()
    article: Pattern = ""
    """Regular expression that addresses of articles match; empty: all of the same site."""
    sitemap_cap: Annotated[int, Field(ge=1, le=50_000)] = 200
    """Most files of a sitemap that are read for a window."""
    article_pages: Annotated[int, Field(ge=1, le=200)] = 20
    """Most pages of one article that are joined."""
    region: Annotated[str, Field(min_length=2, max_length=60)] | None = None
    """Region of the articles, where the source is a local one."""
