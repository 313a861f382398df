"""Search in the texts about a project: one box, chips, dates, copies folded, and more of the same."""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlencode

from fastapi import Query, Response
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from api.console.charts import Charts
from api.console.conditions import FIELDS, added, condition, conditions, removed
from api.console.csv_files import csv_file
from api.console.fields import OrNone
from api.console.hits import shown_hits
from api.console.query_problems import complaint_of
from api.console.query_tree import condition_name, tree_of, value_name
from api.console.rules import ConsoleRouter, InProject
from api.console.visit import AtConsole, ProjectPath, Visit
from api.counting import Facet, FacetName, Interval
from api.desk import Mode
from api.finding import Beside, Found
from api.routes.tables import XLSX
from api.routes.texts import TextsQuestion
from api.saved_search_desk import SavedSearchDesk
from api.search_export import Part, SearchExportDesk
from index import CursorError, QueryError, Search
from index.query import Query as Tree
from index.query import parse, render
from pipeline.vocabulary import codes

SIZE: Final = 20
FACETS: Final[tuple[FacetName, ...]] = (
    "source_kind", "attitude", "genre", "category", "factor", "stakeholder", "county", "township", "escalation",
)  # fmt: skip
SHORT: Final = timedelta(days=62)
LONG: Final = timedelta(days=1000)
router = ConsoleRouter()


Day = Annotated[date | None, OrNone]
KEPT: Final = {"q", "since", "until", "sort", "by", "collapse", "mode"}
"""What another page of the same search has in its address too."""


class SearchAsked(BaseModel):
    """What the page is asked for; ``shown`` is how many texts the pages before have shown."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    q: str = ""
    since: Day = None
    until: Day = None
    sort: Annotated[Literal["relevance", "newest", "oldest"] | None, OrNone] = None
    by: Annotated[Interval | None, OrNone] = None
    collapse: Annotated[bool, BeforeValidator(lambda value: value == "yes" or value is True)] = False
    mode: Annotated[Mode | None, OrNone] = None
    after: Annotated[Annotated[str, Field(max_length=16384)] | None, OrNone] = None
    shown: Annotated[int, Field(ge=0, le=10**7)] = 0
    saved: Annotated[Annotated[str, Field(max_length=100)] | None, OrNone] = None

    def page(self) -> Search:
        """The page that is asked for, as ``/v1`` asks for it. Raises QueryError."""
        question = TextsQuestion(q=self.q, published_from=self.since, published_to=self.until).search()
        sort = self.sort or "relevance"
        return dataclasses.replace(question, sort=sort, size=SIZE, after=self.after, highlight=True)

    def address(self, **changes: Any) -> str:
        """The query part of the address of this question with something changed; another question begins anew."""
        values = {**self.model_dump(include=KEPT), **changes}
        said = {name: "yes" if value is True else value for name, value in values.items() if value}
        return f"?{urlencode(said)}" if said else "?"

    @property
    def interval(self) -> Interval:
        """How long the periods of the histogram are."""
        if self.by:
            return self.by
        if self.since and self.until:
            length = self.until - self.since
            return "day" if length <= SHORT else "month" if length > LONG else "week"
        return "week"


class ExportAsked(SearchAsked):
    """What is taken away, in which form; of a workbook's tables one alone as CSV."""

    form: Literal["csv", "xlsx"] = "xlsx"
    table: Part = "texts"


@router.page("/projects/{project_id}/search", rule=InProject("documents.read"))
def search(visit: AtConsole, project_id: ProjectPath, asked: Annotated[SearchAsked, Query()]) -> Response:
    """The texts that a query finds, with what they are counted by; a saved search comes under its name."""
    desk, purpose = visit.desk(SavedSearchDesk), visit.purpose(project_id)
    if asked.saved is not None:
        asked = asked.model_copy(update={"q": render(desk.looked_at(project_id, purpose, asked.saved).query)})
    semantic = visit.office.settings.semantic
    context: dict[str, Any] = {"asked": asked, "semantic": semantic, "page_size": SIZE}
    try:
        tree = parse(asked.q, codes())
        found = _found(desk, project_id, purpose, asked, semantic=semantic)
    except QueryError as error:
        problem = complaint_of(error, asked.q, visit.gettext, visit.language)
        return visit.page("search/page.html", 400, **context, problem=problem, tree=None, found=None)
    except CursorError:
        return visit.redirect(f"/projects/{project_id}/search{asked.address()}")
    return visit.page(
        "search/page.html",
        **context,
        problem=None,
        tree=tree_of(tree, visit.gettext, visit.language),
        found=found,
        hits=shown_hits(found.texts),
        chips=_chips(visit, asked, tree),
        facets=_facets(visit, asked, found),
        histogram=Charts(visit.language).histogram(found.timeline) if found.timeline else None,
        next_page=asked.address(after=found.next_cursor, shown=asked.shown + len(found.texts))
        if found.next_cursor
        else None,
    )


@router.page("/projects/{project_id}/search/reading", rule=InProject("documents.read"))
def reading(visit: AtConsole, project_id: ProjectPath, q: str = "") -> Response:
    """How the box is understood so far: the tree, or what is wrong and where. No text is looked at."""
    try:
        tree, problem = tree_of(parse(q, codes()), visit.gettext, visit.language), None
    except QueryError as error:
        tree, problem = None, complaint_of(error, q, visit.gettext, visit.language)
    return visit.partial("search/reading.html", q=q, tree=tree, problem=problem)


@router.page("/projects/{project_id}/search/export", rule=InProject("documents.export"))
def export(visit: AtConsole, project_id: ProjectPath, asked: Annotated[ExportAsked, Query()]) -> Response:
    """What the search found as a file, with the numbers of the page and no more than P-08 lets leave."""
    purpose = visit.purpose(project_id)
    try:
        taken = visit.desk(SearchExportDesk).export(project_id, purpose, asked.page(), asked.interval)
    except QueryError:
        return visit.redirect(f"/projects/{project_id}/search{asked.address()}")
    if asked.form == "csv":
        table = taken.tables[asked.table]
        lines = [[cell.text for cell in row] for row in table.rows]
        return csv_file([column.name for column in table.columns], lines, f"minyi-{asked.table}")
    named = {"Content-Disposition": 'attachment; filename="minyi-search.xlsx"'}
    return Response(taken.workbook, media_type=XLSX, headers=named)


def _found(desk: SavedSearchDesk, project_id: str, purpose: str, asked: SearchAsked, *, semantic: bool) -> Found:
    mode: Mode = "hybrid" if semantic and asked.mode == "hybrid" else "lexical"
    beside = Beside(FACETS, values=12, histogram=asked.interval, collapse=asked.collapse and mode == "lexical")
    page = dataclasses.replace(asked.page(), sort="relevance") if mode == "hybrid" else asked.page()
    return desk.documents(project_id, purpose, page, beside, mode)


def _chips(visit: Visit, asked: SearchAsked, tree: Tree) -> list[tuple[Any, bool, str]]:
    """The conditions that stand at the top of the query: what they say, whether they exclude, the address without."""
    found: list[tuple[Any, bool, str]] = []
    for one in conditions(tree):
        name = condition_name(one.part, visit.gettext, visit.language)
        found.append((name, one.excluded, asked.address(q=removed(asked.q, one))))
    return found


def _facets(visit: Visit, asked: SearchAsked, found: Found) -> dict[str, tuple[list[Any], Facet]]:
    """Each facet as rows of ``macros/chip.html: facet``; a value that is asked for is a link that takes it away."""
    there = {one.tree for one in conditions(parse(asked.q, codes()))}
    shown = {}
    for name, facet in found.facets.items():
        rows = []
        for row in facet.rows:
            mine = condition(name, row.value)
            on = mine.tree in there
            text = value_name(FIELDS[name][0], row.value, visit.gettext, visit.language)
            href = removed(asked.q, mine) if on else added(asked.q, name, row.value, visit.language)
            without = None if on else added(asked.q, name, row.value, visit.language, excluded=True)
            rows.append((
                text, row.count, asked.address(q=href), asked.address(q=without) if without else None, on,
            ))  # fmt: skip
        shown[name] = (rows, facet)
    return shown
