"""The user guide and its pictures: each is there, light, and shows a page whose heading is still the one it names.

``MINYI_TEST_SCREENSHOTS=1 pytest tests/console/browser/test_user_guide.py`` takes the pictures anew.
"""

from __future__ import annotations

import os
import re
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from browsers import Person
from consoles import RING, Console
from dispatched import dispatched
from PIL import Image
from rises import rise

ROOT = Path(__file__).parents[3]
GUIDE = ROOT / "docs" / "USER_GUIDE.zh.md"
FOLDER = ROOT / "docs" / "guide"
HEAVIEST = 100_000
PICTURE = re.compile(r"!\[(?P<heading>[^\]]+)\]\(guide/(?P<name>[\w-]+)\.png\)")
VIEW = {"width": 1100, "height": 720}


class Shot(NamedTuple):
    """A picture: who is at the browser, and the page; ids of the office stand in braces."""

    role: str
    path: str


SHOTS = {
    "projects": Shot("assessor", "/projects"),
    "home": Shot("assessor", f"/projects/{RING}"),
    "search": Shot("assessor", f"/projects/{RING}/search?q=过渡费"),
    "review": Shot("assessor", f"/projects/{RING}/review"),
    "risk-point": Shot("assessor", "/risk-points/{point}"),
    "evidence": Shot("assessor", "/risk-points/{point}/evidence"),
    "coverage": Shot("assessor", f"/projects/{RING}/coverage"),
    "tables": Shot("assessor", f"/projects/{RING}/tables?candidates=yes"),
    "board": Shot("supervisor", "/board"),
    "incident": Shot("supervisor", "/incidents/{incident}"),
    "dispatches": Shot("supervisor", "/dispatches"),
}


def asked() -> dict[str, str]:
    """Picture → the heading that the guide gives it."""
    return {found["name"]: found["heading"] for found in PICTURE.finditer(GUIDE.read_text("utf-8"))}


@pytest.mark.skipif("MINYI_TEST_SCREENSHOTS" in os.environ, reason="the pictures are being taken")
def test_every_picture_of_the_guide_is_there_and_light():
    assert set(asked()) == set(SHOTS) == {path.stem for path in FOLDER.glob("*.png")}
    for path in FOLDER.glob("*.png"):
        assert path.stat().st_size < HEAVIEST, path.name
        assert Image.open(path).size == (VIEW["width"], VIEW["height"]), path.name


@pytest.mark.parametrize("name", SHOTS)
def test_the_page_of_a_picture_is_still_headed_as_the_guide_says(console: Console, people: Any, name: str):
    person = people(viewport=VIEW, reduced_motion="reduce")
    at = furnished(console, name)
    person.enter(SHOTS[name].role)
    page = person.open(SHOTS[name].path.format(**at))
    if "MINYI_TEST_SCREENSHOTS" in os.environ:
        FOLDER.mkdir(exist_ok=True)
        (FOLDER / f"{name}.png").write_bytes(taken(person))
    shown = [" ".join(one.inner_text().split()) for one in page.locator("main h1, main h2").all()]
    assert asked()[name] in shown, shown


def furnished(console: Console, name: str) -> dict[str, str]:
    """Whatever the page needs to have something on it."""
    rows = console.office.store.risk_points(RING, sealed=False).rows
    shown = sorted((row.candidate for row in rows if row.candidate), key=lambda one: -one.counts.voices_low)
    found = {"point": shown[0].id, "incident": ""}
    if name in ("board", "incident"):
        found["incident"] = rise(console)
    if name == "dispatches":
        console.stage("post_assessment")
        dispatched(console, RING)
    return found


def taken(person: Person) -> bytes:
    """The page as a picture with a palette of 64 colours, enough for paper, ink and levels."""
    picture = Image.open(BytesIO(person.page.screenshot(animations="disabled", caret="hide"))).convert("RGB")
    made = BytesIO()
    picture.quantize(64, dither=Image.Dither.NONE).save(made, "PNG", optimize=True)
    return made.getvalue()
