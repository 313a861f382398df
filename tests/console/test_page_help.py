"""Help for everybody, and a tour through the pages of one's role: each of its links opens."""

from __future__ import annotations

import pytest
from consoles import PLANT, RING, ROLES, Console

from api.console.pages.help import STEPS
from api.policy import access


def test_help_is_there_before_one_signs_in_and_leads_to_the_tour_afterwards(console: Console):
    page = console.page("/help")
    assert "不足最小显示数" in page.text and "没有按发布者" in page.text and "/tour" not in page.links()
    assert "/tour" in console.sign_in("assessor").page("/help").links()
    assert console.get("/tour").status_code == 200


@pytest.mark.parametrize("role", ROLES)
def test_every_step_of_the_tour_opens_for_the_role_that_sees_it(console: Console, role: str):
    console.stage("post_assessment")
    visitor = console.sign_in(role)
    links = [str(link.get("href")) for link in visitor.page("/tour").select("main ol a")]
    assert links, "every role has pages of its own"
    for link in links:
        visitor.page(link)


def test_the_tour_goes_through_a_project_of_ones_own(console: Console):
    links = console.sign_in("assessor", projects=[PLANT]).page("/tour").links()
    assert f"/projects/{PLANT}" in links and not [link for link in links if RING in link]


def test_who_sees_no_project_is_told_whom_to_ask(console: Console):
    console.stage("pre_assessment")
    page = console.sign_in("expert").page("/tour")
    assert all("{project}" not in link for link in page.links())


def test_the_steps_name_actions_and_pages_that_exist(console: Console):
    assert {step.action for step in STEPS} <= set(access().actions)
