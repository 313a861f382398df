"""The query language, asked of every engine: fields, ranges, regions, near, nesting, and what is highlighted."""

from __future__ import annotations

import pytest
from archive import Archive, beijing

from index.query import expand, parse


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("采石场 OR 焚烧厂", {"standard", "dust", "dust-copy", "news", "smell", "reply"}),
        ("采石场 或 焚烧厂", {"standard", "dust", "dust-copy", "news", "smell", "reply"}),
        ("采石场 -扬尘", {"standard", "news"}),
        ("采石场 非 扬尘", {"standard", "news"}),
        ("采石场 NOT (扬尘 OR 规划)", {"standard"}),
        ("-采石场", {"smell", "praise", "reply", "undated"}),
        ("-采石场 -焚烧厂", {"praise", "undated"}),
        ("-(采石场 OR 焚烧厂)", {"praise", "undated"}),
        ("-采石场 OR 扬尘", {"smell", "praise", "reply", "undated", "dust", "dust-copy"}),
        ("(采石场 OR 焚烧厂) (规划 OR 环评)", {"news", "reply"}),
        ("（采石场 且 （噪音 或 道路）） 非 投资", {"standard", "dust", "dust-copy"}),
        ("采石场 OR 焚烧厂 联名", {"standard", "dust", "dust-copy", "news", "smell"}),
        ("“采石场道路” 或 “拟建的焚烧厂”", {"standard", "news", "smell"}),
        ("采石场，道路", {"standard", "news"}),
        ("標題:焚燒廠", {"smell", "reply"}),
        ("标题:焚烧厂", {"smell", "reply"}),
        ("title:补偿", {"standard"}),
        ("title:(扬尘 OR 补偿)", {"dust", "dust-copy", "standard"}),
        ("-title:补偿 补偿", {"praise"}),
        ("factor:dust", {"dust", "dust-copy"}),
        ("因素：（odour 或 compensation_standard）", {"smell", "standard"}),
        ("category:environment first:yes", {"dust", "smell"}),
        ("态度:负面 -来源:微博", {"standard", "dust", "smell"}),
        ("source:weibo", {"dust-copy"}),
        ("source:热线", {"dust"}),
        ("source:晨报", {"news"}),
        ("来源：留言板 体裁：答复", {"reply"}),
        ("group:land_losing_farmers", {"standard"}),
        ("place:清河湾小区", {"smell", "reply"}),
        ("诉求:是 escalation:>=2", {"dust", "dust-copy", "smell"}),
        ("escalation:3", {"smell"}),
        ("escalation:(1 OR 3)", {"standard", "smell"}),
        ("escalation:[1 TO 2]", {"standard", "dust", "dust-copy"}),
        ("escalation:{1 TO 3}", {"dust", "dust-copy"}),
        ("escalation:[1 TO 3}", {"standard", "dust", "dust-copy"}),
        ("escalation:<1 source:新闻", {"news"}),
        ("-escalation:>0", {"praise", "reply", "news", "undated"}),
        ("region:99", {"standard", "dust", "dust-copy", "smell", "praise", "reply", "news"}),
        ("region:9902", {"standard", "dust", "dust-copy", "praise", "news"}),
        ("地区:990200", {"standard", "dust", "dust-copy", "praise", "news"}),
        ("地区:990206", {"standard", "dust", "dust-copy", "praise"}),
        ("地区:990206009", {"standard", "dust", "dust-copy", "praise"}),
        ("region:(990206 OR 9903)", {"standard", "dust", "dust-copy", "praise", "smell", "reply"}),
        ("-region:9902 region:99", {"smell", "reply"}),
        ("region:9904", set()),
        ("project:waste-plant", {"smell", "reply"}),
        ("mentions:quarry-road", {"news"}),
        ("origin:dust", {"dust", "dust-copy"}),
        ("id:(news OR reply)", {"news", "reply"}),
        ("published:2026-03-02", {"dust"}),
        ("时间:2026年3月", {"standard", "dust", "dust-copy", "smell"}),
        ("published:2026-03", {"standard", "dust", "dust-copy", "smell"}),
        ("published:2026", {"standard", "dust", "dust-copy", "smell", "praise", "reply", "news"}),
        ("published:2025", set()),
        ("published:[2026-03-02 TO 2026-03-31]", {"dust", "dust-copy", "smell"}),
        ("时间：【2026-03-02 至 2026-03-31】", {"dust", "dust-copy", "smell"}),
        ("published:{2026-03-02 TO 2026-03-31}", {"dust-copy"}),
        ("published:[2026-04-01 TO *]", {"praise", "reply"}),
        ("published:[* TO 2026-03-01]", {"standard", "news"}),
        ("published:>2026-03", {"praise", "reply"}),
        ("published:<2026-03", {"news"}),
        ("published:>=2026-04-06T10:00", {"reply"}),
        ("published:>2026-04-06T10:00", set()),
        ("published:<=2026-01-05T00:00Z", {"news"}),
        ("-published:2026", {"undated"}),
        ("published:last1d", set()),
        ('"灰尘 噪音"~3', {"dust", "dust-copy"}),
        ('"灰尘 噪音"~1', set()),
        ('"灰尘 噪音"~2', {"dust", "dust-copy"}),
        ('"噪音 灰尘"~2', {"dust", "dust-copy"}),
        ("“補償 標準”～０", {"standard"}),
        ('"补偿 邻镇"~3', {"standard"}),
        ('"太低 石盘"~50', set()),
        ('-"灰尘 噪音"~3 采石场', {"standard", "news"}),
        ('"灰尘 噪音"~3 OR 点赞', {"dust", "dust-copy", "praise"}),
        ("请问采石场运石头的车什么时候能停", {"dust", "dust-copy"}),
        ("like:道路规划衔接", {"news"}),
    ],
)  # fmt: skip
def test_a_query_finds_what_it_says(town: Archive, typed: str, found: set[str]) -> None:
    assert town.ids(typed) == found
    assert town.index.count(parse(typed)) == len(found)


def test_recent_days_begin_at_midnight_in_beijing(archive: Archive) -> None:
    from datetime import UTC, datetime, timedelta

    from index.days import BEIJING

    midnight = datetime.now(UTC).astimezone(BEIJING).replace(hour=0, minute=0, second=0, microsecond=0)
    archive.file("today", published_at=midnight)
    archive.file("yesterday", published_at=midnight - timedelta(seconds=1))
    archive.file("week", published_at=midnight - timedelta(days=6))
    archive.file("before", published_at=midnight - timedelta(days=6, seconds=1))
    archive.file("future", published_at=midnight + timedelta(days=1))
    assert archive.ids("published:last1d") == archive.ids("时间:今天") == {"today"}
    assert archive.ids("published:last7d") == archive.ids("时间：近1周") == {"today", "yesterday", "week"}
    assert archive.ids("-published:last7d") == {"before", "future"}


@pytest.mark.parametrize(
    ("typed", "document_id", "marked"),
    [
        ('"灰尘大，噪音"', "dust", ["灰尘大，噪音"]),
        ('"灰尘 噪音"~3', "dust", ["灰尘", "噪音"]),
        ("“噪音 灰塵”～３", "dust", ["灰尘", "噪音"]),
        ('"补偿 标准"~0', "standard", ["补偿", "标准", "补偿", "标准"]),
        ('"征地 邻镇"~6 核算', "standard", ["征地", "邻镇", "核算"]),
        ('"补偿 邻镇"~3', "standard", ["补偿", "邻镇"]),
        ('(灰尘 OR 臭气) -"点赞"', "dust", ["灰尘"]),
        ("(采石场 (灰尘 OR 臭气)) OR 点赞", "dust", ["采石场", "灰尘"]),
        ("title:采石场 石头", "dust", ["采石场", "石头"]),
        ("因素:dust 采石场", "dust", ["采石场"]),
        ("-臭气 噪音", "dust", ["噪音"]),
        ("因素:dust", "dust", []),
        ("ｇ９９ 投资", "news", ["Ｇ９９", "投资"]),
    ],
)  # fmt: skip
def test_what_answers_is_marked_and_nothing_else(
    town: Archive, typed: str, document_id: str, marked: list[str]
) -> None:
    assert town.marked(typed, document_id) == marked


def test_near_marks_the_strings_that_are_near_and_not_their_other_places(archive: Archive) -> None:
    archive.file("d", title="标准", body="补偿很低。大家都说应当公开，标准也低，补偿太低。")
    assert archive.marked('"标准 补偿"~3', "d") == ["标准", "补偿"]
    spans = archive.page('"标准 补偿"~3', highlight=True).hits[0].highlights
    assert spans == ((17, 19), (22, 24))


def test_other_names_of_an_office_are_found_and_marked_when_asked_for(archive: Archive) -> None:
    names = {"林地局": ("林草局",)}
    archive.file("old", body="林地局不管")
    archive.file("new", body="去了林草局")
    assert archive.ids("林地局") == {"old"}
    query = expand(parse("林地局"), names)
    assert archive.ids(query) == {"old", "new"} and archive.marked(query, "new") == ["林草局"]


def test_fields_do_not_change_the_ranking_of_words(town: Archive) -> None:
    plain = {hit.id: hit.score for hit in town.page("采石场").hits}
    narrowed = {hit.id: hit.score for hit in town.page("采石场 诉求:是 published:2026-03").hits}
    assert narrowed == {name: plain[name] for name in narrowed} and set(narrowed) == {"standard", "dust", "dust-copy"}


def test_a_filter_and_a_field_ask_the_same(town: Archive) -> None:
    for typed, filters in (
        ("factor:dust", {"factors": "dust"}), ("地区:9903", {"region_codes": "9903"}), ("态度:正面", {"attitude": "positive"}),
    ):  # fmt: skip
        assert town.order(typed) == town.order(filters=filters)


def test_the_newest_first_where_a_query_has_fields_alone(town: Archive) -> None:
    assert town.order("project:quarry-road") == ["praise", "dust-copy", "dust", "standard"]
    assert town.order("published:>=2026-04-01 OR factor:odour") == ["reply", "praise", "smell"]


def test_pages_of_a_query_on_recent_days_follow_one_another(archive: Archive) -> None:
    from datetime import UTC, datetime

    now = datetime.now(UTC)
    for n in range(7):
        archive.file(f"d{n}", body="水", published_at=now)
    archive.file("old", body="水", published_at=beijing(2020, 1, 1))
    assert sorted(archive.all_pages("水 published:last30d", size=3)) == [f"d{n}" for n in range(7)]
