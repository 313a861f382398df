"""The semantic difference over HTTP: quotes and numbers as on the cards, sealed candidates never."""

from __future__ import annotations

from county import ACCUSATION, ACCUSED, COMPENSATION, DUST, CountyOffice, opinion

ADDRESS = "/v1/projects/quarry-road/risk-points/diff"


def more(number: int, factor: str = COMPENSATION, words: str = "补偿标准") -> object:
    body = f"上井村第{number}组也说旱地补偿标准低了，爆破粉尘落在菜地里。"
    return opinion(body, (factor, words, 0.9), number=100 + number)


def test_what_was_heard_since_is_shown_and_quoted_as_on_the_cards(county: CountyOffice) -> None:
    assessor = county.caller("assessor")
    moments = assessor.get("/v1/projects/quarry-road/risk-points/moments").json()["rows"]
    county.hear(more(1), more(2, DUST, "爆破粉尘"))
    found = assessor.get(ADDRESS, **{"from": f"s{moments[-1]['snapshot']}"}).json()
    rows = {row["factor"]: row for row in found["rows"]}
    row, dust = rows[COMPENSATION], rows[DUST]
    assert row["change"] == "changed" and row["why"] == ["new_texts"]
    cards = {card["factor"]: card for card in assessor.get("/v1/projects/quarry-road/risk-points").json()["rows"]}
    for side in (row["before"], row["after"]):
        counts, some = side["counts"], {"at_least": 5}
        assert counts["documents"] == counts["origins"] == counts["voices"] == some, "one text more is not told"
        assert not any("exact" in count for count in counts["by_source_kind"].values())
    assert row["added"]["texts"] == {"less_than": 5}
    assert [quote["text"] for quote in row["added"]["quotes"]] == ["补偿标准"]
    assert dust["added"]["quotes"] == [] and dust["after"]["quoting"] == "paraphrase_only"
    assert dust["after"]["counts"] == cards[DUST]["counts"] and dust["after"]["triangulation"] == "too_few_voices"


def test_counts_are_exact_where_k_voices_were_heard_since(county: CountyOffice) -> None:
    assessor = county.caller("assessor")
    moments = assessor.get("/v1/projects/quarry-road/risk-points/moments").json()["rows"]
    county.hear(*(more(number) for number in range(1, 7)))
    found = assessor.get(ADDRESS, **{"from": f"s{moments[-1]['snapshot']}"}).json()
    row = next(row for row in found["rows"] if row["factor"] == COMPENSATION)
    cards = assessor.get("/v1/projects/quarry-road/risk-points").json()["rows"]
    assert row["after"]["counts"] == next(card["counts"] for card in cards if card["factor"] == COMPENSATION)
    assert row["before"]["counts"]["documents"] == {"value": 6, "exact": True}
    assert row["added"]["texts"] == {"value": 6, "exact": True}


def test_sealed_candidates_are_in_no_moment(county: CountyOffice) -> None:
    inspector = county.caller("discipline_inspection")
    answer = inspector.get(ADDRESS, **{"from": "s1"})
    assert answer.status_code == 403
    assessor = county.caller("assessor")
    text = assessor.get(ADDRESS, **{"from": "s1", "to": "now"}).text
    assert ACCUSATION not in text and ACCUSED[:6] not in text
    content = county.store.snapshot_content("quarry-road", 1)
    assert county.point(ACCUSATION) not in content.points
    sealed = {d.id for d in county.store.all_documents() if ACCUSED in d.text}
    assert sealed and not sealed & (content.readings.keys() | {one.document_id for one in content.passages})


def test_what_names_no_moment_is_said(county: CountyOffice) -> None:
    assessor = county.caller("assessor")
    county.hear(more(1))
    for asked, status, code in (
        ({"from": "yesterday"}, 400, "E170"),
        ({"from": "2020-01-01"}, 404, "E171"),
        ({"from": "now", "to": "s1"}, 400, "E172"),
        ({"from": "a" + "0" * 24}, 400, "E170"),
        ({}, 400, "E321"),
    ):
        answer = assessor.get(ADDRESS, **asked)
        assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_who_may_not_see_candidates_may_not_compare_them(county: CountyOffice) -> None:
    assert county.caller("auditor").get(ADDRESS, **{"from": "s1"}).status_code == 403
    assert county.caller("assessor").get(ADDRESS, **{"from": "s1", "purpose": "audit"}).status_code == 403
    assert "candidates.read.denied" in {event.action for event in county.events()}
