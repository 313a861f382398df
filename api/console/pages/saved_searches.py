"""Saved searches of a project: what is kept, what is new in each since one looked, run, save, forget."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Form, Response
from pydantic import BaseModel

from api.console.fields import OrNone
from api.console.query_problems import complaint_of
from api.console.query_tree import tree_of
from api.console.rules import ConsoleRouter, InProject
from api.console.visit import AtConsole, ProjectPath
from api.routes.texts import TextsQuestion
from api.saved_search_desk import SavedSearchDesk
from index import QueryError
from index.query import All, And, Query, parse, render
from pipeline.saved import NotKept
from pipeline.store import StoreConflict
from pipeline.vocabulary import codes

Day = Annotated[date | None, OrNone]
router = ConsoleRouter()


class Kept(BaseModel):
    """The form that keeps a search; its dates become part of the query."""

    name: str = ""
    q: str = ""
    since: Day = None
    until: Day = None

    def query(self) -> Query:
        """The query with the dates in it. Raises QueryError."""
        typed, dated = parse(self.q, codes()), TextsQuestion(published_from=self.since, published_to=self.until)
        narrowed = dated.search().narrowed()
        days = narrowed.parts[1:] if isinstance(narrowed, And) else ()
        before = typed.parts if isinstance(typed, And) else () if isinstance(typed, All) else (typed,)
        return And((*before, *days)) if days else typed


class Named(BaseModel):
    """The form that forgets one."""

    name: str


@router.page("/projects/{project_id}/saved-searches", rule=InProject("saved_searches.read"))
def saved_searches(visit: AtConsole, project_id: ProjectPath) -> Response:
    """All saved searches of the project, whichever role keeps them."""
    rows = [
        {
            "watched": one,
            "typed": render(one.search.query),
            "tree": tree_of(one.search.query, visit.gettext, visit.language),
            "run": f"/projects/{project_id}/search?{urlencode({'saved': one.search.name})}",
        }
        for one in visit.desk(SavedSearchDesk).watched(project_id, visit.purpose(project_id))
    ]
    return visit.page("search/saved.html", rows=rows)


@router.act("/projects/{project_id}/saved-searches", rule=InProject("saved_searches.save"))
def save(visit: AtConsole, project_id: ProjectPath, kept: Annotated[Kept, Form()]) -> Response:
    """Keeps a search under a name that belongs to the role; what looks like personal data is refused (P-02)."""
    back = f"/projects/{project_id}/search?{urlencode({'q': kept.q})}"
    try:
        visit.desk(SavedSearchDesk).keep(project_id, visit.purpose(project_id), kept.name, kept.query())
    except QueryError as error:
        said = complaint_of(error, kept.q, visit.gettext, visit.language).text
        return visit.redirect(back, flash=said, kind="alert")
    except NotKept:
        said = visit.gettext("未保存：名称应为 1 到 100 个可见字符，且名称和检索式中不能有个人信息。")
        return visit.redirect(back, flash=said, kind="alert")
    except StoreConflict:
        said = visit.gettext("未保存：这个名称已由其他角色使用，请换一个名称。")
        return visit.redirect(back, flash=said, kind="alert")
    said = visit.gettext("已保存检索“%(name)s”。", name=kept.name)
    return visit.redirect(f"/projects/{project_id}/saved-searches", flash=said)


@router.act("/projects/{project_id}/saved-searches/forget", rule=InProject("saved_searches.forget"))
def forget(visit: AtConsole, project_id: ProjectPath, named: Annotated[Named, Form()]) -> Response:
    """Removes a saved search of the role."""
    visit.desk(SavedSearchDesk).forget_search(project_id, visit.purpose(project_id), named.name)
    said = visit.gettext("已删除检索“%(name)s”。", name=named.name)
    return visit.redirect(f"/projects/{project_id}/saved-searches", flash=said)
