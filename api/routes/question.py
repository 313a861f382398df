"""What every question has: a purpose; and what none has: a parameter that is not declared."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Final

from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field

RISK_POINT_ID = r"^r[0-9a-f]{24}$"
PROJECT_ID = r"^[\w.\-]{1,64}$"
QueryTyped = Annotated[str, Field(description="A query in the language of docs/QUERIES.md: 4,000 characters at most.")]
"""How long it may be, the parser says, which names the place as on the command line."""
ProjectPath = Annotated[str, Path(pattern=PROJECT_ID, description="Project id.")]
DocumentPath = Annotated[str, Path(min_length=1, max_length=512, description="Document id.")]
RiskPointPath = Annotated[str, Path(pattern=RISK_POINT_ID, description="Risk-point id.")]


class Question(BaseModel):
    """Query parameters; unknown ones are refused, so that a filter that does not exist never seems to work."""

    model_config = ConfigDict(extra="forbid")

    purpose: Annotated[
        str | None,
        Field(max_length=40, description="Why you ask, from the closed list (P-09). Without it: 403, E301."),
    ] = None


LONGEST_PAGE: Final = 500


class PagedQuestion(Question):
    """A list a page at a time: ``next_offset`` of one answer is the ``offset`` of the next, null after the last."""

    offset: Annotated[int, Field(ge=0, le=10**9, description="`next_offset` of the page before.")] = 0
    limit: Annotated[int, Field(ge=1, le=LONGEST_PAGE, description="How many rows a page has at most.")] = 100

    @property
    def end(self) -> int:
        """The offset after the last row of the page."""
        return self.offset + self.limit

    def page(self, rows: Sequence[Any]) -> dict[str, Any]:
        """The rows of the page, and where the next one begins, of all rows."""
        return {"rows": list(rows[self.offset : self.end]), "next_offset": self.end if self.end < len(rows) else None}
