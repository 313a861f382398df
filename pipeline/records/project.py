"""The decision project (重大决策事项): the object of every assessment."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AliasChoices, Field, field_validator, model_validator

from pipeline.records.base import ProjectId, Record

Stage = Literal["pre_assessment", "in_assessment", "after_assessment", "post_assessment"]
"""评估前 | 评估中 | 评估后 | 后评估 (BRIEF §3.1)."""
PartialDate = Annotated[str, Field(pattern=r"^\d{4}(-\d{2}(-\d{2})?)?$")]
"""A date as precise as it is known: YYYY, YYYY-MM or YYYY-MM-DD."""


class Milestone(Record):
    """A dated step of the decision, such as 预公告, 公示, 听证, 开工, 搬迁."""

    name: str
    date: PartialDate
    notice_url: str | None = None


class DecisionProject(Record):
    """One decision project of the registry, with the words by which people speak of it."""

    id: ProjectId = Field(validation_alias=AliasChoices("id", "project_id"))
    name_zh: Annotated[str, Field(min_length=2, max_length=200)]
    name_en: str | None = None
    parent_id: ProjectId | None = None
    """The project that this one is part of (子项目); counts of the two are never summed."""
    kind: Annotated[str, Field(pattern=r"^[a-z_]{2,40}$")] = "other"
    aliases: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    region_code: str | None = None
    region: str = ""
    commissioning_unit: str | None = None
    stage: Stage = "pre_assessment"
    start: PartialDate | None = None
    end: PartialDate | None = None
    milestones: tuple[Milestone, ...] = ()
    impact_area: tuple[str, ...] = ()
    description: str = ""
    status: Literal["active", "closed"] = "active"

    @field_validator("aliases", "places", "keywords", "impact_area", mode="before")
    @classmethod
    def _listed(cls, value: Any) -> Any:
        """A spreadsheet cell lists names with 、 or ; and an empty one lists none."""
        if value is None:
            return ()
        if isinstance(value, str):
            for mark in "；;，,|":
                value = value.replace(mark, "、")
            value = value.split("、")
        return tuple(dict.fromkeys(str(item).strip() for item in value if str(item).strip()))

    @field_validator("parent_id", mode="before")
    @classmethod
    def _no_parent(cls, value: Any) -> Any:
        """An empty spreadsheet cell names no parent."""
        return value if not isinstance(value, str) else value.strip() or None

    @model_validator(mode="after")
    def _not_its_own_parent(self) -> DecisionProject:
        if self.parent_id == self.id:
            raise ValueError(f"E165: {self.id} cannot be part of itself; leave parent_id empty")
        return self
