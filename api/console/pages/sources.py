"""The sources: how they do, on which legal basis they are read, and the switch that stops one."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from fastapi import Form, Path, Response
from pydantic import BaseModel, StringConstraints

from api.console.paging import PageAsked, leaf
from api.console.rules import ConsoleRouter, Deployment
from api.console.visit import AtConsole, Visit
from api.source_desk import SourceDesk
from crawlers.registry import SourceRefused

SOURCES: Final = 50
WINDOWS: Final = 40
Name = Annotated[str, Path(pattern=r"^[a-z0-9][a-z0-9\-]{0,35}$")]
router = ConsoleRouter()


class Switching(BaseModel):
    """On or off, and why."""

    to: Literal["on", "off"]
    reason: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)] = ""


@router.page("/sources", rule=Deployment("sources.read"))
def sources(visit: AtConsole, page: PageAsked = 1) -> Response:
    """All sources; those that need somebody first."""
    found = visit.desk(SourceDesk).registry(visit.general_purpose())
    used, unused = [one for one in found if one.used], [one for one in found if not one.used]
    return visit.page(
        "sources/list.html",
        listed=leaf(used, page, SOURCES, lambda n: f"/sources?page={n}"),
        unused=unused,
        open_incidents=[(one, incident) for one in used if one.status for incident in one.status.incidents],
    )


@router.page("/sources/{name}", rule=Deployment("sources.read"))
def source(visit: AtConsole, name: Name, page: PageAsked = 1) -> Response:
    """One source with monitors, incidents, windows, legal basis, and its switch for those who may turn it."""
    return _shown(visit, name, page)


@router.act("/sources/{name}/switch", rule=Deployment("sources.switch"))
def switch(visit: AtConsole, name: Name, wanted: Annotated[Switching, Form()]) -> Response:
    """Turns the switch, with a reason; a source that may not be read stays off."""
    if len(wanted.reason) < 2:
        return _shown(visit, name, 1, {"reason": visit.gettext("请写明理由，供日后核查。")}, wanted)
    desk, enabled = visit.desk(SourceDesk), wanted.to == "on"
    try:
        desk.switch(name, visit.general_purpose(), enabled=enabled, reason=wanted.reason)
    except SourceRefused as refused:
        said = visit.gettext(
            "不能启用：缺少合法依据、授权或联系方式，或配置有误（%(why)s）。", why=_without_path(refused)
        )
        return _shown(visit, name, 1, {"reason": said}, wanted)
    done = (
        visit.gettext("来源已启用，将按其时段读取。")
        if enabled
        else visit.gettext("来源已停用，正在进行的读取即刻停止。")
    )
    return visit.redirect(f"/sources/{name}", flash=done)


def _shown(
    visit: Visit, name: str, page: int, errors: dict[str, str] | None = None, wanted: Switching | None = None
) -> Response:
    found = visit.desk(SourceDesk).source(name, visit.general_purpose())
    return visit.page(
        "sources/page.html",
        422 if errors else 200,
        found=found,
        entry=found.entry,
        health=found.entry.status,
        windows=leaf(found.windows, page, WINDOWS, lambda n: f"/sources/{name}?page={n}"),
        switches=visit.allows("sources.switch"),
        errors=errors or {},
        wanted=wanted,
    )


def _without_path(refused: SourceRefused) -> str:
    """What is wrong with a file, without where the file lies."""
    return str(refused).rsplit(".toml: ", 1)[-1]
