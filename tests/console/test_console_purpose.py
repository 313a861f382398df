"""For what purpose somebody asks (P-09): chosen once a session and project, from the closed list, and written down."""

from __future__ import annotations

from typing import Any

import pytest
from consoles import PLANT, RING, ROLES, Console, Page, Visitor

from api.app import create_app
from api.console.pages import home
from api.console.rules import ConsoleRouter, InProject, SignedIn
from api.console.visit import AtConsole, ProjectPath
from api.desk import Desk
from pipeline.store import StoreConflict


def pages() -> ConsoleRouter:
    """A page about one project, one about none, and one that runs into somebody else's change."""
    router = ConsoleRouter()

    @router.page("/projects/{project_id}/asked", rule=InProject("projects.read"))
    def about(visit: AtConsole, project_id: ProjectPath) -> Any:
        found = visit.desk(Desk).project(project_id, visit.purpose(project_id))
        return visit.page("sign-in/spent.html", 200, found=found)

    @router.page("/asked", rule=SignedIn())
    def general(visit: AtConsole) -> Any:
        visit.desk(Desk).projects(visit.general_purpose())
        return visit.page("sign-in/spent.html")

    @router.act("/asked", rule=SignedIn())
    def change(visit: AtConsole) -> Any:
        raise StoreConflict("E152: somebody else was faster")

    return router


@pytest.fixture
def asked(console: Console) -> Console:
    """The console with these pages."""
    console.app = create_app(console.office)
    console.app.include_router(pages())
    console.visitor = Visitor(console.app)
    return console


def test_a_project_is_not_shown_before_its_purpose_is_chosen(asked: Console):
    visitor = asked.sign_in("assessor", purposes=False)
    answer = visitor.get(f"/projects/{RING}/asked?page=2")
    assert answer.headers["location"] == f"/projects/{RING}/purpose?next=/projects/{RING}/asked%3Fpage%3D2"
    page = visitor.page(f"/projects/{RING}/asked", page=2)
    offered = [field.get("value") for field in page.select("input[name=purpose]")]
    assert offered == ["risk_survey", "risk_identification", "expert_review", "post_assessment"]
    answer = visitor.post(
        f"/projects/{RING}/purpose",
        data={**dict(page.form(f"/projects/{RING}/purpose").form_values()), "purpose": "risk_survey"},
    )
    assert answer.headers["location"] == f"/projects/{RING}/asked?page=2"
    shown = visitor.page(f"/projects/{RING}/asked")
    assert "风险调查" in " ".join(e.text_content() for e in shown.select("header"))
    events = asked.office.audit.events()
    assert [(e.action, e.purpose, e.project_id) for e in events] == [
        ("purposes.choose", "risk_survey", RING),
        ("projects.read", "risk_survey", RING),
    ]


def test_each_project_and_each_session_has_its_own(asked: Console):
    visitor = asked.sign_in("assessor", purposes=False)
    visitor.post_form(f"/projects/{RING}/purpose", {"purpose": "risk_survey"})
    assert visitor.get(f"/projects/{RING}/asked").status_code == 200
    assert visitor.get(f"/projects/{PLANT}/asked").status_code == 303
    assert visitor.get("/asked").headers["location"] == "/purpose?next=/asked"
    again = asked.sign_in("assessor", purposes=False)
    assert again.get(f"/projects/{RING}/asked").status_code == 303


def test_the_purpose_of_everything_else_is_proposed_for_a_project_and_not_taken_for_granted(asked: Console):
    visitor = asked.sign_in("assessor", purposes=False)
    visitor.post_form("/purpose", {"purpose": "expert_review", "next": "/asked"})
    assert visitor.get("/asked").status_code == 200
    page = visitor.page(f"/projects/{RING}/asked")
    assert [e.get("value") for e in page.select("input[name=purpose][checked]")] == ["expert_review"]


def test_a_role_with_one_purpose_is_not_asked(asked: Console):
    visitor = asked.sign_in("local_government", purposes=False)
    assert visitor.get(f"/projects/{RING}/asked").status_code == 200
    assert visitor.get("/asked").status_code == 200
    assert {event.purpose for event in asked.office.audit.events()} == {"supervision"}


@pytest.mark.parametrize("purpose", ["audit", "curiosity", "", "RISK_SURVEY"])
def test_a_purpose_of_another_role_is_refused(asked: Console, purpose: str):
    visitor = asked.sign_in("assessor", purposes=False)
    for path in ("/purpose", f"/projects/{RING}/purpose"):
        answer = visitor.post_form(path, {"purpose": purpose})
        assert answer.status_code == 403 and "E301" in answer.text
    assert asked.actions() == []


def test_what_a_desk_refuses_is_a_page_with_its_code(asked: Console):
    answer = asked.sign_in("assessor").post_form("/asked")
    page = Page(answer)
    assert page.status == 409 and "E152" in page.html and "刷新页面" in page.text


def test_the_first_page_of_every_role_is_the_one_it_works_on():
    assert set(home.HOMES) == set(ROLES)
