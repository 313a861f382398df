"""Due dates by the regulation and by a city's own rule; a routing table is used as a whole or not at all."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from letters import MONDAY, ROAD, candidate

from models.taxonomy import taxonomy
from pipeline.process.clocks import city_clocks, due_dates, national_clocks
from pipeline.process.proposing import dispatches_for
from pipeline.process.routing import RoutingUnusable, city_routing
from pipeline.process.states import StepRefused
from pipeline.records import Decision
from pipeline.store import Store

DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))
FIVE = {"days": 5, "unit": "working_day", "basis": "市办理规程"}


@settings(deadline=None)
@given(DAYS)
def test_the_regulation_gives_fifteen_and_sixty_calendar_days(day: date):
    assert due_dates(day, national_clocks()) == (day + timedelta(days=15), day + timedelta(days=60))


@settings(deadline=None)
@given(DAYS, st.integers(1, 15), st.integers(1, 60), st.sampled_from(["day", "working_day"]))
def test_no_limit_of_a_city_ends_after_the_regulations(day: date, take_up: int, answer: int, unit: str):
    clocks = city_clocks({
        "take_up": {"days": take_up, "unit": unit, "basis": "市办理规程"},
        "answer": {"days": answer, "unit": unit, "basis": "市办理规程"},
    })  # fmt: skip
    usual, own = due_dates(day, national_clocks()), due_dates(day, clocks)
    assert day < own[0] <= usual[0] and day < own[1] <= usual[1]


def test_working_days_leave_holidays_out_and_keep_shifted_working_days():
    clocks = city_clocks({"answer": FIVE, "take_up": {**FIVE, "days": 1}})
    thursday = date(2025, 10, 9)
    assert due_dates(date(2025, 9, 30), clocks) == (thursday, date(2025, 10, 14))  # 11 October is a shifted Saturday
    assert due_dates(date(2026, 3, 6), clocks)[0] == date(2026, 3, 9)


def a_file(folder: Path, text: str) -> Path:
    path = folder / "routing.yaml"
    path.write_text(text, "utf-8")
    return path


def test_a_citys_row_replaces_only_the_fields_that_it_states(tmp_path: Path):
    city = city_routing(
        a_file(tmp_path, "factor_routing:\n- {factor: air_pollution, primary: [housing_construction]}\n")
    )
    usual = taxonomy().routing["air_pollution"]
    assert city.rows["air_pollution"].primary == ("housing_construction",)
    assert (city.rows["air_pollution"].secondary, city.rows["air_pollution"].note) == (usual.secondary, usual.note)
    assert city.own == {"air_pollution"} and city.rows["noise_vibration"] == taxonomy().routing["noise_vibration"]
    assert city.clocks == national_clocks()


@pytest.mark.parametrize(
    "text, told",
    [
        ("factor_routing:\n- {factor: air_quality, primary: [finance]}\n", "air_quality is not a risk factor"),
        ("factor_routing:\n- {factor: air_pollution, primary: [wizards]}\n", "wizards"),
        ("factor_routing:\n- {factor: air_pollution, primary: []}\n", "at least one unit"),
        ("factor_routing:\n- {factor: air_pollution, primary: finance}\n", "at least one unit"),
        ("factor_routing:\n- {factor: air_pollution, unit: [finance]}\n", "stands once"),
        ("factor_routing:\n- {factor: air_pollution}\n- {factor: air_pollution}\n", "stands once"),
        ("factor_routing: air_pollution\n", "a list of rows"),
        ("routing: []\n", "and nothing else"),
        ("- air_pollution\n", "and nothing else"),
        ("", "and nothing else"),
        ("{", "cannot be read as YAML"),
        ("clocks: {answer: {days: 90, unit: day, basis: 市规}}\n", "at most 60"),
        ("clocks: {take_up: {days: 16, unit: day, basis: 市规}}\n", "at most 15"),
        ("clocks: {extension: 31}\n", "at most 30"),
        ("clocks: {answer: {days: 0, unit: day, basis: 市规}}\n", "clocks.answer.days"),
        ("clocks: {answer: {days: 5, unit: week, basis: 市规}}\n", "clocks.answer.unit"),
        ("clocks: {reply: {days: 5}}\n", "clocks may state"),
    ],
)
def test_a_table_that_cannot_be_used_is_refused_with_its_row(tmp_path: Path, text: str, told: str):
    with pytest.raises(RoutingUnusable, match=f"E647: .*{told}"):
        city_routing(a_file(tmp_path, text))


def test_a_table_that_is_not_there_is_named(tmp_path: Path):
    with pytest.raises(RoutingUnusable, match=r"nowhere\.yaml"):
        city_routing(tmp_path / "nowhere.yaml")


@pytest.mark.parametrize("factor", [code for code, row in taxonomy().factors.items() if not row.confidential])
def test_every_factor_goes_to_a_functional_and_a_territorial_unit(store_of_one: Store, factor: str):
    store_of_one.replace_candidates("quarry-road", [candidate(1, factor=factor)])
    point = store_of_one.risk_point(candidate(1).id)
    assert point is not None
    try:
        found = dispatches_for(point, 0, city_routing(None), MONDAY)
    except StepRefused as refused:
        assert "E649" in str(refused) and factor == "judicial_litigation_matter"
        return
    units = taxonomy().units
    assert found and len({one.id for one in found}) == len(found)
    for one in found:
        assert one.functional_unit != one.territorial_unit and units[one.territorial_unit].kind == "territorial"
        assert units[one.functional_unit].kind not in ("judicial", "supervisory")
        assert not {one.functional_unit, one.territorial_unit} & set(one.assisting)


def test_units_that_a_person_set_come_before_the_table(store_of_one: Store):
    store_of_one.replace_candidates("quarry-road", [candidate(1)])
    units = {"primary": ["finance"], "secondary": [], "territorial": ["village_community"], "note": "村组先核"}
    edited = {"id": "1", "risk_point_id": candidate(1).id, "who": "评估员甲", "when": MONDAY, "action": "edit"}
    store_of_one.add_decision(Decision(**edited, reason="会商意见", changes={"proposed_units": units}))
    point = store_of_one.risk_point(candidate(1).id)
    assert point is not None
    [one] = dispatches_for(point, 0, city_routing(None), MONDAY)
    assert (one.functional_unit, one.territorial_unit) == ("finance", "village_community")
    assert (one.basis.routed_by, one.basis.note) == ("person", "村组先核")


@pytest.fixture(scope="module")
def one_store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    store = Store.open(f"sqlite:///{tmp_path_factory.mktemp('routing') / 'minyi.sqlite3'}")
    store.upsert_projects([ROAD])
    return store


@pytest.fixture
def store_of_one(one_store: Store) -> Store:
    """A store with the road and no decisions about it."""
    with one_store.transaction() as connection:
        for table in ("decisions", "risk_points"):
            connection.exec_driver_sql(f"DELETE FROM {table}")
    return one_store
