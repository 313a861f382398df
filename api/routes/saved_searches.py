"""Saved searches (保存的检索) of a project: list, keep, watch, forget; they are run by ``documents?saved=``."""

from __future__ import annotations

import json
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Response
from pydantic import BaseModel, ConfigDict

from api.answers import SavedSearches, SavedSearchShown, SearchAlertShown
from api.auth import office, reader
from api.policy import Reader
from api.routes.question import PagedQuestion, ProjectPath, QueryTyped, Question
from api.saved_search_desk import SavedSearchDesk, Watched
from index.query import parse, to_json
from pipeline.office import Office
from pipeline.vocabulary import codes

router = APIRouter(prefix="/v1/projects/{project_id}/saved-searches", tags=["saved searches"])
NamePath = Annotated[str, Path(min_length=1, max_length=100, description="Name of the saved search.")]


def saved_search_desk(
    office: Annotated[Office, Depends(office)], reader: Annotated[Reader, Depends(reader)]
) -> SavedSearchDesk:
    """The desk at which this caller keeps searches."""
    return SavedSearchDesk(office, reader)


AtSavedSearches = Annotated[SavedSearchDesk, Depends(saved_search_desk)]


class SearchToSave(BaseModel):
    """The query that is kept. Filters that should last stand in it as fields."""

    model_config = ConfigDict(extra="forbid")

    q: QueryTyped


@router.get("", response_model=SavedSearches, summary="The saved searches of a project")
def saved_searches(
    desk: AtSavedSearches, project_id: ProjectPath, asked: Annotated[PagedQuestion, Query()]
) -> SavedSearches:
    """All of them, whichever role keeps them, by name, and which the caller watches."""
    page = asked.page(desk.saved(project_id, asked.purpose))
    return SavedSearches(**page | {"rows": [_shown(one) for one in desk.watched(page["rows"])]})


@router.put(
    "/{name}",
    status_code=201,
    response_model=SavedSearchShown,
    responses={200: {"model": SavedSearchShown, "description": "It takes the place of an earlier one."}},
    summary="Keep a search",
)
def save(
    desk: AtSavedSearches,
    project_id: ProjectPath,
    name: NamePath,
    asked: Annotated[Question, Query()],
    kept: SearchToSave,
    response: Response,
) -> SavedSearchShown:
    """Keeps a query for the project and the role; what looks like personal data is refused (P-02)."""
    saved = desk.save_search(project_id, asked.purpose, name, parse(kept.q, codes()))
    response.status_code = 201 if saved.new else 200
    [kept_now] = desk.watched([saved.search])
    return _shown(kept_now)


@router.delete("/{name}", status_code=204, summary="Forget a saved search")
def forget(desk: AtSavedSearches, project_id: ProjectPath, name: NamePath, asked: Annotated[Question, Query()]) -> None:
    """Removes a saved search that belongs to the role."""
    desk.forget_search(project_id, asked.purpose, name)


@router.put(
    "/{name}/watch",
    status_code=201,
    response_class=Response,
    responses={201: {"description": "Watched from now on."}, 200: {"description": "It was watched already."}},
    summary="Watch a saved search",
)
def watch(
    desk: AtSavedSearches, project_id: ProjectPath, name: NamePath, asked: Annotated[Question, Query()]
) -> Response:
    """From now on the caller is told of new texts that it finds, over the subscriptions in the caller's name."""
    return Response(status_code=201 if desk.watch(project_id, asked.purpose, name) else 200)


@router.delete("/{name}/watch", status_code=204, summary="Watch a saved search no longer")
def unwatch(
    desk: AtSavedSearches, project_id: ProjectPath, name: NamePath, asked: Annotated[Question, Query()]
) -> None:
    """The caller is told no more of it."""
    desk.unwatch(project_id, asked.purpose, name)


def _shown(one: Watched) -> SavedSearchShown:
    saved, alert = one.search, one.alert
    return SavedSearchShown(
        name=saved.name,
        owner_role=saved.owner_role,
        saved_at=saved.saved_at,
        query=json.loads(to_json(saved.query)),
        watched=one.watched,
        alert=SearchAlertShown(at=alert.at, new=alert.new.as_json() if alert.new else None) if alert else None,
    )
