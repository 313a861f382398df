"""Who may open what: every route of the console has a rule, and the rule says what the access table says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from consoles import PLANT, RING, ROLES, Console, Page, Visitor
from starlette.requests import Request

from api.console.pages import ROUTERS
from api.console.rules import About, ConsoleRoute, ConsoleRouter, Deployment, InProject, Public, Rule, SignedIn
from api.console.visit import SignInNeeded, Visit
from api.desk import NotFound
from api.policy import Denied, access
from pipeline.records.project import Stage

STAGES: tuple[Stage, ...] = ("pre_assessment", "in_assessment", "after_assessment", "post_assessment")
ROUTES = [route for router in ROUTERS for route in router.routes]
NOWHERE = {"risk_point_id": "r" + "0" * 24, "incident_id": "i" + "0" * 24, "dispatch_id": "p" + "0" * 24}


def rules() -> list[Rule]:
    return sorted({route.rule for route in ROUTES}, key=repr)


def address(route: Any) -> str:
    """A path of the route, with the ring road for its project and ids that do not exist."""
    names = route.param_convertors
    return str(route.path_format.format(**{name: {"project_id": RING, **NOWHERE}.get(name, "x") for name in names}))


def visits(console: Console, name: str, project_id: str) -> Iterator[Visit]:
    """A visit of this account, and one of nobody."""
    for cookie in (f"minyi-session={console.office.store.begin_session(name)}", ""):
        scope = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "server": ("console.test", 80),
                 "scheme": "http", "headers": [(b"cookie", cookie.encode())], "app": console.app,
                 "path_params": {"project_id": project_id, **NOWHERE}}  # fmt: skip
        visit = Visit(Request(scope))
        visit.recognise()
        yield visit


def test_every_route_has_a_rule_and_no_other_kind_of_route_can_be_added():
    assert len(ROUTES) >= 15 and all(isinstance(route, ConsoleRoute) for route in ROUTES)
    for route in ROUTES:
        assert isinstance(route.rule, Public | SignedIn | Deployment | InProject | About), route.path
        assert (
            isinstance(route.rule, InProject) or "project_id" not in route.param_convertors or "/registry" in route.path
        )
    router = ConsoleRouter()
    with pytest.raises(TypeError, match="rule"):
        router.page("/nowhere")
    with pytest.raises(TypeError, match="rule"):
        router.get("/nowhere")(lambda: None)


def test_every_rule_names_an_action_of_the_table():
    actions = {rule.action for rule in rules() if not isinstance(rule, Public | SignedIn)}
    assert actions <= set(access().actions)


def test_what_is_open_to_everybody_is_short():
    public = {route.path for route in ROUTES if isinstance(route.rule, Public)}
    assert public <= {"/sign-in", "/sign-out", "/link/{token}", "/language", "/theme", "/sign-in/sso",
                      "/sign-in/sso/return", "/static/{name:path}", "/help", "/help/{topic}"}  # fmt: skip


@pytest.mark.parametrize("stage", STAGES)
def test_a_rule_lets_in_exactly_whom_the_table_lets(console: Console, stage: Stage):
    """Rule × role × region × signed in or not, in each stage."""
    console.stage(stage)
    store = console.office.store
    for role in ROLES:
        store.add_account(f"in-ring-{role}", role, role, region_code="439921")
        for name, project_id, inside in (
            (role.replace("_", "-"), RING, True),
            (f"in-ring-{role}", RING, True),
            (f"in-ring-{role}", PLANT, False),
        ):
            known, nobody = visits(console, name, project_id)
            seat = access().seats.get((stage, role), "")
            granted = access().grants.get((role, seat), frozenset())
            for rule in rules():
                match rule:
                    case Public():
                        allowed = True
                    case SignedIn():
                        allowed = True
                        assert not admitted(rule, nobody)
                    case InProject(action):
                        allowed = inside and action in granted
                        assert not admitted(rule, nobody)
                    case Deployment(action):
                        allowed = access().anywhere(known.reader, action)
                        assert not admitted(rule, nobody)
                    case About(action):  # what does not exist is for the desk to say
                        allowed = any(access().anywhere(known.reader, one) for one in (action, "sealed.read"))
                        assert not admitted(rule, nobody)
                assert admitted(rule, known) == allowed, (rule, role, stage, project_id)


def admitted(rule: Rule, visit: Visit) -> bool:
    try:
        rule.admit(visit)
    except (Denied, SignInNeeded):
        return False
    return True


@pytest.mark.parametrize("role", ROLES)
def test_who_may_not_open_a_page_gets_none_and_reads_who_may(console: Console, role: str):
    """Every route whose rule shuts the role out, over HTTP."""
    console.stage("in_assessment")
    visitor = console.sign_in(role)
    token = visitor.token()
    for route in ROUTES:
        rule = route.rule
        action = getattr(rule, "action", None)
        seat = access().seats.get(("in_assessment", role), "")
        here = access().grants.get((role, seat), frozenset())
        somewhere = any(action in given for (who, _), given in access().grants.items() if who == role)
        if action is None or (action in here if isinstance(rule, InProject) else somewhere):
            continue
        if isinstance(rule, About) and role == "discipline_inspection":
            continue
        if "POST" in route.methods:
            answer = visitor.post(address(route), data={"csrf": token})
        else:
            answer = visitor.get(address(route))
        assert answer.status_code == 403, (route.path, role, answer.status_code)
        page = Page(answer)
        assert "E304" in page.html and "可以办理的角色" in page.text
        assert console.actions()[-1] == f"{action}.denied"


def test_nobody_reads_a_page_without_signing_in(console: Console):
    for route in ROUTES:
        if isinstance(route.rule, Public):
            continue
        send = console.visitor.post_form if "POST" in route.methods else console.get
        answer = send(address(route))
        assert (answer.status_code, answer.headers["location"][:8]) == (303, "/sign-in"), route.path


def test_a_project_of_another_region_or_another_account_is_not_shown(console: Console):
    assert console.sign_in("assessor", region="3699").page(f"/projects/{RING}/purpose", 403)
    page = console.sign_in("assessor", projects=[PLANT]).page(f"/projects/{RING}/purpose", 403)
    assert "E303" in page.html and "不在您的工作范围内" in page.text
    assert console.visitor.page(f"/projects/{PLANT}/purpose").status == 200


def test_a_project_that_does_not_exist_is_a_page_that_says_so(console: Console):
    page = console.sign_in("assessor").page("/projects/nowhere/purpose", 404)
    assert "E311" in page.html and "没有找到" in page.text and console.actions()[-1] == "projects.read.denied"
    with pytest.raises(NotFound):
        InProject("projects.read").admit(next(visits(console, "assessor", "nowhere")))


def test_an_address_that_does_not_exist_is_a_page_for_people_and_a_problem_for_programs(console: Console):
    page = Page(console.get("/nowhere"))
    assert page.status == 404 and "没有这个页面" in page.text and "E331" in page.html
    assert console.get("/v1/nowhere").json()["code"] == "E331"
    assert console.get("/nowhere", headers={"Accept": "application/json"}).json()["code"] == "E331"
    assert Page(console.get("/purpose/x/y", headers={"Accept": "text/html"})).status == 404


def test_a_session_opens_nothing_of_v1_and_a_key_opens_no_page(console: Console):
    visitor = console.enter("assessor")
    assert visitor.get("/v1/projects?purpose=risk_survey").status_code == 401
    key = console.office.store.issue_api_key("platform-key", "assessor")
    answer = Visitor(console.app).get("/account", headers={"Authorization": f"Bearer {key}"})
    assert answer.status_code == 303


def test_the_description_of_the_interface_knows_nothing_of_pages(console: Console):
    assert all(
        path.startswith(("/v1/", "/healthz", "/livez", "/readyz", "/metrics"))
        for path in console.app.openapi()["paths"]
    )


@pytest.mark.parametrize("path", ["/sign-in", "/account", "/nowhere", "/static/base.css", "/", "/link/" + "x" * 43])
def test_every_answer_forbids_what_a_page_of_the_console_never_needs(console: Console, path: str):
    headers = console.enter("assessor").get(path).headers
    policy = dict(part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";"))
    assert policy == {"default-src": "'none'", "script-src": "'self'", "style-src": "'self'", "img-src": "'self' data:",
                      "connect-src": "'self'", "font-src": "'self'", "form-action": "'self'", "frame-ancestors": "'none'",
                      "base-uri": "'none'"}  # fmt: skip
    assert headers["referrer-policy"] == "same-origin" and headers["x-frame-options"] == "DENY"
    assert headers["x-content-type-options"] == "nosniff" and "camera=()" in headers["permissions-policy"]
    assert "strict-transport-security" not in headers
    assert headers["cache-control"] == ("no-cache" if path.startswith("/static") else "no-store")


def test_over_tls_the_browser_is_told_to_stay_there(console: Console):
    answer = console.enter("assessor", "https://console.test").get("/account")
    assert answer.status_code == 200 and "max-age" in answer.headers["strict-transport-security"]


def test_static_files_are_kept_for_ever_under_the_address_that_names_their_content(console: Console):
    page = console.page("/sign-in")
    [sheet] = [link.get("href") for link in page.select("link[rel=stylesheet]") if "base.css" in link.get("href")]
    answer = console.get(sheet)
    assert answer.status_code == 200 and answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-type"].startswith("text/css")
    assert console.get("/static/base.css?v=000000000000").headers["cache-control"] == "no-cache"
    for path in ("/static/../rules.py", "/static/%2e%2e/rules.py", "/static/none.css", "/static/", "/static/vendor"):
        assert console.get(path).status_code == 404
    for address_ in [
        *(e.get("src") for e in page.select("[src]")),
        *(e.get("href") for e in page.select("link[href]")),
    ]:
        assert str(address_).startswith("/static/") and console.get(str(address_)).status_code == 200


def test_a_failure_nobody_meant_is_a_page_with_a_number_and_nothing_else(
    console: Console, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    def fail(*_: object) -> None:
        raise RuntimeError("柳湾村的秘密")

    monkeypatch.setattr(type(console.office.store), "projects", fail)
    answer = console.enter("assessor").get("/account")
    assert answer.status_code == 500 and "E390" in answer.text and "秘密" not in answer.text + caplog.text
    assert "Traceback" not in answer.text and answer.headers["content-security-policy"].startswith("default-src 'none'")


def test_every_code_of_accounts_and_forms_is_documented():
    root = Path(__file__).parents[2]
    rooms = (root / "api", root / "pipeline" / "accounts")
    raised = {code for room in rooms for p in room.rglob("*.py") for code in re.findall(r"E90\d", p.read_text("utf-8"))}
    documented = set(re.findall(r"^\| (E90\d) \|", (root / "docs" / "CONSOLE.md").read_text("utf-8"), re.M))
    assert raised == documented and len(raised) == 10
