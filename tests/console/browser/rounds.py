"""Rounds through the console: every page that links lead to, one of each kind, for somebody of each role."""

from __future__ import annotations

from typing import Any, NamedTuple
from urllib.parse import urljoin, urlsplit

from consoles import PLANT, Console
from dispatched import dispatched
from lxml import html
from rises import rise
from starlette.routing import Match

from api.console.pages import ROUTERS

ROUTES = [route for router in ROUTERS for route in router.routes if "GET" in route.methods]  # type: ignore[attr-defined]
ROUNDS = ("assessor", "supervisor", "admin", "auditor", "expert", "platform", "commissioning_unit", "response_unit")
"""Whoever comes first shows a page; later ones show what only they see."""
NO_PAGES = ("/static/", "/link/", "/sign-in/sso", "/healthz", "/livez", "/readyz", "/metrics", "/v1/")


class Stop(NamedTuple):
    """A page that somebody can open: who, where, and the route behind it."""

    role: str
    address: str
    route: str


def route_of(address: str) -> str | None:
    """The route of the table that answers an address; None when none does."""
    scope = {"type": "http", "method": "GET", "path": urlsplit(address).path, "headers": []}
    return next((one.path for one in ROUTES if one.matches(scope)[0] == Match.FULL), None)  # type: ignore[attr-defined]


def furnish(console: Console) -> None:
    """Something on every page: a rise, a dispatch, a source, a share, a saved search, a certificate."""
    console.stage("post_assessment")
    rise(console)
    dispatched(console, PLANT)


class Round(NamedTuple):
    """What was come to, and links that lead to nothing or to a refusal: role, page, where it leads, the answer."""

    stops: list[Stop]
    broken: list[str]


def go_round(console: Console) -> Round:
    """From the front door on over links: one address of each route, and the first role that comes to it."""
    found = Round([], [])
    known: set[str] = set()
    for role in ROUNDS:
        visitor = console.sign_in(role)
        seen: set[str] = set()
        queue = [("/", "")]
        while queue:
            address, before = queue.pop(0)
            route = route_of(address)
            if route is None or route in seen or address.startswith(NO_PAGES):
                continue
            seen.add(route)
            answer = visitor.get(address, follow_redirects=True)
            if answer.status_code >= 400:
                found.broken.append(f"{role} is led from {before} to {address} and gets {answer.status_code}")
                continue
            known.add(route)
            if not answer.headers["content-type"].startswith("text/html"):
                continue
            here = str(answer.url.raw_path, "ascii")
            final = route_of(here)
            if final is not None and (final == route or final not in known):
                known.add(final)
                if final not in {stop.route for stop in found.stops}:
                    found.stops.append(Stop(role, here, final))
            queue += [(link, here) for link in links(answer.text, here)]
    return found


def links(text: str, here: str) -> list[str]:
    """Where the links of a page lead within the console."""
    doc: Any = html.document_fromstring(text)
    found = [urljoin(here, str(link.get("href"))) for link in doc.cssselect("a[href]")]
    return [address.split("#")[0] for address in found if address.startswith("/") and address.split("#")[0]]


def unseen(found: Round) -> set[str]:
    """Routes with a page of their own that no round came to."""
    return {route.path for route in ROUTES if "/static" not in route.path} - {stop.route for stop in found.stops}  # type: ignore[attr-defined]
