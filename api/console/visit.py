"""A visit: one request of somebody to the console, with what a page needs to know of them and to answer them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final, TypeVar, get_args
from urllib.parse import quote

from fastapi import Depends, Path
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from api.console.cookies import Cookies
from api.console.environment import environment
from api.console.forms import TOKEN, token_of
from api.console.headers import with_headers
from api.console.i18n import Language, spoken
from api.console.links import local, within
from api.desk import Desk
from api.policy import Denied, Reader, access, holder
from pipeline.accounts import SignIn
from pipeline.office import Office
from pipeline.records import DecisionProject, Purpose
from pipeline.store import Account, Session

AnyDesk = TypeVar("AnyDesk", bound=Desk)
MANY_FLASHES: Final = 5
THEMES: Final = ("light", "dark")
IN_ADDRESSES: Final = ":/%#?=@[]!$&'()*+,;"
"""Characters that an address keeps in a header; a header holds no Chinese."""


class PurposeNeeded(Exception):
    """Somebody whose role has several purposes has not said yet for which they ask; "" is no single project."""

    def __init__(self, project_id: str) -> None:
        super().__init__(project_id)
        self.project_id = project_id


class SignInNeeded(Exception):
    """Nobody is signed in, and the page is for those who are."""


@dataclass(frozen=True)
class Flash:
    """One line that the next page shows once; ``kind`` is ok, note, warn or alert."""

    text: str
    kind: str = "ok"


class Visit:
    """One request. ``account`` and ``reader`` are there on every page that is not public."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.office: Office = request.app.state.office
        self.door: SignIn = request.app.state.door
        self.cookies = Cookies(request, self.office.settings.public_url)
        self.project: DecisionProject | None = None
        """The project of the address, on pages of one; set when the rule was checked."""
        self._token = ""
        self._session: Session | None = None
        self._account: Account | None = None
        self._flashes: list[Flash] | None = None

    def recognise(self) -> None:
        """Finds out who is signed in."""
        if token := self.cookies.get("session"):
            self._session = self.door.session(token)
            self._token = token if self._session else ""
            if self._session is None:
                self.cookies.drop("session")
            else:
                self._account = self.office.store.account(self._session.holder)

    @property
    def is_signed_in(self) -> bool:
        return self._account is not None

    @property
    def account(self) -> Account:
        """Who is signed in. Raises SignInNeeded."""
        if self._account is None:
            raise SignInNeeded
        return self._account

    @property
    def reader(self) -> Reader:
        """In whose name the desks are asked. Raises SignInNeeded."""
        mine = self.account
        return holder(mine.name, mine.role, mine.project_ids, mine.region_code, mine.unit)

    @property
    def language(self) -> Language:
        return "en" if self.cookies.get("language") == "en" else "zh"

    @property
    def theme(self) -> str:
        """``light`` or ``dark``; empty: what the system of the reader says."""
        chosen = self.cookies.get("theme")
        return chosen if chosen in THEMES else ""

    @property
    def is_htmx(self) -> bool:
        """Whether a part of a page is asked for."""
        return self.request.headers.get("HX-Request") == "true" and "HX-History-Restore-Request" not in (
            self.request.headers
        )

    @property
    def here(self) -> str:
        """The address of the page that somebody is on, to come back to: of a form, the page that held it."""
        if self.is_htmx or self.request.method != "GET":
            return within(self.request.headers.get("HX-Current-URL") or self.request.headers.get("referer") or "")
        return local(self.request.url.path + (f"?{self.request.url.query}" if self.request.url.query else ""))

    @property
    def purposes(self) -> list[Purpose]:
        """The purposes for which the role may act, in the order of the closed list (P-09)."""
        mine = {name for name, roles in access().purposes.items() if self.account.role in roles}
        return [purpose for purpose in get_args(Purpose) if purpose in mine]

    def purpose(self, project_id: str) -> Purpose:
        """For what purpose somebody asks about a project. Raises PurposeNeeded until they said so (P-09)."""
        found = self.chosen_purpose(project_id)
        if found is None:
            raise PurposeNeeded(project_id)
        return found

    def general_purpose(self) -> Purpose:
        """The purpose of questions that concern no single project. Raises PurposeNeeded until it was chosen."""
        return self.purpose("")

    def chosen_purpose(self, project_id: str) -> Purpose | None:
        """The purpose chosen in this session, or the only one that the role has; None when one has to be chosen."""
        possible = self.purposes
        if len(possible) == 1:
            return possible[0]
        chosen = self._session.purposes.get(project_id) if self._session else None
        return chosen if chosen in possible else None

    def choose_purpose(self, project_id: str, purpose: str) -> None:
        """Keeps the purpose for this session, and notes the choice in the audit trail. Raises Denied (E301)."""
        granted, store = access().stated(self.reader, purpose), self.office.store
        with store.transaction():
            store.choose_purpose(self._token, project_id, granted)
            self.office.audit.append(
                self.account.name, self.account.role, "purposes.choose", purpose=granted, project_id=project_id or None
            )

    def desk(self, kind: type[AnyDesk]) -> AnyDesk:
        """A desk at which the visitor stands."""
        return kind(self.office, self.reader)

    def allows(self, action: str, project: DecisionProject | None = None) -> bool:
        """Whether to show a link: whether the visitor may do something, in this project or somewhere at all."""
        if self._account is None:
            return False
        return (
            access().anywhere(self.reader, action) if project is None else access().allows(self.reader, action, project)
        )

    def refused(self, action: str) -> None:
        """Notes in the audit trail that somebody was refused a page (P-10)."""
        project_id = self.project.id if self.project else None
        self.office.audit.append(self.account.name, self.account.role, f"{action}.denied", project_id=project_id)

    def began(self, token: str) -> None:
        """Has the browser keep a session that has just begun, in place of whatever it held (no fixation)."""
        self.cookies.set("session", token)
        self.cookies.drop("before")
        self._token = token

    def ended(self) -> None:
        """Has the browser forget the session."""
        self.cookies.drop("session")
        self._token, self._session, self._account = "", None, None

    @property
    def token(self) -> str:
        """The session's token; empty when nobody is signed in."""
        return self._token

    @property
    def secret(self) -> str:
        """What the visitor's forms are bound to: the session, or before there is one a random cookie."""
        return self._token or self.cookies.get("before")

    def csrf_token(self) -> str:
        """The token that every form of the visitor carries."""
        if not self.secret:
            self.cookies.set("before", secrets.token_urlsafe(32))
        return token_of(self.secret)

    def csrf(self) -> Markup:
        """The hidden field with that token."""
        return Markup('<input type="hidden" name="{}" value="{}">').format(TOKEN, self.csrf_token())

    def once(self) -> Markup:
        """A hidden field with a key by which a form that is sent twice has one effect."""
        return Markup('<input type="hidden" name="once" value="{}">').format(secrets.token_urlsafe(18))

    def gettext(self, message: str, **values: object) -> str:
        """A text in the visitor's language, filled in as ``_()`` of a template is: ``%%`` is one per cent sign."""
        return spoken(self.language, message, **values)

    def flash(self, text: str, kind: str = "ok") -> None:
        """Has the next page show a line, once."""
        self._flashes = [*self._waiting(), Flash(text, kind)][-MANY_FLASHES:]

    def flashes(self) -> list[Flash]:
        """The lines that this page shows; they are gone afterwards."""
        shown, self._flashes = self._waiting(), []
        return shown

    def page(self, template: str, status: int = 200, **context: Any) -> Response:
        """A whole page. ``context`` is beside what every template finds (account, project, purpose, flashes …)."""
        flashes = self.flashes()
        return HTMLResponse(self.render(template, {"flashes": flashes, **context}), status)

    def partial(self, template: str, status: int = 200, **context: Any) -> Response:
        """A part of a page, for htmx; lines that wait to be shown stay for the next whole page."""
        return HTMLResponse(self.render(template, {"flashes": [], **context}), status)

    def render(self, template: str, context: Mapping[str, Any]) -> str:
        """The template as text."""
        project = context.get("project", self.project)
        known = self._account is not None
        found: dict[str, Any] = {
            "visit": self, "account": self._account, "reader": self.reader if known else None,
            "language": self.language, "theme": self.theme, "project": project,
            "purpose": self.chosen_purpose(project.id if project else "") if known else None,
            "path": self.request.url.path, "is_htmx": self.is_htmx,
            "csrf": self.csrf, "csrf_token": self.csrf_token, "once": self.once,
        }  # fmt: skip
        return environment(self.language).get_template(template).render({**found, **context})

    def redirect(self, url: str, *, flash: str | None = None, kind: str = "ok") -> Response:
        """To another page (303), with a line that it shows."""
        if flash is not None:
            self.flash(flash, kind)
        if self.is_htmx:
            return Response(status_code=204, headers={"HX-Redirect": quote(url, safe=IN_ADDRESSES)})
        return RedirectResponse(url, 303)

    def finish(self, answer: Response) -> Response:
        """The answer with its headers and cookies."""
        if self._flashes is not None:
            if self._flashes:
                self.cookies.set("flash", self._sealed(self._flashes))
            else:
                self.cookies.drop("flash")
        self.cookies.onto(answer)
        return with_headers(answer, secure=self.cookies.secure)

    def _waiting(self) -> list[Flash]:
        if self._flashes is not None:
            return self._flashes
        content, _, seal = self.cookies.get("flash").partition(".")
        if not content or not hmac.compare_digest(seal, self._seal(content)):
            return []
        return [Flash(*line) for line in json.loads(base64.urlsafe_b64decode(content))]

    def _sealed(self, flashes: list[Flash]) -> str:
        lines = json.dumps([[line.text, line.kind] for line in flashes])
        content = base64.urlsafe_b64encode(lines.encode()).decode()
        return f"{content}.{self._seal(content)}"

    def _seal(self, content: str) -> str:
        self.csrf_token()  # so that there is a secret to seal with
        return hmac.new(self.secret.encode(), b"minyi:flash:" + content.encode(), hashlib.sha256).hexdigest()


def at_console(request: Request) -> Visit:
    """The visit that the console's route began."""
    visit: Visit = request.state.visit
    return visit


AtConsole = Annotated[Visit, Depends(at_console)]
"""A page asks for this and for nothing else of the office."""
ProjectPath = Annotated[str, Path(pattern=r"^[\w.\-]{1,64}$")]
"""The project's id in the address."""

__all__ = ["AtConsole", "Denied", "Flash", "ProjectPath", "PurposeNeeded", "SignInNeeded", "Visit"]
