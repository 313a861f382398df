"""Every route, of pages and of ``/v1``, in every role and stage, in one's own region and another, over HTTP.

The routes are those of the application, what each asks for is its rule or right, and whether a role has it says the
access table: a route without a rule, and an answer that says anything else than the table, fails.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import APIRouter
from seats import OTHER, OWN, STAGES, Answer, Seats

from api.app import create_app
from api.console.rules import About, ConsoleRoute, Contract, Deployment, InProject, Public, SignedIn
from api.policy import access
from api.routes.rights import RIGHTS, Right, offered, right_of
from pipeline.records.project import Stage


@pytest.fixture(scope="module")
def seats(county_as_it_was: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seats]:
    """The office, made once: no request here changes what another one is answered."""
    made = Seats(shutil.copytree(county_as_it_was, tmp_path_factory.mktemp("seats") / "home"))
    yield made
    made.loop.close()
    made.county.office.close()


def ruled(route: Any) -> Right:
    """What a route asks for, of a page and of ``/v1`` in the same words. Raises TypeError where that is not said."""
    if not isinstance(route, ConsoleRoute):
        return right_of(route)
    match route.rule:
        case Public():
            return Right("public")
        case Contract():
            return Right("contract")
        case SignedIn():
            return Right("key")
        case Deployment(action):
            return Right("somewhere", action)
        case InProject(action):
            return Right("project", action)
        case About(action):
            return Right("thing", action)


def granted(right: Right, role: str, stage: str, project_id: str) -> bool:
    """What the access table says, read without the code that answers."""
    table = access()
    if right.place in ("public", "key"):
        return True
    if right.place == "contract":
        return False  # the contract is another's
    if right.place == "somewhere":
        return any(right.actions & given for (who, _), given in table.grants.items() if who == role)
    seat = table.seats.get((stage, role), "")
    return project_id == OWN and bool(right.actions & table.grants.get((role, seat), frozenset()))


def routes(seats: Seats, *places: str) -> Iterator[tuple[Any, str, Right]]:
    """The application's routes whose rule is at one of these places."""
    for route in offered(seats.app.routes):
        if (right := ruled(route)).place in places:
            [method] = set(route.methods) - {"HEAD"}
            yield route, f"{method} {route.path}", right


def wrong(right: Right, may: bool, told: Answer) -> bool:
    """Whether an answer says something else than the table."""
    if not may:
        hidden = right.place in ("thing", "contract") and told.status == 404
        return not (told.status == 403 or hidden)
    return told.refused or (told.status != 501 and not 200 <= told.status < 500)


@pytest.mark.parametrize("stage", STAGES)
def test_a_route_of_a_project_answers_whom_the_table_lets_and_nobody_else(seats: Seats, stage: Stage):
    seats.county.stage(stage)
    differs = []
    for route, name, right in routes(seats, "project", "thing"):
        for role, holder in seats.holders.items():
            may = granted(right, role, stage, OWN)
            told = seats.ask(route, holder)
            if wrong(right, may, told):
                differs.append((name, role, right.action, may, told))
            if may and wrong(right, False, told := seats.ask(route, holder, OTHER)):
                differs.append((name, role, "other region", False, told))
    assert not differs


def test_what_concerns_no_single_project_is_open_to_the_roles_that_have_the_right_somewhere(seats: Seats):
    differs = []
    for route, name, right in routes(seats, "somewhere", "key", "contract"):
        if name == "POST /account":
            continue  # changes a password, and refuses the wrong one
        for role, holder in seats.holders.items():
            may, told = granted(right, role, "", OWN), seats.ask(route, holder)
            if wrong(right, may, told):
                differs.append((name, role, right.action, may, told))
    assert not differs


def test_nobody_is_answered_but_on_the_routes_that_are_open_to_everybody(seats: Seats):
    open_to_all = [(name, seats.ask(route, None)) for route, name, _ in routes(seats, "public")]
    refused = [one for one in open_to_all if wrong(Right("public"), True, one[1]) and "/sign-" not in one[0]]
    assert [one for one in refused if one != ("GET /readyz", Answer(503, ""))] == [], "not ready is no refusal"
    closed = [
        (name, seats.ask(route, None))
        for route, name, _ in routes(seats, "key", "contract", "somewhere", "project", "thing")
    ]
    assert [one for one in closed if not one[1].refused or one[1].status == 403] == []
    assert len(closed) > 150


def test_a_route_without_a_rule_fails_here(seats: Seats):
    app = create_app(seats.county.office)
    assert all(ruled(route) for route in offered(app.routes))
    gossip = APIRouter()
    gossip.add_api_route("/v1/gossip", lambda: None, methods=["GET"])
    app.include_router(gossip)
    with pytest.raises(TypeError, match="GET /v1/gossip"):
        [ruled(route) for route in offered(app.routes)]


def test_every_right_is_of_a_route_and_names_an_action_of_the_table(seats: Seats):
    there = {f"{method} {route.path}" for route in offered(seats.app.routes) for method in route.methods}
    assert set(RIGHTS) <= there
    assert {action for right in RIGHTS.values() for action in right.actions} <= set(access().actions)
