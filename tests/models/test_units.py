"""Which unit a name means, and where a grievance should go."""

from __future__ import annotations

import pytest

from models.taxonomy import taxonomy
from models.units import proposed_units, routing, territorial_unit, unit_of


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("环保局", "ecology_environment"),
        ("清河县环境保护局", "ecology_environment"),
        ("市生态环境局清河分局", "ecology_environment"),
        ("B市国土资源局", "natural_resources"),
        ("C7县工商局", "market_regulation"),
        ("区安监局", "emergency_management"),
        ("县卫计委", "health"),
        ("市人社局", "human_resources"),
        ("县人力资源和社会保障局", "human_resources"),
        ("清河县公安局交警大队", "traffic_police"),
        ("清河派出所", "public_security"),
        ("城管执法大队", "urban_management"),
        ("清河街道办事处", "township_subdistrict"),
        ("柳湾社区居委会", "village_community"),
        ("柳湾小区业主委员会", "owners_committee"),
        ("安顺物业管理有限公司", "property_manager"),
        ("清河燃气有限责任公司", "gas_utility"),
        ("B市自来水公司", "water_utility"),
        ("B市纪委", "discipline_inspection"),
        ("清河县人民法院", "court"),
        ("12345", "hotline_12345"),
    ],
)
def test_a_name_old_or_new_long_or_short_means_todays_unit(name, unit):
    assert unit_of(name) == unit


@pytest.mark.parametrize(
    "name", ["清河县第一中学", "柳湾人民医院", "宏达建材有限公司", "教育局附属幼儿园", "建设银行", ""]
)
def test_a_name_that_is_no_unit_of_the_list_means_none(name):
    assert unit_of(name) is None


def test_every_name_in_the_code_list_means_a_unit_of_the_list():
    units = taxonomy().units
    for unit in units.values():
        for name in (*unit.aliases, *unit.legacy_names):
            assert unit_of(name) in units


@pytest.mark.parametrize("factor", sorted(taxonomy().factors))
def test_every_factor_gets_a_functional_and_a_territorial_unit(factor):
    proposal = proposed_units(factor, ["township"])
    units = taxonomy().units
    assert proposal.primary and all(unit in units for unit in (*proposal.primary, *proposal.secondary))
    assert proposal.territorial == "township_subdistrict"
    assert proposal.territorial not in proposal.secondary
    assert not set(proposal.primary) & set(proposal.secondary)


@pytest.mark.parametrize(
    ("levels", "unit"),
    [
        ([], "county_government"),
        (["province", "city", "county"], "county_government"),
        (["county", "road"], "township_subdistrict"),
        (["estate"], "township_subdistrict"),
        (["township", "village"], "village_community"),
    ],
)
def test_the_territorial_unit_is_the_nearest_one_that_the_places_name(levels, unit):
    assert territorial_unit(levels) == unit


def test_an_unknown_factor_is_refused():
    with pytest.raises(KeyError, match="no_such_factor"):
        proposed_units("no_such_factor")


def test_a_city_replaces_only_the_rows_and_fields_it_states(tmp_path):
    own = tmp_path / "routing.yaml"
    own.write_text("factor_routing:\n- {factor: noise_vibration, primary: [public_security]}\n", encoding="utf-8")
    proposal = proposed_units("noise_vibration", override=own)
    assert proposal.primary == ("public_security",)
    assert proposal.note == routing()["noise_vibration"].note
    assert "public_security" not in proposal.secondary
    assert proposed_units("air_pollution", override=own) == proposed_units("air_pollution")


@pytest.mark.parametrize(
    "row", ["{factor: noise_vibration, primary: [ministry_of_magic]}", "{factor: dragons, primary: [court]}"]
)
def test_a_routing_file_that_names_what_does_not_exist_is_refused(tmp_path, row):
    own = tmp_path / "routing.yaml"
    own.write_text(f"factor_routing:\n- {row}\n", encoding="utf-8")
    with pytest.raises(KeyError, match=r"ministry_of_magic|dragons"):
        routing(own)
