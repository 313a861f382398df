"""P-06 for what is really asked: facets at every level, and days, weeks and months read side by side."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
from crowds import Heap
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from api.counting import FACETS, DayBook, Facets, timeline
from api.counting.facets import FIELDS, LEVELS
from api.policy import Figure, enough
from pipeline.store.hearing import Heard, Hearing

K = 5
FIRST = datetime(2026, 3, 23, 4, tzinfo=UTC)
TOWNSHIPS = ("439921101", "439921102", "439933101", "430105007", "520102001203")
CODES = ("air_pollution", "noise_vibration", "compensation_standard", "water_pollution")


def few(heap: Heap, ids: Iterable[str]) -> bool:
    cell = heap.cell("", ids)
    return not enough(cell.low, cell.high, cell.origins, K)


@st.composite
def heaps(draw: st.DrawFn) -> Heap:
    """Up to fifty texts of up to twelve people over six weeks, about up to two factors in a few townships."""
    from models.taxonomy import taxonomy

    people = draw(st.integers(1, 12))
    days = draw(st.lists(st.integers(0, 40), min_size=1, max_size=8))
    heard, fields = {}, {}
    for number in range(draw(st.integers(1, 50))):
        one = f"d{number:03}"
        moment = FIRST + timedelta(days=draw(st.sampled_from(days)))
        voice = draw(st.one_of(st.none(), st.tuples(st.integers(0, 1), st.integers(0, people))))
        heard[one] = Heard(draw(st.sampled_from([one, "d000"])), moment, "weibo", voice)
        codes = draw(st.lists(st.sampled_from(CODES), max_size=2, unique=True))
        region = draw(st.sampled_from(TOWNSHIPS))
        fields[one] = {
            "source_kind": (draw(st.sampled_from(["weibo", "petition", "news"])),),
            "genre": ("post",), "attitude": ("negative",), "escalation": (str(draw(st.integers(0, 2))),),
            "factors": tuple(codes), "categories": tuple({taxonomy().factors[code].category for code in codes}),
            "stakeholder_groups": tuple(draw(st.lists(st.sampled_from("abc"), max_size=2, unique=True))),
            "region_codes": tuple(region[:end] for end in (2, 4, 6, 9, 12) if end <= len(region)),
        }  # fmt: skip
    return Heap(Hearing(heard), fields)


@settings(max_examples=60, deadline=None)
@given(heaps())
def test_no_facet_shows_a_number_of_few_or_a_place_below_a_township(heap: Heap):
    for name in FACETS:
        if name == "relation":
            continue
        behind = heap.behind(FIELDS[name])
        shown = Facets(heap.crowd, K).of(name, 1000)
        numbers = {row.value: row.count.number for row in shown.rows if row.count.form == "exact"}
        assert {value: len(behind[value]) for value in numbers} == numbers
        assert not [value for value in numbers if few(heap, behind[value])]
        assert not numbers or not few(heap, heap.hearing.ids)
        if name in LEVELS:
            assert {len(row.value) for row in shown.rows} <= {LEVELS[name]}
        if name == "stakeholder":
            assert len(numbers) == len(shown.rows)


@settings(max_examples=60, deadline=None)
@given(heaps(), st.sampled_from(["source_kind", "factor", "stakeholder", "township"]))
def test_no_facet_and_no_day_has_a_number_where_the_total_may_not_be_told(heap: Heap, name: str):
    shown = Facets(heap.crowd, K, told=False).of(name, 1000)
    assert not shown.rows and (shown.others is None or shown.others.form == "at_least")
    periods = timeline("day", heap.crowd, DayBook((), FIRST), K, told=False).periods
    assert {period.count for period in periods} <= {Figure("at_least", 0), Figure("less_than", K)}


@settings(max_examples=60, deadline=None)
@given(heaps())
def test_the_limit_of_a_facet_does_not_order_what_is_hidden(heap: Heap):
    for name in ("source_kind", "factor", "township", "escalation"):
        rows = Facets(heap.crowd, K).of(name, 1000).rows
        hidden = [row.value for row in rows if row.count.form != "exact"]
        assert hidden == sorted(hidden) and [row.value for row in rows[len(rows) - len(hidden) :]] == hidden
        short = Facets(heap.crowd, K).of(name, 1)
        assert short.rows == rows[:1] and short.more == max(0, len(rows) - 1)


@settings(max_examples=60, deadline=None)
@given(heaps())
def test_days_of_few_cannot_be_found_by_setting_days_weeks_and_months_off_against_each_other(heap: Heap):
    assume(not few(heap, heap.hearing.ids))
    book = DayBook((), FIRST)
    first, last = date(2026, 3, 1), date(2026, 5, 31)
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    bounds, rows, sums = [(0.0, np.inf)] * len(days), [np.ones(len(days))], [float(len(heap.hearing.ids))]
    for interval in ("day", "week", "month"):
        for period in timeline(interval, heap.crowd, book, K, first, last).periods:
            assert period.count is not None
            inside = np.array([float(period.first <= day <= period.last) for day in days])
            if period.count.form == "exact":
                rows.append(inside)
                sums.append(float(period.count.number))
            elif interval == "day":
                bounds[days.index(period.first)] = (
                    1.0 if period.count.form == "less_than" else period.count.number,
                    np.inf,
                )
    spoken: dict[date, set[str]] = defaultdict(set)
    for one in heap.hearing.ids:
        spoken[(heap.hearing[one].published_at + timedelta(hours=8)).date()].add(one)
    for day, ids in spoken.items():
        if few(heap, ids):
            least, most = range_of(days.index(day), rows, sums, bounds)
            assert least <= 1 + 1e-6 and most >= K - 1 - 1e-6, (day, least, most)


def range_of(number: int, rows: list[Any], sums: list[float], bounds: list[Any]) -> tuple[float, float]:
    aim = np.zeros(len(rows[0]))
    aim[number] = 1
    least, most = (linprog(way * aim, A_eq=np.array(rows), b_eq=sums, bounds=bounds) for way in (1, -1))
    assert least.status == most.status == 0
    return float(least.fun), -float(most.fun)
