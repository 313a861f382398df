"""What each route of ``/v1`` asks of its caller, by actions of ``api/policy/access.yaml``; a route has a right.

The desks check it; a test asks every route in every role, stage and region whether the answers say the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, Literal, NamedTuple, TypeAlias

from fastapi.routing import APIRoute
from starlette.routing import BaseRoute

Place: TypeAlias = Literal["public", "key", "contract", "somewhere", "project", "thing"]


class Right(NamedTuple):
    """Where a route asks for which action.

    public: of nobody; key: of any key, which is shown its own; contract: of the grantee of a contract alone;
    somewhere: of a role that is granted it in some stage, which is answered about the projects where it is; project: in
    the stage and region of the project that is named; thing: of the project to which what is named belongs, hidden
    things being answered like ones that do not exist.
    """

    place: Place
    action: str = ""
    """Of several that the body chooses from, the first."""
    otherwise: str = ""
    """The action of those who may not see all that is there, but some of it."""

    @property
    def actions(self) -> frozenset[str]:
        """Each of them suffices."""
        return frozenset(filter(None, (self.action, self.otherwise)))


def _project(action: str, otherwise: str = "") -> Right:
    return Right("project", action, otherwise)


def _thing(action: str) -> Right:
    return Right("thing", action)


def _somewhere(action: str, otherwise: str = "") -> Right:
    return Right("somewhere", action, otherwise)


PROJECT: Final = "/v1/projects/{project_id}"
POINT: Final = "/v1/risk-points/{risk_point_id}"
RIGHTS: Final[dict[str, Right]] = {
    "GET /healthz": Right("public"),
    "GET /livez": Right("public"),
    "GET /readyz": Right("public"),
    "GET /v1/projects": _somewhere("projects.read"),
    f"GET {PROJECT}": _project("projects.read"),
    "GET /v1/board": _somewhere("board.read"),
    f"GET {PROJECT}/documents": _project("documents.read"),
    f"GET {PROJECT}/documents/export": _project("documents.export"),
    f"GET {PROJECT}/documents/{{document_id}}": _project("evidence.read"),
    f"GET {PROJECT}/documents/{{document_id}}/similar": _project("documents.read"),
    f"GET {PROJECT}/facets": _project("documents.read"),
    f"GET {PROJECT}/timeline": _project("documents.read"),
    f"GET {PROJECT}/saved-searches": _project("saved_searches.read"),
    f"PUT {PROJECT}/saved-searches/{{name}}": _project("saved_searches.save"),
    f"DELETE {PROJECT}/saved-searches/{{name}}": _project("saved_searches.forget"),
    f"PUT {PROJECT}/saved-searches/{{name}}/watch": _project("saved_searches.watch"),
    f"DELETE {PROJECT}/saved-searches/{{name}}/watch": _project("saved_searches.watch"),
    f"GET {PROJECT}/coverage": _project("coverage.read"),
    f"GET {PROJECT}/certificates": _project("certificates.read"),
    f"POST {PROJECT}/certificates": _project("certificates.issue"),
    f"GET {PROJECT}/certificates/{{certificate_id}}": _project("certificates.read"),
    f"GET {PROJECT}/matters": _project("candidates.read"),
    "GET /v1/matters/{matter_id}": _thing("candidates.read"),
    "GET /v1/risk-points": _somewhere("risk_points.read", "sealed.read"),
    f"GET {PROJECT}/risk-points": _project("risk_points.read", "sealed.read"),
    f"GET {PROJECT}/risk-points/diff": _project("candidates.read"),
    f"GET {PROJECT}/risk-points/moments": _project("candidates.read"),
    f"GET {POINT}": _thing("risk_points.read"),
    f"GET {POINT}/evidence": _thing("evidence.read"),
    f"GET {POINT}/bundle": _thing("evidence.read"),
    f"GET {POINT}/decisions": _thing("risk_points.read"),
    f"POST {POINT}/decisions": _thing("risk_points.decide"),
    "POST /v1/decisions": _thing("risk_points.decide"),
    f"POST {POINT}/dispatches": _thing("dispatches.propose"),
    "GET /v1/dispatches": _project("dispatches.read"),
    "POST /v1/dispatches": _thing("dispatches.confirm"),
    "GET /v1/dispatches/{dispatch_id}": _thing("dispatches.read"),
    "POST /v1/dispatches/{dispatch_id}": _thing("dispatches.confirm"),
    f"GET {PROJECT}/milestones": _project("milestones.read"),
    f"POST {PROJECT}/milestones/{{milestone_id}}": _project("milestones.decide"),
    f"GET {PROJECT}/aliases": _project("aliases.read"),
    f"POST {PROJECT}/aliases": _project("aliases.decide"),
    f"POST {PROJECT}/aliases/{{alias_id}}": _project("aliases.decide"),
    f"GET {PROJECT}/checklist": _project("checklist.read"),
    f"POST {PROJECT}/checklist/{{step}}": _project("checklist.mark"),
    f"POST {PROJECT}/stage": _project("stages.change"),
    f"GET {PROJECT}/recurrences": _project("risk_points.read"),
    f"GET {PROJECT}/tables/{{table}}": _project("tables.export"),
    f"GET {PROJECT}/alerts": _project("alerts.read"),
    f"GET {PROJECT}/alerts/preview": _project("alerts.read"),
    f"GET {PROJECT}/forecast": _project("alerts.read"),
    "GET /v1/incidents": _somewhere("alerts.read"),
    "GET /v1/incidents/stream": _somewhere("alerts.read"),
    "GET /v1/incidents/quality": _somewhere("alerts.read"),
    "GET /v1/incidents/{incident_id}": _thing("alerts.read"),
    "GET /v1/incidents/{incident_id}/notes": _thing("alerts.read"),
    "POST /v1/incidents/{incident_id}/answers": _thing("alerts.answer"),
    "POST /v1/incidents/{incident_id}/pointer": _thing("life_safety.read"),
    "GET /v1/bulletins/{week}": _somewhere("alerts.read"),
    "GET /v1/sources": _somewhere("sources.read"),
    "GET /v1/subscriptions": _somewhere("subscriptions.manage"),
    "POST /v1/subscriptions": _somewhere("subscriptions.manage"),
    "GET /v1/subscriptions/dead-letters": _somewhere("subscriptions.manage"),
    "DELETE /v1/subscriptions/{name}": _somewhere("subscriptions.manage"),
    "POST /v1/subscriptions/{name}/test": _somewhere("subscriptions.manage"),
    "POST /v1/subscriptions/{name}/retry": _somewhere("subscriptions.manage"),
    "GET /v1/shares": Right("key"),
    "POST /v1/shares": _project("shares.grant"),
    "GET /v1/shares/report": Right("key"),
    "GET /v1/shares/{share_id}": _thing("shares.read"),
    "POST /v1/shares/{share_id}/revocation": _thing("shares.revoke"),
    "GET /v1/shares/{share_id}/data": Right("contract"),
    "GET /v1/webhooks": _somewhere("webhooks.manage"),
    "POST /v1/webhooks": _somewhere("webhooks.manage"),
    "GET /v1/webhooks/dead-letters": _somewhere("webhooks.manage"),
    "DELETE /v1/webhooks/{webhook_id}": _somewhere("webhooks.manage"),
    "POST /v1/webhooks/{webhook_id}/ping": _somewhere("webhooks.manage"),
    "POST /v1/webhooks/{webhook_id}/retry": _somewhere("webhooks.manage"),
    "GET /v1/schemas": Right("key"),
    "GET /v1/schemas/{record}": Right("key"),
    "GET /v1/audit": _somewhere("audit.read"),
    "GET /metrics": _somewhere("metrics.read"),
}
"""Method and path → right."""


def offered(routes: Iterable[BaseRoute]) -> Iterator[APIRoute]:
    """The routes with an endpoint of ours, those of included routers among them."""
    for route in routes:
        if within := getattr(route, "original_router", None):
            yield from offered(within.routes)
        elif isinstance(route, APIRoute):
            yield route


def right_of(route: APIRoute) -> Right:
    """The right of a route of the interface for programs. Raises TypeError for one that has none."""
    asked = " ".join([*sorted(route.methods or ()), route.path])
    found = RIGHTS.get(asked)
    if found is None:
        raise TypeError(f"a route of /v1 has a right in api/routes/rights.py: {asked}")
    return found
