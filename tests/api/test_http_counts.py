"""Facets, timeline and collapsed copies over HTTP: what k people stand behind, and gaps that are no silence."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from county import COMPENSATION, DUST, CountyOffice, counted
from letters import MONDAY
from opinions import opinion

from pipeline.records import Entity
from pipeline.store import CrawlWindow
from pipeline.voices import Voice

NOISE = "noise_vibration"
FACETS = "/v1/projects/quarry-road/facets"
TIMELINE = "/v1/projects/quarry-road/timeline"
DOCUMENTS = "/v1/projects/quarry-road/documents"


def values(answer: Any, facet: str) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    return {row["value"]: row["count"] for row in answer.json()["facets"][facet]["values"]}


def window(number: int, since: float, until: float, **more: Any) -> CrawlWindow:
    """A stretch of days that was read, in days from the Monday at midnight in Beijing."""
    midnight = MONDAY.replace(hour=16, minute=0, second=0) - timedelta(days=1)
    return CrawlWindow(
        id=f"w{number}", source=more.pop("source", "青石坳论坛"), since=midnight + timedelta(days=since),
        until=midnight + timedelta(days=until), **more,
    )  # fmt: skip


def read(county: CountyOffice, *windows: CrawlWindow) -> None:
    for one in windows:
        county.store.close_window(one, "cursor")


def count_on(answer: Any) -> dict[str, tuple[Any, str]]:
    assert answer.status_code == 200, answer.text
    return {period["first"]: (period["count"], period["coverage"]) for period in answer.json()["timeline"]["periods"]}


def dusty(number: int, **more: Any) -> Any:
    more = {"day": 3, **more}
    return opinion(f"第{number}户门前整天扬着粉尘，洗的衣服都不敢晒。", (DUST, "粉尘", 0.9), number=number, **more)


def noisy(number: int, day: int = 4) -> Any:
    return opinion(f"第{number}户夜里被碎石机的噪音吵得睡不着。", (NOISE, "噪音", 0.9), number=number, day=day)


def test_a_factor_of_two_voices_takes_another_with_it(county: CountyOffice):
    answer = county.caller("assessor").get(FACETS, facet=["factor", "category"])
    assert answer.json()["total"] == counted(9) == answer.json()["origins"]
    for facet in ("factor", "category"):
        assert values(answer, facet) == {}  # with 8 texts left between the two, neither could be named
        assert answer.json()["facets"][facet]["others"] == {"at_least": 5}
    assert DUST not in answer.text


def test_a_factor_of_few_voices_is_named_where_that_tells_no_number(county: CountyOffice):
    county.hear(*(noisy(number) for number in range(12)))
    shown = values(county.caller("assessor").get(FACETS, facet="factor"), "factor")
    assert shown[DUST] == {"less_than": 5} and {"at_least": 5} in shown.values()


def test_all_facets_are_counted_when_none_is_named(county: CountyOffice):
    facets = county.caller("assessor").get(FACETS).json()["facets"]
    assert set(facets) == {
        "source_kind", "genre", "attitude", "category", "factor", "stakeholder", "province", "city", "county",
        "township", "escalation", "relation",
    }  # fmt: skip
    assert facets["source_kind"] == {
        "values": [{"value": "petition", "count": counted(9)}], "others": None, "more": 0
    }  # fmt: skip
    assert facets["relation"]["values"] == [{"value": "about", "count": counted(9)}]


def test_facets_narrow_with_the_query(county: CountyOffice):
    county.hear(*(noisy(number) for number in range(3)))  # five of those who are left out are against it, too
    answer = county.caller("assessor").get(FACETS, facet="attitude", q="补偿标准", factor=COMPENSATION)
    assert values(answer, "attitude") == {"negative": counted(6)}


@pytest.mark.parametrize(
    "question",
    [
        {"q": "补偿标准"}, {"factor": COMPENSATION}, {"q": f"-factor:{DUST}"}, {"published_to": "2026-03-07"},
        {"q": "补偿标准 OR 补偿"}, {"q": "补偿 补偿标准"}, {"factor": [COMPENSATION, DUST]},
    ],
)  # fmt: skip
def test_a_question_that_leaves_few_people_out_shows_no_number(county: CountyOffice, question: dict):
    assessor = county.caller("assessor")
    answer = assessor.get(FACETS, facet=["attitude", "genre", "county"], **question).json()
    assert answer["total"] == {"at_least": 5} and answer["origins"] == {"at_least": 1}
    assert not any(facet["values"] for facet in answer["facets"].values())
    assert assessor.get(DOCUMENTS, **question).json()["total"] == {"at_least": 5}
    days = count_on(assessor.get(TIMELINE, interval="month", **question))
    assert {str(count) for count, _ in days.values()} == {"{'at_least': 0}"}
    copies = [hit["copies"] for hit in assessor.get(DOCUMENTS, collapse=True, **question).json()["hits"]]
    assert copies and all("exact" not in count for count in copies)


def test_numbers_come_back_when_enough_people_are_left_out(county: CountyOffice):
    county.hear(*(noisy(number) for number in range(5)))
    assessor = county.caller("assessor")
    assert assessor.get(DOCUMENTS, q="补偿标准").json()["total"] == counted(6)
    assert assessor.get(DOCUMENTS, q="补偿标准 OR 噪音").json()["total"] == {"at_least": 5}  # all but three
    assert assessor.get(DOCUMENTS, q="补偿标准 -柳湾村").json()["total"] == {"less_than": 5}
    assert assessor.get(DOCUMENTS).json()["total"] == counted(14)


def test_an_alternative_of_few_people_hides_the_number_of_all(county: CountyOffice):
    county.hear(*(noisy(number) for number in range(12)))
    assessor = county.caller("assessor")
    assert assessor.get(DOCUMENTS, q="噪音").json()["total"] == counted(12)
    assert assessor.get(DOCUMENTS, q="噪音 OR 粉尘").json()["total"] == {"at_least": 5}
    assert assessor.get(DOCUMENTS, factor=[NOISE, DUST]).json()["total"] == {"at_least": 5}
    assert assessor.get(DOCUMENTS, q="噪音 OR 补偿标准 OR 粉尘").json()["total"] == {"at_least": 5}
    assert assessor.get(DOCUMENTS, q="-(噪音 -第1)").json()["total"] == {"at_least": 5}  # beside -噪音: three


def test_six_petitions_of_one_account_are_fewer_than_five_voices(county: CountyOffice):
    said = [dusty(number, kind="weibo", genre="post") for number in range(6)]
    voices = [Voice(one.document.id, county.road.id, "20260302-7d", b"t" * 16) for one in said]
    county.store.add_documents([one.document for one in said], voices)
    county.hear(*said)
    answer = county.caller("assessor").get(FACETS, facet="genre", q="粉尘 扬着")
    assert answer.json()["total"] == {"less_than": 5} and values(answer, "genre") == {}
    found = county.caller("assessor").get(DOCUMENTS, q="粉尘 扬着").json()
    assert found["total"] == {"less_than": 5} and len(found["hits"]) == 6


def test_small_groups_are_called_others(county: CountyOffice):
    county.hear(*(dusty(number, groups=["merchant_shop"]) for number in range(2)))
    county.hear(*(dusty(number, groups=["affected_resident"]) for number in range(20, 27)))
    answer = county.caller("assessor").get(FACETS, facet="stakeholder")
    assert "merchant_shop" not in answer.text
    assert answer.json()["facets"]["stakeholder"]["others"] is not None


def test_places_are_counted_at_four_levels_and_never_below_a_township(county: CountyOffice):
    codes = {0: "439921101", 1: "439921102", 2: "439921101203"}
    said = [place_named(dusty(number), codes[number % 3]) for number in range(24)]
    county.hear(*said)
    answer = county.caller("assessor").get(FACETS)
    assert values(answer, "county") == {"439921": counted(24)}
    assert values(answer, "province") == {"43": counted(24)}
    assert values(answer, "township") == {"439921101": counted(16), "439921102": counted(8)}
    assert "439921101203" not in answer.text


def test_a_small_township_hides_a_neighbour_and_no_other_county(county: CountyOffice):
    codes = ["439921101"] * 2 + ["439921102"] * 7 + ["439921103"] * 9 + ["439933101"] * 7
    county.hear(*(place_named(dusty(number), code) for number, code in enumerate(codes)))
    shown = values(county.caller("assessor").get(FACETS), "township")
    assert shown == {
        "439921101": {"less_than": 5}, "439921102": {"at_least": 5}, "439921103": counted(9), "439933101": counted(7)
    }  # fmt: skip


def place_named(one: Any, code: str) -> Any:
    place = Entity(start=3, end=5, type="place", code=code)
    return type(one)(one.document, one.analysis.model_copy(update={"entities": (place,)}), one.link)


def test_without_windows_nothing_is_known_of_the_days(county: CountyOffice):
    answer = county.caller("assessor").get(TIMELINE, interval="month")
    assert count_on(answer) == {"2026-03-01": (counted(9), "unknown")}
    assert answer.json()["timeline"]["undated"] == counted(0)


def test_days_of_few_voices_cannot_be_told_from_silent_ones_in_a_thin_month(county: CountyOffice):
    days = count_on(county.caller("assessor").get(TIMELINE))
    assert {str(count) for count, _ in days.values()} == {"{'at_least': 0}"}


def test_a_day_that_was_not_read_is_missing_and_a_cut_one_a_lower_bound(county: CountyOffice):
    read(
        county, window(1, 0, 2, found=30), window(2, 2, 3, found=9, cut_short="page_cap"),
        window(3, 3, 4, cut_short="outage"), window(4, 5, 7, found=30),
    )  # fmt: skip
    county.hear(*(dusty(day * 10 + n, day=day) for day in (0, 1, 2) for n in range(7)))
    county.hear(*(noisy(day * 10 + n, day) for day in (0, 1, 2) for n in range(5)))  # left out, each day by enough
    bounds = {"published_from": "2026-03-02", "published_to": "2026-03-08"}
    days = count_on(county.caller("assessor").get(TIMELINE, q="扬着", **bounds))
    assert days == {
        "2026-03-02": (counted(7), "complete"), "2026-03-03": (counted(7), "complete"),
        "2026-03-04": ({"at_least": 7}, "lower_bound"), "2026-03-05": (None, "missing"),
        "2026-03-06": (None, "missing"), "2026-03-07": (counted(0), "complete"),
        "2026-03-08": (counted(0), "complete"),
    }  # fmt: skip
    (week,) = county.caller("assessor").get(TIMELINE, interval="week", q="扬着", **bounds).json()["timeline"]["periods"]
    assert week["coverage"] == "lower_bound" and week["count"] == {"at_least": 21}
    assert week["missing_sources"] == ["青石坳论坛"]


def test_copies_stand_under_their_origin_page_by_page(county: CountyOffice):
    origin = dusty(1, day=20)
    body = str(origin.document.body)
    copies = [opinion(body, (DUST, "粉尘", 0.9), number=50 + n, day=21, origin=origin) for n in range(6)]
    county.hear(origin, *copies)
    assessor, seen, after = county.caller("assessor"), [], None
    while True:
        page = assessor.get(DOCUMENTS, collapse=True, sort="newest", size=2, after=after).json()
        seen += page["hits"]
        if page["next_cursor"] is None:
            break
        after = page["next_cursor"]
        county.hear(dusty(900 + len(seen), day=40))  # written between two pages, newer than both
    assert len(seen) == len({hit["origin_id"] for hit in seen}) == 10
    (form_letter,) = (hit for hit in seen if hit["id"] == origin.document.id)
    assert form_letter["copies"] == {"less_than": 5}  # seven texts of one origin may be one person's
    assert {str(hit["copies"]) for hit in seen} == {"{'less_than': 5}"}


def test_without_collapse_nothing_is_said_of_copies(county: CountyOffice):
    page = county.caller("assessor").get(DOCUMENTS, size=1).json()
    assert page["hits"][0]["copies"] is None and page["facets"] == {} and page["timeline"] is None


def test_a_page_of_texts_brings_its_counts_along(county: CountyOffice):
    page = county.caller("assessor").get(DOCUMENTS, facet=["attitude", "genre"], histogram="month", size=1).json()
    assert set(page["facets"]) == {"attitude", "genre"} and page["timeline"]["interval"] == "month"
    assert len(page["hits"]) == 1 and page["next_cursor"]


@pytest.mark.parametrize(
    "address, wrong, field",
    [
        (FACETS, {"facet": "author"}, "facet.0"), (FACETS, {"facet": "village"}, "facet.0"),
        (TIMELINE, {"interval": "hour"}, "interval"), (DOCUMENTS, {"histogram": "hour"}, "histogram"),
        (FACETS, {"values": 0}, "values"),
    ],
)  # fmt: skip
def test_what_is_not_counted_is_named(county: CountyOffice, address: str, wrong: dict, field: str):
    answer = county.caller("assessor").get(address, **wrong)
    assert (answer.status_code, [part["field"] for part in answer.json()["invalid"]]) == (400, [field])


def test_too_many_days_are_refused_with_what_to_do(county: CountyOffice):
    answer = county.caller("assessor").get(TIMELINE, published_from="1950-01-01", published_to="2026-01-01")
    assert answer.status_code == 400 and "by week or month" in answer.json()["detail"]


@pytest.mark.parametrize("address", [FACETS, TIMELINE])
def test_counts_need_a_purpose_and_leave_an_event(county: CountyOffice, address: str):
    assert county.caller("assessor").get(address, purpose=None).status_code == 403
    assert county.caller("assessor").get(address).status_code == 200
    assert [event.action for event in county.events()][-2:] == ["documents.read.denied", "documents.read"]


def test_a_card_of_two_voices_shows_no_number_that_tells_them(county: CountyOffice):
    rows = county.caller("assessor").get("/v1/projects/quarry-road/risk-points").json()["rows"]
    card = {row["factor"]: row for row in rows}[DUST]
    few = {"less_than": 5}
    assert card["counts"] == {"documents": few, "origins": few, "voices": few, "by_source_kind": {}}
    assert card["evidence_count"] == few and card["triangulation"] == "too_few_voices" and card["affected"] is None
    assert {reason["code"]: reason["values"] for reason in card["reasons"]}["independent_texts"] == {
        "origins": few, "documents": few
    }  # fmt: skip
    assert [gap["code"] for gap in card["gaps"] if gap["kind"] == "group"] == ["too_few_voices"]
