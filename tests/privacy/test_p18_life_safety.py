"""P-18: a life-safety cue goes to the named duty officer, with the matter and an encrypted pointer, for 72 hours."""

from __future__ import annotations

from datetime import timedelta

import pytest
from alerting import NOW, looked, say, urgent
from county import CountyOffice
from offices import TestOffice, petition

from api.incident_desk import IncidentDesk
from api.policy import Reader
from pipeline.deployment_key import DeploymentKey
from pipeline.intake import Receipt
from pipeline.matters import matter_id
from pipeline.records import Incident
from pipeline.store import SealedPointer

DANGER = "柳湾村的补偿标准这样定，一家人没有活路了，今晚就从坝上跳下去。"
URL = "https://weibo.example/9000000001/Kx"


def alerted(road: CountyOffice, officer: str | None = "county-supervisor", **more: object) -> Incident:
    if officer:
        road.store.name_duty_officer("quarry-road", officer)
    cue = urgent(DANGER, "没有活路了", day=60, kind="weibo", **more)
    [document_id] = say(road, [cue])
    sealed = road.office.keys.seal_pointer(document_id, URL)
    road.store.keep_pointers([SealedPointer(document_id, sealed, NOW + timedelta(hours=72))])
    looked(road)
    [incident] = road.store.incidents()
    assert isinstance(incident, Incident)
    return incident


def test_one_text_suffices_and_the_named_officer_is_told_of_the_matter(road: CountyOffice) -> None:
    incident = alerted(road)
    assert (incident.kind, incident.level, incident.cue) == ("life_safety", "red", "self_harm_ideation")
    assert incident.officer == "county-supervisor"
    assert incident.matter_id == matter_id("quarry-road", "compensation_standard", "柳湾村")
    [event] = road.store.incident_events()
    assert (event.kind, event.recipient, event.incident_id) == ("life_safety", "county-supervisor", incident.id)
    assert looked(road).life_safety == 0 and len(road.store.incident_events()) == 1
    assert DANGER not in incident.canonical_json() and URL not in incident.canonical_json()
    assert "life_safety.alert" in [event.action for event in road.events()]


def test_nobody_but_the_officer_sees_that_it_exists(road: CountyOffice) -> None:
    incident = alerted(road)
    officer = road.caller("supervisor")
    page = officer.get(f"/v1/incidents/{incident.id}").json()
    assert page["cue"] == "self_harm_ideation" and page["explanation"] is None and DANGER not in str(page)
    assert [row["id"] for row in officer.get("/v1/incidents").json()["rows"]] == [incident.id]
    for role in ("assessor", "platform", "commissioning_unit", "local_government"):
        other = road.caller(role)
        assert other.get(f"/v1/incidents/{incident.id}").status_code == 404
        assert other.post(f"/v1/incidents/{incident.id}/pointer", {}).status_code == 404
        for listed in (other.get("/v1/incidents"), other.get("/v1/projects/quarry-road/alerts")):
            assert listed.status_code == 403 if role == "commissioning_unit" else listed.json()["rows"] == []


def test_the_pointer_is_ciphertext_opened_by_the_officer_alone_and_every_opening_is_noted(road: CountyOffice) -> None:
    incident = alerted(road)
    at_rest = b"".join(path.read_bytes() for path in road.office.settings.home.rglob("*") if path.is_file())
    assert URL.encode() not in at_rest
    answer = road.caller("supervisor").post(f"/v1/incidents/{incident.id}/pointer", {})
    assert answer.status_code == 200 and answer.json()["link"] == URL
    opened = [event for event in road.events() if event.action == "life_safety.read"]
    assert [(event.who, event.subject) for event in opened] == [("county-supervisor", incident.id)]
    sealed = road.office.keys.seal_pointer("d" + "1" * 24, URL)
    with pytest.raises(ValueError, match="E806"):
        road.office.keys.open_pointer("d" + "2" * 24, sealed)


def test_after_72_hours_alert_pointer_and_way_to_the_text_are_gone(road: CountyOffice) -> None:
    incident = alerted(road)
    assert incident.document_id is not None
    looked(road, NOW + timedelta(hours=73))
    after = road.store.incident(incident.id)
    assert (after.state, after.document_id) == ("closed", None)
    assert road.store.sealed_pointer(incident.document_id) is None
    assert road.caller("supervisor").post(f"/v1/incidents/{incident.id}/pointer", {}).status_code == 404


def test_a_text_that_is_withdrawn_takes_its_pointer_along(road: CountyOffice) -> None:
    incident = alerted(road)
    assert incident.document_id is not None
    road.store.withdraw_documents([incident.document_id])
    assert road.store.sealed_pointer(incident.document_id) is None
    assert road.caller("supervisor").post(f"/v1/incidents/{incident.id}/pointer", {}).status_code == 404


def test_it_cannot_be_silenced_and_an_acknowledgement_does_not_make_it_last(road: CountyOffice) -> None:
    incident = alerted(road)
    officer, address = road.caller("supervisor"), f"/v1/incidents/{incident.id}/answers"
    assert officer.post(address, {"who": "值班员", "action": "silence"}).status_code == 409
    assert officer.post(address, {"who": "值班员", "action": "acknowledge", "hours": 168}).status_code == 200
    assert road.store.incident(incident.id).expires_at == incident.expires_at


@pytest.mark.parametrize("speaker", ["reported", "hypothetical", "negated", "news"])
def test_what_others_say_or_suppose_alerts_nobody(road: CountyOffice, speaker: str) -> None:
    say(road, [urgent(DANGER, "没有活路了", speaker=speaker, day=60)])
    assert looked(road).life_safety == 0 and road.store.incidents() == []


def test_an_old_text_in_an_export_is_no_emergency(road: CountyOffice) -> None:
    say(road, [urgent(DANGER, "没有活路了", day=10)])
    assert looked(road).life_safety == 0


def test_without_an_officer_it_waits_says_so_and_goes_to_the_first_who_is_named(road: CountyOffice) -> None:
    incident = alerted(road, officer=None)
    assert incident.officer is None
    assert looked(road).without_officer == 1
    assert [event.recipient for event in road.store.incident_events()] == [None]
    road.store.name_duty_officer("quarry-road", "county-assessor")
    assert looked(road).without_officer == 0
    assert [event.recipient for event in road.store.incident_events()] == [None, "county-assessor"]
    assert road.caller("assessor").get(f"/v1/incidents/{incident.id}").status_code == 200


def test_at_intake_only_a_post_that_speaks_of_danger_leaves_a_pointer(office: TestOffice) -> None:
    calm = petition("路|柳湾村的路什么时候修好？", 1, source_kind="weibo", genre="post", url=URL + "1")
    danger = petition("路|柳湾村的补偿再不给，我真的活不下去了。", 2, source_kind="weibo", genre="post", url=URL + "2")
    letter = petition("路|柳湾村的补偿再不给，我真的活不下去了，求助。", 3, url="https://letters.example/3")
    office.receive([calm, danger, letter])
    kept = {
        str(document.body)[-6:]: pointer
        for document in office.documents()
        if (pointer := office.store.sealed_pointer(document.id))
    }
    [pointer] = kept.values()
    key = DeploymentKey(office.settings.keys_folder)
    assert key.open_pointer(pointer.document_id, pointer.sealed) == URL + "2"
    assert all(URL.encode() not in content for content in office.files().values())


def test_a_post_that_its_source_has_changed_keeps_the_pointer_only_while_it_speaks_of_danger(
    office: TestOffice,
) -> None:
    danger, calm = "路|柳湾村的补偿再不给，我真的活不下去了。", "路|柳湾村的路什么时候修好？"
    for said, kept in ((danger, True), (calm, False), (danger, True)):
        post = petition(said, 2, source_kind="weibo", genre="post", url=URL + "2")
        office.intake().receive_crawled([post], "board:1", Receipt())
        [document] = office.documents()
        assert (office.store.sealed_pointer(document.id) is not None) == kept


def test_no_question_leads_from_a_text_or_an_address_to_an_incident(road: CountyOffice) -> None:
    parameters = {
        parameter["name"]
        for path, methods in road.app.openapi()["paths"].items()
        if "incident" in path or "alerts" in path
        for operation in methods.values()
        for parameter in operation.get("parameters", [])
    }
    assert parameters <= {
        "purpose", "state", "cursor", "limit", "offset", "day", "project", "project_id", "incident_id", "since",
        "false_alarms", "last-event-id",
    }  # fmt: skip


def test_only_who_may_open_cues_of_the_project_can_be_named(road: CountyOffice) -> None:
    desk = IncidentDesk(road.office, Reader("chief", "admin"))
    road.store.add_account("auditor-li", "李", "auditor")
    road.store.add_account("elsewhere", "王", "supervisor", region_code="439933")
    road.store.add_account("gone", "赵", "supervisor")
    road.store.disable_account("gone")
    for officer in ("auditor-li", "elsewhere", "gone", "nobody-at-all"):
        with pytest.raises(ValueError, match="E808"):
            desk.name_duty_officer("quarry-road", "administration", officer)
    assert road.store.duty_officer("quarry-road") is None
    road.store.add_account("duty-zhang", "张", "supervisor", region_code="4399")
    for officer in ("duty-zhang", road.caller("platform").name, "cli-zhang"):
        desk.name_duty_officer("quarry-road", "administration", officer)
        assert road.store.duty_officer("quarry-road") == officer
