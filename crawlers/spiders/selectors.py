"""Selectors in source files: CSS, or XPath where they begin with / or ./ ; checked when the file is read."""

from __future__ import annotations

from typing import Annotated

from parsel import Selector
from pydantic import AfterValidator, Field


def select(part: Selector, selector: str) -> list[Selector]:
    """What a selector finds in a part of a page, in its order."""
    return list(part.xpath(selector) if selector.startswith(("/", "./", "(")) else part.css(selector))


def one_way_on(link: str, pages: str) -> None:
    """Refuses a list that names two ways to its next page, or an address of pages without a place for their number.

    Raises ValueError.
    """
    if link and pages:
        raise ValueError("give next or pages, not both")
    if pages and "{page}" not in pages:
        raise ValueError("pages: needs the placeholder {page}")


def _checked(selector: str) -> str:
    if selector:
        try:
            select(Selector(text="<html></html>"), selector)
        except Exception as error:  # each selector language has its own family of errors
            raise ValueError(f"{selector!r} is no CSS or XPath selector: {error}") from None
    return selector


SelectorText = Annotated[str, Field(max_length=300), AfterValidator(_checked)]
"""A selector, or empty."""
NeededSelector = Annotated[str, Field(min_length=1, max_length=300), AfterValidator(_checked)]
