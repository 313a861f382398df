"""A list on a page: the rows of one page of it, and the addresses of the pages before and after."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, TypeAlias

from fastapi import Query
from pydantic import Field

PageNumber: TypeAlias = Annotated[int, Field(ge=1, le=10_000)]
PageAsked: TypeAlias = Annotated[int, Query(ge=1, le=10_000)]


@dataclass(frozen=True, slots=True)
class Leaf:
    """One page of a list; ``shown`` names its rows as the pager does."""

    rows: Sequence[Any]
    first: int
    total: int
    previous: str | None
    following: str | None

    @property
    def shown(self) -> str:
        return f"{self.first + 1}–{self.first + len(self.rows)}"

    @property
    def is_part(self) -> bool:
        """Whether there are other pages, so that a pager is worth its place."""
        return bool(self.previous or self.following)


def leaf(rows: Sequence[Any], page: int, size: int, address: Callable[[int], str]) -> Leaf:
    """The page of all rows; ``address`` gives the address of the page of a number."""
    first = (page - 1) * size
    goes_on = first + size < len(rows)
    return Leaf(
        rows=rows[first : first + size],
        first=first,
        total=len(rows),
        previous=address(page - 1) if page > 1 else None,
        following=address(page + 1) if goes_on else None,
    )
