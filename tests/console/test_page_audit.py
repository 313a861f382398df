"""The audit trail on its page: what auditors can ask of it, the check of its chain, and its lines as a file."""

from __future__ import annotations

import json
from datetime import timedelta
from itertools import pairwise

from consoles import RING, Console, Page
from sqlalchemy import text

from pipeline.audit import hash_of
from pipeline.records import AuditEvent


def test_an_auditor_sees_who_did_what_for_which_purpose_the_newest_first(console: Console) -> None:
    console.sign_in("assessor").page(f"/projects/{RING}/search", q="过渡费")
    page = console.sign_in("auditor").page("/audit")
    assert "检索文本" in page.text and "documents.read" in page.text and "assessor" in page.text
    first = int(page.select("tbody tr td")[0].text_content())
    head = console.office.audit.head()
    assert head is not None and first == head.sequence and "过渡费" not in page.text


def test_the_trail_is_narrowed_by_day_action_and_project(console: Console) -> None:
    console.sign_in("assessor").page(f"/projects/{RING}/search", q="过渡费")
    auditor = console.sign_in("auditor")
    page = auditor.page("/audit", action="documents.read", project=RING)
    rows = page.select("main tbody tr")
    assert rows and all("documents.read" in row.text_content() for row in rows)
    tomorrow = (console.office.store.clock() + timedelta(days=2)).date()
    assert "没有符合条件的记录" in auditor.page("/audit", since=str(tomorrow)).text
    assert "E321" in auditor.page("/audit", 400, since="yesterday").text
    assert auditor.page("/audit", since="", until="", action="", project="").select("main tbody tr")


def test_the_trail_is_paged_and_no_event_is_shown_twice(console: Console) -> None:
    for _ in range(60):
        console.office.audit.append("assessor", "assessor", "projects.read", purpose="risk_survey")
    auditor, seen = console.sign_in("auditor"), []
    page = auditor.page("/audit", action="projects.read")
    while True:
        seen += [int(row.cssselect("td")[0].text_content()) for row in page.select("main tbody tr")]
        following = page.select("a[rel=next]")
        if not following:
            break
        page = auditor.page(following[0].get("href"))
    assert len(seen) >= 60 and seen == sorted(set(seen), reverse=True)


def test_the_chain_is_checked_at_a_button(console: Console) -> None:
    auditor = console.sign_in("auditor")
    sound = Page(auditor.submit("/audit", "/audit/check", status=200))
    head = next(e for e in console.office.audit.events(0, 10**6) if e.action == "audit.verify")
    assert "记录链完整" in sound.text and f"第 {head.sequence} 条" in sound.text and head.hash in sound.text


def test_a_changed_event_is_named_by_its_number(console: Console) -> None:
    auditor = console.sign_in("auditor")
    auditor.page("/audit")
    event = console.office.audit.events(0, 1)[0]
    forged = event.model_copy(update={"who": "somebody"})
    with console.office.store.transaction() as connection:
        for (name,) in connection.execute(
            text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit'")
        ).all():
            connection.execute(text(f"DROP TRIGGER {name}"))
        connection.execute(text("UPDATE audit SET payload = :p WHERE sequence = 1"), {"p": forged.model_dump_json()})
    broken = Page(auditor.submit("/audit", "/audit/check", status=200))
    assert "在第 1 条断开" in broken.text and "内容被改动过" in broken.text


def test_the_file_has_every_event_and_its_chain_can_be_followed(console: Console) -> None:
    auditor = console.sign_in("auditor")
    answer = auditor.get("/audit/trail.jsonl")
    events = [AuditEvent.model_validate_json(line) for line in answer.text.splitlines()]
    assert "attachment" in answer.headers["content-disposition"] and events[-1].action == "audit.export"
    assert [e.sequence for e in events] == list(range(1, len(events) + 1))
    assert all(e.hash == hash_of(e) for e in events)
    assert all(b.previous_hash == a.hash for a, b in pairwise(events))
    some = auditor.get("/audit/trail.jsonl", params={"action": "audit.export"}).text.splitlines()
    assert {json.loads(line)["action"] for line in some} == {"audit.export"}


def test_nobody_but_an_auditor_reads_the_trail(console: Console) -> None:
    for role in ("admin", "assessor", "supervisor"):
        visitor = console.sign_in(role)
        assert visitor.page("/audit", 403).status == 403
        assert visitor.get("/audit/trail.jsonl").status_code == 403


def test_an_auditor_reads_which_project_by_its_id_and_no_name(console: Console) -> None:
    """Names of projects are ``projects.read``, which auditors have not."""
    console.sign_in("assessor").page(f"/projects/{RING}/search", q="过渡费")
    page = console.sign_in("auditor").page("/audit")
    assert RING in page.text and console.office.store.project(RING).name_zh not in page.html
