"""Certificates of what was searched for and not found: what stands, what changed since, and a new one."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import Form, Path, Query, Response
from pydantic import BaseModel, BeforeValidator, Field

from api.certificate_desk import MOST_FACTORS, CertificateDesk, CertificateRefused, NotCertifiable, Standing
from api.console.names import names
from api.console.rules import ConsoleRouter, InProject
from api.console.visit import AtConsole, ProjectPath, Visit
from api.once import Once
from index import QueryError
from index.query import parse
from models.taxonomy import taxonomy
from pipeline.vocabulary import codes

CERTIFICATES: Final = 20
CertificatePath = Annotated[str, Path(pattern=r"^n[0-9a-f]{24}$")]
Factor = Annotated[str, Field(pattern=r"^[\w.\-]{1,40}$")]
router = ConsoleRouter()


class ListAsked(BaseModel):
    """Which page of the list, and which factors are chosen already in the form below it."""

    page: Annotated[int, Field(ge=1, le=10_000)] = 1
    factors: Annotated[list[Factor], Field(max_length=100)] = []


class ToCertify(BaseModel):
    """What was looked for: risk factors, a query, or both."""

    factors: Annotated[list[Factor], Field(max_length=100)] = []
    q: Annotated[str, BeforeValidator(lambda value: str(value or "").strip())] = ""
    once: Annotated[str, Field(max_length=100)] = ""


@router.page("/projects/{project_id}/certificates", rule=InProject("certificates.read"))
def certificates(visit: AtConsole, project_id: ProjectPath, asked: Annotated[ListAsked, Query()]) -> Response:
    """All certificates on the project, the newest first, each with what changed since."""
    return _listed(visit, project_id, asked.page, ToCertify(factors=asked.factors))


@router.act("/projects/{project_id}/certificates", rule=InProject("certificates.issue"))
def issue(visit: AtConsole, project_id: ProjectPath, wanted: Annotated[ToCertify, Form()]) -> Response:
    """Searches, measures, signs and keeps; refused where something was found or nothing was searched."""
    desk, purpose = visit.desk(CertificateDesk), visit.purpose(project_id)
    once = Once.of(visit.reader, wanted.once, f"certificates:{project_id}", wanted) if wanted.once else None
    try:
        query = parse(wanted.q, codes()) if wanted.q else None
        issued = desk.issue(project_id, purpose, tuple(dict.fromkeys(wanted.factors)), query, once=once)
    except CertificateRefused as refused:
        return _listed(visit, project_id, 1, wanted, refused=refused, status=409)
    except (NotCertifiable, QueryError) as error:
        return _listed(visit, project_id, 1, wanted, errors=_errors(visit, wanted, error), status=422)
    return visit.redirect(
        f"/projects/{project_id}/certificates/{issued.certificate.id}",
        flash=visit.gettext("未检出证明已签名出具。"),
    )


@router.page("/projects/{project_id}/certificates/{certificate_id}", rule=InProject("certificates.read"))
def certificate(visit: AtConsole, project_id: ProjectPath, certificate_id: CertificatePath) -> Response:
    """One certificate: what was searched, where, with what, what may be missed, and whether it still stands."""
    desk = visit.desk(CertificateDesk)
    standing = desk.certificate(project_id, certificate_id, visit.purpose(project_id))
    return visit.page(
        "certificates/page.html",
        standing=standing,
        certificate=standing.certificate,
        factors=names("factors", visit.language),
        fingerprint=desk.fingerprint(),
    )


@router.page("/projects/{project_id}/certificates/{certificate_id}/file", rule=InProject("certificates.read"))
def file(visit: AtConsole, project_id: ProjectPath, certificate_id: CertificatePath) -> Response:
    """The signed archive, byte for byte as it was issued."""
    content = visit.desk(CertificateDesk).archive(project_id, certificate_id, visit.purpose(project_id))
    name = {"Content-Disposition": f'attachment; filename="{certificate_id}.zip"'}
    return Response(content, media_type="application/zip", headers=name)


def _listed(
    visit: Visit,
    project_id: str,
    page: int,
    wanted: ToCertify,
    *,
    refused: CertificateRefused | None = None,
    errors: dict[str, str] | None = None,
    status: int = 200,
) -> Response:
    first = (page - 1) * CERTIFICATES
    found = visit.desk(CertificateDesk).certificates(
        project_id, visit.purpose(project_id), offset=first, limit=CERTIFICATES + 1
    )
    return visit.page(
        "certificates/list.html",
        status,
        rows=found[:CERTIFICATES],
        first=first,
        at=page,
        goes_on=len(found) > CERTIFICATES,
        wanted=wanted,
        refused=refused,
        errors=errors or {},
        factors=names("factors", visit.language),
        groups=_groups(visit),
        most=MOST_FACTORS,
        covers=covers,
    )


def covers(standing: Standing, factors: dict[str, str]) -> str:
    """What a certificate is about, in a line."""
    certificate = standing.certificate
    asked = [factors.get(code, code) for code in certificate.factors]
    return "、".join([*asked, *([certificate.query] if certificate.query else [])])


def _groups(visit: Visit) -> list[tuple[str, list[tuple[str, str]]]]:
    """The factors that can be certified, by category; sealed ones are not searched (P-14)."""
    called, categories = names("factors", visit.language), names("categories", visit.language)
    by_category: dict[str, list[tuple[str, str]]] = {}
    for code, factor in taxonomy().factors.items():
        if not factor.confidential and not factor.out_of_scope:
            by_category.setdefault(factor.category, []).append((code, called[code]))
    return [(categories[one], choices) for one, choices in by_category.items()]


def _errors(visit: Visit, wanted: ToCertify, error: Exception) -> dict[str, Any]:
    say = visit.gettext
    if isinstance(error, QueryError):
        return {"q": say("检索式无法识别，请检查引号、括号和字段名。")}
    if str(error).startswith("E654"):
        return {"q": say("检索式中似有个人信息，这类内容不予保存。请去掉后再试。")}
    if not wanted.factors and not wanted.q:
        return {"factors": say("请至少选择一个风险因素，或填写检索式。")}
    return {"factors": say("一份证明最多 %(n)s 个风险因素，且不包括封存的检举控告类。", n=MOST_FACTORS)}
