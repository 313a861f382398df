"""Documents: the search in the redacted texts about one project."""

from __future__ import annotations

import dataclasses
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import Field

from api.answers import DocumentsFound
from api.auth import AtDesk
from api.counting import FacetName, Interval
from api.finding import Beside, FoundText
from api.routes.question import ProjectPath
from api.routes.texts import TextsQuestion
from api.shown import count_json, counts_json
from index import Search

router = APIRouter(prefix="/v1/projects/{project_id}/documents", tags=["documents"])


class DocumentsQuestion(TextsQuestion):
    """A search: which texts, in which order, which page of them, and what to count beside them."""

    sort: Literal["relevance", "newest", "oldest"] = "relevance"
    size: Annotated[int, Field(ge=1, le=100)] = 20
    after: Annotated[str | None, Field(max_length=4096, description="`next_cursor` of the page before.")] = None
    facet: Annotated[tuple[FacetName, ...], Field(description="Facets to count beside the texts.")] = ()
    histogram: Annotated[Interval | None, Field(description="Count the texts over time (Asia/Shanghai).")] = None
    collapse: Annotated[bool, Field(description="Whether one text stands for all copies of its origin.")] = False

    def page(self) -> Search:
        """The page that is asked for. Raises QueryError."""
        return dataclasses.replace(self.search(), sort=self.sort, size=self.size, after=self.after, highlight=True)

    def beside(self) -> Beside:
        """What is counted beside it."""
        return Beside(tuple(dict.fromkeys(self.facet)), histogram=self.histogram, collapse=self.collapse)


@router.get("", response_model=DocumentsFound, summary="Search the texts about a project")
def documents(desk: AtDesk, project_id: ProjectPath, asked: Annotated[DocumentsQuestion, Query()]) -> DocumentsFound:
    """Redacted texts about the project with the passages that were searched for. Sealed texts are never among them.

    Counts pass k-anonymity: fewer than k distinct voices show as `less_than` (P-06).
    """
    found = desk.documents(project_id, asked.purpose, asked.page(), asked.beside())
    hits = [_found(text) for text in found.texts]
    return DocumentsFound.model_validate({**counts_json(found), "hits": hits, "next_cursor": found.next_cursor})


def _found(text: FoundText) -> dict[str, Any]:
    hit, entry = text.hit, text.hit.entry
    return {
        "id": hit.id,
        "text": hit.text,
        "highlights": list(hit.highlights),
        "score": hit.score,
        "published_at": hit.published_at,
        "source_kind": entry.source_kind,
        "genre": entry.genre,
        "attitude": entry.attitude,
        "factors": list(entry.factors),
        "escalation": entry.escalation,
        "origin_id": entry.origin_id,
        "copies": count_json(text.copies),
    }
