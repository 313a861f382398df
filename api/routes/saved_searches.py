"""Saved searches (保存的检索) of a project: list, keep, forget; they are run by ``documents?saved=``."""

from __future__ import annotations

import json
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, ConfigDict

from api.answers import SavedSearches, SavedSearchShown
from api.auth import AtDesk
from api.routes.question import ProjectPath, QueryTyped, Question
from index.query import parse, to_json
from pipeline.store import SavedSearch
from pipeline.vocabulary import codes

router = APIRouter(prefix="/v1/projects/{project_id}/saved-searches", tags=["saved searches"])
NamePath = Annotated[str, Path(min_length=1, max_length=100, description="Name of the saved search.")]


class SearchToSave(BaseModel):
    """The query that is kept. Filters that should last stand in it as fields."""

    model_config = ConfigDict(extra="forbid")

    q: QueryTyped


@router.get("", response_model=SavedSearches, summary="The saved searches of a project")
def saved_searches(desk: AtDesk, project_id: ProjectPath, asked: Annotated[Question, Query()]) -> SavedSearches:
    """All of them, whichever role keeps them, by name."""
    return SavedSearches(rows=[_shown(saved) for saved in desk.saved_searches(project_id, asked.purpose)])


@router.put(
    "/{name}",
    status_code=201,
    response_model=SavedSearchShown,
    responses={200: {"model": SavedSearchShown, "description": "It takes the place of an earlier one."}},
    summary="Keep a search",
)
def save(
    desk: AtDesk,
    project_id: ProjectPath,
    name: NamePath,
    asked: Annotated[Question, Query()],
    kept: SearchToSave,
    response: Response,
) -> SavedSearchShown:
    """Keeps a query for the project and the role; what looks like personal data is refused (P-02)."""
    saved = desk.save_search(project_id, asked.purpose, name, parse(kept.q, codes()))
    response.status_code = 201 if saved.new else 200
    return _shown(saved.search)


@router.delete("/{name}", status_code=204, summary="Forget a saved search")
def forget(desk: AtDesk, project_id: ProjectPath, name: NamePath, asked: Annotated[Question, Query()]) -> None:
    """Removes a saved search that belongs to the role."""
    desk.forget_search(project_id, asked.purpose, name)


def _shown(saved: SavedSearch) -> SavedSearchShown:
    query = json.loads(to_json(saved.query))
    return SavedSearchShown(name=saved.name, owner_role=saved.owner_role, saved_at=saved.saved_at, query=query)
