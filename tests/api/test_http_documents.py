"""The search over HTTP: words, filters, pages, and what is refused."""

from __future__ import annotations

import pytest
from county import COMPENSATION, CountyOffice, counted

from pipeline.feed import feed

ADDRESS = "/v1/projects/quarry-road/documents"


def test_words_are_found_at_their_offsets(county: CountyOffice):
    found = county.caller("assessor").get(ADDRESS, q='"补偿标准"').json()
    assert found["total"] == counted(6, of=9) and len(found["hits"]) == 6
    for hit in found["hits"]:
        assert [hit["text"][start:end] for start, end in hit["highlights"]] == ["补偿标准"]
        assert hit["factors"] == [COMPENSATION]


def test_pages_hold_every_text_once(county: CountyOffice):
    assessor, seen, after = county.caller("assessor"), [], None
    while True:
        page = assessor.get(ADDRESS, sort="oldest", size=2, after=after).json()
        assert page["total"] == counted(9)
        seen += page["hits"]
        after = page["next_cursor"]
        if after is None:
            break
    assert len({hit["id"] for hit in seen}) == len(seen) == 9
    assert [hit["published_at"] for hit in seen] == sorted(hit["published_at"] for hit in seen)


@pytest.mark.parametrize(
    "filters, total",
    [
        ({"factor": COMPENSATION}, 6),
        ({"factor": [COMPENSATION, "air_pollution"]}, 8),
        ({"attitude": "positive"}, 1),
        ({"source_kind": "news"}, 0),
        ({"genre": ["petition", "news"]}, 9),
        ({"published_from": "2026-03-11"}, 1),
        ({"published_to": "2026-03-03"}, 2),
        ({"published_from": "2026-03-03", "published_to": "2026-03-03"}, 1),
        ({"published_to": "2026-03-02T17:00:00+08:00"}, 1),
        ({"published_to": "2026-03-02T16:59:59"}, 0),
        ({"factor": COMPENSATION, "attitude": "positive"}, 0),
    ],
)
def test_filters_narrow(county: CountyOffice, filters: dict, total: int):
    answer = county.caller("assessor").get(ADDRESS, **filters)
    assert answer.status_code == 200 and answer.json()["total"] == counted(total, of=9)
    assert len(answer.json()["hits"]) == total


def test_another_project_has_its_own_texts(county: CountyOffice):
    assert county.caller("assessor").get("/v1/projects/dam/documents").json()["total"] == counted(0)


@pytest.mark.parametrize(
    "wrong, code, field",
    [
        ({"factor": "greed"}, "E321", "factor.0"),
        ({"size": 101}, "E321", "size"),
        ({"sort": "anger"}, "E321", "sort"),
        ({"published_from": "20191-01-01"}, "E321", "published_from"),
        ({"published_to": "9999-12-31"}, "E321", "published_to"),
        ({"region": "南岭县"}, "E321", "region.0"),
        ({"facets": "factors"}, "E320", "facets"),
        ({"place_": "柳湾村"}, "E320", "place_"),
    ],
)
def test_what_cannot_be_asked_is_named(county: CountyOffice, wrong: dict, code: str, field: str):
    before = len(county.events())
    answer = county.caller("assessor").get(ADDRESS, **wrong)
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert [part["field"] for part in answer.json()["invalid"]] == [field]
    assert len(county.events()) == before


def test_a_bad_query_gets_its_position(county: CountyOffice):
    answer = county.caller("assessor").get(ADDRESS, q='补偿 "标准')
    assert (answer.status_code, answer.json()["code"], answer.json()["position"]) == (400, "E601", 3)


def test_a_cursor_of_another_search_is_refused(county: CountyOffice):
    assessor = county.caller("assessor")
    cursor = assessor.get(ADDRESS, size=2, sort="newest").json()["next_cursor"]
    answer = assessor.get(ADDRESS, size=2, sort="oldest", after=cursor)
    assert (answer.status_code, answer.json()["code"]) == (400, "E602")


def test_a_further_page_shows_nothing_that_was_withdrawn_since_the_first(county: CountyOffice):
    assessor, question = county.caller("assessor"), {"q": "旱地补偿", "size": 2}
    first = assessor.get(ADDRESS, **question).json()
    rest = assessor.get(ADDRESS, **question, after=first["next_cursor"]).json()
    gone = rest["hits"][0]["id"]
    county.store.withdraw_documents([gone])
    feed(county.store, county.office.index)
    again = assessor.get(ADDRESS, **question, after=first["next_cursor"]).json()
    assert [one["id"] for one in again["hits"]] == [one["id"] for one in rest["hits"] if one["id"] != gone]


def test_texts_are_kept_by_no_cache(county: CountyOffice):
    answer = county.caller("assessor").get(ADDRESS)
    assert answer.headers["cache-control"] == "no-store" and "etag" not in answer.headers
