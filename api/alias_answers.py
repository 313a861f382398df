"""Answers about a project's entry: the names that are proposed for it, and the projects that are part of it."""

from __future__ import annotations

from datetime import datetime

from api.answers import Answer, Paged
from pipeline.nicknames.signs import Sign
from pipeline.records import DecisionProject
from pipeline.records.project import Stage
from pipeline.store import AliasAction, AliasState


class AliasPassage(Answer):
    """Words around the name in one text: 80 characters at most (P-07)."""

    document_id: str
    start: int
    end: int
    text: str


class AliasDecided(Answer):
    """What a named person decided about a name, and why (P-23)."""

    action: AliasAction
    who: str
    at: datetime
    reason: str


class AliasShown(Answer):
    """A name by which people may call the project, with what suggests it.

    Numbers and passages are null and none where fewer than k people stand behind the name now; one that waits for a
    decision is not shown then.
    """

    id: str
    project_id: str
    alias: str
    state: AliasState
    texts: int | None
    origins: int | None
    voices_low: int | None
    voices_high: int | None
    exclusive: bool
    """Whether no text about another project has it."""
    signs: list[Sign]
    passages: list[AliasPassage]
    decisions: list[AliasDecided]


class Aliases(Paged):
    """Proposed names, the likeliest first, decided ones among them."""

    rows: list[AliasShown]


class SubProject(Answer):
    """A project that is part of another one. Its texts are its own: counts of the two are never summed."""

    id: str
    name_zh: str
    stage: Stage


class ProjectShown(DecisionProject):
    """A project with those that are part of it, one step down, as far as the reader may see them."""

    sub_projects: tuple[SubProject, ...] = ()
