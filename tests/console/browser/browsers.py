"""A real browser at a real server on loopback. What a page says to its console, and whom it asks, is watched."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest
import uvicorn
from consoles import PASSWORD, Console
from left_out import leave_out
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Response, sync_playwright

LEFT_OUT = "The console in a browser was left out"
HOW_TO = "install Debian's chromium, or as root: apt-get install chromium fonts-noto-cjk"
FLAGS = (
    "--no-sandbox",  # the tests may run as root; they open pages of their own server alone
    "--disable-gpu",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",  # no request leaves, whatever a page tries
)
DESK, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
SECONDS = 60_000
"""Longest wait for a page, in milliseconds: the machine may be busy."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for the journeys of a module; it ends with them, since its loop would be in the way of other tests."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        leave_out(LEFT_OUT, "no chromium was found", "tests it in one", HOW_TO)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield started
        started.close()


@contextmanager
def serving(console: Console) -> Iterator[str]:
    """The address at which the console is served meanwhile."""
    settings = uvicorn.Config(console.app, port=0, log_config=None, access_log=False, server_header=False)
    server = uvicorn.Server(settings)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the server did not start"
        time.sleep(0.01)
    [listening] = [one.getsockname()[1] for room in server.servers for one in room.sockets]
    yield f"http://127.0.0.1:{listening}"
    server.should_exit = True
    thread.join()


class Person:
    """Somebody at a browser of their own. ``script`` off: a browser that runs none."""

    def __init__(self, browser: Browser, console: Console, base: str, **look: Any) -> None:
        self.console, self.base = console, base
        self.script = bool(look.get("java_script_enabled", True))
        look = {"viewport": DESK, "locale": "zh-CN", "timezone_id": "Asia/Shanghai", **look}
        self.context: BrowserContext = browser.new_context(base_url=base, **look)
        self.context.set_default_timeout(SECONDS)
        self.complaints: list[str] = []
        self.elsewhere: list[str] = []
        self.context.on("request", self._asked)
        self.context.on("console", self._said)
        self.context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        self.context.on("response", self._answered)
        self.page: Page = self.context.new_page()

    def sign_in(self, name: str) -> Person:
        """Over the form, with the password that all accounts of the tests have."""
        self.page.goto("/sign-in")
        self.page.get_by_label("账号名").fill(name)
        self.page.get_by_label("密码").fill(PASSWORD)
        self.page.get_by_role("button", name="登录").click()
        self.page.wait_for_url(lambda url: "/sign-in" not in url)
        return self

    def enter(self, role: str, **bounds: Any) -> Person:
        """With a session that has its purposes already."""
        visitor = self.console.sign_in(role, **bounds)
        [token] = [cookie.value for cookie in visitor.cookies.jar if cookie.name.endswith("minyi-session")]
        self.context.add_cookies([{"name": "minyi-session", "value": str(token), "url": self.base}])
        return self

    def open(self, path: str, status: int = 200) -> Page:
        """Goes to a page and expects the status; a purpose that is asked for is chosen as it stands."""
        answer = self.page.goto(path)
        assert answer is not None and answer.status == status, (path, answer and answer.status, self.text()[:500])
        return self.page

    def choose_purpose(self, text: str) -> None:
        """Answers the question for what purpose."""
        self.page.get_by_role("radio", name=text).check()
        self.page.get_by_role("button", name="继续").click()

    def text(self) -> str:
        """What the main part of the page says, with single blanks."""
        return " ".join(self.page.locator("main").inner_text().split())

    def press(self, *keys: str) -> None:
        """Keys, one after the other."""
        for key in keys:
            self.page.keyboard.press(key)

    def tab_to(self, name: str, role: str = "", limit: int = 200) -> None:
        """Presses Tab until what has the focus has this name (and role): as somebody does who has no mouse."""
        for _ in range(limit):
            self.page.keyboard.press("Tab")
            found = self.page.evaluate(FOCUSED)
            if name in found["name"] and role in found["role"]:
                assert found["seen"], f"the focus on {name} is not to be seen: {found}"
                return
        raise AssertionError(f"Tab does not reach {name}")

    def leave(self) -> None:
        """Ends the browser. Fails when a page complained, or asked any other host for anything."""
        self.context.close()
        assert not self.elsewhere, self.elsewhere
        assert not self.complaints, self.complaints

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((f"{self.base}/", "data:", "blob:")):
            self.elsewhere.append(request.url)

    def _said(self, message: ConsoleMessage) -> None:
        if message.type != "error" or "Failed to load resource" in message.text:  # answers are looked at one by one
            return
        self.complaints.append(f"{self.page.url}: {message.text}")

    def _answered(self, answer: Response) -> None:
        path = urlsplit(answer.url).path
        if answer.status >= 500 or (answer.status >= 400 and answer.request.resource_type != "document"):
            self.complaints.append(f"{answer.status} {path}")


@pytest.fixture
def people(browser: Browser, console: Console) -> Iterator[Any]:
    """``people(script=False, width="phone")``: somebody at a browser of their own; all share one office."""
    here: list[Person] = []
    with serving(console) as base:

        def come(*, script: bool = True, **look: Any) -> Person:
            here.append(Person(browser, console, base, java_script_enabled=script, **look))
            return here[-1]

        yield come
        for person in here:
            person.leave()


FOCUSED = """() => {
  const it = document.activeElement;
  if (it === document.body || it.tagName === "MAIN") return { name: "", role: "none", seen: true };
  const label = it.labels && it.labels.length ? it.labels[0].innerText : "";
  const style = getComputedStyle(it);
  const box = it.closest("label") || it;
  const ring = (one) => { const s = getComputedStyle(one); return (s.outlineStyle !== "none" && parseFloat(s.outlineWidth) > 0) || s.boxShadow !== "none"; };
  return { name: it.getAttribute("aria-label") || label || it.innerText || it.value || "",
           role: it.getAttribute("role") || it.type || it.tagName.toLowerCase(), seen: ring(it) || ring(box) };
}"""
