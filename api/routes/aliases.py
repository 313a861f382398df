"""Names by which people may call a project (别名建议): the passages that suggest them, and what people decide."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from api.alias_answers import Aliases, AliasShown
from api.auth import office, reader
from api.conditional import conditional
from api.policy import Reader
from api.registry_desk import RegistryDesk
from api.routes.question import PagedQuestion, ProjectPath, Question
from pipeline.office import Office
from pipeline.store import AliasAction

AliasPath = Annotated[str, Path(pattern=r"^n[0-9a-f]{24}$", description="Id of a proposed name.")]
router = APIRouter(prefix="/v1/projects/{project_id}/aliases", tags=["aliases"])


def registry_desk(
    office: Annotated[Office, Depends(office)], reader: Annotated[Reader, Depends(reader)]
) -> RegistryDesk:
    """The desk at which this reader asks for entries of the registry."""
    return RegistryDesk(office, reader)


AtRegistry = Annotated[RegistryDesk, Depends(registry_desk)]


class AliasDecisionMade(BaseModel):
    """What a person decided; ``who`` names the person who answers for it (P-23)."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    who: Annotated[str, Field(pattern=r"^[\w.@\-· ]{1,64}$", description="The person who decides.")]
    action: AliasAction
    reason: Annotated[str, Field(min_length=2, max_length=500, pattern=r"^[^\x00-\x08\x0b\x0c\x0e-\x1f]*$")]


@router.get("", response_model=Aliases, summary="Names that texts suggest")
def aliases(
    desk: AtRegistry, request: Request, project_id: ProjectPath, asked: Annotated[PagedQuestion, Query()]
) -> Response:
    """The likeliest first, each with passages that suggest it, how many say it, and what was decided."""
    return conditional(request, Aliases.model_validate(asked.page(desk.aliases(project_id, asked.purpose))))


@router.post("", response_model=Aliases, summary="Look for names")
def propose(desk: AtRegistry, project_id: ProjectPath, asked: Annotated[PagedQuestion, Query()]) -> Aliases:
    """Looks at the texts that are about the project now. A name that was rejected is never proposed again."""
    return Aliases.model_validate(asked.page(desk.propose_aliases(project_id, asked.purpose)))


@router.post("/{alias_id}", response_model=AliasShown, summary="Accept, reject or withdraw a name")
def decide(
    desk: AtRegistry,
    project_id: ProjectPath,
    alias_id: AliasPath,
    asked: Annotated[Question, Query()],
    made: AliasDecisionMade,
) -> AliasShown:
    """The entry has an accepted name from now on, until it is withdrawn. The same decision twice is one."""
    decided = desk.decide_alias(
        project_id, asked.purpose, alias_id, who=made.who, action=made.action, reason=made.reason
    )
    return AliasShown.model_validate(decided)
