"""Who may open a route of the console. Every route has a rule; the table behind them is ``api/policy/access.yaml``.

The rule is checked before a page is made, so that who may not read it sees who may; the desk checks again.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, ClassVar, TypeAlias, TypeVar

from fastapi import APIRouter, Request, Response
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool

from api.console.forms import ConsoleRequest, check_origin, check_token
from api.console.problems import page_of
from api.console.visit import Visit
from api.desk import NotFound
from api.policy import Denied, access, concerns
from pipeline.records import DecisionProject

Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])


@dataclass(frozen=True)
class Public:
    """Everybody, also who is not signed in."""

    def admit(self, visit: Visit) -> None:
        """Lets everybody in."""


@dataclass(frozen=True)
class SignedIn:
    """Everybody who is signed in, whatever their role."""

    def admit(self, visit: Visit) -> None:
        """Raises SignInNeeded."""
        _ = visit.account


@dataclass(frozen=True)
class Contract(SignedIn):
    """What a data-sharing contract gives its grantee, and who hands over under it; the desk knows who they are."""


@dataclass(frozen=True)
class Deployment:
    """Whose role is granted the action in some seat; no single project is asked about."""

    action: str

    def admit(self, visit: Visit) -> None:
        """Raises SignInNeeded, Denied (E304)."""
        if not access().anywhere(visit.reader, self.action):
            visit.refused(self.action)
            raise Denied(f"E304: role {visit.reader.role} may not {self.action} (api/policy/access.yaml)")


@dataclass(frozen=True)
class InProject:
    """Whose role has a seat with the action in the stage of the address's project, within the account's bounds."""

    action: str

    def admit(self, visit: Visit) -> None:
        """Raises SignInNeeded, NotFound (E311), Denied (E303, E304); the visit knows its project afterwards."""
        project_id = visit.request.path_params["project_id"]
        _ = visit.account
        visit.project = visit.office.store.project(project_id)
        if visit.project is None:
            visit.refused(self.action)
            raise NotFound(f"E311: no project {project_id}")
        _seated(visit, self.action, visit.project)


@dataclass(frozen=True)
class About:
    """As InProject, for the project that a risk point, incident or dispatch belongs to.

    What the visitor may not know of (sealed risk points, life-safety cues) is left to the desk, which answers alike
    whether it exists or not.
    """

    action: str

    def admit(self, visit: Visit) -> None:
        """Raises SignInNeeded, Denied; NotFound comes from the desk."""
        reader, store = visit.reader, visit.office.store
        if not any(access().anywhere(reader, action) for action in (self.action, "sealed.read")):
            visit.refused(self.action)
            raise Denied(f"E304: role {reader.role} may not {self.action} (api/policy/access.yaml)")
        project_id = _project_of(visit)
        visit.project = store.project(project_id) if project_id else None
        if visit.project is not None:
            _seated(visit, self.action, visit.project)


Rule: TypeAlias = Public | SignedIn | Contract | Deployment | InProject | About


class ConsoleRoute(APIRoute):
    """A route that recognises the visitor, checks its rule and, before a form is read on, where it came from."""

    rule: ClassVar[Rule]

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """What answers a request."""
        inner, rule = super().get_route_handler(), self.rule

        async def handle(request: Request) -> Response:
            request = ConsoleRequest(request.scope, request.receive)
            visit = Visit(request)
            request.state.visit = visit
            try:
                await run_in_threadpool(visit.recognise)
                if request.method == "POST":
                    check_origin(request, visit.office.settings.public_url)
                await run_in_threadpool(rule.admit, visit)
                if request.method == "POST":
                    await check_token(request, visit.secret)
                answer = await inner(request)
            except Exception as error:
                answer = await run_in_threadpool(page_of, visit, error)
            return visit.finish(answer)

        return handle


class ConsoleRouter(APIRouter):
    """A router whose routes have a rule each; they are no part of the description of ``/v1``."""

    def page(self, path: str, *, rule: Rule) -> Callable[[Endpoint], Endpoint]:
        """A page that is read (GET)."""
        return self._ruled(path, rule, ["GET", "HEAD"])

    def act(self, path: str, *, rule: Rule) -> Callable[[Endpoint], Endpoint]:
        """A form that is sent (POST); its token is checked before the function runs."""
        return self._ruled(path, rule, ["POST"])

    def add_api_route(self, path: str, endpoint: Callable[..., Any], **more: Any) -> None:
        """Adds a route. Raises TypeError for one that comes without a rule."""
        if not issubclass(more.get("route_class_override") or APIRoute, ConsoleRoute):
            raise TypeError(f"a route of the console has a rule: {path}")
        super().add_api_route(path, endpoint, **more)

    def _ruled(self, path: str, rule: Rule, methods: list[str]) -> Callable[[Endpoint], Endpoint]:
        kind = type("RuledRoute", (ConsoleRoute,), {"rule": rule})

        def add(endpoint: Endpoint) -> Endpoint:
            self.add_api_route(
                path,
                endpoint,
                methods=methods,
                response_model=None,
                include_in_schema=False,
                route_class_override=kind,
            )
            return endpoint

        return add


def _seated(visit: Visit, action: str, project: DecisionProject) -> None:
    reader = visit.reader
    if access().allows(reader, action, project):
        return
    visit.refused(action)
    if not concerns(reader, project):
        raise Denied(f"E303: project {project.id} is not among those of {reader.who}")
    raise Denied(f"E304: role {reader.role} may not {action} in stage {project.stage} (api/policy/access.yaml)")


def _project_of(visit: Visit) -> str | None:
    """The project of what the address names; None for what does not exist or may be hidden from the visitor."""
    ids, store = visit.request.path_params, visit.office.store
    if risk_point_id := ids.get("risk_point_id"):
        point = store.risk_point(risk_point_id)
        return None if point is None or (point.candidate and point.candidate.sealed) else point.project_id
    if incident_id := ids.get("incident_id"):
        incident = store.incident(incident_id)
        return None if incident is None or incident.kind == "life_safety" else incident.project_id
    dispatch = store.dispatch(ids["dispatch_id"])
    return None if dispatch is None else dispatch.project_id


__all__ = [
    "About",
    "ConsoleRoute",
    "ConsoleRouter",
    "Contract",
    "Deployment",
    "InProject",
    "Public",
    "Rule",
    "SignedIn",
]
