"""Which texts a question is about: the query and filters that search, facets and timeline share."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Annotated, Any, Final, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, PlainValidator, WithJsonSchema

from api.routes.question import QueryTyped, Question
from index import Between, Search
from index.query import Query as Tree
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


class TextsQuestion(Question):
    """Which texts: a query, narrowed by filters. A filter that is given twice takes either value."""

    q: QueryTyped = ""
    other_names: Annotated[bool, Field(description="Whether 国土局 finds 自然资源和规划局 too.")] = False
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
        return Search(query=self.with_names(parse(self.q, codes())), filters=filters, size=0)

    def with_names(self, query: Tree) -> Tree:
        """The query, with the other names of offices where these are asked for too."""
        return expand(query, other_names()) if self.other_names else query


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
