"""Certificates of what was searched for and not found (未检出证明)."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from api.auth import office, reader
from api.certificate_answers import CertificateShown, CertificatesShown
from api.certificate_desk import CertificateDesk
from api.conditional import conditional
from api.idempotency import IdempotencyKey, Once
from api.policy import Reader
from api.routes.question import PagedQuestion, ProjectPath, QueryTyped, Question
from index.query import parse
from pipeline.office import Office
from pipeline.records import Certificate
from pipeline.vocabulary import codes

router = APIRouter(prefix="/v1/projects/{project_id}/certificates", tags=["certificates"])
CertificatePath = Annotated[str, Path(pattern=r"^n[0-9a-f]{24}$", description="Certificate id.")]
ISSUED: Final[dict[int | str, dict[str, Any]]] = {
    200: {"model": Certificate, "description": "This very request was answered before."}
}


class ToCertify(BaseModel):
    """What was looked for: risk factors, a query, or both; a text that answers either one would be found."""

    model_config = ConfigDict(extra="forbid")

    factors: Annotated[tuple[str, ...], Field(max_length=10, description="Codes of risk factors.")] = ()
    q: Annotated[QueryTyped | None, Field(description="A query beside the factors, or instead of them.")] = None


def certificate_desk(
    office: Annotated[Office, Depends(office)], reader: Annotated[Reader, Depends(reader)]
) -> CertificateDesk:
    """The desk at which this reader has silence certified."""
    return CertificateDesk(office, reader)


AtCertificates = Annotated[CertificateDesk, Depends(certificate_desk)]


@router.post(
    "",
    status_code=201,
    response_model=Certificate,
    responses=ISSUED,
    summary="Certify a search that found nothing",
)
def issue(
    desk: AtCertificates,
    reader: Annotated[Reader, Depends(reader)],
    project_id: ProjectPath,
    asked: Annotated[Question, Query()],
    wanted: ToCertify,
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> Certificate:
    """Searches, measures with probes what may be missed, signs and keeps; it takes seconds. 409 where something was
    found (E650: how many, as far as k voices allow) or nothing was searched (E651)."""
    once = Once.of(reader, idempotency_key, f"certificates:{project_id}", wanted) if idempotency_key else None
    query = None if wanted.q is None else parse(wanted.q, codes())
    issued = desk.issue(project_id, asked.purpose, tuple(dict.fromkeys(wanted.factors)), query, once=once)
    response.status_code = 201 if issued.new else 200
    return issued.certificate


@router.get("", response_model=CertificatesShown, summary="Certificates on a project")
def certificates(
    desk: AtCertificates, request: Request, project_id: ProjectPath, asked: Annotated[PagedQuestion, Query()]
) -> Response:
    """The newest first, each with what changed since it was issued."""
    found = desk.certificates(project_id, asked.purpose, offset=asked.offset, limit=asked.limit + 1)
    rows = [
        CertificateShown.model_validate(
            {"certificate": one.certificate, "stands": one.stands, "changed": list(one.changed)}
        )
        for one in found[: asked.limit]
    ]
    goes_on = asked.end if len(found) > asked.limit else None
    return conditional(request, CertificatesShown(rows=rows, next_offset=goes_on))


@router.get(
    "/{certificate_id}",
    response_class=Response,
    responses={200: {"content": {"application/zip": {}}, "description": "The signed archive"}},
    summary="One certificate, signed",
)
def archive(
    desk: AtCertificates,
    project_id: ProjectPath,
    certificate_id: CertificatePath,
    asked: Annotated[Question, Query()],
) -> Response:
    """The signed zip, byte for byte as it was issued: `minyi verify` needs nothing else."""
    name = {"Content-Disposition": f'attachment; filename="{certificate_id}.zip"'}
    content = desk.archive(project_id, certificate_id, asked.purpose)
    return Response(content, media_type="application/zip", headers=name)
