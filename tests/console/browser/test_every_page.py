"""Every page that links lead to: no barrier that axe finds, in both looks; light enough; nothing from elsewhere."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from browsers import PHONE, Person, serving
from consoles import Console
from playwright.sync_api import Browser
from rounds import Round, Stop, furnish, go_round, unseen

HEAVIEST = 200_000
"""Bytes of a page with its style and script, without pictures."""
WEIGHT = """() => [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
  .filter(one => one.initiatorType !== "img" && !/icons\\.svg|favicon/.test(one.name))
  .map(one => one.decodedBodySize).reduce((sum, size) => sum + size, 0)"""
WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
REACHED_OTHERWISE = {
    "/": "sends everybody on",
    "/link/{token}": "test_console_links.py",
    "/sign-in/sso": "test_console_sign_on.py",
    "/sign-in/sso/return": "test_console_sign_on.py",
    "/projects/{project_id}/search/reading": "a part of the search page",
    "/projects/{project_id}/texts/{document_id}/similar": "linked where the setting semantic is on",
}
"""Routes that no link leads to, and why."""
MADE_BY_PEOPLE = ("/imports/", "/shares/{", "/projects/{project_id}/certificates", "/registry/")
"""What exists once somebody made it: their own tests and journeys open it."""


COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
"""In the dark look the page is the same but for its colours."""


@pytest.fixture(scope="module")
def console(demo_as_it_was: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    """The console of one office for this module, with something on every page."""
    console = Console(shutil.copytree(demo_as_it_was, tmp_path_factory.mktemp("round") / "home"))
    furnish(console)
    yield console
    console.office.close()


@pytest.fixture(scope="module")
def gone_round(console: Console) -> Round:
    return go_round(console)


@pytest.mark.slow
def test_no_page_has_a_barrier_or_weighs_too_much(browser: Browser, console: Console, gone_round: Round):
    people: dict[str, Person] = {}
    found: list[str] = []
    with serving(console) as base:
        for stop in [Stop("", "/sign-in", "/sign-in"), *gone_round.stops]:
            if stop.role not in people:
                people[stop.role] = Person(browser, console, base)
                if stop.role:
                    people[stop.role].enter(stop.role)
            page = people[stop.role].open(stop.address)
            if (weight := page.evaluate(WEIGHT)) > HEAVIEST:
                found.append(f"{stop.address}: {weight} bytes")
            found += barriers(page, stop, {})
            page.emulate_media(color_scheme="dark")
            found += barriers(page, stop, COLOURS)
            page.emulate_media(color_scheme="light")
            page.set_viewport_size(PHONE)
            if (wide := page.evaluate(WIDE)) > 0:
                found.append(f"{stop.address}: {wide} pixels wider than a telephone")
            page.set_viewport_size({"width": 1280, "height": 900})
        for person in people.values():
            person.leave()
    assert not found, "\n".join(found)


def test_links_lead_to_every_page_and_none_leads_nowhere(gone_round: Round):
    assert not gone_round.broken, "\n".join(gone_round.broken)
    missed = {route for route in unseen(gone_round) if not route.startswith(MADE_BY_PEOPLE)}
    files = {one for one in missed if one.endswith((".csv", ".jsonl", "/file", "/export", "/bundle", "/document"))}
    assert missed - files - {"/sign-in"} <= set(REACHED_OTHERWISE)


def barriers(page: Any, stop: Stop, options: dict[str, Any]) -> list[str]:
    """What axe finds, one line a rule, with the first places."""
    told = Axe().run(page, options=options).response["violations"]
    return [
        f"{stop.address}: {one['id']} ({one['impact']}) at {[node['target'] for node in one['nodes'][:3]]}"
        for one in told
    ]
