"""Candidates over HTTP: cards, changes since a cursor, evidence, and answers that need not be sent twice."""

from __future__ import annotations

from county import ACCUSATION, COMPENSATION, DUST, CountyOffice, opinion


def test_a_card_carries_quotes_that_stand_in_the_texts(county: CountyOffice):
    assessor = county.caller("assessor")
    page = assessor.get("/v1/projects/quarry-road/risk-points").json()
    cards = {card["factor"]: card for card in page["rows"]}
    assert set(cards) == {COMPENSATION, DUST}
    card = cards[COMPENSATION]
    assert card == assessor.get(f"/v1/risk-points/{card['id']}").json()
    assert card["counts"]["origins"] == {"value": 6, "exact": True} and card["quoting"] == "as_evidence"
    documents = county.store.documents_by_id(quote["document_id"] for quote in card["quotes"])
    assert card["quotes"]
    for quote in card["quotes"]:
        assert documents[quote["document_id"]].text[quote["start"] : quote["end"]] == quote["text"]
    assert cards[DUST]["quotes"] == [] and cards[DUST]["quoting"] == "paraphrase_only"


def test_what_was_not_heard_names_no_group_where_few_spoke(county: CountyOffice):
    page = county.caller("assessor").get("/v1/projects/quarry-road/risk-points").json()
    gaps = {card["factor"]: card["gaps"] for card in page["rows"]}
    groups = {factor: {gap["code"] for gap in found if gap["kind"] == "group"} for factor, found in gaps.items()}
    assert groups[DUST] == {"too_few_voices"} and "too_few_voices" not in groups[COMPENSATION]
    assert "elderly_pensioner" in groups[COMPENSATION]
    assert {"kind": "source", "code": "news"} in gaps[DUST]


def test_evidence_opens_page_by_page_in_its_surroundings(county: CountyOffice):
    assessor, address = county.caller("assessor"), f"/v1/risk-points/{county.point(COMPENSATION)}/evidence"
    everything = assessor.get(address).json()
    assert everything["next_offset"] is None
    rows, offset = [], 0
    while offset is not None:
        page = assessor.get(address, offset=offset, limit=4).json()
        rows += page["rows"]
        offset = page["next_offset"]
    assert rows == everything["rows"]
    assert [row["text"] for row in rows if row["kind"] == "for"] == ["补偿标准"] * 6
    documents = county.store.documents_by_id(row["document_id"] for row in rows)
    assert all(row["before"] + row["text"] + row["after"] in documents[row["document_id"]].text for row in rows)


def test_evidence_of_a_withdrawn_text_is_gone_at_once(county: CountyOffice):
    assessor, address = county.caller("assessor"), f"/v1/risk-points/{county.point(COMPENSATION)}/evidence"
    gone = assessor.get(address).json()["rows"][0]["document_id"]
    county.store.withdraw_documents([gone])
    answer = assessor.get(address)
    assert answer.status_code == 200
    assert len(answer.json()["rows"]) == 5 and gone not in answer.text


def test_a_reader_with_a_cursor_hears_of_changes_and_removals_only(county: CountyOffice):
    assessor, address = county.caller("assessor"), "/v1/projects/quarry-road/risk-points"
    first = assessor.get(address, limit=1).json()
    rest = assessor.get(address, updated_since=first["next_cursor"]).json()
    assert len(first["rows"]) == len(rest["rows"]) == 1
    cursor = rest["next_cursor"]
    assert assessor.get(address, updated_since=cursor).json() == {
        "rows": [],
        "next_cursor": cursor,
        "counted_only": [],
    }
    county.store.withdraw_documents([d.id for d in county.store.documents_of("quarry-road") if "粉尘" in d.body])
    county.hear(opinion("上井村的补偿标准一年变了三次。", (COMPENSATION, "补偿标准", 0.9), number=70, day=20))
    changed = {row["id"]: row for row in assessor.get(address, updated_since=cursor).json()["rows"]}
    assert changed[county.point(DUST)]["removed"] is True and "title" not in changed[county.point(DUST)]
    assert changed[county.point(COMPENSATION)]["counts"]["documents"] == {"value": 7, "exact": True}


def test_an_unchanged_card_is_not_sent_twice(county: CountyOffice):
    assessor, address = county.caller("assessor"), f"/v1/risk-points/{county.point(COMPENSATION)}"
    first = assessor.get(address)
    again = assessor.get(address, headers={"If-None-Match": f'"other", W/{first.headers["etag"]}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    body = {"who": "评估员甲", "action": "edit", "reason": "会商意见", "changes": {"attention": "verify_first"}}
    assert assessor.post(f"{address}/decisions", body).status_code == 201
    changed = assessor.get(address, headers={"If-None-Match": first.headers["etag"]})
    assert changed.status_code == 200 and changed.json()["attention"] == "verify_first"
    assert changed.json()["decided_by_people"] == ["attention"]


def test_what_does_not_exist_and_what_is_no_id_are_not_found(county: CountyOffice):
    assessor = county.caller("assessor")
    for address in (
        "/v1/projects/elsewhere",
        "/v1/projects/elsewhere/risk-points",
        "/v1/projects/%00/documents",
        "/v1/risk-points/r" + "0" * 24,
        "/v1/risk-points/张三",
        f"/v1/risk-points/r{'0' * 24}/evidence",
        f"/v1/risk-points/{county.point(ACCUSATION)}/decisions",
    ):
        answer = assessor.get(address)
        assert (answer.status_code, answer.json()["code"]) == (404, "E311"), address


def test_a_cursor_that_is_none_is_refused(county: CountyOffice):
    answer = county.caller("assessor").get("/v1/projects/quarry-road/risk-points", updated_since="yesterday")
    assert (answer.status_code, answer.json()["code"]) == (400, "E321")
    assert answer.json()["invalid"][0]["field"] == "updated_since" and "yesterday" not in answer.text
