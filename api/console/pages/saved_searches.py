"""Saved searches of a project: what is kept, what is new in each since one looked, run, save, watch, forget."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import Form, Response
from pydantic import BaseModel

from api.console.fields import OrNone
from api.console.paging import PageAsked, leaf
from api.console.query_problems import complaint_of
from api.console.query_tree import tree_of
from api.console.rules import ConsoleRouter, InProject
from api.console.visit import AtConsole, ProjectPath, Visit
from api.routes.texts import TextsQuestion
from api.saved_search_desk import SavedSearchDesk
from index import QueryError
from index.query import All, And, Query, parse, render
from pipeline.saved import NotKept, NotWatched
from pipeline.store import StoreConflict
from pipeline.vocabulary import codes

Day = Annotated[date | None, OrNone]
SEARCHES: Final = 20
router = ConsoleRouter()


class Kept(BaseModel):
    """The form that keeps a search; its dates become part of the query."""

    name: str = ""
    q: str = ""
    since: Day = None
    until: Day = None
    watch: bool = False

    def query(self) -> Query:
        """The query with the dates in it. Raises QueryError."""
        typed, dated = parse(self.q, codes()), TextsQuestion(published_from=self.since, published_to=self.until)
        narrowed = dated.search().narrowed()
        days = narrowed.parts[1:] if isinstance(narrowed, And) else ()
        before = typed.parts if isinstance(typed, And) else () if isinstance(typed, All) else (typed,)
        return And((*before, *days)) if days else typed


class Named(BaseModel):
    """The form that watches or forgets one."""

    name: str


@router.page("/projects/{project_id}/saved-searches", rule=InProject("saved_searches.read"))
def saved_searches(visit: AtConsole, project_id: ProjectPath, page: PageAsked = 1) -> Response:
    """The saved searches of the project, whichever role keeps them."""
    desk = visit.desk(SavedSearchDesk)
    found = desk.saved(project_id, visit.purpose(project_id))
    listed = leaf(found, page, SEARCHES, lambda other: f"/projects/{project_id}/saved-searches?page={other}")
    rows = [
        {
            "watched": one,
            "new": desk.new_in(one),
            "typed": render(one.search.query),
            "tree": tree_of(one.search.query, visit.gettext, visit.language),
            "run": f"/projects/{project_id}/search?{urlencode({'saved': one.search.name})}",
        }
        for one in desk.watched(listed.rows)
    ]
    return visit.page("search/saved.html", rows=rows, listed=listed)


@router.act("/projects/{project_id}/saved-searches", rule=InProject("saved_searches.save"))
def save(visit: AtConsole, project_id: ProjectPath, kept: Annotated[Kept, Form()]) -> Response:
    """Keeps a search under a name that belongs to the role; what looks like personal data is refused (P-02)."""
    back = f"/projects/{project_id}/search?{urlencode({'q': kept.q})}"
    desk, purpose = visit.desk(SavedSearchDesk), visit.purpose(project_id)
    try:
        keep = desk.keep_watched if kept.watch else desk.keep
        keep(project_id, purpose, kept.name, kept.query())
    except QueryError as error:
        said = complaint_of(error, kept.q, visit.gettext, visit.language).text
        return visit.redirect(back, flash=said, kind="alert")
    except NotKept:
        said = visit.gettext("未保存：名称应为 1 到 100 个可见字符，且名称和检索式中不能有个人信息。")
        return visit.redirect(back, flash=said, kind="alert")
    except StoreConflict:
        said = visit.gettext("未保存：这个名称已由其他角色使用，请换一个名称。")
        return visit.redirect(back, flash=said, kind="alert")
    except NotWatched:
        return visit.redirect(back, flash=_too_long(visit, kept.name), kind="alert")
    said = visit.gettext("已保存检索“%(name)s”。", name=kept.name)
    return visit.redirect(f"/projects/{project_id}/saved-searches", flash=said)


@router.act("/projects/{project_id}/saved-searches/watch", rule=InProject("saved_searches.watch"))
def watch(visit: AtConsole, project_id: ProjectPath, named: Annotated[Named, Form()]) -> Response:
    """From now on the visitor is told of new texts that a saved search finds."""
    back = f"/projects/{project_id}/saved-searches"
    try:
        visit.desk(SavedSearchDesk).watch(project_id, visit.purpose(project_id), named.name)
    except NotWatched:
        return visit.redirect(back, flash=_too_long(visit, named.name), kind="alert")
    said = visit.gettext("已关注检索“%(name)s”，有新增时在“预警”页和您的订阅中告知。", name=named.name)
    return visit.redirect(back, flash=said)


@router.act("/projects/{project_id}/saved-searches/unwatch", rule=InProject("saved_searches.watch"))
def unwatch(visit: AtConsole, project_id: ProjectPath, named: Annotated[Named, Form()]) -> Response:
    """The visitor is told no more of it."""
    visit.desk(SavedSearchDesk).unwatch(project_id, visit.purpose(project_id), named.name)
    said = visit.gettext("不再关注检索“%(name)s”。", name=named.name)
    return visit.redirect(f"/projects/{project_id}/saved-searches", flash=said)


@router.act("/projects/{project_id}/saved-searches/forget", rule=InProject("saved_searches.forget"))
def forget(visit: AtConsole, project_id: ProjectPath, named: Annotated[Named, Form()]) -> Response:
    """Removes a saved search of the role."""
    visit.desk(SavedSearchDesk).forget_search(project_id, visit.purpose(project_id), named.name)
    said = visit.gettext("已删除检索“%(name)s”。", name=named.name)
    return visit.redirect(f"/projects/{project_id}/saved-searches", flash=said)


def _too_long(visit: Visit, name: str) -> str:
    return visit.gettext("检索“%(name)s”的条件过多，不能关注；请保存一条较短的检索。", name=name)
