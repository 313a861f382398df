"""The registry of decision projects: its entries, the names that texts suggest, and files of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal, get_args

from fastapi import File, Form, Path, Query, Response, UploadFile
from pydantic import BaseModel, Field, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from api.console.csv_files import csv_file
from api.console.i18n import N_
from api.console.paging import PageAsked, leaf
from api.console.rules import ConsoleRouter, Deployment, InProject
from api.console.visit import AtConsole, ProjectPath, Visit
from api.console.words import WORDS
from api.entry_desk import BadEntry, EntryDesk, Kept
from api.registry_desk import RegistryDesk
from api.registry_files import COLUMNS, RegistryUnreadable, as_json_lines, as_row, read_registry
from pipeline.records import DecisionProject
from pipeline.records.project import Stage
from pipeline.store import AliasAction, StoreConflict

ALIASES: Final = 20
router = ConsoleRouter()
AliasPath = Annotated[str, Path(pattern=r"^n[0-9a-f]{24}$")]
PAGE: Final = 50
BAD_SHOWN: Final = 50
MILESTONE_NAME: Final = re.compile(r"milestone-name-([0-9]{1,4})")
SPARE: Final = 3
"""Empty rows for further milestones."""
LISTS: Final = ("aliases", "places", "keywords", "impact_area")
TEXTS: Final = (
    "name_zh", "name_en", "parent_id", "kind", "region", "region_code", "commissioning_unit", "stage", "start", "end",
    "description", "status",
)  # fmt: skip
MAY_BE_NONE: Final = frozenset({"name_en", "parent_id", "region_code", "commissioning_unit", "start", "end"})
USUAL: Final = {"kind": "other", "stage": "pre_assessment", "status": "active"}
FLAWS: Final[dict[str, str]] = {
    "id": N_("编号由字母、数字和 . _ - 组成，1 至 64 个字符，登记后不再更改。"),
    "name_zh": N_("名称应为 2 至 200 字。"),
    "kind": N_("类型由 2 至 40 个小写英文字母和下划线组成，例如 expropriation。"),
    "parent_id": N_("上级项目不存在，或会使项目最终成为自身的一部分。"),
    "region_code": N_("行政区划代码为 2 至 12 位数字。"),
    "stage": N_("请选择阶段。"),
    "status": N_("请选择状态。"),
    "start": N_("日期请写成 2026、2026-03 或 2026-03-01。"),
    "end": N_("日期请写成 2026、2026-03 或 2026-03-01。"),
    "dates": N_("结束早于开始。"),
    "taken": N_("这个编号已有项目登记，请打开原有的一条修改。"),
    "milestone": N_("节点需有名称，日期写成 2026、2026-03 或 2026-03-01。"),
}
STAYED: Final[dict[str, str]] = {
    "aliases": N_("经人采纳的别名仍在，如需去掉请在下方撤回。"),
    "milestones": N_("经人采纳的节点仍在。"),
    "stage": N_("阶段由负责人在程序清单中推进，保持不变。"),
}
FIELD_NAMES: Final[dict[str, str]] = {
    "id": N_("编号"), "name_zh": N_("名称"), "name_en": N_("英文名称"), "parent_id": N_("上级项目"), "kind": N_("类型"),
    "aliases": N_("别名"), "places": N_("地点"), "keywords": N_("关键词"), "impact_area": N_("影响范围"),
    "region": N_("地区"), "region_code": N_("行政区划代码"), "commissioning_unit": N_("决策单位"), "stage": N_("阶段"),
    "start": N_("开始"), "end": N_("结束"), "milestones": N_("节点"), "description": N_("说明"), "status": N_("状态"),
}  # fmt: skip


class AliasForm(BaseModel):
    """What is decided about a name that texts suggest, and why."""

    action: AliasAction
    reason: Annotated[str, Field(max_length=500)] = ""


@router.page("/registry", rule=Deployment("registry.read"))
def listed(visit: AtConsole, page: Annotated[int, Query(ge=1, le=10_000)] = 1) -> Response:
    """All entries that the visitor may see, parts below what they are part of."""
    return _list(visit, page=page)


@router.page("/registry/~new", rule=Deployment("registry.write"))
def blank(visit: AtConsole) -> Response:
    """An empty entry."""
    return _form(visit, None, USUAL, {})


@router.page("/registry/~download", rule=Deployment("registry.read"))
def download(visit: AtConsole, form: Annotated[Literal["csv", "jsonl"], Query()] = "csv") -> Response:
    """The entries as a file that can be changed and uploaded again."""
    entries = visit.desk(EntryDesk).entries(visit.general_purpose())
    if form == "csv":
        return csv_file(list(COLUMNS.values()), [as_row(one) for one in entries], "registry")
    headers = {"Content-Disposition": 'attachment; filename="registry.jsonl"'}
    return Response(as_json_lines(entries), media_type="application/x-ndjson; charset=utf-8", headers=headers)


@router.act("/registry/~upload", rule=Deployment("registry.write"))
def upload(visit: AtConsole, file: Annotated[UploadFile | None, File()] = None) -> Response:
    """Takes the good entries of a file in and names the others."""
    if file is None or not file.filename:
        return _list(visit, 422, {"file": visit.gettext("请选择登记册文件。")})
    try:
        good, bad = read_registry(file.file.read())
    except RegistryUnreadable:
        told = visit.gettext("无法读取：应为 UTF-8 编码的 CSV（含“编号”“名称”两列）或 JSONL。")
        return _list(visit, 422, {"file": told})
    desk = visit.desk(EntryDesk)
    outcome, refused = desk.take_in(visit.general_purpose(), good)
    bad = sorted([*bad, *refused], key=lambda one: int(one["line"]))
    told = visit.gettext(
        "新登记 %(new)s 个，更改 %(changed)s 个，未变 %(same)s 个。",
        new=len(outcome.new),
        changed=len(outcome.changed),
        same=len(outcome.unchanged),
    )
    if outcome.new or outcome.changed:
        told += _again(visit, desk)
    if not bad:
        return visit.redirect("/registry", flash=told)
    visit.flash(told, "ok" if outcome.new or outcome.changed else "note")
    return _list(visit, 422, bad=[_told(visit, one) for one in bad])


@router.act("/registry", rule=Deployment("registry.write"))
async def make(visit: AtConsole, request: Request) -> Response:
    """Registers a project."""
    return await run_in_threadpool(_save, visit, None, await _sent(request))


@router.page("/registry/{project_id}", rule=InProject("registry.read"))
def one(visit: AtConsole, project_id: ProjectPath, page: PageAsked = 1) -> Response:
    """One entry, to be changed by those who may; and the names that texts suggest for it."""
    project = visit.desk(EntryDesk).entry(project_id, visit.purpose(project_id))
    return _form(visit, project, _given(project), {}, page=page)


@router.act("/registry/{project_id}", rule=InProject("registry.write"))
async def change(visit: AtConsole, request: Request, project_id: ProjectPath) -> Response:
    """Changes an entry."""
    return await run_in_threadpool(_save, visit, visit.project, await _sent(request))


@router.act("/registry/{project_id}/aliases", rule=InProject("aliases.decide"))
def propose(visit: AtConsole, project_id: ProjectPath) -> Response:
    """Looks for names in the texts that are about the project."""
    rows = visit.desk(RegistryDesk).propose_aliases(project_id, visit.purpose(project_id))
    waiting = sum(row["state"] == "proposed" for row in rows)
    told = (
        visit.gettext("有 %(n)s 个称呼待确认。", n=waiting)
        if waiting
        else visit.gettext("目前的文本中没有发现登记册里缺少的称呼。")
    )
    return visit.redirect(f"/registry/{project_id}#aliases", flash=told, kind="ok" if waiting else "note")


@router.act("/registry/{project_id}/aliases/{alias_id}", rule=InProject("aliases.decide"))
def decide(
    visit: AtConsole, project_id: ProjectPath, alias_id: AliasPath, given: Annotated[AliasForm, Form()]
) -> Response:
    """Takes a name into the entry or out of it, or rejects it, with a reason (P-23)."""
    back, reason = f"/registry/{project_id}#aliases", given.reason.strip()
    if len(reason) < 2:
        return visit.redirect(back, flash=visit.gettext("请写明理由，至少 2 个字。"), kind="warn")
    desk = visit.desk(RegistryDesk)
    try:
        shown = desk.decide_alias(
            project_id, visit.purpose(project_id), alias_id, who=visit.account.name, action=given.action, reason=reason
        )
    except StoreConflict:
        return visit.redirect(back, flash=visit.gettext("这个称呼的状态已变，请查看后再办理。"), kind="warn")
    told = {
        "accept": visit.gettext("“%(name)s”已记入别名。", name=shown["alias"]),
        "reject": visit.gettext("“%(name)s”不作别名，今后不再提出。", name=shown["alias"]),
        "withdraw": visit.gettext("“%(name)s”已从别名中撤回。", name=shown["alias"]),
    }[given.action]
    return visit.redirect(back, flash=told + (_again(visit, visit.desk(EntryDesk)) if given.action != "reject" else ""))


async def _sent(request: Request) -> dict[str, str]:
    return {name: value for name, value in (await request.form()).items() if isinstance(value, str)}


def _save(visit: Visit, before: DecisionProject | None, given: Mapping[str, str]) -> Response:
    project_id = before.id if before else given.get("id", "").strip()
    asked: dict[str, Any] = {name: given.get(name, "").strip() for name in TEXTS}
    asked |= {name: given.get(name, "").replace("\n", "、") for name in LISTS}
    asked |= {name: asked[name] or None for name in MAY_BE_NONE}
    asked |= {name: asked[name] or usual for name, usual in USUAL.items()}
    rows = _milestones(given)
    asked["milestones"] = [
        {"name": name, "date": day, "notice_url": url or None} for _, name, day, url in rows if name or day or url
    ]
    numbers = [number for number, name, day, url in rows if name or day or url]
    try:
        if empty := next((n for n, name, day, url in rows if (day or url) and not name), None):
            raise BadEntry({f"milestone-name-{empty}": "milestone"})
        project = DecisionProject.model_validate({**asked, "id": project_id})
        desk = visit.desk(EntryDesk)
        purpose = visit.purpose(before.id) if before else visit.general_purpose()
        kept = desk.change(purpose, project) if before else desk.make(purpose, project)
    except ValidationError as error:
        return _form(visit, before, given, _flaws(visit, error, numbers), 422)
    except BadEntry as bad:
        return _form(visit, before, given, {name: _flaw(visit, name, flaw) for name, flaw in bad.flaws.items()}, 422)
    except StoreConflict:
        return _form(visit, before, given, {"id": visit.gettext(FLAWS["taken"])}, 409)
    return visit.redirect(f"/registry/{project.id}", flash=_kept(visit, kept, desk))


def _flaw(visit: Visit, field: str, flaw: str) -> str:
    return visit.gettext(FLAWS.get(flaw) or FLAWS.get(field) or FLAWS["milestone"])


def _kept(visit: Visit, kept: Kept, desk: EntryDesk) -> str:
    """What became of the entry, in sentences."""
    if kept.is_new:
        told = visit.gettext("已登记。")
    elif kept.fields:
        names = visit.gettext("、").join(visit.gettext(FIELD_NAMES[name]) for name in kept.fields)
        told = visit.gettext("已更改：%(fields)s。", fields=names)
    else:
        told = visit.gettext("没有变化。")
    told += "".join(visit.gettext(STAYED[name]) for name in kept.stayed if name in STAYED)
    return told + (_again(visit, desk) if kept.fields and kept.fields != ("milestones",) else "")


def _again(visit: Visit, desk: EntryDesk) -> str:
    """How many texts are read again since the registry says other words now."""
    number = desk.to_be_read_again()
    return visit.gettext("下次处理时将对照新的登记册重新读取 %(n)s 条文本。", n=number) if number else ""


def _milestones(given: Mapping[str, str]) -> list[tuple[int, str, str, str]]:
    numbers = sorted({int(found[1]) for key in given if (found := MILESTONE_NAME.fullmatch(key))})
    return [
        (number, *(given.get(f"milestone-{part}-{number}", "").strip() for part in ("name", "date", "url")))  # type: ignore[misc]
        for number in numbers[:200]
    ]


def _flaws(visit: Visit, error: ValidationError, numbers: list[int]) -> dict[str, str]:
    """The errors of a record by the field of the form that they belong to."""
    found: dict[str, str] = {}
    for one in error.errors():
        place = one["loc"] or ("parent_id",)
        field = str(place[0])
        if field == "milestones" and len(place) > 2:
            part = {"date": "date", "notice_url": "url"}.get(str(place[2]), "name")
            found[f"milestone-{part}-{numbers[int(place[1])]}"] = visit.gettext(FLAWS["milestone"])
        else:
            field = "id" if field == "project_id" else field
            found[field] = visit.gettext(FLAWS[field]) if field in FLAWS else visit.gettext("填写有误。")
    return found


def _given(project: DecisionProject) -> dict[str, str]:
    """What the form shows of an entry."""
    values = {name: str(getattr(project, name) or "") for name in TEXTS}
    values |= {name: "\n".join(getattr(project, name)) for name in LISTS}
    for number, one in enumerate(project.milestones, 1):
        values |= {f"milestone-name-{number}": one.name, f"milestone-date-{number}": one.date}
        values[f"milestone-url-{number}"] = one.notice_url or ""
    return values


def _form(
    visit: Visit, project: DecisionProject | None, given: Mapping[str, str], errors: dict[str, str], status: int = 200,
    page: int = 1,
) -> Response:  # fmt: skip
    desk, store = visit.desk(EntryDesk), visit.office.store
    entries = [one for one in store.projects() if visit.allows("registry.read", one)]
    aliases = None
    if project is not None and visit.allows("aliases.read", project):
        found = visit.desk(RegistryDesk).aliases(project.id, visit.purpose(project.id))
        aliases = leaf(found, page, ALIASES, lambda n: f"/registry/{project.id}?page={n}#aliases")
    parents = [(one.id, one.name_zh) for one in entries if project is None or one.id != project.id]
    parent = project.parent_id if project is not None else None
    if parent is not None and parent not in dict(parents):
        parents.append((parent, parent))  # not the visitor's to read, nor to take away unseen
    numbers = [number for number, *parts in _milestones(given) if any(parts)] or [0]
    return visit.page(
        "registry/entry.html" if visit.allows("registry.write", project) else "registry/shown.html",
        status,
        entry=project,
        given=given,
        errors=errors,
        milestone_rows=[n for n in numbers if n] + [max(numbers) + 1 + n for n in range(SPARE)],
        parents=parents,
        kinds=sorted({one.kind for one in entries}),
        stages=[(code, visit.gettext(WORDS["stage"][code])) for code in get_args(Stage)],
        parts=[one for one in entries if project is not None and one.parent_id == project.id],
        aliases=aliases,
        decides=project is not None and visit.allows("aliases.decide", project),
        again=desk.to_be_read_again(),
    )


def _list(
    visit: Visit, status: int = 200, errors: dict[str, str] | None = None, bad: list[dict[str, Any]] | None = None,
    page: int = 1,
) -> Response:  # fmt: skip
    desk = visit.desk(EntryDesk)
    entries = desk.entries(visit.general_purpose())
    names = {one.id: one.name_zh for one in entries}
    return visit.page(
        "registry/list.html", status, rows=entries[(page - 1) * PAGE : page * PAGE], total=len(entries), page=page,
        size=PAGE, names=names, errors=errors or {}, bad=(bad or [])[:BAD_SHOWN], bad_total=len(bad or []),
        again=desk.to_be_read_again(),
    )  # fmt: skip


def _told(visit: Visit, bad: Mapping[str, Any]) -> dict[str, Any]:
    """A line of a file that is no entry, in the visitor's words."""
    field = str(bad["field"]).split(".")[0]
    field = "id" if field == "project_id" else field
    told = FLAWS.get(str(bad["reason"]), FLAWS["milestone"] if field == "milestones" else FLAWS.get(field))
    shown = visit.gettext(told) if told and visit.language != "en" else str(bad["reason"])
    name = visit.gettext(FIELD_NAMES[field]) if field in FIELD_NAMES else field
    return {"line": bad["line"], "field": name, "reason": shown}
