"""The settings of a board of plain pages: where its rows, petitions and replies stand, by selector."""

from __future__ import annotations

import re
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from crawlers.spiders.base import ParserSettings
from crawlers.spiders.petition.regions import OfRegion
from crawlers.spiders.selectors import NeededSelector, SelectorText, one_way_on


def _key(pattern: str) -> str:
    try:
        groups = re.compile(pattern).groups
    except re.error as error:
        raise ValueError(f"{pattern!r} is no regular expression: {error}") from None
    if groups != 1:
        raise ValueError(f"{pattern!r} must hold one group in brackets, which is the key, such as /mail/(\\d+)")
    return pattern


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ListPage(_Part):
    """Lists: one row a petition."""

    rows: NeededSelector
    """Every row of a list page."""
    link: NeededSelector = "a"
    """The link to the petition, in a row."""
    date: SelectorText = ""
    """The day of the petition, in a row; empty: lists show none, and every petition is asked for."""
    newest_first: bool = True
    """Whether lists run from new to old: then reading ends at the window's begin."""
    next: SelectorText = ""
    """The link to the next page."""
    pages: str = ""
    """Or the address of a page: {page}; relative to the first start address."""
    first_page: Annotated[int, Field(ge=0, le=1)] = 1
    """Number of the first page."""
    page_cap: Annotated[int, Field(ge=1, le=10_000)] = 200
    """Most pages of a list that are read."""

    @model_validator(mode="after")
    def _goes_on(self) -> Self:
        one_way_on(self.next, self.pages)
        return self


class DetailPage(_Part):
    """The page of a petition. There is no field for its author, and none can be added (P-01)."""

    title: NeededSelector
    body: NeededSelector
    date: NeededSelector
    region: SelectorText = ""
    """Its region by name or code; empty: that of the board."""
    status: SelectorText = ""
    """Handling status in the board's words."""
    satisfaction: SelectorText = ""
    """Grade in figures or words."""
    replies: SelectorText = ""
    """Every block that holds one official reply; empty: the page is the block."""
    reply: SelectorText = ""
    reply_unit: SelectorText = ""
    reply_date: SelectorText = ""
    """Text, unit and day of a reply, in its block."""

    @model_validator(mode="after")
    def _reply_has_text(self) -> Self:
        if (self.replies or self.reply_unit or self.reply_date) and not self.reply:
            raise ValueError("reply: needed where replies, reply_unit or reply_date are given")
        return self


class BoardParser(OfRegion, ParserSettings):
    """The ``[parser]`` table of a board of plain pages."""

    list: ListPage
    detail: DetailPage
    key: Annotated[str, AfterValidator(_key)] = ""
    """Regular expression whose group is the key of a petition in its address; empty: the whole address is."""
