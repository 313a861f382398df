"""Whom a text asks."""

from __future__ import annotations

import pytest

from models.addressed import find


@pytest.mark.parametrize(
    ("text", "asked", "unit"),
    [
        ("我多次向住建局反映，一直没有结果。", "住建局", "housing_construction"),
        ("拨打12345投诉过三次。", "12345", "hotline_12345"),
        ("恳请教育局核查收费标准。", "教育局", "education"),
        ("找了居委会，居委会让等通知。", "居委会", "village_community"),
        ("去派出所报案也不受理，派出所推诿。", "派出所", "public_security"),
        ("请有关部门尽快处理。", "有关部门", "unknown"),
        ("向环保局、城管局反映过。", "城管局", "urban_management"),
        ("尊敬的市长：您好！", "市长", "county_government"),
    ],
)
def test_who_is_asked_is_found_with_its_unit(text, asked, unit):
    assert (asked, unit) in {(text[f.start : f.end], f.label) for f in find(text)}


@pytest.mark.parametrize(
    "text",
    ["教育局门口的路坏了。", "孩子在镇中心小学上学。", "他在税务局上班。", "今年收成不错。", ""],
)
def test_who_is_only_named_is_not_asked(text):
    assert find(text) == []
