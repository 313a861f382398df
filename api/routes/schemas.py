"""The JSON Schema of every record, for those who write against the interface."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import JsonValue, RootModel

from api.answers import Answer
from api.auth import office, reader
from api.change_desk import SCHEMA_VERSION, ChangeDesk
from api.conditional import conditional
from api.desk import NotFound
from api.policy import Reader
from api.routes.question import Question
from api.schemas import records, schema_of
from pipeline.office import Office

router = APIRouter(prefix="/v1/schemas", tags=["schemas"])


class Schemas(Answer):
    """The records that have a schema."""

    schema_version: str
    rows: list[str]


class JsonSchema(RootModel[dict[str, JsonValue]]):
    """A schema in the dialect 2020-12."""


def asked_by(
    office: Annotated[Office, Depends(office)],
    reader: Annotated[Reader, Depends(reader)],
    asked: Annotated[Question, Query()],
) -> None:
    """Whoever has a key and a purpose reads them, and that is noted."""
    ChangeDesk(office, reader).schemas(asked.purpose)


@router.get("", response_model=Schemas, summary="Records with a schema", dependencies=[Depends(asked_by)])
def schemas(request: Request) -> Response:
    """The names of all records, and the version of what is pulled."""
    return conditional(request, Schemas(schema_version=SCHEMA_VERSION, rows=list(records())))


@router.get("/{record}", response_model=JsonSchema, summary="Schema of a record", dependencies=[Depends(asked_by)])
def schema(
    request: Request, record: Annotated[str, Path(pattern=r"^[a-z_]{1,60}$", description="Its name.")]
) -> Response:
    """JSON Schema 2020-12 of one record as it is sent."""
    if record not in records():
        raise NotFound("E311: no record of that name; see GET /v1/schemas")
    found: dict[str, Any] = schema_of(record)
    return conditional(request, JsonSchema(found))
