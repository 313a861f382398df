"""Counts of the texts about one project: facets and the timeline, without the texts."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from api.answers import FacetsShown, TimelineFound
from api.auth import AtDesk
from api.counting import FACETS, FacetName, Interval
from api.finding import Beside
from api.routes.question import ProjectPath
from api.routes.texts import TextsQuestion
from api.shown import counts_json

router = APIRouter(prefix="/v1/projects/{project_id}", tags=["counts"])


class FacetsQuestion(TextsQuestion):
    """Which texts, and what to count them by."""

    facet: Annotated[tuple[FacetName, ...], Field(description="Which facets; all when none is named.")] = ()
    values: Annotated[int, Field(ge=1, le=1000, description="Values of each facet at most.")] = 50


class TimelineQuestion(TextsQuestion):
    """Which texts, and how long a period is."""

    interval: Interval = "day"


@router.get("/facets", response_model=FacetsShown, summary="Texts about a project by kind, factor, group and place")
def facets(desk: AtDesk, project_id: ProjectPath, asked: Annotated[FacetsQuestion, Query()]) -> FacetsShown:
    """Every number has k distinct voices behind it, and no smaller one can be found by subtracting (P-06)."""
    beside = Beside(tuple(dict.fromkeys(asked.facet)) or FACETS, values=asked.values)
    counts = counts_json(desk.documents(project_id, asked.purpose, asked.search(), beside))
    return FacetsShown.model_validate({name: counts[name] for name in FacetsShown.model_fields})


@router.get("/timeline", response_model=TimelineFound, summary="Texts about a project over time")
def timeline(desk: AtDesk, project_id: ProjectPath, asked: Annotated[TimelineQuestion, Query()]) -> TimelineFound:
    """Days, weeks or months in Asia/Shanghai, and months by stance. What was cut short is a lower bound."""
    found = desk.documents(project_id, asked.purpose, asked.search(), Beside(histogram=asked.interval, stances=True))
    counts = counts_json(found)
    return TimelineFound.model_validate({name: counts[name] for name in TimelineFound.model_fields})
