"""What another system pulls: every change once, in order, over all projects it may see; tombstones; one effect a key."""

from __future__ import annotations

from typing import Any

import pytest
from county import ACCUSATION, COMPENSATION, DUST, CountyOffice
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from opinions import opinion

ACCEPT = {"who": "评估员甲", "action": "accept", "reason": "实地核实"}
FEED = "/v1/risk-points"


def pulled(county: CountyOffice, cursor: str | None = None, role: str = "platform", limit: int = 2) -> tuple[list, str]:
    """Everything after a cursor, page by page."""
    rows: list[dict[str, Any]] = []
    while True:
        answer = county.caller(role).get(FEED, updated_since=cursor, limit=limit)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        rows, cursor = rows + page["rows"], page["next_cursor"]
        if not page["more"]:
            return rows, cursor


def test_all_candidates_come_once_in_order_with_their_schema_version(county: CountyOffice):
    rows, cursor = pulled(county, limit=1)
    assert {row["id"] for row in rows} == {county.point(COMPENSATION), county.point(DUST)}
    assert [row["change"] for row in rows] == sorted(row["change"] for row in rows)
    assert {row["schema_version"] for row in rows} == {"1.0"}
    assert all(row["kind"] == "card" and row["card"]["id"] == row["id"] for row in rows)
    assert pulled(county, cursor) == ([], cursor)


def test_the_same_question_again_is_not_modified(county: CountyOffice):
    platform = county.caller("platform")
    first = platform.get(FEED)
    again = platform.get(FEED, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    platform.post("/v1/decisions", {**ACCEPT, "risk_point_id": county.point(DUST)}, headers={"Idempotency-Key": "1"})
    changed = platform.get(FEED, headers={"If-None-Match": first.headers["etag"]})
    assert changed.status_code == 200 and changed.json()["rows"][-1]["card"]["state"] == "accepted"


def test_what_is_merged_withdrawn_or_vanished_leaves_a_tombstone(county: CountyOffice):
    _, cursor = pulled(county)
    platform = county.caller("platform")
    merge = {**ACCEPT, "action": "merge", "risk_point_id": county.point(DUST), "merge_into": county.point(COMPENSATION)}
    assert platform.post("/v1/decisions", merge, headers={"Idempotency-Key": "m"}).status_code == 201
    [merged], cursor = pulled(county, cursor)
    assert (merged["kind"], merged["reason"], merged["merged_into"]) == (
        "tombstone", "merged", county.point(COMPENSATION),
    )  # fmt: skip
    county.store.replace_candidates("quarry-road", [])
    rows, _ = pulled(county, cursor)
    reasons = {row["id"]: row["reason"] for row in rows}
    assert reasons == {county.point(DUST): "withdrawn", county.point(COMPENSATION): "vanished"}
    assert all("card" not in row for row in rows)


def test_who_is_shown_confirmed_ones_alone_is_told_when_one_is_none_any_more(county: CountyOffice):
    unit, platform = "commissioning_unit", county.caller("platform")
    point, other = county.point(COMPENSATION), county.point(DUST)

    def act(action: str, risk_point_id: str = point, **more: str) -> None:
        body = {**ACCEPT, "action": action, "risk_point_id": risk_point_id, **more}
        answer = platform.post("/v1/decisions", body, headers={"Idempotency-Key": f"{len(keys)}"})
        keys.append(action)
        assert answer.status_code == 201, answer.text

    keys: list[str] = []
    act("accept")
    act("accept", other)
    assert pulled(county, role=unit)[0] == []
    act("confirm")
    [card], cursor = pulled(county, role=unit)
    assert (card["kind"], card["id"]) == ("card", point)
    act("undo")
    [gone], cursor = pulled(county, cursor, role=unit)
    assert (gone["kind"], gone["id"], gone["reason"], gone["merged_into"]) == ("tombstone", point, "unconfirmed", None)
    assert [row["kind"] for row in pulled(county)[0]] == ["card", "card"], "others still see a candidate"
    act("confirm")
    [card], cursor = pulled(county, cursor, role=unit)
    assert card["kind"] == "card"
    act("undo")
    act("merge", merge_into=other)
    [merged], _ = pulled(county, cursor, role=unit)
    assert (merged["kind"], merged["reason"]) == ("tombstone", "merged")
    assert merged["merged_into"] is None, "what is not confirmed is not named either"


def test_pages_are_whole_when_risk_points_change_between_them(county: CountyOffice):
    platform = county.caller("platform")
    first = platform.get(FEED, limit=1).json()
    told = first["rows"][0]["id"]
    platform.post("/v1/decisions", {**ACCEPT, "risk_point_id": told}, headers={"Idempotency-Key": "between"})
    rest, _ = pulled(county, first["next_cursor"])
    assert [row["id"] for row in rest][-1] == told and rest[-1]["card"]["state"] == "accepted"
    assert len(rest) == 2


def test_sealed_ones_reach_only_those_who_may_see_them(county: CountyOffice):
    rows, _ = pulled(county, role="platform")
    assert county.point(ACCUSATION) not in {row["id"] for row in rows}
    sealed, _ = pulled(county, role="discipline_inspection")
    [row] = sealed
    assert (row["kind"], row["id"], row["updated_at"]) == ("sealed", county.point(ACCUSATION), None)
    assert set(row["card"]) == {"id", "project_id", "sealed", "category", "factor_name", "first_seen", "last_seen"}


def test_keys_bound_to_a_project_or_region_follow_nothing_else(county: CountyOffice):
    assert county.caller("platform", projects=["dam"]).get(FEED).json()["rows"] == []
    assert county.caller("platform", region="439933").get(FEED).json()["rows"] == []
    assert len(county.caller("platform", region="439921").get(FEED).json()["rows"]) == 2


def test_who_gets_a_seat_later_is_told_then(county: CountyOffice):
    rows, cursor = pulled(county, role="expert")
    assert rows == []
    county.stage("post_assessment")
    rows, _ = pulled(county, cursor, role="expert")
    assert {row["id"] for row in rows} == {county.point(COMPENSATION), county.point(DUST)}


def test_every_page_is_noted_with_the_projects_on_it(county: CountyOffice):
    county.caller("platform").get(FEED)
    noted = [(event.action, event.project_id) for event in county.events()]
    assert noted == [("risk_points.changes", None), ("risk_points.read", "quarry-road")]
    refused = county.caller("admin").get(FEED)
    assert (refused.status_code, refused.json()["code"]) == (403, "E304")
    assert county.events()[-1].action == "risk_points.changes.denied"


def test_few_voices_stay_hidden_on_what_is_pulled(county: CountyOffice):
    rows, _ = pulled(county)
    [dust] = [row["card"] for row in rows if row["id"] == county.point(DUST)]
    assert dust["counts"]["documents"] == {"less_than": 5} and dust["quotes"] == [] and dust["title"] is None


@pytest.mark.parametrize("cursor", ["r12aaaaa", "MTIuYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFh", "AAAAAAAAAA"])
def test_a_cursor_that_was_made_up_is_refused(county: CountyOffice, cursor: str):
    answer = county.caller("platform").get(FEED, updated_since=cursor)
    assert (answer.status_code, answer.json()["code"]) == (400, "E661")


def test_a_cursor_from_before_a_restored_backup_is_gone(county: CountyOffice):
    from api.change_desk import ChangeDesk
    from api.policy import Reader

    ahead = ChangeDesk(county.office, Reader("county-platform", "platform"))._cursor(10**17)
    answer = county.caller("platform").get(FEED, updated_since=ahead)
    assert (answer.status_code, answer.json()["code"]) == (410, "E661")


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(st.sampled_from(["decide", "vanish", "hear"]), st.integers(1, 3)), max_size=6))
def test_a_follower_ends_with_what_the_office_has_whatever_happens_between_pages(county: CountyOffice, steps: list):
    """A follower that applies cards and tombstones in their order holds exactly the live candidates."""
    held: dict[str, int] = {}
    cursor: str | None = None

    def follow(limit: int, pages: int) -> bool:
        nonlocal cursor
        for _ in range(pages):
            page = county.caller("platform").get(FEED, updated_since=cursor, limit=limit).json()
            cursor = page["next_cursor"]
            for row in page["rows"]:
                assert row["change"] > held.get(row["id"], 0)
                held[row["id"]] = row["change"] if row["kind"] == "card" else 0
            if not page["more"]:
                return True
        return False

    for number, (step, pages) in enumerate(steps):
        match step:
            case "decide":
                body = {**ACCEPT, "risk_point_id": county.point(COMPENSATION), "reason": f"第{number}次核实"}
                county.caller("platform").post(
                    "/v1/decisions", body, headers={"Idempotency-Key": f"{id(steps)}-{number}"}
                )
            case "vanish":
                county.store.replace_candidates("quarry-road", [])
            case "hear":
                said = f"柳湾村第{number}次反映补偿标准偏低，请核实。"
                county.hear(opinion(said, (COMPENSATION, "补偿标准", 0.9), number=200 + number, day=12))
        follow(1, pages)
    while not follow(2, 10):
        pass
    live = {p.id for p in county.store.risk_points("quarry-road", limit=100, sealed=False).rows if p.presence == "live"}
    assert {name for name, change in held.items() if change} == live


def test_a_decision_that_is_passed_on_needs_a_key_and_has_one_effect(county: CountyOffice):
    platform, body = county.caller("platform"), {**ACCEPT, "risk_point_id": county.point(DUST)}
    missing = platform.post("/v1/decisions", body)
    assert (missing.status_code, missing.json()["code"]) == (400, "E321")
    key = {"Idempotency-Key": "county-2026-17"}
    first, again = (platform.post("/v1/decisions", body, headers=key) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200) and first.json() == again.json()
    for other in ({**body, "reason": "另有原因"}, {**body, "risk_point_id": county.point(COMPENSATION)}):
        refused = platform.post("/v1/decisions", other, headers=key)
        assert (refused.status_code, refused.json()["code"]) == (409, "E660")
    assert len(county.store.decisions_on(county.point(DUST))) == 1
    unknown = platform.post(
        "/v1/decisions", {**body, "risk_point_id": f"r{'0' * 24}"}, headers={"Idempotency-Key": "x"}
    )
    assert unknown.status_code == 404


def test_a_decision_without_a_named_person_is_not_passed_on(county: CountyOffice):
    body = {**ACCEPT, "who": " ", "risk_point_id": county.point(DUST)}
    answer = county.caller("platform").post("/v1/decisions", body, headers={"Idempotency-Key": "1"})
    assert answer.status_code == 422 and county.store.decisions_on(county.point(DUST)) == []


def test_a_step_on_a_dispatch_that_is_passed_on_has_one_effect(county: CountyOffice):
    platform, point = county.caller("platform"), county.point(COMPENSATION)
    for action in ("accept", "confirm"):
        body = {**ACCEPT, "action": action, "risk_point_id": point}
        assert platform.post("/v1/decisions", body, headers={"Idempotency-Key": action}).status_code == 201
    _, cursor = pulled(county)
    proposed = platform.post(f"/v1/risk-points/{point}/dispatches", {}, purpose="dispatch").json()["rows"]
    step = {"who": "督查员甲", "action": "confirm", "reason": "按职责分工派发", "dispatch_id": proposed[0]["id"]}
    missing = platform.post("/v1/dispatches", step, purpose="dispatch")
    assert (missing.status_code, missing.json()["code"]) == (400, "E321")
    key = {"Idempotency-Key": "d-1"}
    first, again = (platform.post("/v1/dispatches", step, headers=key, purpose="dispatch") for _ in range(2))
    assert (first.status_code, again.status_code) == (200, 200) and first.json() == again.json()
    assert first.json()["state"] == "confirmed" and len(county.store.dispatch_steps(proposed[0]["id"])) == 1
    other = platform.post("/v1/dispatches", {**step, "reason": "另行派发"}, headers=key, purpose="dispatch")
    assert (other.status_code, other.json()["code"]) == (409, "E660")
    [told], _ = pulled(county, cursor)
    assert (told["id"], told["card"]["state"]) == (point, "dispatched"), "a dispatch moves its risk point"
