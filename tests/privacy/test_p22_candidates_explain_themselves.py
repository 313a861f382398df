"""P-22: each candidate lists its factor, evidence ids, counts, model and taxonomy versions, and the reasons against it."""

from __future__ import annotations

from typing import Any

from county import COMPENSATION, DUST, CountyOffice, opinion

from api.answers import RiskPointCard
from models.taxonomy import taxonomy

REASONS_FOR = {"independent_texts", "likely_real"}


def everything_said(county: CountyOffice) -> None:
    """Nine on dust, an answer of the county to one of them, and somebody who likes the road all the same."""
    dusty = [
        opinion(f"柳湾村第{n}户反映，运石料的车天天过，粉尘落了一院子。", (DUST, "粉尘", 0.9), number=n, day=7)
        for n in range(100, 109)
    ]
    fine = opinion(
        "进场道路洒水以后粉尘小多了，支持。", attitude=("positive", 0.95), grievance=False, number=200, day=9
    )
    reply = opinion("经核实，运输车辆粉尘已要求苫盖并洒水。", genre="reply", grievance=False, number=201, day=12)
    county.hear(*dusty, fine)
    answer = reply.document.model_copy(update={"reply_to": dusty[0].document.id})
    county.hear(type(reply)(answer, reply.analysis, reply.link))


def cards(county: CountyOffice) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = county.caller("assessor").get("/v1/projects/quarry-road/risk-points").json()["rows"]
    return [row for row in rows if not row.get("removed") and not row.get("sealed")]


def test_every_card_names_factor_counts_versions_and_what_it_rests_on(county: CountyOffice) -> None:
    everything_said(county)
    shown = cards(county)
    assert {card["factor"] for card in shown} == {COMPENSATION, DUST}
    for card in shown:
        assert card["factor_name"] == taxonomy().factors[card["factor"]].name_zh
        assert set(card["counts"]) == {"documents", "origins", "voices", "by_source_kind"}
        assert card["versions"]["model"] and card["versions"]["taxonomy"] and card["versions"]["redactor"]
        assert {reason["code"] for reason in card["reasons"]} >= REASONS_FOR
        assert card["matters"] and card["evidence_count"]


def test_every_passage_of_every_card_opens_by_its_document_and_offsets(county: CountyOffice) -> None:
    everything_said(county)
    texts = {document.id: document.text for document in county.store.all_documents()}
    for card in cards(county):
        rows = county.caller("assessor").get(f"/v1/risk-points/{card['id']}/evidence", limit=500).json()["rows"]
        assert [row for row in rows if row["kind"] == "for"]
        for row in rows:
            assert row["text"] == texts[row["document_id"]][row["start"] : row["end"]] != ""


def test_the_reasons_against_stand_on_the_card(county: CountyOffice) -> None:
    everything_said(county)
    [card] = [one for one in cards(county) if one["factor"] == DUST]
    reasons = {reason["code"]: reason["values"] for reason in card["reasons"]}
    assert {"support", "official_reply"} <= set(reasons["counter_evidence"]["kinds"])
    assert reasons["balance"]["balance"] in ("mostly_for", "contested", "mostly_against")
    assert {quote["kind"] for quote in card["counter_quotes"]} == {"support", "official_reply"}
    assert {gap["kind"] for gap in card["gaps"]} >= {"source", "group"}


def test_a_card_with_nothing_against_it_says_so(county: CountyOffice) -> None:
    [card] = [one for one in cards(county) if one["factor"] == COMPENSATION]
    assert card["counter_evidence_count"] == {"value": 0, "exact": True} and card["counter_quotes"] == []


def test_no_card_can_leave_without_them() -> None:
    needed = {"factor", "evidence_count", "matter_ids", "matters", "counts", "versions", "reasons", "gaps", "p_valid"}
    fields = RiskPointCard.model_fields
    assert all(fields[name].is_required() for name in needed | {"counter_evidence_count", "counter_quotes", "ranges"})
