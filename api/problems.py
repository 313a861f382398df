"""Problems (RFC 9457): every refusal and failure as ``application/problem+json``, with a code and what to do."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError
from sqlalchemy import exc as sql
from starlette.exceptions import HTTPException

from api.bundle_desk import NoBundle
from api.certificate_desk import CertificateRefused, NotCertifiable
from api.change_desk import CursorAhead, CursorUnknown
from api.desk import NotFound
from api.incident_trials import TrialsFull, TrialTooLong
from api.open_streams import StreamsFull
from api.policy import Denied
from api.policy.wording import ControlWording
from api.said import UnclearWords
from api.staff_desk import BadAccount
from index import CursorError, IndexBusy, IndexUnusable, QueryError
from index.errors import ClusterTrouble
from index.fields import PERSON_WORDS
from models.encoder import EncoderError
from pipeline.moments import NoMoment, NothingKept
from pipeline.process.routing import RoutingUnusable
from pipeline.process.stages import UnknownStep
from pipeline.process.states import StepRefused
from pipeline.saved import NotKept, NotWatched
from pipeline.semantics import NoPassage, SemanticsOff
from pipeline.store import StoreConflict, UnknownRecord

MEDIA_TYPE: Final = "application/problem+json"
TITLES: Final[dict[str, str]] = {
    "E101": "A passage does not stand in its text",
    "E151": "Unknown record",
    "E152": "Conflict with what is stored",
    "E156": "Values that a decision cannot set",
    "E163": "A search that is not kept",
    "E164": "A search that cannot be watched",
    "E170": "Moment that is none",
    "E171": "Nothing kept from that moment",
    "E172": "Moments in the wrong order",
    "E211": "Sentence encoder unusable",
    "E231": "Searching by meaning is off",
    "E232": "No such passage",
    "E301": "Purpose missing or not yours",
    "E302": "Project missing",
    "E303": "Not your project",
    "E304": "Not allowed in this role and stage",
    "E306": "Asked of another unit",
    "E311": "Not found",
    "E320": "Unknown parameter",
    "E321": "Parameter out of bounds",
    "E322": "Body out of bounds",
    "E323": "Body too large",
    "E324": "Body too slow",
    "E325": "Too many requests",
    "E326": "Too many open streams",
    "E330": "API key missing, unknown or revoked",
    "E331": "No such address",
    "E332": "Method not offered here",
    "E340": "Store out of reach",
    "E390": "Unexpected failure",
    "E804": "Cursor that cannot be used",
    "E807": "Back-test that cannot be run",
    "E808": "Answer that does not fit the incident",
    "E831": "Week that is none",
    "E832": "Week that is not over",
    "E833": "Wording that is not printed",
    "E850": "Address of a channel that cannot be used",
    "E851": "Purpose that the subscriber has not",
    "E852": "Project of a subscription that does not exist",
    "E853": "Quiet hours that are none",
    "E855": "Channel sealed with another key",
    "E857": "Channel that does not take messages",
    "E640": "Step not possible in this state",
    "E641": "Nothing to undo",
    "E642": "Another person has to do it",
    "E643": "Date outside the statutory clock",
    "E644": "Dispatches are open",
    "E645": "Steps of the stage are open",
    "E646": "No such step or stage",
    "E647": "Routing table unusable",
    "E648": "Step that does not fit",
    "E649": "Nobody to dispatch to",
    "E650": "Something was found",
    "E651": "Nothing was searched",
    "E652": "Question that no certificate is about",
    "E654": "Query with personal data",
    "E680": "Terms of a contract that are none",
    "E681": "Contract revoked",
    "E682": "Contract not in force",
    "E683": "Contract of another grantee",
    "E684": "Contract for another role",
    "E685": "Contract for another form",
    "E686": "Contract for less",
    "E687": "Contract for another purpose",
    "E688": "Month that is none",
    "E660": "Idempotency key of another request",
    "E661": "Cursor that cannot be followed",
    "E662": "Webhook that cannot be used",
    "E663": "Host that no webhook may go to",
    "E664": "No bundle of this",
    "E601": "Query that cannot be run",
    "E602": "Cursor that cannot be used",
    "E603": "Search index busy",
    "E604": "Search index unusable",
    "E605": "Search cluster out of service",
}
"""Code → title; docs/HTTP.md says what to do about each."""
STATUS: Final[dict[type[Exception], int]] = {
    Denied: 403, NotFound: 404, UnknownRecord: 404, StoreConflict: 409, QueryError: 400, CursorError: 400,
    IndexBusy: 503, IndexUnusable: 503, ClusterTrouble: 503, SemanticsOff: 501, NoPassage: 400, EncoderError: 503,
    NotKept: 422, NotWatched: 422, TrialTooLong: 503, TrialsFull: 429, StreamsFull: 429, ControlWording: 409,
    StepRefused: 409, UnclearWords: 422, UnknownStep: 404, RoutingUnusable: 503, CursorUnknown: 400, CursorAhead: 410,
    CertificateRefused: 409, NotCertifiable: 422,
    NoBundle: 404, NothingKept: 404, NoMoment: 400, BadAccount: 422,
}  # fmt: skip
STORE_AWAY: Final = (sql.OperationalError, sql.InterfaceError, sql.TimeoutError)
_CODED: Final = re.compile(r"(E\d{3}): (.*)", re.DOTALL)
_NAME: Final = re.compile(r"[\w.\-]{1,40}")
NO_PERSONS: Final = (
    "texts cannot be searched, filtered, counted or sorted by person (P-05), and no setting changes that"
)


class InvalidPart(BaseModel):
    """One parameter or field that was refused; its value is not repeated."""

    field: str
    reason: str


class Problem(BaseModel):
    """What went wrong: ``code`` is stable, ``detail`` says what to do. Never content of texts, never a stack trace."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    position: int | None = None
    """Of a query: the character where it cannot be read, counted from 0."""
    invalid: list[InvalidPart] | None = None
    incident: str | None = None
    """Of an unexpected failure: what the server's log calls it."""


class Unprocessable(ValueError):
    """E156, E322: a body that can be read but not accepted."""

    def __init__(self, detail: str, code: str = "E322", invalid: Sequence[InvalidPart] = ()) -> None:
        super().__init__(detail)
        self.code, self.invalid = code, list(invalid)

    @classmethod
    def of(cls, error: ValueError) -> Unprocessable:
        """From what the records say of a value, without the value itself."""
        if isinstance(error, ValidationError):
            return cls("the values do not fit the record", invalid=[_part(e) for e in error.errors()])
        code, detail = coded(error, "E322")
        return cls(detail, code)


class BadParameter(ValueError):
    """A parameter whose form is right and whose value is not."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code

    @classmethod
    def of(cls, error: ValueError) -> BadParameter:
        """From an error whose message begins with its code."""
        return cls(*coded(error, "E321"))


def problem(
    status: int, code: str, detail: str, *, headers: Mapping[str, str] | None = None, **members: Any
) -> Response:
    """The answer for one problem."""
    return _sent(_made(status, code, detail, **members), headers)


def problem_of(error: Exception) -> Problem | None:
    """The problem that an error is which is raised on purpose; None for a defect."""
    for kind, told in _TOLD.items():
        if isinstance(error, kind):
            return told(error)
    return None


def coded(error: Exception, otherwise: str) -> tuple[str, str]:
    """Code and text of an error whose message begins with its code."""
    message = str(error.args[0]) if error.args else type(error).__name__
    found = _CODED.fullmatch(message)
    return (found[1], found[2]) if found else (otherwise, message)


def install(app: FastAPI) -> None:
    """Makes problems of everything that the routes raise on purpose."""
    for kind in _TOLD:
        app.add_exception_handler(kind, answered)


def answered(request: Request, error: Exception) -> Response:
    """The answer to an error that is raised on purpose."""
    found = problem_of(error)
    assert found is not None
    return _sent(found, error.headers if isinstance(error, HTTPException) else None)


def _sent(found: Problem, headers: Mapping[str, str] | None) -> Response:
    content = json.dumps(found.model_dump(mode="json", exclude_none=True), ensure_ascii=False)
    return Response(content.encode("utf-8", "replace"), found.status, dict(headers or {}), MEDIA_TYPE)


def _made(status: int, code: str, detail: str, **members: Any) -> Problem:
    title = TITLES.get(code) or HTTPStatus(status).phrase
    return Problem(type=f"urn:minyi:problem:{code}", title=title, status=status, detail=detail, code=code, **members)


def _expected(error: Exception) -> Problem:
    status = next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)
    code, detail = coded(error, "E390")
    return _made(status, code, detail, position=getattr(error, "position", None))


def _store_away(error: Exception) -> Problem:
    return _made(503, "E340", "the store cannot be reached; try again, then run: minyi doctor")


def _unprocessable(error: Exception) -> Problem:
    assert isinstance(error, Unprocessable)
    return _made(422, error.code, str(error), invalid=error.invalid or None)


def _bad_parameter(error: Exception) -> Problem:
    assert isinstance(error, BadParameter)
    return _made(400, error.code, str(error))


def _http(error: Exception) -> Problem:
    assert isinstance(error, HTTPException)
    code, detail = {
        401: ("E330", "send a key as `Authorization: Bearer KEY`; an admin issues one with: minyi keys issue"),
        404: ("E331", "no such address; the routes are in docs/HTTP.md and /v1/openapi.json"),
        405: ("E332", "the address does not offer this method; see docs/HTTP.md"),
    }.get(error.status_code, ("E322", "the body cannot be read; send JSON in UTF-8"))
    return _made(error.status_code, code, detail)


def _invalid(error: Exception) -> Problem:
    assert isinstance(error, RequestValidationError)
    errors = error.errors()
    places = {str(e["loc"][0]) for e in errors}
    parts = [_part({**e, "loc": e["loc"][1:]}) for e in errors]
    if "path" in places:
        return _made(404, "E311", "there is nothing by that id")
    if places & {"query", "header"}:
        unknown = [e["loc"][-1] for e in errors if e["type"] == "extra_forbidden"]
        if any(str(name).lower() in PERSON_WORDS for name in unknown):
            return _made(400, "E320", f"there is no such parameter: {NO_PERSONS}", invalid=parts)
        code = "E320" if unknown else "E321"
        return _made(400, code, "these parameters cannot be used; see docs/HTTP.md", invalid=parts)
    return _made(422, "E322", "the body does not fit; see docs/HTTP.md", invalid=parts)


def _part(error: Mapping[str, Any]) -> InvalidPart:
    """Where and why, without the value."""
    steps = [str(step) if _NAME.fullmatch(str(step)) else "…" for step in error["loc"]]
    return InvalidPart(field=".".join(steps) or "body", reason=str(error["msg"]))


_TOLD: Final[dict[type[Exception], Callable[[Exception], Problem]]] = {
    **dict.fromkeys(STATUS, _expected), **dict.fromkeys(STORE_AWAY, _store_away),
    RequestValidationError: _invalid, Unprocessable: _unprocessable, BadParameter: _bad_parameter, HTTPException: _http,
}  # fmt: skip
"""Kind of error → what tells of it."""
