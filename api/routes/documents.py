"""Documents: the search in the redacted texts about one project."""

from __future__ import annotations

import dataclasses
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Response
from pydantic import Field

from api.answers import DocumentsFound, SimilarFound
from api.auth import AtDesk, office, reader
from api.counting import FacetName, Interval
from api.desk import Mode
from api.finding import Beside, FoundText
from api.policy import Reader
from api.routes.question import DocumentPath, ProjectPath, Question
from api.routes.tables import XLSX
from api.routes.texts import TextsQuestion
from api.search_export import SearchExportDesk
from api.shown import count_json, counts_json
from api.text_answers import TextOpened
from api.text_desk import TextDesk
from index import QueryError, Search
from pipeline.office import Office
from pipeline.semantics import NoPassage

router = APIRouter(prefix="/v1/projects/{project_id}/documents", tags=["documents"])


class DocumentsQuestion(TextsQuestion):
    """A search: which texts, in which order, which page of them, and what to count beside them."""

    sort: Literal["relevance", "newest", "oldest"] = "relevance"
    size: Annotated[int, Field(ge=1, le=100)] = 20
    after: Annotated[str | None, Field(max_length=16384, description="`next_cursor` of the page before.")] = None
    facet: Annotated[tuple[FacetName, ...], Field(description="Facets to count beside the texts.")] = ()
    histogram: Annotated[Interval | None, Field(description="Count the texts over time (Asia/Shanghai).")] = None
    collapse: Annotated[bool, Field(description="Whether one text stands for all copies of its origin.")] = False
    mode: Annotated[Mode, Field(description="By words alone, or by words and meaning together.")] = "lexical"
    saved: Annotated[str | None, Field(max_length=100, description="A saved search to run, in place of `q`.")] = None

    def page(self) -> Search:
        """The page that is asked for. Raises QueryError."""
        return dataclasses.replace(self.search(), sort=self.sort, size=self.size, after=self.after, highlight=True)

    def beside(self) -> Beside:
        """What is counted beside it."""
        return Beside(tuple(dict.fromkeys(self.facet)), histogram=self.histogram, collapse=self.collapse)


class SimilarQuestion(Question):
    """A passage of a text, as evidence names it, and how many texts to bring."""

    start: Annotated[int | None, Field(ge=0, description="First code point of the passage.")] = None
    end: Annotated[int | None, Field(ge=1, description="The code point after its last one.")] = None
    size: Annotated[int, Field(ge=1, le=100)] = 20

    def span(self) -> tuple[int, int] | None:
        """The passage; None for the whole text. Raises NoPassage for half a span."""
        if self.start is None and self.end is None:
            return None
        if self.start is None or self.end is None:
            raise NoPassage("E232: a passage has a start and an end; without both the whole text is one")
        return self.start, self.end


@router.get("", response_model=DocumentsFound, summary="Search the texts about a project")
def documents(desk: AtDesk, project_id: ProjectPath, asked: Annotated[DocumentsQuestion, Query()]) -> DocumentsFound:
    """Redacted texts about the project with the passages that were searched for. Sealed texts are never among them.

    Counts pass k-anonymity: fewer than k distinct voices show as `less_than` (P-06).
    """
    search = asked.page()
    if asked.saved is not None:
        if asked.q:
            raise QueryError("a saved search brings its own query", expected="saved or q, not both", position=0)
        query = desk.saved_search(project_id, asked.purpose, asked.saved).query
        search = dataclasses.replace(search, query=asked.with_names(query))
    found = desk.documents(project_id, asked.purpose, search, asked.beside(), asked.mode)
    hits = [_found(text) for text in found.texts]
    return DocumentsFound.model_validate({**counts_json(found), "hits": hits, "next_cursor": found.next_cursor})


def export_desk(
    office: Annotated[Office, Depends(office)], reader: Annotated[Reader, Depends(reader)]
) -> SearchExportDesk:
    """The desk at which this reader takes away what a search found."""
    return SearchExportDesk(office, reader)


def text_desk(office: Annotated[Office, Depends(office)], reader: Annotated[Reader, Depends(reader)]) -> TextDesk:
    """The desk at which this reader opens texts."""
    return TextDesk(office, reader)


class ExportQuestion(TextsQuestion):
    """Which texts are taken away, and by what periods they are counted."""

    interval: Interval = "week"


@router.get(
    "/export",
    summary="What a search found, as a workbook",
    response_class=Response,
    responses={200: {"content": {XLSX: {}}, "description": "The workbook"}},
)
def export(
    desk: Annotated[SearchExportDesk, Depends(export_desk)],
    project_id: ProjectPath,
    asked: Annotated[ExportQuestion, Query()],
) -> Response:
    """Counts as in the answer of a search, and of each text a trimmed quote where it may leave (P-08, P-29)."""
    taken = desk.export(project_id, asked.purpose, asked.search(), asked.interval)
    named = {"Content-Disposition": "attachment; filename=minyi-search.xlsx"}
    return Response(taken.workbook, media_type=XLSX, headers=named)


@router.get("/{document_id}", response_model=TextOpened, summary="One text, opened whole")
def text(
    desk: Annotated[TextDesk, Depends(text_desk)],
    project_id: ProjectPath,
    document_id: DocumentPath,
    asked: Annotated[Question, Query()],
) -> TextOpened:
    """A redacted text with its passages, why its factors fired, copies, replies, readings and decisions that cite it.

    Sealed and withdrawn texts are not found.
    """
    return TextOpened.model_validate(desk.text(project_id, asked.purpose, document_id))


@router.get("/{document_id}/similar", response_model=SimilarFound, summary="Texts that mean what a passage means")
def similar(
    desk: AtDesk, project_id: ProjectPath, document_id: DocumentPath, asked: Annotated[SimilarQuestion, Query()]
) -> SimilarFound:
    """Other texts about the same project whose meaning lies closest to a passage, or to the whole text without one."""
    texts = desk.similar(project_id, asked.purpose, document_id, asked.span(), size=asked.size)
    return SimilarFound.model_validate({"hits": [_found(text) for text in texts]})


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
        "supplemented": count_json(text.supplemented),
        "added": [dataclasses.asdict(one) for one in text.added],
        "found_by": "meaning" if text.by_meaning else "words",
    }
