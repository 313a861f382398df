"""Every list is paged: each route that shows things of which there are ever more shows so many, and where the next are.

The routes are those of the application: a new one takes a page, or stands below with the reason why it needs none.
"""

from __future__ import annotations

import inspect
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import lxml.html
import pytest
from consoles import Visitor
from pydantic import BaseModel
from seats import OTHER, OWN, Seats

from api.console.pages import ROUTERS
from api.desk import Desk
from api.incident_desk import IncidentDesk
from api.notices import SubscriptionDesk
from api.policy import Reader
from index.query import parse
from pipeline.vocabulary import codes

TURNS: Final = {"page", "offset", "before", "after"}
"""Names of the parameter that asks for another page."""
FILES: Final = (".csv", ".jsonl", "/file", "/export", "/bundle", "/document", "~download", "{name:path}")
"""What is taken away is taken away whole."""
NO_LIST: Final = {
    "/": "leads on", "/help": "fixed text", "/tour": "fixed text", "/account": "one account",
    "/purpose": "the purposes of a role", "/projects/{project_id}/purpose": "the purposes of a role",
    "/sign-in": "a form", "/sign-in/sso": "leads on", "/sign-in/sso/return": "leads on", "/link/{token}": "a form",
    "/registry/~new": "a form", "/shares/new": "a form", "/imports/{import_id}/columns": "the columns of one file",
    "/imports/{import_id}": "one file with its first rejected rows; the others are a file",
    "/imports/{import_id}/progress": "one file with its first rejected rows; the others are a file",
    "/projects/{project_id}": "the first rows of other pages, each with its link",
    "/projects/{project_id}/checklist": "the steps of the procedure",
    "/projects/{project_id}/coverage": "the factors of the profile by kinds of source",
    "/projects/{project_id}/forecast": "the days that were asked for",
    "/projects/{project_id}/certificates/{certificate_id}": "one certificate",
    "/projects/{project_id}/matters/{matter_id}": "one matter",
    "/projects/{project_id}/search/reading": "how one query is read",
    "/projects/{project_id}/texts/{document_id}": "one text",
    "/projects/{project_id}/texts/{document_id}/similar": "the closest twenty",
    "/risk-points/{risk_point_id}": "one risk point", "/risk-points/{risk_point_id}/merge/{other_id}": "two risk points",
    "/dispatches/{dispatch_id}": "one dispatch", "/incidents/{incident_id}": "one incident",
    "/incidents/backtest": "what one project would have sent in the days that were asked for",
    "/quality": "the levels and factors of the profile", "/admin/taxonomy/{code}": "one factor",
}  # fmt: skip
"""Pages without a list that grows, and why."""
NO_ROWS: Final = {
    "/v1/schemas": "the records of the program",
    "/v1/projects/{project_id}/coverage": "the factors of the profile by kinds of source",
    "/v1/projects/{project_id}/documents/{document_id}/similar": "the closest; `size` says how many",
}
MANY: Final = 60


@pytest.fixture(scope="module")
def seats(county_as_it_was: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seats]:
    """An office with many of everything that somebody adds one by one."""
    made = Seats(shutil.copytree(county_as_it_was, tmp_path_factory.mktemp("lists") / "home"))
    made.county.stage("in_assessment")
    fill(made)
    yield made
    made.loop.close()
    made.county.office.close()


def fill(seats: Seats) -> None:
    """Sixty of each."""
    county, office, store = seats.county, seats.county.office, seats.store
    admin, assessor = Reader("filler", "admin"), Reader("filler", "assessor")
    share, incident = store.share(seats.things[OWN]["share_id"]), store.incident(seats.things[OWN]["incident_id"])
    office.register(
        county.road.model_copy(update={"id": f"road-{n:02}", "name_zh": f"道路{n:02}"}) for n in range(MANY)
    )
    for n in range(MANY):
        store.add_account(f"filler-{n:02}", "填充", "expert")
        store.issue_api_key(f"filler-{n:02}", "expert")
        store.save_incident(incident.model_copy(update={"id": f"i{n + 16:024x}", "serial": n + 2}))
        store.add_share(share.model_copy(update={"id": f"s{n + 16:024x}", "grantee": f"grantee-{n:02}"}))
        office.audit.append(f"grantee-{n:02}", "platform", "shares.use.denied", project_id=OWN, subject=share.id)
        Desk(office, assessor).save_search(OWN, "risk_survey", f"检索{n:02}", parse(f"扬尘{n}", codes()))
        IncidentDesk(office, assessor).answer(
            incident.id, "risk_survey", who="核对人", action="comment", comment=f"第{n}次核对"
        )
        fields = {"name": f"filler-{n:02}", "who": "filler-01", "role": "assessor", "purpose": "risk_survey"}
        SubscriptionDesk(office, admin).add("administration", "signed+https://receiver.example/x", fields)


def parameters(route: Any) -> set[str]:
    """The names of what can be asked of a route beside its address."""
    found = set()
    for field in route.dependant.query_params:
        kind = field.field_info.annotation
        model = inspect.isclass(kind) and issubclass(kind, BaseModel)
        found |= {one.alias or name for name, one in kind.model_fields.items()} if model else {field.alias}
    return found


def test_every_page_takes_a_page_or_says_why_it_needs_none():
    pages = {route.path: route for router in ROUTERS for route in router.routes if "GET" in route.methods}
    shown = {path: route for path, route in pages.items() if not path.endswith(FILES)}
    assert sorted(path for path, route in shown.items() if not parameters(route) & TURNS) == sorted(NO_LIST)


@pytest.mark.parametrize(
    ("path", "role"),
    [
        ("/admin/accounts", "admin"), ("/admin/keys", "admin"), ("/admin/taxonomy", "admin"), ("/audit", "auditor"),
        ("/board", "assessor"), ("/projects", "assessor"), ("/registry", "admin"), ("/incidents", "assessor"),
        ("/shares", "admin"), ("/shares/report?month=2026-03", "admin"), ("/subscriptions", "admin"),
        (f"/projects/{OWN}/saved-searches", "assessor"), ("/shares/{share_id}", "admin"),
    ],
)  # fmt: skip
def test_a_list_of_sixty_has_pages_that_links_lead_through(seats: Seats, path: str, role: str):
    """Without any script: the links are in the page."""
    visitor = signed_in(seats, role)
    address, seen, pages = path.format(**seats.things[OWN]), list[str](), 0
    while address:
        answer = visitor.get(address)
        assert answer.status_code == 200, (address, answer.text[:300])
        page = lxml.html.document_fromstring(answer.text)
        shown = rows(page)
        assert 0 < len(shown) <= 50 and len(answer.content) < 200_000, (address, len(shown), len(answer.content))
        seen, pages = seen + shown, pages + 1
        following = page.cssselect("main a[rel=next]")
        address = following[0].get("href") if following and pages < 5 else ""
    assert pages > 1 and len(set(seen)) == len(seen) > 25


def rows(page: Any) -> list[str]:
    """What stands in the list of the page, with its links: cards, or the rows of the first table."""
    cards = page.cssselect("main ul.cards > li")
    table = [] if cards else [row for row in page.cssselect("main table")[0].cssselect("tr") if row.cssselect("td")]
    return [lxml.html.tostring(one, encoding="unicode") for one in cards or table]


def signed_in(seats: Seats, role: str) -> Visitor:
    """A browser of somebody in the role who is bound to nothing."""
    name = f"free-{role}"
    if seats.store.account(name) is None:
        seats.store.add_account(name, name, role)
    visitor, session = Visitor(seats.app), seats.store.begin_session(name)
    visitor.cookies.set("minyi-session", session, "console.test")
    for place in ("", OWN, OTHER):
        seats.store.choose_purpose(session, place, seats.purpose(role))
    return visitor


def answered(document: dict[str, Any], operation: dict[str, Any]) -> dict[str, Any]:
    """The fields of the answer that the description promises."""
    content = operation["responses"]["200"].get("content", {}).get("application/json", {}).get("schema", {})
    name = content.get("$ref", "").rpartition("/")[2]
    return dict(document["components"]["schemas"].get(name, {}).get("properties", {}))


def test_every_list_of_v1_is_bounded_and_names_what_follows(seats: Seats):
    described, lists = seats.app.openapi(), []
    for path, operations in described["paths"].items():
        fields = answered(described, operations["get"]) if "get" in operations else {}
        if not {"rows", "hits"} & set(fields) or path in NO_ROWS:
            continue
        lists.append(path)
        asked = {one["name"]: one["schema"] for one in operations["get"]["parameters"]}
        [bound] = {"limit", "size"} & set(asked)
        assert asked[bound]["maximum"] <= 1000 and asked[bound]["default"] <= 100, path
        assert {"next_offset", "next_cursor", "total"} & set(fields), path
    assert len(lists) > 25


@pytest.mark.parametrize(
    ("path", "role"),
    [
        ("/v1/projects", "admin"), (f"/v1/projects/{OWN}/saved-searches", "assessor"), ("/v1/shares", "admin"),
        ("/v1/incidents", "assessor"), ("/v1/incidents/{incident_id}/notes", "assessor"), ("/v1/subscriptions", "admin"),
        ("/v1/risk-points/{risk_point_id}/decisions", "assessor"), (f"/v1/projects/{OWN}/matters", "assessor"),
        (f"/v1/dispatches?project={OWN}", "assessor"),
    ],
)  # fmt: skip
def test_page_by_page_the_list_is_the_same(seats: Seats, path: str, role: str):
    caller, (address, _, project) = seats.county.caller(role), path.format(**seats.things[OWN]).partition("?project=")
    more = {"project": project} if project else {}
    whole = caller.get(address, limit=500, **more).json()["rows"]
    found, size, page, turned = [], max(1, len(whole) // 3), dict[str, Any](), 0
    while turned < 10:
        answer = caller.get(address, limit=size, **more, **page).json()
        assert len(answer["rows"]) <= size
        found, turned = found + answer["rows"], turned + 1
        name = "cursor" if "next_cursor" in answer else "offset"
        if (following := answer[f"next_{name}"]) is None:
            break
        page = {name: following}
    assert found == whole and len(whole) > 1 and turned > 1
