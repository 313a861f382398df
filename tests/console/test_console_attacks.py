"""What somebody may write into a text, a name or an address, and what never comes of it."""

from __future__ import annotations

import csv
import io
from typing import Any
from urllib.parse import quote

import pytest
from consoles import PASSWORD, PLANT, RING, Console, Page, Visitor
from openpyxl import load_workbook
from opinions import opinion
from rises import say

SCRIPTS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "<svg/onload=alert(1)>",
    "'-alert(1)-'",
    "{{ 7 * 7 }}{% raw %}",
    "</textarea><iframe src=javascript:alert(1)>",
)
HIDDEN = "赔\u200b偿\u202e准标\u202c\u2066款\u2069\ufeff"
"""Zero-width characters, and marks that turn the direction of writing."""


def harmless(page: Page) -> None:
    """Nothing on the page runs, and nothing was made of what somebody wrote."""
    for element in page.select("*"):
        assert not [name for name in element.attrib if name.lower().startswith("on")], element.attrib
        for name in ("href", "src", "action", "formaction"):
            assert not str(element.get(name, "")).strip().lower().startswith(("javascript:", "data:text", "vbscript:"))
    assert all(str(one.get("src", "")).startswith("/static/") and not one.text for one in page.select("script"))
    assert not page.select("iframe, object, embed, base, main img[src='x'], main svg[onload]")


@pytest.fixture
def assessor(console: Console) -> Visitor:
    return console.sign_in("assessor")


def petition(console: Console, body: str) -> str:
    """A petition about the ring road with these words; the id of its text."""
    one = opinion(body, ("compensation_standard", body[:4], 0.9), number=7, day=40)
    say(console, [one])
    return str(one.document.id)


@pytest.mark.parametrize("words", SCRIPTS)
def test_what_a_petition_says_is_text_and_nothing_else(console: Console, assessor: Visitor, words: str):
    page = assessor.page(f"/projects/{RING}/texts/{petition(console, f'补偿标准太低。{words}请核实。')}")
    harmless(page)
    assert words in page.select(".reader")[0].text_content()


@pytest.mark.parametrize("words", SCRIPTS)
def test_what_is_typed_is_text_and_nothing_else(console: Console, assessor: Visitor, words: str):
    page = Page(assessor.get(f"/projects/{RING}/search", params={"q": words}))
    assert page.status in (200, 400, 422)
    harmless(page)
    assert page.select("#q")[0].get("value") == words
    for path in (f"/projects?q={quote(words)}", f"/board?region={quote(words)}", f"/sources/{quote(words, safe='')}",
                 f"/projects/{quote(words, safe='')}", f"/incidents?level={quote(words)}", f"/purpose?next={quote(words)}"):  # fmt: skip
        page = Page(assessor.get(path, follow_redirects=True))
        assert page.status < 500, path
        harmless(page)


@pytest.mark.parametrize("words", SCRIPTS)
def test_names_and_reasons_are_text_and_nothing_else(console: Console, assessor: Visitor, words: str):
    store = console.office.store
    project = store.project(RING)
    console.office.register([project.model_copy(update={"name_zh": f"东外环{words}"[:60], "name_en": words})])
    answer = assessor.post_form(f"/projects/{RING}/saved-searches", {"q": "补偿", "name": f"每周{words}"})
    assert answer.status_code in (303, 422)
    point = next(row.id for row in store.risk_points(RING, sealed=False).rows)
    answer = assessor.post_form(
        f"/risk-points/{point}/decide", {"action": "accept", "reason": f"现场核实{words}", "known": "0"}
    )
    assert answer.status_code == 303
    for path in (
        "/projects",
        f"/projects/{RING}",
        f"/projects/{RING}/saved-searches",
        f"/risk-points/{point}",
        "/board",
    ):
        harmless(assessor.page(path))
    assert words in assessor.page(f"/risk-points/{point}").text.replace("\n", " ")


def test_characters_that_hide_or_turn_are_shown_and_kept_in_their_place(console: Console, assessor: Visitor):
    page = assessor.page(f"/projects/{RING}/texts/{petition(console, f'补偿标准太低，{HIDDEN}请核实。')}")
    [reader] = page.select(".reader")
    assert not set(reader.text_content()) & set("\u200b\u202e\u202c\u2066\u2069\ufeff"), "shown as marks"
    assert reader.get("dir") == "auto"


@pytest.mark.parametrize(
    "to",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil.example", "/%0d%0aLocation:x", "javascript:alert(1)",
     "https:evil.example", "/\t/evil.example", "http://console.test@evil.example/", " //evil.example", "///evil.example"],
)  # fmt: skip
def test_nobody_is_sent_on_to_another_site(console: Console, to: str):
    sent = {"name": "assessor", "password": PASSWORD, "next": to}
    visitor = Visitor(console.app)
    assert here(visitor.post_form("/sign-in", sent).headers["location"])
    visitor = console.enter("assessor")
    for path, fields in (
        ("/language", {"language": "en", "next": to}), ("/theme", {"theme": "dark", "next": to}),
        ("/purpose", {"purpose": "risk_survey", "next": to}),
        (f"/projects/{RING}/purpose", {"purpose": "risk_survey", "next": to}),
    ):  # fmt: skip
        answer = visitor.post_form(path, fields)
        assert answer.status_code == 303 and here(answer.headers["location"]), (path, answer.headers["location"])
    assert here(visitor.get("/sign-in", params={"next": to}).headers["location"])


def here(address: str) -> bool:
    """Whether an address stays within the console, however a browser reads it."""
    return address.startswith("/") and address[1:2] not in ("/", "\\") and not any(ord(one) < 33 for one in address)


def test_a_session_that_somebody_planted_is_not_the_one_that_begins(console: Console):
    """Session fixation: signing in begins another session, and what was in the cookie opens nothing."""
    planted = "planted-token-of-somebody-else-0123456789"
    visitor = Visitor(console.app)
    visitor.cookies.set("minyi-session", planted, domain="console.test")
    visitor.post_form("/sign-in", {"name": "assessor", "password": PASSWORD})
    kept = [one.value for one in visitor.cookies.jar if one.name == "minyi-session"]
    assert kept and planted not in kept
    stranger = Visitor(console.app)
    stranger.cookies.set("minyi-session", planted, domain="console.test")
    assert stranger.get("/account").headers["location"].startswith("/sign-in")


def test_a_session_of_before_ends_when_somebody_signs_in_over_it(console: Console):
    visitor = console.enter("assessor")
    [before] = [one.value for one in visitor.cookies.jar if one.name == "minyi-session"]
    visitor.post_form("/sign-in", {"name": "supervisor", "password": PASSWORD, "next": "/"})
    stranger = Visitor(console.app)
    stranger.cookies.set("minyi-session", str(before), domain="console.test")
    assert stranger.get("/account").headers["location"].startswith("/sign-in")


@pytest.mark.parametrize("climb", ["../../pyproject.toml", "..%2f..%2fpyproject.toml", "%2e%2e/%2e%2e/pyproject.toml",
                                   "....//pyproject.toml", "/etc/passwd", "%00", "..\\..\\pyproject.toml", f"{'a' * 300}.css"])  # fmt: skip
def test_no_address_climbs_out_of_its_folder(console: Console, assessor: Visitor, climb: str):
    for path in (f"/static/{climb}", f"/projects/{climb}", f"/sources/{climb}", f"/projects/{RING}/texts/{climb}",
                 f"/bulletins/{climb}/document", f"/imports/{climb}", f"/link/{climb}"):  # fmt: skip
        answer = assessor.get(path)
        assert answer.status_code in (303, 400, 403, 404, 410, 422), (path, answer.status_code)
        assert "[build-system]" not in answer.text and "root:" not in answer.text
    for form in ("../x", "html", "/etc/passwd"):
        for path in (f"/projects/{RING}/search/export", f"/projects/{RING}/tables/file"):
            assert assessor.get(path, params={"q": "补偿", "form": form}).status_code in (400, 422)


@pytest.mark.parametrize("words", ["=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "\t=1+1", "＝1+1"])
def test_no_name_or_text_is_a_formula_in_a_file(console: Console, assessor: Visitor, words: str):
    petition(console, f"{words}补偿标准太低。")
    project = console.office.store.project(RING)
    console.office.register([project.model_copy(update={"name_zh": f"{words}公路"})])
    for path in (f"/projects/{RING}/tables/file?form=xlsx", f"/projects/{RING}/search/export?q=补偿&form=xlsx"):
        answer = assessor.get(path)
        assert answer.status_code == 200, path
        for sheet in load_workbook(io.BytesIO(answer.content)):
            for cell in (cell for line in sheet.iter_rows() for cell in line):
                assert cell.data_type != "f" or words not in str(cell.value), (sheet.title, cell.coordinate)
    for path in (
        "/board/days.csv",
        f"/projects/{RING}/search/export?q=补偿&form=csv",
        f"/projects/{RING}/coverage.csv",
    ):
        answer = assessor.get(path)
        assert answer.status_code == 200, path
        for line in csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))):
            assert not [cell for cell in line if cell.lstrip().startswith(words.strip()[:3])], (path, line)


def test_another_account_cannot_send_a_form_in_my_name(console: Console, assessor: Visitor):
    """CSRF: the token of one session is none in another, nor after signing out and in again."""
    point = next(row.id for row in console.office.store.risk_points(RING, sealed=False).rows)
    sent: dict[str, Any] = {"action": "accept", "reason": "现场核实", "known": "0"}
    token = console.sign_in("supervisor").token()
    assert assessor.post(f"/risk-points/{point}/decide", data={**sent, "csrf": token}).status_code == 403
    old = assessor.token()
    again = console.enter("assessor")
    assert again.post(f"/risk-points/{point}/decide", data={**sent, "csrf": old}).status_code == 403
    assert console.office.store.decisions_on(point) == []


def test_what_another_project_owns_is_not_reached_over_ones_own(console: Console):
    """The text, the export and the merge of one project are refused under the address of another."""
    text = next(iter(console.office.store.risk_points(RING, sealed=False).rows)).candidate.evidence[0].document_id
    visitor = console.sign_in("assessor", projects=[PLANT])
    visitor.post_form(f"/projects/{PLANT}/purpose", {"purpose": "risk_survey"})
    assert visitor.get(f"/projects/{PLANT}/texts/{text}").status_code == 404
    assert visitor.get(f"/projects/{RING}/texts/{text}").status_code == 403


def test_a_flash_is_not_made_by_a_cookie(console: Console, assessor: Visitor):
    """What the next page shows is sealed: nobody plants a line over a cookie."""
    assessor.cookies.set("minyi-flash", "W1si6ZO+5o6lIiwib2siXV0=.00", domain="console.test")
    assert not assessor.page("/account").select(".flash")
