"""P-06 against setting off: pairs of questions that differ by few texts, and the same answers before and after one text."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from county import COMPENSATION, DUST, Caller, CountyOffice
from crowds import Heap
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from letters import MONDAY
from numpy.typing import NDArray
from opinions import opinion
from surfaces import accept, files, sheets

from api.counting import (
    FACETS,
    Apart,
    DayBook,
    Facets,
    by_stance,
    copies_apart,
    divided,
    everything,
    part,
    tables,
    timeline,
    whole,
)
from api.counting.calendar import last_day
from api.counting.differences import Neighbourhood
from api.counting.facets import FIELDS
from api.policy import enough, figure
from models.taxonomy import taxonomy
from pipeline.ledger import STANCE, Crowd
from pipeline.store.hearing import Heard, Hearing

K = 5
NOISE = "noise_vibration"
PROJECT = "/v1/projects/quarry-road"
SAID = {COMPENSATION: ("补偿标准", 9), DUST: ("粉尘", 7), NOISE: ("噪音", 3)}
VILLAGES = ("柳湾村", "上井村", "石桥村")


def what_is_said() -> list[Any]:
    """Nineteen people: three factors, three villages, two kinds of source, three weeks; everyone wrote one text."""
    said = []
    for factor, (words, count) in SAID.items():
        for n in range(count):
            kind, genre = ("weibo", "post") if n % 4 == 3 else ("petition", "petition")
            body = f"{VILLAGES[n % 3]}第{n}户说{words}的事没有人管，编号{factor[:3]}{n}，请给个说法。"
            said.append(opinion(body, (factor, words, 0.9), number=n, day=n * 2.3, kind=kind, genre=genre))
    return said


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CountyOffice]:
    county = CountyOffice(tmp_path_factory.mktemp("busy") / "home")
    county.hear(*what_is_said())
    yield county
    county.office.close()


CONDITIONS: tuple[dict[str, Any], ...] = (
    {"q": "柳湾村"}, {"q": "-柳湾村"}, {"q": "补偿标准"}, {"q": "粉尘 OR 噪音"}, {"factor": DUST}, {"factor": NOISE},
    {"factor": [COMPENSATION, NOISE]}, {"source_kind": "weibo"}, {"genre": "petition"}, {"published_to": "2026-03-12"},
    {"published_from": "2026-03-05"}, {"attitude": "negative"},
)  # fmt: skip


def together(*conditions: dict[str, Any]) -> dict[str, Any]:
    """One question that asks for all of these; words stand side by side."""
    asked: dict[str, Any] = {}
    for one in conditions:
        for name, value in one.items():
            asked[name] = f"({asked[name]}) ({value})" if name == "q" and name in asked else value
    return asked


def texts_of(caller: Caller, asked: dict[str, Any]) -> set[str]:
    return {hit["id"] for hit in caller.get(f"{PROJECT}/documents", size=100, **asked).json()["hits"]}


def numbers_of(caller: Caller, asked: dict[str, Any]) -> dict[str, int]:
    """Every number that a question shows: the total, facets, months."""
    answer = caller.get(f"{PROJECT}/facets", **asked).json()
    months = caller.get(f"{PROJECT}/timeline", interval="month", **asked).json()["timeline"]["periods"]
    counts = {"total": answer["total"]} | {one["first"]: one["count"] or {} for one in months}
    for name, facet in answer["facets"].items():
        counts |= {f"{name}={row['value']}": row["count"] for row in facet["values"]}
    return {name: count["value"] for name, count in counts.items() if "value" in count}


def check_apart(caller: Caller, base: Sequence[dict[str, Any]], more: dict[str, Any]) -> None:
    """Everyone wrote one text, so that texts are voices: of two questions that differ by few, one total is withheld.

    With a total that may not be told goes every number beside it. Of two totals that may both be told the same holds
    value by value and month by month.
    """
    wide, narrow = together(*base), together(*base, more)
    if set(more) & set(wide) - {"q"}:
        return  # another value in place of one is no narrower question
    apart = texts_of(caller, wide) ^ texts_of(caller, narrow)
    before, after = numbers_of(caller, wide), numbers_of(caller, narrow)
    if 0 < len(apart) < K:
        assert "total" not in before.keys() & after.keys(), (wide, narrow)
    for shown in (before, after):
        assert "total" in shown or not any(shown.values()), (shown, wide, narrow)
    for name in before.keys() & after.keys():
        assert not 0 < abs(before[name] - after[name]) < K, (name, wide, narrow)


@pytest.mark.parametrize("more", CONDITIONS, ids=str)
def test_a_condition_more_tells_no_number_of_few(more: dict[str, Any], busy: CountyOffice):
    caller = busy.caller("assessor")
    for base in ((), *((one,) for one in CONDITIONS)):
        check_apart(caller, base, more)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(base=st.lists(st.sampled_from(CONDITIONS), min_size=2, max_size=3), more=st.sampled_from(CONDITIONS))
def test_a_condition_beside_several_tells_no_number_of_few(
    base: list[dict[str, Any]], more: dict[str, Any], busy: CountyOffice
):
    check_apart(busy.caller("assessor"), base, more)


@pytest.mark.parametrize("fewer", [{"factor": DUST}, {"factor": COMPENSATION}, {"factor": NOISE}])
def test_an_alternative_more_tells_no_number_of_few(fewer: dict[str, Any], busy: CountyOffice):
    caller = busy.caller("assessor")
    before = numbers_of(caller, fewer)
    for more in ({"factor": [COMPENSATION, DUST]}, {"factor": [DUST, NOISE]}, {"factor": [COMPENSATION, DUST, NOISE]}):
        if fewer["factor"] in more["factor"]:
            after = numbers_of(caller, more)
            for name in before.keys() & after.keys():
                assert not 0 < abs(before[name] - after[name]) < K, (name, fewer, more)


def test_a_factor_that_differs_by_few_is_withheld_where_both_totals_are_told(busy: CountyOffice):
    """Six texts are younger than the 12th of March: four on compensation, two on dust."""
    caller = busy.caller("assessor")
    wide, narrow = numbers_of(caller, {}), numbers_of(caller, {"published_to": "2026-03-12"})
    assert {"total", f"factor={COMPENSATION}"} <= wide.keys() and "total" in narrow
    assert f"factor={COMPENSATION}" not in narrow


class Asked:
    """A question about documents made at random: conditions of one or several alternatives, and who fulfils which."""

    def __init__(self, heap: Heap, conditions: Sequence[Sequence[NDArray[np.bool_]]]) -> None:
        crowd = heap.crowd
        fulfilled = [np.any(one, axis=0) for one in conditions]
        found = np.all([np.ones(len(crowd), np.bool_), *fulfilled], axis=0)
        several = [one for one in conditions if len(one) > 1]
        rows = [found, *(~one for one in fulfilled), *(found & one for some in several for one in some)]
        around = Neighbourhood((), len(conditions), tuple(map(len, several)))
        question, apart = divided(around, crowd, np.array(rows))
        self.told = not tables(apart, everything, K)
        self.ids = set(question.ids(np.arange(len(question))))
        self.numbers = self._numbers(question, apart) if len(question) else {}

    def _numbers(self, crowd: Crowd, apart: list[Apart]) -> dict[str, int]:
        """Every number that is shown, by what it counts."""
        total = figure(whole(crowd), K)
        numbers = {"": total.number} if self.told and total.form == "exact" else {}
        facets = Facets(crowd, K, told=self.told, apart=apart)
        for name in FACETS[:-1]:
            rows = facets.of(name, 1000).rows
            numbers |= {f"{name} {row.value}": row.count.number for row in rows if row.count.form == "exact"}
        for interval in ("day", "week", "month"):
            periods = timeline(interval, crowd, DayBook((), MONDAY), K, told=self.told, apart=apart).periods
            shown = [(one.first, one.count.number) for one in periods if one.count and one.count.form == "exact"]
            numbers |= {f"{interval} {first}": number for first, number in shown if number}
        months = timeline("month", crowd, DayBook((), MONDAY), K, told=self.told, apart=apart)
        for month in by_stance(months, crowd, DayBook((), MONDAY), K, told=self.told, apart=apart).months:
            shown = [(name, count.number) for name, count in month.counts.items() if count and count.form == "exact"]
            numbers |= {f"stance {month.first:%Y-%m} {name}": number for name, number in shown if number}
        copies = copies_apart(apart, crowd.origins, K)
        for origin in set(crowd.origins.tolist()) - copies if self.told else ():
            cell = part(crowd, "", np.flatnonzero(crowd.origins == origin))
            if figure(cell, K).form == "exact":
                numbers[f"copies {origin}"] = cell.documents
        return numbers


def corpus(chance: random.Random) -> Heap:
    """Sixty to two hundred texts, a few of them by the same people, and one form letter."""
    heard, fields = {}, {}
    for number in range(chance.randrange(60, 200)):
        one, code = f"d{number:03}", chance.choice((COMPENSATION, DUST, NOISE))
        origin = "d000" if chance.random() < 0.2 else one
        voice = (0, chance.randrange(40)) if chance.random() < 0.3 else (chance.randrange(2), 100 + number)
        moment = MONDAY + timedelta(days=chance.choice((0, 0, 0, 1, 1, 8, 8, 9, 40)))
        region = chance.choice(("439921101", "439921101", "439921102", "439933101"))
        heard[one] = Heard(origin, moment, "weibo", voice)
        fields[one] = {
            "source_kind": (chance.choice(("weibo", "weibo", "petition", "news")),), "genre": ("post",),
            "attitude": (chance.choice(("negative", "negative", "positive")),), "escalation": ("0",),
            "factors": (code,), "categories": (taxonomy().factors[code].category,),
            "stakeholder_groups": (chance.choice("ab"),), "stance": (("unknown", "unknown", "oppose")[number // 2 % 3],), "region_codes": tuple(region[:end] for end in (2, 4, 6, 9)),
        }  # fmt: skip
    return Heap(Hearing(heard), fields)


def documents_of(heap: Heap, name: str, ids: set[str]) -> set[str]:
    """Which of these a number of this name counts."""
    kind, _, value = name.partition(" ")
    if not kind:
        return ids
    if kind == "copies":
        crowd = heap.crowd
        same = set(crowd.ids(np.flatnonzero(crowd.origins == int(value))))
        return ids & same
    if kind in ("day", "week", "month"):
        first = date.fromisoformat(value)
        last = last_day(first, kind)
        return {one for one in ids if first <= (heap.hearing[one].published_at + timedelta(hours=8)).date() <= last}
    if kind == "stance":
        month, _, stance = value.partition(" ")
        return documents_of(heap, f"month {month}-01", ids) & heap.behind(STANCE)[stance]
    return ids & heap.behind(FIELDS[kind])[value]


@settings(max_examples=40, deadline=None)
@given(st.randoms(use_true_random=False), st.integers(1, 3))
def test_no_number_of_two_neighbours_differs_by_few_people(chance: random.Random, count: int):
    """Of a question and each that is without some of its conditions, or without some alternatives of one."""
    heap = corpus(chance)
    shares = [[chance.choice((0.06, 0.1, 0.2, 0.5)) for _ in range(chance.choice((1, 1, 1, 3)))] for _ in range(count)]
    conditions = [
        [np.array([chance.random() > share for _ in heap.fields]) for share in some[:1]]
        + [np.array([chance.random() < share for _ in heap.fields]) for share in some[1:]]
        for some in shares
    ]
    narrow = Asked(heap, conditions)
    neighbours = [
        Asked(heap, [one for number, one in enumerate(conditions) if number not in dropped])
        for size in range(1, count + 1)
        for dropped in combinations(range(count), size)
    ]
    for number, some in enumerate(conditions):
        for size in range(1, len(some)):
            for kept in combinations(some, size):
                neighbours.append(Asked(heap, [*conditions[:number], kept, *conditions[number + 1 :]]))
    for other in neighbours:
        for name in narrow.numbers.keys() & other.numbers.keys():
            apart = documents_of(heap, name, narrow.ids) ^ documents_of(heap, name, other.ids)
            cell = heap.cell("", apart)
            assert not apart or enough(cell.low, cell.high, cell.origins, K), (name, sorted(apart))


def test_numbers_of_both_are_among_them():
    heap = corpus(random.Random(5))
    half = [np.arange(len(heap.fields)) % 2 == 0]
    both = Asked(heap, []).numbers.keys() & Asked(heap, [half]).numbers.keys()
    assert {name.partition(" ")[0] for name in both} >= {
        "",
        "factor",
        "month",
        "copies",
        "source_kind",
        "county",
        "stance",
    }


def test_pairs_with_numbers_on_both_sides_are_among_them(busy: CountyOffice):
    caller = busy.caller("assessor")
    both = [numbers_of(caller, one) for one in ({}, {"factor": DUST}, {"genre": "petition"})]
    assert sum("total" in one for one in both) >= 2


def few_more(county: CountyOffice, number: int) -> None:
    body = f"上井村第{number}户的粉尘从早到晚，窗户一开就是一层灰，编号{number}。"
    county.hear(opinion(body, (DUST, "粉尘", 0.9), number=number, day=12 + number / 10, groups=["affected_resident"]))


WHEN_AND_HOW_SURE = {"updated_at", "change", "next_cursor", "p_valid", "priority", "matter_ids", "matters", "p"}
"""What may change when one of few says something more (docs/PRIVACY.md, "Still possible"); no number of texts is in it."""


def without(value: Any, names: set[str]) -> Any:
    if isinstance(value, dict):
        return {name: without(one, names) for name, one in value.items() if name not in names}
    return [without(one, names) for one in value] if isinstance(value, list) else value


def test_cards_feed_and_files_of_few_do_not_tell_how_many_they_are(county: CountyOffice):
    """Two people spoke of dust, then three, then four: the card, the feed, the bundle say the same."""
    told = []
    for number in range(3):
        if number:
            few_more(county, number)
        card = county.caller("assessor").get(f"/v1/risk-points/{county.point(DUST)}").json()
        feed = county.caller("platform").get("/v1/risk-points").json()["rows"]
        pulled = next(row["card"] for row in feed if row["id"] == county.point(DUST))
        bundle = files(county)[f"bundle {county.point(DUST)}"].split("\n")
        shown = [card, pulled, *map(json.loads, bundle)]
        told.append([without(one, WHEN_AND_HOW_SURE) for one in shown])
    assert told[0] == told[1] == told[2]
    assert (card["first_seen"], card["last_seen"]) == (None, None)
    assert not {"any", "best"} & {name for reason in card["reasons"] for name in reason["values"]}
    assert {gap["code"] for gap in card["gaps"] if gap["kind"] == "group"} == {"too_few_voices"}


def test_tables_of_few_do_not_tell_how_many_they_are(county: CountyOffice):
    accept(county, DUST)
    told = []
    for number in range(3):
        if number:
            few_more(county, number)
        book = county.caller("assessor").get(f"{PROJECT}/tables/T3").content
        told.append(
            [line for line in sheets(book).split("\n") if "大气污染物" in line or "声音不足" in line or "<5" in line]
        )
    assert told[0] and told[0] == told[1] == told[2]


def test_a_contract_used_before_and_after_one_text_tells_nothing_of_it(county: CountyOffice):
    """Successive shares: what the unit holds from before decides what it is told now (docs/SHARES.md)."""
    supervisor, platform = county.caller("supervisor"), county.caller("platform")
    terms = {
        "project_id": "quarry-road", "grantee": platform.name, "grantee_role": "platform", "grantee_unit": "data-bureau",
        "level": "risk_points", "form": "api", "share_purpose": "risk_identification", "basis": "数据共享协议第7号",
        "valid_until": (county.store.clock() + timedelta(days=9)).isoformat(),
    }  # fmt: skip
    accept(county)
    contract = supervisor.post("/v1/shares", terms)
    assert contract.status_code == 201, contract.text
    share = contract.json()["id"]
    known: dict[str, set[int]] = {}
    for number in range(4):
        if number:
            few_more(county, number)
        data = platform.get(f"/v1/shares/{share}/data", form="api", level="risk_points").json()
        counts = {"total": data["total"]} | {point["id"]: point["documents"] for point in data["risk_points"]}
        counts |= {f"{name}={row['value']}": row["count"] for name, rows in data["tables"].items() for row in rows}
        for name, count in counts.items():
            if "value" in count:
                known.setdefault(name, set()).add(count["value"])
    assert known and all(len(numbers) == 1 for numbers in known.values())
