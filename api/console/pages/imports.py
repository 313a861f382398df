"""Importing: a file is sent, its columns are looked at, it is tried, and it is taken in with its progress."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Annotated, Any, Final, get_args

from fastapi import File, Form, Path, Query, Response, UploadFile
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from api.console.csv_files import csv_file
from api.console.i18n import N_
from api.console.reasons import FIELDS, field_of, reason_of
from api.console.rules import ConsoleRouter, Deployment
from api.console.visit import AtConsole, Visit
from api.console.words import WORDS
from api.import_desk import IGNORE, BadImport, ImportDesk, ImportRoom, Preview, Shown, Stated
from api.imports import Upload, UploadGone, UploadsFull
from crawlers.importers import Bad, ImportRefused, Uploaded
from pipeline.records import SourceKind

router = ConsoleRouter()
ImportPath = Annotated[str, Path(pattern=r"^[a-z0-9]{1,32}$")]
PAGE: Final = 20
REJECTS_SHOWN: Final = 50
FLAWS: Final[dict[tuple[str, str], str]] = {
    ("source_kind", "unknown"): N_("请选择来源类别。"),
    ("source", "missing"): N_("请填写来源名称，例如“县信访局网上信箱”。"),
    ("source", "too_long"): N_("来源名称不超过 100 字，不能换行。"),
    ("source", "personal"): N_("来源名称中似有个人信息，请填写平台、部门或系统的名称。"),
    ("authorised_by", "missing"): N_("请写明由谁书面授权，例如“县信访局，2026年11月20日函”。"),
    ("authorised_by", "too_long"): N_("授权说明不超过 100 字，不能换行。"),
    ("authorised", "missing"): N_("没有委托方的书面授权不能导入。"),
    ("since", "half"): N_("起止日期请同时填写，或都不填。"),
    ("until", "half"): N_("起止日期请同时填写，或都不填。"),
    ("until", "backwards"): N_("截止日期早于起始日期。"),
    ("since", "complete"): N_("要说明文件是完整的，请填写它覆盖的起止日期。"),
    ("since", "no_date"): N_("日期请写成 2026-11-01。"),
    ("until", "no_date"): N_("日期请写成 2026-11-01。"),
    ("file", "missing"): N_("请选择要导入的文件。"),
    ("file", "not_tried"): N_("没有可以导入的行。"),
}


@router.page("/imports", rule=Deployment("imports.read"))
def listed(visit: AtConsole, page: Annotated[int, Query(ge=1, le=10_000)] = 1) -> Response:
    """What was imported, by whom and with whose authorisation; and the form for the next file."""
    return _list(visit, page=page)


@router.act("/imports", rule=Deployment("imports.run"))
def send(
    visit: AtConsole, file: Annotated[UploadFile | None, File()] = None, source_kind: Annotated[str, Form()] = "",
    source: Annotated[str, Form()] = "", since: Annotated[str, Form()] = "", until: Annotated[str, Form()] = "",
    complete: Annotated[str, Form()] = "", authorised: Annotated[str, Form()] = "",
    authorised_by: Annotated[str, Form()] = "",
) -> Response:  # fmt: skip
    """Takes a file into memory; nothing is written before it is redacted (P-02)."""
    given = {
        "source_kind": source_kind, "source": source, "since": since, "until": until, "complete": complete,
        "authorised_by": authorised_by,
    }  # fmt: skip
    desk = _desk(visit)
    try:
        if file is None or not file.filename:
            raise BadImport("file", "missing", "is missing")
        if authorised != "yes":
            raise BadImport("authorised", "missing", "is missing")
        stated = Stated(
            _kind(source_kind), source, authorised_by, _day("since", since), _day("until", until), complete == "whole"
        )
        content = file.file.read()
        upload = desk.send(visit.general_purpose(), Uploaded(file.filename, content), len(content), stated)
    except BadImport as bad:
        return _list(visit, 422, {bad.field: visit.gettext(FLAWS[bad.field, bad.flaw])}, given)
    except ImportRefused as refused:
        return _list(visit, 422, {"file": _told(visit, refused)}, given)
    except UploadsFull:
        return _list(visit, 503, {"file": visit.gettext("内存中等待导入的文件过多，请半小时后再试。")}, given)
    return visit.redirect(f"/imports/{upload.id}")


@router.page("/imports/{import_id}", rule=Deployment("imports.read"))
def one(visit: AtConsole, import_id: ImportPath) -> Response:
    """A file that waits, at the step where it is; or an import that runs or is over."""
    desk = _desk(visit)
    upload = _waiting(visit, desk, import_id)
    if upload is None:
        if not _known(visit, import_id):
            return visit.redirect("/imports", flash=_gone(visit), kind="warn")
        return _run(visit, desk.shown(visit.general_purpose(), import_id))
    return _check(visit, upload) if upload.checked else _columns(visit, upload, desk.preview(upload))


@router.page("/imports/{import_id}/columns", rule=Deployment("imports.run"))
def columns(visit: AtConsole, import_id: ImportPath) -> Response:
    """The columns of a file that waits, to say once more what they are."""
    desk = _desk(visit)
    upload = _waiting(visit, desk, import_id)
    if upload is None:
        return visit.redirect("/imports", flash=_gone(visit), kind="warn")
    return _columns(visit, upload, desk.preview(upload))


@router.act("/imports/{import_id}/columns", rule=Deployment("imports.run"))
async def choose(visit: AtConsole, request: Request, import_id: ImportPath) -> Response:
    """Tries the file with these columns; nothing is stored."""
    given = {name: value for name, value in (await request.form()).items() if isinstance(value, str)}
    return await run_in_threadpool(_try_out, visit, import_id, given)


@router.act("/imports/{import_id}/run", rule=Deployment("imports.run"))
def run(visit: AtConsole, import_id: ImportPath) -> Response:
    """Takes the file in, beside the pages."""
    desk = _desk(visit)
    try:
        desk.run(visit.general_purpose(), import_id)
    except UploadGone:
        if desk_knows := _known(visit, import_id):
            return visit.redirect(f"/imports/{desk_knows}")
        return visit.redirect("/imports", flash=_gone(visit), kind="warn")
    except UploadsFull:
        text = visit.gettext("内存中等待导入的文件过多，请半小时后再试。")
        return visit.redirect(f"/imports/{import_id}", flash=text, kind="warn")
    except BadImport as bad:
        return visit.redirect(
            f"/imports/{import_id}/columns", flash=visit.gettext(FLAWS[bad.field, bad.flaw]), kind="warn"
        )
    return visit.redirect(f"/imports/{import_id}")


@router.act("/imports/{import_id}/forget", rule=Deployment("imports.run"))
def forget(visit: AtConsole, import_id: ImportPath) -> Response:
    """Drops a file that waits."""
    try:
        _desk(visit).forget(visit.general_purpose(), import_id)
    except UploadGone:
        return visit.redirect("/imports", flash=_gone(visit), kind="warn")
    return visit.redirect("/imports", flash=visit.gettext("文件已从内存中清除，没有导入任何内容。"))


@router.page("/imports/{import_id}/progress", rule=Deployment("imports.read"))
def progress(visit: AtConsole, import_id: ImportPath) -> Response:
    """How far an import is, as a part of its page."""
    shown = _desk(visit).progress(import_id)
    if not visit.is_htmx:
        return visit.redirect(f"/imports/{import_id}")
    return visit.partial("imports/progress.html", **_progress(visit, shown))


@router.page("/imports/{import_id}/rejects.csv", rule=Deployment("imports.read"))
def rejects(visit: AtConsole, import_id: ImportPath) -> Response:
    """The rows that cannot go in, with row, field and reason, and never what stands in them."""
    desk = _desk(visit)
    upload = _waiting(visit, desk, import_id)
    if upload is not None and upload.checked:
        name, bad = "" if upload.kind == "letters" else upload.name, upload.checked.bad
    elif (job := visit.request.app.state.imports.jobs.get(import_id)) is not None:
        desk.shown(visit.general_purpose(), import_id)
        name, bad = job.name, tuple(job.rejects)
    else:
        return visit.redirect(
            f"/imports/{import_id}",
            flash=visit.gettext("被拒行的清单已不在内存中。重新上传同一文件并试导，即可再次得到。"), kind="warn",
        )  # fmt: skip
    heads = [visit.gettext(head) for head in (N_("文件"), N_("行"), N_("工作表"), N_("字段"), N_("原因"))]
    lines = [(name, row.row, row.sheet, row.field, row.reason) for row in _rows(visit, bad)]
    return csv_file(heads, lines, f"rejects-{import_id}")


class _Rejected:
    """A rejected row in the visitor's words."""

    def __init__(self, visit: Visit, bad: Bad) -> None:
        self.row = bad.row_number
        self.sheet = bad.sheet
        self.field = field_of(visit, bad.field)
        self.reason = reason_of(visit, bad.reason)


def _rows(visit: Visit, bad: tuple[Bad, ...] | list[Bad]) -> list[_Rejected]:
    return [_Rejected(visit, one) for one in bad]


def _desk(visit: Visit) -> ImportDesk:
    room: ImportRoom = visit.request.app.state.imports
    holder = hashlib.sha256(visit.token.encode()).hexdigest()
    return ImportDesk(visit.office, visit.reader, room, holder)


def _waiting(visit: Visit, desk: ImportDesk, import_id: str) -> Upload | None:
    """The file that waits, if it is one of this session's."""
    if not visit.allows("imports.run"):
        return None
    try:
        return desk.upload(visit.general_purpose(), import_id)
    except UploadGone:
        return None


def _known(visit: Visit, import_id: str) -> str:
    """The id, where it is one of an import that was begun."""
    return next((one.id for one in visit.office.store.stated_imports() if one.id == import_id), "")


def _gone(visit: Visit) -> str:
    return visit.gettext(
        "文件已不在内存中：等待超过 30 分钟、换了登录，或服务重新启动过。请重新上传；已导入的不会重复。"
    )


def _told(visit: Visit, refused: ImportRefused) -> str:
    told = reason_of(visit, str(refused))
    return told if told.endswith(("。", ".")) else told + visit.gettext("。")


def _kind(code: str) -> SourceKind:
    found: SourceKind | None = next((kind for kind in get_args(SourceKind) if kind == code), None)
    if found is None:
        raise BadImport("source_kind", "unknown", "there is no such kind of source")
    return found


def _day(field: str, text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip()) if text.strip() else None
    except ValueError:
        raise BadImport(field, "no_date", "is no date") from None


def _list(
    visit: Visit, status: int = 200, errors: dict[str, str] | None = None, given: dict[str, Any] | None = None,
    page: int = 1,
) -> Response:  # fmt: skip
    desk = _desk(visit)
    rows, total = desk.imports(visit.general_purpose(), offset=(page - 1) * PAGE, limit=PAGE)
    kinds = [(kind, visit.gettext(WORDS["source_kind"][kind])) for kind in get_args(SourceKind)]
    return visit.page(
        "imports/list.html", status, rows=rows, total=total, page=page, size=PAGE, errors=errors or {},
        given=given or {}, kinds=kinds, sources=desk.source_names(),
        megabytes=visit.office.settings.upload_megabytes,
    )  # fmt: skip


def _columns(
    visit: Visit, upload: Upload, preview: Preview, status: int = 200, error: str = "",
    chosen: dict[str, str] | None = None,
) -> Response:  # fmt: skip
    if not error and upload.headers and not upload.mapping:
        error = visit.gettext("没有一列被认作正文。请指出哪一列是正文，其余的列可以不导入。")
    return visit.page(
        "imports/columns.html", status, upload=upload, preview=preview, error=error, chosen=chosen or {},
        fields=[(code, visit.gettext(name)) for code, name in FIELDS.items()],
    )  # fmt: skip


def _try_out(visit: Visit, import_id: str, given: dict[str, str]) -> Response:
    desk = _desk(visit)
    upload = _waiting(visit, desk, import_id)
    if upload is None:
        return visit.redirect("/imports", flash=_gone(visit), kind="warn")
    preview = desk.preview(upload)
    mapping: dict[str, str] = {}
    for number, column in enumerate(preview.columns):
        chosen = given.get(f"column-{number}")
        if chosen is not None and chosen != column.field:
            mapping[column.header] = chosen or IGNORE
        elif column.header in upload.mapping:
            mapping[column.header] = upload.mapping[column.header]
    taken = [field for field in mapping.values() if field != IGNORE]
    taken += [c.field for c in preview.columns if c.field and c.header not in mapping]
    try:
        twice = {field for field in taken if taken.count(field) > 1 and field in mapping.values()}
        if twice:
            raise ImportRefused(f"--map: two columns are mapped to {min(twice)}; map one")
        desk.try_out(visit.general_purpose(), import_id, mapping)
    except UploadGone:
        return visit.redirect("/imports", flash=_gone(visit), kind="warn")
    except ImportRefused as refused:
        return _columns(visit, upload, preview, 422, _told(visit, refused), given)
    return visit.redirect(f"/imports/{import_id}")


def _check(visit: Visit, upload: Upload) -> Response:
    assert upload.checked is not None
    return visit.page(
        "imports/check.html",
        upload=upload,
        checked=upload.checked,
        bad=_rows(visit, upload.checked.bad[:REJECTS_SHOWN]),
        refused=reason_of(visit, upload.checked.refused) if upload.checked.refused else "",
        field_name=lambda code: field_of(visit, code),
    )


def _progress(visit: Visit, shown: Shown) -> dict[str, Any]:
    job = shown.job
    return {
        "stated": shown.stated,
        "job": job,
        "bad": _rows(visit, job.rejects[:REJECTS_SHOWN]) if job else [],
        "refused": reason_of(visit, job.refused) if job and job.refused else "",
    }


def _run(visit: Visit, shown: Shown) -> Response:
    return visit.page("imports/run.html", **_progress(visit, shown))
