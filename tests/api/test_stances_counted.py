"""Stance toward the project over time: what cannot be told is a value of its own, and no few people are given away."""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, datetime, timedelta

from county import COMPENSATION, CountyOffice
from crowds import Heap
from hypothesis import given, settings
from hypothesis import strategies as st
from opinions import opinion

from api.counting import DayBook, by_stance, timeline
from pipeline.ledger import STANCES
from pipeline.store.hearing import Heard, Hearing

K = 5
MARCH = datetime(2026, 3, 2, tzinfo=UTC)
TIMELINE = "/v1/projects/quarry-road/timeline"


def heap_of(chance: random.Random) -> Heap:
    """Up to sixty texts of three months, of which some have no date and some share a voice."""
    heard, fields = {}, {}
    for number in range(chance.randrange(60)):
        one, day = f"d{number:02}", chance.choice((None, 0, 3, 3, 35, 36, 65))
        moment = None if day is None else MARCH + timedelta(days=day)
        heard[one] = Heard(one, moment, "weibo", chance.choice((None, (0, chance.randrange(30)))))
        fields[one] = {"stance": (chance.choice(STANCES[:3]),)}
    return Heap(Hearing(heard), fields)


@settings(max_examples=60, deadline=None)
@given(st.randoms(use_true_random=False))
def test_a_month_is_the_sum_of_its_stances_and_no_hidden_one_can_be_worked_out(chance: random.Random):
    heap = heap_of(chance)
    book = DayBook((), MARCH)
    found = by_stance(timeline("month", heap.crowd, book, K), heap.crowd, book, K)
    assert len(found.months) == len(found.periods)
    dated = [one for one in heap.hearing.ids if heap.hearing[one].published_at]
    truth = Counter((f"{heap.hearing[one].published_at:%Y-%m}", heap.fields[one]["stance"][0]) for one in dated)
    for period, month in zip(found.periods, found.months, strict=True):
        assert (period.first, period.last) == (month.first, month.last) and tuple(month.counts) == STANCES
        exact = {name: count.number for name, count in month.counts.items() if count and count.form == "exact"}
        mine = {name: truth[f"{month.first:%Y-%m}", name] for name in STANCES}
        assert exact.items() <= mine.items()
        hidden = [mine[name] for name in STANCES if name not in exact]
        if period.count and period.count.form != "exact":
            assert not any(exact.values())
        elif hidden:
            assert len(hidden) > 1 and not 0 < sum(hidden) < K
        for name, number in exact.items():
            voices = heap.cell(
                "",
                {
                    one
                    for one in dated
                    if heap.fields[one]["stance"] == (name,)
                    and f"{heap.hearing[one].published_at:%Y-%m}" == f"{month.first:%Y-%m}"
                },
            )
            assert not number or voices.low >= K or (voices.origins >= K and voices.high >= K)


def test_what_nobody_could_tell_is_unknown_and_never_neutral(county: CountyOffice):
    county.hear(*(said(number) for number in range(7)))
    found = county.caller("assessor").get(TIMELINE, interval="month").json()["timeline"]
    assert [month["first"] for month in found["months"]] == [period["first"] for period in found["periods"]]
    for period, month in zip(found["periods"], found["months"], strict=True):
        unknown = month["stances"].pop("unknown")
        assert unknown == period["count"] and unknown["value"] >= 7
        assert all(count == {"value": 0, "exact": True} for count in month["stances"].values())


def test_a_search_has_no_stances_beside_it(county: CountyOffice):
    county.hear(*(said(number) for number in range(7)))
    found = county.caller("assessor").get("/v1/projects/quarry-road/documents", histogram="week").json()
    assert found["timeline"]["months"] == []


def said(number: int):
    """One letter by one person, which says what is wrong and not what it wants of the project."""
    return opinion(
        f"第{number}户说补偿标准的事没有人管，请给个说法。", (COMPENSATION, "补偿标准", 0.9), number=number, day=number
    )
