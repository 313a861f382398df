"""Seats at one office: the same things on a project of one's own region and on one elsewhere, and a holder of each role."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode

from county import COMPENSATION, DUST, PURPOSES, CountyOffice, what_people_say
from letters import MONDAY

from api.console.forms import TOKEN, token_of
from api.console.rules import ConsoleRoute
from api.desk import Desk
from api.dispatch_desk import DispatchDesk
from api.policy import Reader
from pipeline.records import Incident
from pipeline.records.project import Stage
from pipeline.records.share import Share
from pipeline.redacted import seal
from pipeline.risk.candidates import risk_point_id

STAGES: Final[tuple[Stage, ...]] = ("pre_assessment", "in_assessment", "after_assessment", "post_assessment")
OWN, OTHER = "quarry-road", "dam"
REGION: Final = "439921"
"""Where the road is; the dam lies in another county."""
ROLES: Final = tuple(PURPOSES)
NOT_THERE: Final = {"certificate_id": "n" + "0" * 24, "milestone_id": "m" + "0" * 24, "alias_id": "n" + "0" * 24,
                    "import_id": "x", "webhook_id": "w" + "0" * 24, "token": "x" * 43}  # fmt: skip
ANY: Final = {"week": "2026-W02", "code": COMPENSATION, "name": "nothing", "step": "registration", "table": "T3",
              "record": "project"}  # fmt: skip
PARAMETERS: Final = {
    "GET /v1/projects/{project_id}/risk-points/diff": {"from": "30d"},
    "GET /v1/shares/report": {"month": "2026-03"},
    "GET /v1/shares/{share_id}/data": {"form": "api"},
}
BY: Final = {"who": "核对人", "reason": "核对权限"}


class Answer(NamedTuple):
    """A status, and where a redirection leads."""

    status: int
    location: str

    @property
    def refused(self) -> bool:
        return self.status in (401, 403) or self.location.startswith("/sign-in")


class Holder(NamedTuple):
    """Somebody in a role who is bound to the region of the road: a session, and a key."""

    role: str
    session: str
    key: str


class Seats:
    """An office whose routes are asked as a server asks them, by people with a session and programs with a key."""

    def __init__(self, home: Path) -> None:
        self.county = CountyOffice(home)
        office = self.county.office  # asks more in a minute than strangers may
        office.settings = office.settings.model_copy(update={"strangers_per_minute": 10_000})
        self.app, self.store = self.county.app, self.county.store
        self.loop = asyncio.new_event_loop()
        self.things = {OWN: self._things(OWN), OTHER: self._things(OTHER)}
        unit = self.store.dispatch(self.things[OWN]["dispatch_id"]).functional_unit
        self.holders = {role: self._holder(role, unit) for role in ROLES}

    def _things(self, project_id: str) -> dict[str, str]:
        """One of everything that a route names, on the project; seen by whoever may see confirmed risk points."""
        store, office = self.store, self.county.office
        if project_id != OWN:
            self.county.hear(*(elsewhere(one, project_id) for one in what_people_say()))
        point = risk_point_id(project_id, COMPENSATION)
        platform = Reader("matrix", "platform")
        for action in ("accept", "confirm"):
            Desk(office, platform).decide(point, "risk_identification", who="评估员甲", action=action, reason="核实")
        dispatch, *_ = DispatchDesk(office, platform).propose(point, "dispatch")
        incident = Incident(
            id="i" + ("1" if project_id == OWN else "2") * 24, project_id=project_id, serial=1, begin=MONDAY,
            window_start=MONDAY, window_end=MONDAY, observed=9, expected=1.0, interval=(0.0, 3.0), p_value=0.001,
            recurrence_months=12.0, signal="yellow", level="yellow", settings_version="s1", voices_low=9, voices_high=9,
        )  # fmt: skip
        store.save_incident(incident)
        share = Share(
            id="s" + ("1" if project_id == OWN else "2") * 24, project_id=project_id, grantee="somebody-else",
            grantee_role="platform", grantee_unit="elsewhere", level="aggregates", form="api", purpose="supervision",
            valid_from=MONDAY, valid_until=MONDAY.replace(month=12), basis=seal("协议一号"), granted_by="matrix",
            granted_at=MONDAY,
        )  # fmt: skip
        store.add_share(share)
        document = store.risk_point(point).candidate.evidence[0].document_id
        return {
            "project_id": project_id, "risk_point_id": point, "other_id": risk_point_id(project_id, DUST),
            "dispatch_id": dispatch["id"], "incident_id": incident.id, "share_id": share.id, "document_id": document,
            "matter_id": store.matters_of_project(project_id)[0].id,
        }  # fmt: skip

    @staticmethod
    def purpose(role: str) -> str:
        """For which somebody in the role asks here."""
        return PURPOSES[role]

    def _holder(self, role: str, unit: str) -> Holder:
        name, bound = f"in-{role.replace('_', '-')}", unit if role == "response_unit" else None
        self.store.add_account(name, name, role, region_code=REGION, unit=bound)
        session = self.store.begin_session(name)
        for place in ("", OWN, OTHER):
            self.store.choose_purpose(session, place, PURPOSES[role])
        return Holder(role, session, self.store.issue_api_key(f"{name}-key", role, None, REGION, bound))

    def ask(self, route: Any, holder: Holder | None, project_id: str = OWN) -> Answer:
        """The application's answer to the route, with the things of the project in its address."""
        [method] = set(route.methods) - {"HEAD"}
        name = f"{method} {route.path}"
        there = {**ANY, **NOT_THERE, **self.things[project_id]}
        path = route.path_format.format(**{one: there.get(one, "x") for one in route.param_convertors})
        query = dict(PARAMETERS.get(name, {}))
        headers: dict[str, str] = {"host": "county", "idempotency-key": "matrix-1"}
        if isinstance(route, ConsoleRoute):
            secret = holder.session if holder else "a visitor without a session"
            headers |= {"accept": "text/html", "cookie": f"minyi-{'session' if holder else 'before'}={secret}"}
            form = {"purpose": PURPOSES[holder.role]} if holder and route.path.endswith("/purpose") else {}
            content = urlencode({TOKEN: token_of(secret), **form}).encode() if method == "POST" else b""
            headers["content-type"] = "application/x-www-form-urlencoded"
        else:
            if holder is not None:
                headers["authorization"] = f"Bearer {holder.key}"
                query |= {"purpose": PURPOSES[holder.role]}
            query |= {"project": project_id} if name == "GET /v1/dispatches" else {}
            body = self._body(name, project_id) if method in ("POST", "PUT") else None
            content = b"" if body is None else json.dumps(body).encode()
            headers["content-type"] = "application/json"
            if not route.path.startswith("/v1/") and route.path != "/metrics":
                query = {}
        return self.loop.run_until_complete(answer(self.app, method, path, query, headers, content))

    def _body(self, name: str, project_id: str) -> dict[str, Any] | None:
        """A body that is understood and has no effect, or none that matters."""
        there, stage = self.things[project_id], self.store.project(project_id).stage
        accept = {**BY, "action": "accept"}
        return {
            "PUT /v1/projects/{project_id}/saved-searches/{name}": {"q": "扬尘"},
            "POST /v1/projects/{project_id}/certificates": {"factors": []},
            "POST /v1/decisions": {**accept, "risk_point_id": there["risk_point_id"]},
            "POST /v1/risk-points/{risk_point_id}/decisions": accept,
            "POST /v1/dispatches": {**BY, "action": "close", "dispatch_id": there["dispatch_id"]},
            "POST /v1/dispatches/{dispatch_id}": {**BY, "action": "close"},
            "POST /v1/projects/{project_id}/milestones/{milestone_id}": accept,
            "POST /v1/projects/{project_id}/aliases/{alias_id}": accept,
            "POST /v1/projects/{project_id}/checklist/{step}": {**BY, "state": "open"},
            "POST /v1/projects/{project_id}/stage": {**BY, "stage": STAGES[(STAGES.index(stage) + 2) % 4]},
            "POST /v1/incidents/{incident_id}/answers": {"who": "核对人", "action": "comment", "comment": "已阅"},
            "POST /v1/subscriptions": {"name": "m1", "who": "m1", "role": "assessor", "purpose": "risk_survey",
                                       "channel_url": "ftp://nowhere.example/x"},
            "POST /v1/shares": {"project_id": project_id, "grantee": "m1", "grantee_role": "platform",
                                "grantee_unit": "u1", "level": "aggregates", "form": "api",
                                "share_purpose": "supervision", "valid_until": "2001-01-01T00:00:00Z",
                                "basis": "协议一号"},
            "POST /v1/shares/{share_id}/revocation": {"reason": "核对权限"},
            "POST /v1/webhooks": {"url": "http://nowhere.example/x"},
        }.get(name)  # fmt: skip


def elsewhere(said: Any, project_id: str) -> Any:
    """The same opinion about another project, as a text of its own."""
    key = "d" + said.document.id[:0:-1]
    document = said.document.model_copy(update={"id": key, "origin_id": key})
    link = said.link.model_copy(update={"project_id": project_id})
    return type(said)(document, said.analysis.model_copy(update={"document_id": key}), link)


async def answer(
    app: Any, method: str, path: str, query: dict[str, str], headers: dict[str, str], content: bytes
) -> Answer:
    """Asks the application as a server does; whoever asks is gone after the body, so that no stream goes on."""
    given = [(name.encode(), value.encode()) for name, value in headers.items()]
    given += [(b"content-length", str(len(content)).encode())]
    scope = {"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "scheme": "http",
             "path": path, "raw_path": path.encode(), "query_string": urlencode(query).encode(), "root_path": "",
             "headers": given, "client": ("county", 1), "server": ("county", 80)}  # fmt: skip
    sent, found = [{"type": "http.request", "body": content, "more_body": False}], Answer(0, "")

    async def receive() -> dict[str, Any]:
        return sent.pop() if sent else {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        nonlocal found
        if message["type"] == "http.response.start":
            named = {name.decode().lower(): value.decode() for name, value in message["headers"]}
            found = Answer(message["status"], named.get("location", ""))

    await app(scope, receive, send)
    return found
