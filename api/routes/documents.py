"""Documents: the search in the redacted texts about one project."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Annotated, Any, Final, Literal
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query
from pydantic import Field, PlainValidator, WithJsonSchema

from api.answers import DocumentFound, DocumentsFound
from api.auth import AtDesk
from api.routes.question import ProjectPath, Question
from index import Between, Hit, Search
from index.query import expand, parse
from pipeline.records import DocumentGenre, SourceKind
from pipeline.records.base import FactorCode, StakeholderCode
from pipeline.vocabulary import codes, other_names

BEIJING: Final = ZoneInfo("Asia/Shanghai")
FIELD_OF: Final = {
    "source_kind": "source_kind", "genre": "genre", "attitude": "attitude", "factor": "factors",
    "stakeholder": "stakeholder_groups", "place": "places", "region": "region_codes",
}  # fmt: skip
"""Parameter → field of the index."""
router = APIRouter(prefix="/v1/projects/{project_id}/documents", tags=["documents"])


def _moment(value: object) -> date:
    """A day, or a moment where a time is given. A ``+`` that was not escaped in the address has become a blank."""
    text = str(value).strip().replace(" ", "+")
    moment = date.fromisoformat(text) if len(text) <= 10 else datetime.fromisoformat(text)
    if not 1900 <= moment.year <= 2200:
        raise ValueError("a year from 1900 to 2200")
    return moment


Moment = Annotated[
    date, PlainValidator(_moment), WithJsonSchema({"type": "string", "examples": ["2026-03-01"], "maxLength": 40})
]
Name = Annotated[str, Field(min_length=1, max_length=100)]
Region = Annotated[str, Field(pattern=r"^\d{2,12}$")]


class DocumentsQuestion(Question):
    """A search: a query, narrowed by filters. A filter that is given twice takes either value."""

    q: Annotated[str, Field(max_length=4000, description="A query in the language of docs/QUERIES.md.")] = ""
    other_names: Annotated[bool, Field(description="Whether 国土局 finds 自然资源和规划局 too.")] = False
    sort: Literal["relevance", "newest", "oldest"] = "relevance"
    size: Annotated[int, Field(ge=1, le=100)] = 20
    after: Annotated[str | None, Field(max_length=4096, description="`next_cursor` of the page before.")] = None
    source_kind: tuple[SourceKind, ...] = ()
    genre: tuple[DocumentGenre, ...] = ()
    attitude: tuple[Literal["negative", "neutral", "positive"], ...] = ()
    factor: Annotated[tuple[FactorCode, ...], Field(description="Codes of risk factors.")] = ()
    stakeholder: Annotated[tuple[StakeholderCode, ...], Field(description="Codes of stakeholder groups.")] = ()
    place: Annotated[tuple[Name, ...], Field(description="Place names as they stand in the texts.")] = ()
    region: Annotated[tuple[Region, ...], Field(description="Administrative codes; a county finds its townships.")] = ()
    published_from: Annotated[Moment | None, Field(description="First day (Beijing) or moment.")] = None
    published_to: Annotated[Moment | None, Field(description="Last day (Beijing) or moment, inclusive.")] = None

    def search(self) -> Search:
        """The question as the index understands it. Raises QueryError."""
        filters: dict[str, Any] = {
            field: tuple(getattr(self, name)) for name, field in FIELD_OF.items() if getattr(self, name)
        }
        if self.published_from or self.published_to:
            filters["published_at"] = Between(ge=_first(self.published_from), lt=_after(self.published_to))
        query = parse(self.q, codes())
        return Search(
            query=expand(query, other_names()) if self.other_names else query,
            filters=filters,
            sort=self.sort,
            size=self.size,
            after=self.after,
            highlight=True,
        )


@router.get("", response_model=DocumentsFound, summary="Search the texts about a project")
def documents(desk: AtDesk, project_id: ProjectPath, asked: Annotated[DocumentsQuestion, Query()]) -> DocumentsFound:
    """Redacted texts about the project with the passages that were searched for. Sealed texts are never among them."""
    page = desk.documents(project_id, asked.purpose, asked.search())
    return DocumentsFound(total=page.total, hits=[_found(hit) for hit in page.hits], next_cursor=page.next_cursor)


def _found(hit: Hit) -> DocumentFound:
    entry = hit.entry
    return DocumentFound.model_validate(
        {
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
        }
    )


def _first(moment: date | None) -> datetime | None:
    if moment is None or isinstance(moment, datetime):
        return _zoned(moment)
    return datetime.combine(moment, time.min, BEIJING)


def _after(moment: date | None) -> datetime | None:
    """The first moment that is too late."""
    if moment is None:
        return None
    if isinstance(moment, datetime):
        zoned = _zoned(moment)
        return zoned and zoned + timedelta(microseconds=1)
    return datetime.combine(moment + timedelta(days=1), time.min, BEIJING)


def _zoned(moment: datetime | None) -> datetime | None:
    """A moment without a time zone is one in Beijing."""
    return moment.replace(tzinfo=BEIJING) if moment is not None and moment.tzinfo is None else moment
