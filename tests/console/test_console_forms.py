"""Forms of the console: none is taken that another site made up, and nothing that is uploaded touches the disk."""

from __future__ import annotations

import asyncio
import tempfile

import pytest
from consoles import PASSWORD, Console, Page, Visitor
from starlette.datastructures import UploadFile

from api.console.forms import ConsoleRequest

FORM = {"purpose": "risk_survey"}


def purposes(console: Console) -> list[str]:
    return [event.purpose for event in console.office.audit.events() if event.action == "purposes.choose"]


def test_a_form_with_its_token_is_taken(console: Console):
    visitor = console.enter("assessor")
    assert visitor.submit("/purpose", "/purpose", **FORM).headers["location"] == "/"
    assert purposes(console) == ["risk_survey"]
    assert visitor.post("/purpose", data=FORM, headers={"X-CSRF": visitor.token()}).status_code == 303


def test_without_the_token_or_with_anothers_nothing_is_done(console: Console):
    visitor, other = console.enter("assessor"), console.enter("expert")
    stranger = Visitor(console.app)
    for token in (None, "", "0" * 64, other.token(), stranger.token(), "é" * 64):
        answer = visitor.post("/purpose", data={**FORM, **({} if token is None else {"csrf": token})})
        assert answer.status_code == 403 and "E905" in answer.text and "表单已失效" in Page(answer).text
    assert visitor.post("/purpose", data=FORM, headers={"X-CSRF": other.token()}).status_code == 403
    assert visitor.post("/purpose", json=FORM).status_code == 403
    assert purposes(console) == []


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://["},
        {"Origin": "http://console.test.evil.example"},
        {"Origin": "http://console.test:8081"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://console.test"},
    ],
)
def test_a_form_from_another_site_is_refused_even_with_the_token(console: Console, headers: dict[str, str]):
    visitor = console.enter("assessor")
    answer = visitor.post_form("/purpose", FORM, headers=headers)
    assert answer.status_code == 403 and "其他网站" in Page(answer).text
    assert purposes(console) == []


@pytest.mark.parametrize("said", ["http://[", "http://a]b/x", "//[", "http://[::1", "\x00"])
def test_an_address_that_cannot_be_read_is_nobodys_and_no_failure(console: Console, said: str):
    stranger = Visitor(console.app)
    assert stranger.post("/sign-in", headers={"Origin": said}).status_code == 403
    for name in ("Referer", "HX-Current-URL"):
        for more in ({}, {"HX-Request": "true"}):
            answers = [
                stranger.post(path, headers={name: said, **more}) for path in ("/purpose", "/sign-in", "/language")
            ]
            answers += [stranger.get(path, headers={name: said, **more}) for path in ("/", "/account", "/nowhere")]
            assert [one.status_code for one in answers if one.status_code >= 500] == [], (name, more)
    visitor = console.enter("assessor")
    answer = visitor.post_form("/language", {"language": "en"}, headers={"Referer": said})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


def test_a_form_of_the_console_itself_is_taken_behind_a_proxy_too(console: Console):
    console.office.settings = console.office.settings.model_copy(update={"public_url": "http://minyi.example.org"})
    visitor = console.enter("assessor")
    for headers in (
        {"Origin": "http://minyi.example.org", "Sec-Fetch-Site": "same-origin"},
        {"Origin": "http://console.test"},
        {"Sec-Fetch-Site": "none"},
        {},
    ):
        assert visitor.post_form("/purpose", FORM, headers=headers).status_code == 303


def test_signing_in_and_out_need_their_token_too(console: Console):
    given = {"name": "assessor", "password": PASSWORD}
    assert console.visitor.post("/sign-in", data=given).status_code == 403
    assert console.visitor.post_form("/sign-in", given, headers={"Origin": "https://evil.example"}).status_code == 403
    visitor = console.enter("assessor")
    assert visitor.post("/sign-out").status_code == 403
    assert visitor.get("/account").status_code == 200


def test_no_form_is_read_before_its_sender_is_known_to_be_allowed(console: Console):
    answer = Visitor(console.app).post(
        "/purpose", content=b"x" * 60_000, headers={"Content-Type": "multipart/form-data"}
    )
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")


@pytest.mark.parametrize("kind", ["multipart/form-data", "multipart/form-data; boundary=a", "text/plain"])
def test_a_body_that_is_no_form_is_a_problem_and_no_failure(console: Console, kind: str):
    visitor = console.enter("assessor")
    answer = visitor.post(
        "/purpose", content=b"--b\r\nnonsense", headers={"Content-Type": kind, "X-CSRF": visitor.token()}
    )
    assert answer.status_code in (400, 403, 422) and "E39" not in answer.text


def test_a_large_body_is_refused_with_a_page(console: Console):
    visitor = console.enter("assessor")
    answer = visitor.post_form("/purpose", {"purpose": "x" * 70_000})
    assert answer.status_code == 413 and "内容过大" in answer.text
    most = console.office.settings.upload_megabytes * 2**20
    assert visitor.post("/imports", content=b"x" * 70_000).status_code != 413
    assert visitor.post("/imports", content=b"x", headers={"Content-Length": str(most + 2**17)}).status_code == 413


def test_an_uploaded_file_is_kept_in_memory(monkeypatch: pytest.MonkeyPatch):
    """A spreadsheet holds names and telephone numbers until it is redacted: it must not lie in a temporary file."""

    def refuse(*arguments: object, **named: object) -> None:
        raise AssertionError("a temporary file was opened")

    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
    content = b"13800000000" * 300_000
    body = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n' + content + b"\r\n--b--\r\n"

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def read() -> bytes:
        scope = {"type": "http", "method": "POST", "headers": [(b"content-type", b"multipart/form-data; boundary=b")]}
        form = await ConsoleRequest(scope, receive).form()
        file = form["file"]
        assert isinstance(file, UploadFile)
        return await file.read()

    assert asyncio.run(read()) == content
