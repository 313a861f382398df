"""P-03: a voice token tells one author from another within one project and one period, and goes nowhere else."""

from __future__ import annotations

import inspect
import typing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from letters import ROAD, VERSIONS, analysis, candidate, decision, document_id, petition

from index.query import Text
from pipeline.audit import AuditLog
from pipeline.redacted import seal
from pipeline.store import Fingerprint, Store
from pipeline.store.process_marks import Mark
from pipeline.store.reanalysis import Scope
from pipeline.store.search_watches import SearchWatch
from pipeline.voices import Voice, VoiceKeys

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
PARTS = st.text(max_size=12)


@pytest.fixture
def keys(tmp_path: Path) -> VoiceKeys:
    return VoiceKeys(tmp_path, clock=lambda: NOON)


def test_one_author_has_another_token_in_every_project_and_on_every_platform(keys: VoiceKeys):
    tokens = [
        keys.token(project, platform, "7001").value for project in ("road", "dam") for platform in ("board", "weibo")
    ]
    assert len(set(tokens)) == 4


def test_one_author_has_another_token_in_every_period(tmp_path: Path):
    tokens = set()
    for week in range(4):
        moment = NOON + timedelta(days=7 * week)
        tokens.add(VoiceKeys(tmp_path, clock=lambda moment=moment: moment).token("road", "board", "7001").value)
    assert len(tokens) == 4


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(one=st.tuples(PARTS, PARTS, PARTS), other=st.tuples(PARTS, PARTS, PARTS))
def test_tokens_agree_exactly_when_project_platform_and_author_do(keys: VoiceKeys, one: tuple, other: tuple):
    assert (keys.token(*one) == keys.token(*other)) is (one == other)


def test_a_token_is_cut_to_128_bits_and_shows_nothing_of_the_author(keys: VoiceKeys):
    token = keys.token("road", "board", "7001")
    assert len(token.value) == 16
    assert b"7001" not in token.value


def test_no_method_of_the_store_returns_a_token(keys: VoiceKeys, store: Store):
    """Everything that the store gives away, after a thread of real use, is searched for the token's bytes."""
    voice = keys.voice(document_id(1), "quarry-road", "board", "7001")
    store.upsert_projects([ROAD])
    store.add_documents([petition(1)], [voice], [Fingerprint(document_id(1), b"signature", ("aa",))])
    store.complete_analysis(document_id(1), analysis(petition(1), "quarry-road"))
    store.replace_candidates("quarry-road", [candidate(1)])
    store.add_decision(decision(1, candidate(1).id))
    store.quarantine(document_id(2), "intake", "redaction_failed", seal("信箱"))
    store.issue_api_key("bureau", "assessor")
    store.save_search("quarry-road", "扬尘", "assessor", Text("扬尘"))
    AuditLog(store).append("评估员甲", "assessor", "documents.read")
    store.add_mark(Mark("k1", "quarry-road", "survey", "done", "评估员甲", NOON, seal("已走访")))
    store.number_changes()
    arguments = {
        "ids": [document_id(1)],
        "project_ids": ["quarry-road"],
        "first": 0,
        "last": 10**6,
        "since": datetime(2020, 1, 1, tzinfo=UTC),
        "until": datetime(2030, 1, 1, tzinfo=UTC),
        "now": datetime(2020, 1, 1, tzinfo=UTC),
        "incident_id": "i" + "0" * 24,
        "document_ids": [document_id(1)],
        "origin_ids": [document_id(1)],
        "document_id": document_id(1),
        "keys": ["aa"],
        "project_id": "quarry-road",
        "name": "扬尘",
        "risk_point_id": candidate(1).id,
        "sequence": 0,
        "end": 1_000,
        "source": "board",
        "secret": "x",
        "key": "x",
        "period": voice.period,
        "state": "analysed",
        "limit": 10,
        "worker": "w",
        "lease_seconds": 1,
        "bound": 1,
        "url": "https://board.example/1",
        "window_id": "board:1",
        "subscription": "county",
        "after": 0,
        "batch": [],
        "sheets": [],
        "matter_id": "m" + "0" * 24,
        "encoder": "e",
        "made": [],
        "changes": store.changes_after(0),
        "dispatch_id": "d" + "0" * 24,
        "step_id": "s1",
        "share_id": "s" + "0" * 24,
        "run_id": "a" + "0" * 24,
        "versions": VERSIONS,
        "scope": Scope(),
        "number": 1,
        "later": 1_000,
        "release_id": "0" * 32,
        "grantee_unit": "water-bureau",
        "webhook_id": "w" + "0" * 24,
        "webhook_ids": ["w" + "0" * 24],
        "digest": "0" * 64,
        "caller": "county",
        "moment": datetime(2020, 1, 1, tzinfo=UTC),
        "certificate_id": "0" * 32,
        "origin_id": document_id(1),
        "token": "x",
        "longest": timedelta(hours=8),
        "idle": timedelta(hours=1),
        "risk_point_ids": [candidate(1).id],
        "watch": SearchWatch("w1", "quarry-road", "扬尘", "assessor", "assessor", "risk_identification", 0),
        "watches": [SearchWatch("w1", "quarry-road", "扬尘", "assessor", "assessor", "risk_identification", 0)],
        "before": NOON,
        "at": NOON,
    }
    writing = {"add_documents", "complete_analysis", "complete_analyses", "upsert_projects", "replace_candidates",
               "add_decision", "save_incident", "answer_incident", "lapse_incident", "tell", "close_window",
               "issue_api_key", "revoke_api_key",
               "set_fact", "set_origins", "withdraw_documents", "requeue", "requeue_outdated", "requeue_all",
               "quarantine", "retry_quarantined", "forget_tokens", "migrate", "close", "open", "transaction",
               "reading", "release", "save_search", "forget_search", "block_source", "decide_milestone",
               "doubt_empty_windows", "forget_validators", "hold", "keep_validators", "let_go", "note_crawl",
               "note_error", "note_robots", "note_source", "note_success", "queue_windows", "replace_milestones",
               "require_lease", "revise_document", "save_handling", "scrub", "settle_incidents", "spend_requests",
               "switch_source", "unqueue_window", "save_alert_series",
               "forget_alert_series", "name_duty_officer", "keep_pointers", "forget_pointers", "planning", "notified",
               "add_message", "claim_message", "message_sent", "message_failed", "message_given_up",
               "retry_messages", "add_subscription", "remove_subscription",
               "add_mark", "move_project", "add_step", "propose_dispatches", "mark_overdue", "add_plain_message",
               "number_changes", "answer_once", "add_webhook", "remove_webhook", "plan_deliveries", "claim_delivery",
               "keep_snapshot", "forget_snapshots", "begin_run", "claim_again", "complete_again", "end_runs",
               "settle_delivery", "retry_deliveries", "forget_deliveries", "add_share", "revoke_share",
               "add_release", "add_account", "add_certificate", "begin_session", "choose_purpose", "decide_alias",
               "end_session", "forget_old_sessions", "make_link", "note_import", "replace_aliases",
               "set_password_hash", "use_link", "add_worker", "count_read", "sign", "listening", "watch_search", "unwatch_search",
               "note_search_hits", "alert_search", "tell_search", "rotate_api_key"}  # fmt: skip
    assert store.periods_with_tokens() == (voice.period,)
    asked = 0
    for name, method in inspect.getmembers(store, inspect.ismethod):
        if name.startswith("_") or name in writing:
            continue
        needed = [p.name for p in inspect.signature(method).parameters.values() if p.default is p.empty]
        assert arguments.keys() >= set(needed), f"{name} is new: tell this test how to call it, or that it writes"
        answer = method(**{parameter: arguments[parameter] for parameter in needed})
        shown = repr(list(answer)) if inspect.isgenerator(answer) else repr(answer)
        for form in (voice.token.hex(), repr(voice.token)[2:-1], str(int.from_bytes(voice.token))):
            assert form not in shown, name
        asked += 1
    assert asked >= 25


def test_no_return_type_of_the_store_can_carry_a_token():
    bytes_allowed = {
        "matter_vectors",
        "signatures",
        "alert_series",
        "sealed_pointer",
        "sealed_channel",
        "sealed_webhook",
        "certificate",
        "certificates_on",
    }  # vectors of texts; text; counts; encrypted; signed archives of what was searched for, as they are handed out
    for name, function in inspect.getmembers(Store, inspect.isfunction):
        if name.startswith("_"):
            continue
        returned = typing.get_type_hints(function).get("return")
        mentioned = set(types_in(returned))
        assert Voice not in mentioned, name
        assert bytes not in mentioned or name in bytes_allowed, name


def types_in(annotation: object) -> typing.Iterator[object]:
    yield annotation
    for argument in typing.get_args(annotation):
        yield from types_in(argument)
    if isinstance(annotation, type) and issubclass(annotation, tuple) and hasattr(annotation, "_fields"):
        for hint in typing.get_type_hints(annotation).values():
            yield from types_in(hint)
