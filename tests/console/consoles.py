"""An office with the examples in it, its console, and people who sign in to it."""

from __future__ import annotations

import contextlib
import hashlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import lxml.html
import pytest
from starlette.testclient import TestClient

from api.app import create_app
from crawlers.importers import Good, ImportOptions, open_source
from pipeline.accounts import hash_password
from pipeline.office import Office
from pipeline.records import DecisionProject
from pipeline.settings import Settings
from pipeline.work import work

EXAMPLES = Path(__file__).parents[2] / "examples"
FILES = (("petitions_ring_road.xlsx", "petition"), ("petitions_waste_plant.csv", "petition"), ("weibo.jsonl", "weibo"))
RING, PLANT = "qingtan-east-ring", "luting-waste-to-energy"
PASSWORD = "山里有一棵老槐树下面有井"
ROLES = ("assessor", "supervisor", "local_government", "commissioning_unit", "response_unit", "expert",
         "discipline_inspection", "platform", "auditor", "admin")  # fmt: skip
"""There is an account for each, named after it with hyphens; all have PASSWORD."""


class Page:
    """What a browser shows: the status, the text that is read, and the parsed HTML."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer
        self.status: int = answer.status_code
        self.html = answer.text
        self.doc = lxml.html.document_fromstring(answer.text) if answer.text else lxml.html.Element("html")

    @property
    def text(self) -> str:
        """All text of the main part with single blanks."""
        [main] = self.doc.cssselect("main") or [self.doc]
        return " ".join(main.text_content().split())

    def select(self, css: str) -> list[Any]:
        return list(self.doc.cssselect(css))

    def form(self, action: str) -> Any:
        """The form that is sent to this address; one in the main part before one around it."""
        found = [form for form in self.doc.forms if form.get("action") == action]
        assert found, (action, [form.get("action") for form in self.doc.forms])
        return next((form for form in found if any(a.tag == "main" for a in form.iterancestors())), found[0])

    def links(self) -> list[str]:
        return [str(link.get("href")) for link in self.doc.cssselect("a[href]")]


class Visitor(TestClient):
    """One browser at the console; it follows no redirect by itself."""

    def __init__(self, app: Any, base_url: str = "http://console.test") -> None:
        super().__init__(app, base_url, raise_server_exceptions=False, follow_redirects=False)
        self.headers["Accept"] = "text/html"
        self.name = ""

    def page(self, path: str, status: int = 200, **params: Any) -> Page:
        """Opens a page, following redirects, and expects the status."""
        page = Page(self.get(path, params=params or None, follow_redirects=True))
        assert page.status == status, (page.status, page.text[:500])
        return page

    def post_form(self, path: str, data: dict[str, Any] | None = None, **more: Any) -> Any:
        """Sends a form with the token that any page of this visitor carries; the answer as it comes."""
        return self.post(path, data={"csrf": self.token(), **(data or {})}, **more)

    def submit(self, path: str, action: str, status: int = 303, **fields: Any) -> Any:
        """Opens a page, fills its form for ``action`` in and sends it with everything hidden in it."""
        form = self.page(path).form(action)
        answer = self.post(action, data={**dict(form.form_values()), **fields})
        assert answer.status_code == status, (answer.status_code, Page(answer).text[:500])
        return answer

    def token(self) -> str:
        """The token of this visitor's forms."""
        page = Page(self.get("/account" if self.name else "/sign-in"))
        return str(page.select("input[name=csrf]")[0].get("value"))


class Console:
    """The console of one office; ``get`` and ``post`` are those of whoever signed in last."""

    def __init__(self, home: Path, **settings: Any) -> None:
        self.office = Office(Settings(home=home, processes=1, k_anonymity=3, **settings))
        self.app = create_app(self.office)
        self.visitor = Visitor(self.app)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.visitor, name)

    def sign_in(
        self,
        role: str,
        *,
        projects: list[str] | None = None,
        region: str | None = None,
        unit: str | None = None,
        purposes: bool = True,
    ) -> Visitor:
        """Somebody who is signed in, in this role and within these bounds, with the role's first purpose chosen."""
        name = "-".join([role.replace("_", "-"), *(projects or []), *filter(None, [region, unit])])[:64]
        store = self.office.store
        if store.account(name) is None:
            store.add_account(name, name, role, project_ids=projects, region_code=region, unit=unit)  # type: ignore[arg-type]
        self.visitor = self.enter(name)
        if purposes:
            self._choose(role)
        return self.visitor

    def enter(self, name: str, base_url: str = "http://console.test") -> Visitor:
        """A browser with a session of this account."""
        visitor = Visitor(self.app, base_url)
        visitor.name = name
        prefix = "__Host-" if base_url.startswith("https") else ""
        visitor.cookies.set(f"{prefix}minyi-session", self.office.store.begin_session(name), "console.test")
        return visitor

    def stage(self, stage: str) -> None:
        """Moves both projects to a stage."""
        self.office.register(p.model_copy(update={"stage": stage}) for p in self.office.store.projects())

    def actions(self) -> list[str]:
        """What the audit trail says was done, in order."""
        return [event.action for event in self.office.audit.events(0, 100_000)]

    def _choose(self, role: str) -> None:
        from api.policy import access

        [token] = [cookie.value for cookie in self.visitor.cookies.jar if cookie.name.endswith("minyi-session")]
        first = next(name for name, roles in access().purposes.items() if role in roles)
        for place in ("", RING, PLANT):
            self.office.store.choose_purpose(str(token), place, first)


@pytest.fixture(scope="session")
def demo_as_it_was(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    """A data folder with the examples' petitions and posts: read, linked, indexed, and risk points proposed.

    Reading them takes the models half a minute: the folder is kept in pytest's cache until a text or the code that
    reads it changes.
    """
    cache = Path(request.config.cache.mkdir("console")) if request.config.cache else tmp_path_factory.mktemp("cache")
    kept = cache / _version()
    if not kept.exists():
        made = Path(tempfile.mkdtemp(dir=cache))
        _make(made / "home")
        with contextlib.suppress(OSError):  # another run was faster
            (made / "home").rename(kept)
        shutil.rmtree(made)
    return kept


@pytest.fixture
def console(demo_as_it_was: Path, tmp_path: Path) -> Iterator[Console]:
    """The console of an office of one's own that begins as ``demo_as_it_was``."""
    console = Console(shutil.copytree(demo_as_it_was, tmp_path / "home"))
    yield console
    console.office.close()


def _make(home: Path) -> None:
    with Office(Settings(home=home, processes=1, k_anonymity=3)) as office:
        lines = (EXAMPLES / "projects.jsonl").read_text("utf-8").splitlines()
        office.register([DecisionProject.model_validate_json(line) for line in lines])
        for name, kind in FILES:
            source = open_source(EXAMPLES / name, ImportOptions(source_kind=kind))  # type: ignore[arg-type]
            office.receive(item for row in source if isinstance(row, Good) for item in row.items)
        work(office)
        hashed = hash_password(PASSWORD)
        for role in ROLES:
            office.store.add_account(name := role.replace("_", "-"), role, role)  # type: ignore[arg-type]
            office.store.set_password_hash(name, hashed)


def _version() -> str:
    """What the folder depends on: the example texts and everything that reads them."""
    root = EXAMPLES.parent
    read = [path for room in ("pipeline", "models", "index") for path in sorted((root / room).rglob("*.py"))]
    known = hashlib.sha256(Path(__file__).read_bytes())
    for path in [*(EXAMPLES / name for name, _ in FILES), EXAMPLES / "projects.jsonl", *read]:
        known.update(path.read_bytes())
    return known.hexdigest()[:16]
