"""Names of divisions and what they mean where."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.gazetteer import Division, gazetteer


@pytest.mark.parametrize(
    ("mention", "region", "code"),
    [
        ("浙江省杭州市西湖区文新街道", None, "330106013"),
        ("浙江省杭州市西湖区文新街道青禾小区", None, "330106013"),
        ("杭州市西湖区", None, "330106"),
        ("重庆市渝北区", None, "500112"),
        ("北京", None, "110000"),
        ("鼓楼区", "南京市", "320106"),
        ("鼓楼区", "320102", "320106"),
        ("朝阳区", "11", "110105"),
        ("西湖区文新街道", "33/3301", "330106013"),
    ],
)
def test_a_name_gets_the_code_of_the_finest_division_it_names(mention, region, code):
    table = gazetteer()
    division = table.resolve(mention, table.region(region))
    assert division is not None and division.adcode == code


@pytest.mark.parametrize("mention", ["鼓楼区", "城关镇", "A市B区", "青禾小区", "K3县", ""])
def test_a_name_that_nothing_settles_has_no_code(mention):
    assert gazetteer().resolve(mention) is None


def test_a_part_that_is_not_inside_its_parent_stops_the_reading():
    division = gazetteer().resolve("浙江省鼓楼区")
    assert division is not None and division.name == "浙江省"


def test_a_development_zone_is_a_functional_area_and_no_county():
    zones = [d for d in gazetteer().by_code.values() if d.name.endswith("高新技术产业开发区")]
    assert zones and {zone.level for zone in zones} == {"functional_area"}


@pytest.mark.parametrize("region", [None, "", "999999", "某地", "00"])
def test_an_unknown_region_is_no_region(region):
    assert gazetteer().region(region) is None


@pytest.mark.parametrize(
    ("name", "code", "short"),
    [
        ("内蒙古自治区", "15", "内蒙古"),
        ("广西壮族自治区", "45", "广西"),
        ("湘西土家族苗族自治州", "4331", "湘西"),
        ("武都区", "621202", "武都"),
        ("蓟县", "120225", None),
        ("文新街道", "330106013", None),
    ],
)
def test_people_say_the_short_name_where_two_characters_are_left(name, code, short):
    assert Division(code, name).short_name == short


def test_every_division_below_a_province_has_a_province():
    codes = gazetteer().by_code
    assert all(code[:2] in codes for code in codes)
    assert len([c for c in codes if len(c) == 2]) == 34


@given(st.text(max_size=40), st.text(max_size=12))
def test_any_text_can_be_asked_for(mention, region):
    table = gazetteer()
    division = table.resolve(mention, table.region(region))
    assert division is None or division.code in table.by_code


@given(st.sampled_from(sorted(code for code in gazetteer().by_code if len(code) == 9)))
def test_a_township_named_with_its_parents_is_found_or_given_up_but_never_another(code):
    table = gazetteer()
    parents = [table.by_code[code[:n]] for n in (2, 4, 6) if code[:n] in table.by_code]
    mention = "".join(d.name for d in parents) + table.by_code[code].name
    found = table.resolve(mention)
    assert found is not None and (code.startswith(found.code) or found.name == table.by_code[code].name)
