from __future__ import annotations

import pytest

from crawlers.importers import ImportOptions, ImportRefused, open_source
from crawlers.importers.headers import recognise
from crawlers.importers.regions import county_of


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("主题", "title"), ("留言主题", "title"), ("信访主题", "title"), ("标 题", "title"), ("Title", "title"),
        ("留言详情", "body"), ("内容（必填）", "body"), ("＊诉求内容", "body"), ("反映内容：", "body"), ("反映问题", "body"),
        ("信访事项具体内容", "body"), ("text", "body"),
        ("留言时间", "published_at"), ("信访日期", "published_at"), ("登记时间", "published_at"), ("created_at", "published_at"),
        ("所属区县", "region"), ("问题属地", "region"), ("问题发生地址", "region"), ("事发地点(详细)", "region"),
        ("信访件编号", "item_key"), ("留言编号", "item_key"), ("ＩＤ", "item_key"),
        ("答复意见", "reply"), ("处理结果", "reply"), ("答复时间", "reply_time"), ("承办单位", "reply_org"),
        ("留言用户", "author_key"), ("用户编号", "author_key"), ("user_code", "author_key"),
        ("点赞数", "likes"), ("反对数", "dislikes"), ("转发数", "reposts"),
    ],
)  # fmt: skip
def test_a_header_is_recognised_as_offices_write_it(header: str, field: str) -> None:
    found = recognise(header)
    assert isinstance(found, tuple)
    assert found[0] == field


@pytest.mark.parametrize(
    "header",
    ["序号", "备注", "", "是否满意", "label_domain", "办理状态", "explanation", "destination"],
)
def test_a_column_that_no_field_needs_is_not_guessed(header: str) -> None:
    assert recognise(header) is None


def test_the_plan_shows_what_happens_to_every_column(desk) -> None:
    path = desk.csv([["序号", "主题", "内容", "联系电话", "回访"], ["1", "水渠", "水渠塌了", "138", "已"]])
    source = open_source(path, ImportOptions(mapping={"回访": "reply"}))
    assert [(column.header, column.disposition, column.field) for column in source.columns] == [
        ("序号", "ignored", None),
        ("主题", "recognised", "title"),
        ("内容", "recognised", "body"),
        ("联系电话", "dropped (personal)", None),
        ("回访", "mapped", "reply"),
    ]


def test_of_two_columns_for_one_field_the_more_specific_is_read_and_the_other_named(desk) -> None:
    path = desk.csv([["内容", "留言详情"], ["摘要", "全文在此"]])
    assert desk.bodies(path) == ["全文在此"]
    assert "another column" in open_source(path).columns[0].note


def test_a_mapped_column_wins_over_recognition(desk) -> None:
    path = desk.csv([["内容", "T2"], ["标题一样的东西", "这是正文"]])
    assert desk.bodies(path, mapping={"T2": "body"}) == ["这是正文"]


@pytest.mark.parametrize(
    ("mapping", "why"),
    [
        ({"内容": "text"}, "no field 'text'"),
        ({"没有的列": "title"}, "no column '没有的列'"),
        ({"甲": "body", "乙": "body"}, "two columns"),
    ],
)
def test_a_mapping_that_cannot_work_is_refused(desk, mapping: dict[str, str], why: str) -> None:
    with pytest.raises(ImportRefused, match=why):
        open_source(desk.csv([["内容"], ["水渠塌了"]]), ImportOptions(mapping=mapping))


@pytest.mark.parametrize(
    ("place", "county"),
    [
        ("湖南省长沙市长沙县泉塘街道", "湖南省长沙市长沙县"),
        ("湖南省/长沙市/岳麓区", "湖南省长沙市岳麓区"),
        ("云溪县青石渡镇柳湾村七组12号", "云溪县"),
        ("延边朝鲜族自治州延吉市", "延边朝鲜族自治州延吉市"),
        ("天津市市辖区河东区", "天津市河东区"),
        ("浦东新区", "浦东新区"),
        ("Ａ３区", "A3区"),
        ("长沙", "长沙"),
        ("望湖小区3栋2单元501", None),
        ("柳湾村", None),
        ("城东菜市场旁", None),
        ("13900001234", None),
        ("", None),
    ],
)
def test_a_region_is_never_finer_than_a_county(place: str, county: str | None) -> None:
    assert county_of(place) == county


def test_province_city_and_county_columns_make_one_region(desk) -> None:
    path = desk.csv([["内容", "省份", "城市", "区县"], ["水渠塌了", "湖南省", "湖南省长沙市", "望城区"]])
    assert desk.good(path)[0].region == "湖南省长沙市望城区"
