"""P-06, P-07, P-08, P-14, P-25 on matters: no number of one gives another's away, no word leads back, units are late."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from county import ACCUSATION, ACCUSED, COMPENSATION, DUST, CountyOffice, opinion
from hypothesis import given
from hypothesis import strategies as st
from letters import MONDAY, UNITS, VERSIONS

from api.matter_counts import MatterTable, table_of
from models.taxonomy import taxonomy
from pipeline.process.clocks import day_of
from pipeline.records import Counts, Evidence, Interval, MatterSheet, Reason, RiskPointCandidate
from pipeline.records.matter import ResponseClock
from pipeline.store import Hearing
from pipeline.store.hearing import Heard

LAWSUIT = "judicial_litigation_matter"


def key(number: int) -> str:
    return f"d{number:024x}"


def counts(number: int) -> Counts:
    return Counts(
        documents=number, origins=number, voices_low=1, voices_high=number, by_source_kind={"petition": number}
    )


def sheet(number: int, documents: list[str]) -> MatterSheet:
    return MatterSheet(
        id=f"m{number:024x}", project_id="road", concern=DUST, factors=(DUST,), site=None,
        title=Evidence(document_id=documents[0], start=0, end=2), documents=tuple(documents),
        counts=counts(len(documents)), first_seen=None, last_seen=None, proposed_units=UNITS,
        clock=ResponseClock(asked=0, answered=0, answered_late=0), versions=VERSIONS,
    )  # fmt: skip


def candidate(number: int, matters: list[MatterSheet], behind: int) -> RiskPointCandidate:
    passage = Evidence(document_id=matters[0].documents[0], start=0, end=2)
    return RiskPointCandidate(
        id=f"r{number:024x}", project_id="road", factor=DUST, title=passage,
        matter_ids=tuple(one.id for one in matters), evidence=(passage,), counts=counts(behind),
        triangulation="several_voices", first_seen=None, last_seen=None, trend="cannot_tell", proposed_units=UNITS,
        attention="watch", p_valid=Interval(low=0.4, p=0.6, high=0.8),
        reasons=(Reason(code="likely_real", values={}),), versions=VERSIONS,
    )  # fmt: skip


@st.composite
def projects(draw: st.DrawFn) -> tuple[list[MatterSheet], list[RiskPointCandidate]]:
    """Matters of different people's texts, and cards over some of them."""
    sizes = draw(st.lists(st.integers(1, 14), min_size=1, max_size=8))
    ids = iter(range(1, 1000))
    sheets = [sheet(number, [key(next(ids)) for _ in range(size)]) for number, size in enumerate(sizes)]
    cards = []
    for number in range(draw(st.integers(0, 4))):
        under = draw(st.lists(st.sampled_from(sheets), min_size=1, max_size=len(sheets), unique_by=lambda one: one.id))
        most = sum(len(one.documents) for one in under)
        cards.append(candidate(number, under, draw(st.integers(len(under), most))))
    return sheets, cards


def table(sheets: list[MatterSheet], cards: list[RiskPointCandidate], k: int) -> MatterTable:
    heard = {one: Heard(one, None, "petition", None) for s in sheets for one in s.documents}
    return table_of(sheets, Hearing(heard), cards, k)


@given(projects(), st.integers(3, 7))
def test_no_matter_of_few_people_has_its_number_shown_or_left_over(given: Any, k: int) -> None:
    sheets, cards = given
    made = table(sheets, cards, k)
    hidden = [one for one in sheets if made.shown[one.id].form != "exact"]
    assert all(len(one.documents) >= k for one in sheets if one not in hidden)
    few = [one for one in hidden if made.shown[one.id].form == "less_than"]
    known = sum(len(one.documents) for one in sheets if one not in hidden)
    if few and made.total.form == "exact":
        least = sum(1 if one in few else k for one in hidden)
        assert len(hidden) > 1 and made.total.number - known - least >= k - 2, "one of them can be worked out"
    for card in cards:
        under = [one for one in sheets if one.id in card.matter_ids]
        left = card.counts.documents - sum(len(one.documents) for one in under if one not in hidden)
        unknown = sum(one in hidden for one in under)
        if card.counts.documents >= k and 0 < unknown < len(under):
            assert left <= unknown, "the card's number, less the known ones, says how many the rest have"


def test_what_one_card_hides_is_hidden_for_the_cards_before_it_too() -> None:
    ids = iter(range(1, 100))
    sheets = [sheet(number, [key(next(ids)) for _ in range(size)]) for number, size in enumerate((3, 3, 3, 2))]
    cards = [candidate(0, sheets[:3], 6), candidate(1, sheets[:1], 1), candidate(2, sheets[:2], 5)]
    assert {one.form for one in table(sheets, cards, 3).shown.values()} <= {"at_least", "less_than"}


@given(projects(), st.integers(3, 7))
def test_weeks_and_kinds_of_a_hidden_matter_say_nothing(given: Any, k: int) -> None:
    sheets, cards = given
    made = table(sheets, cards, k)
    for one in sheets:
        if made.shown[one.id].form != "exact":
            assert made.weeks(one)[0] == [] and made.counts(one)["by_source_kind"] == {}
            assert "value" not in str(made.counts(one))


def crowd(number: int, words: str = "粉尘落了一院子", day: float = 7) -> list[Any]:
    return [
        opinion(
            f"柳湾村第{n}户反映，运石料的车天天从门口过，{words}，晒的谷子和衣被全黑了。",
            (DUST, f"运石料的车天天从门口过，{words}，晒的谷子和衣被全黑了", 0.9),
            number=n,
            day=day,
            groups=("affected_resident",),
        )
        for n in range(100, 100 + number)
    ]


def rows(county: CountyOffice, role: str = "assessor") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = county.caller(role).get("/v1/projects/quarry-road/matters").json()["rows"]
    return found


def test_below_k_voices_a_matter_is_its_topic_without_words_groups_or_villages(county: CountyOffice) -> None:
    answer = county.caller("assessor").get("/v1/projects/quarry-road/matters")
    names = {taxonomy().factors[code].name_zh for code in (COMPENSATION, DUST)}
    for row in answer.json()["rows"]:
        assert not row["quoted"] and row["title"] in names
        assert (row["stakeholder_groups"], row["places"], row["affected"], row["weeks"]) == ([], [], None, [])
        assert all(late["due"] is None and late["days"] is None for late in row["response"]["late"])
    bodies = [str(document.body) for document in county.store.all_documents()]
    assert not [b for b in bodies if any(b[n : n + 8] in answer.text for n in range(max(1, len(b) - 8)))]
    assert "柳湾村" not in answer.text and "上井村" not in answer.text


def test_from_k_voices_on_the_title_is_the_beginning_of_words_that_stand_in_a_text(county: CountyOffice) -> None:
    county.hear(*crowd(9))
    [quoted] = [row for row in rows(county) if row["quoted"]]
    shown = quoted["title"].removesuffix("……")
    whole = next(str(d.body) for d in county.store.all_documents() if shown in str(d.body))
    assert quoted["title"].endswith("……") and len(shown) <= 80 and shown in whole
    assert "document_id" not in quoted and quoted["stakeholder_groups"] == ["affected_resident"]
    card = county.caller("assessor").get(f"/v1/risk-points/{county.point(DUST)}").json()
    assert quoted["title"] in [one["title"] for one in card["matters"]]


@pytest.mark.parametrize("after, step", [(15, None), (16, "take_up"), (60, "take_up"), (61, "answer")])
def test_a_unit_is_late_with_a_matter_from_the_day_after_its_limit(county: CountyOffice, after: int, step: str) -> None:
    county.hear(*crowd(9))
    county.store.clock = lambda: MONDAY + timedelta(days=7 + after)
    [quoted] = [row for row in rows(county) if row["quoted"]]
    mine = [late for late in quoted["response"]["late"] if late["days"] is not None]
    if step is None:
        assert mine == [] or all(late["days"] for late in mine)
        return
    late = next(one for one in mine if one["step"] == step)
    unit = taxonomy().routing[DUST].primary[0]
    assert (late["unit"], late["unit_name"]) == (unit, taxonomy().units[unit].name_zh)
    assert "信访工作条例" in late["basis"] and date.fromisoformat(late["due"]) < day_of(county.store.clock())


def test_late_units_are_named_and_nobody_who_asked_is(county: CountyOffice) -> None:
    county.store.clock = lambda: MONDAY + timedelta(days=200)
    answer = county.caller("assessor").get("/v1/projects/quarry-road/matters").json()
    late = [one for row in answer["rows"] for one in row["response"]["late"]]
    assert late and all(one["unit_name"] and set(one) == {
        "unit", "unit_name", "step", "basis", "petitions", "due", "days",
    } for one in late)  # fmt: skip
    assert all(one["petitions"] == {"at_least": 1} for one in late)


def test_accusations_and_law_suits_make_no_matter_and_are_counted_for_those_who_may_know(county: CountyOffice) -> None:
    suits = [
        opinion(f"法院判决第{n}年还没有执行到位，请督促。", (LAWSUIT, "没有执行到位", 0.9), number=n, day=3)
        for n in range(6)
    ]
    county.hear(*suits)
    answer = county.caller("assessor").get("/v1/projects/quarry-road/matters")
    assert {row["concern"] for row in answer.json()["rows"]} == {COMPENSATION, DUST}
    assert ACCUSED[:8] not in answer.text and "没有执行到位" not in answer.text
    law = {"factor": LAWSUIT, "factor_name": taxonomy().factors[LAWSUIT].name_zh}
    assert answer.json()["counted_only"] == [{**law, "documents": {"value": 6, "exact": True}}]
    listed = county.caller("assessor").get("/v1/projects/quarry-road/risk-points").json()
    assert listed["counted_only"] == answer.json()["counted_only"] and LAWSUIT not in str(listed["rows"])
    inspected = county.caller("discipline_inspection").get("/v1/projects/quarry-road/risk-points").json()
    assert [row["factor"] for row in inspected["counted_only"]] == [ACCUSATION]
    assert inspected["counted_only"][0]["documents"] == {"less_than": 5}
    for role in ("supervisor", "commissioning_unit", "local_government", "platform"):
        told = county.caller(role).get("/v1/projects/quarry-road/risk-points").json()
        assert ACCUSATION not in str(told["counted_only"])


def test_few_law_suits_are_counted_as_few(county: CountyOffice) -> None:
    county.hear(opinion("法院判决三年还没有执行到位，请督促。", (LAWSUIT, "没有执行到位", 0.9), number=1, day=3))
    [law] = county.caller("assessor").get("/v1/projects/quarry-road/matters").json()["counted_only"]
    assert law["documents"] == {"less_than": 5}
