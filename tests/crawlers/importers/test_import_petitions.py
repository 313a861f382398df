from __future__ import annotations

import re
from datetime import datetime

import pytest

from crawlers.importers import Bad, Good, ImportOptions, open_source
from crawlers.importers.seen import SeenKeys, digest

HEADER = ["信访件编号", "标题", "内容", "登记时间", "答复意见", "答复时间", "答复单位", "用户编号", "点赞数"]
ROW = [
    "XF-1",
    "水渠塌了",
    "柳湾村水渠塌了半年没人修。",
    "2023-05-06 09:30",
    "已安排修复。",
    "2023-06-01",
    "云溪县水利局",
    "u17",
    "1.2万",
]


def test_an_answered_petition_becomes_a_petition_and_its_reply(desk) -> None:
    petition, reply = desk.good(desk.csv([HEADER, ROW]), source="云溪信箱")
    assert (petition.item_key, petition.genre, petition.author_key) == ("XF-1", "petition", "u17")
    assert petition.engagement == {"likes": 12000}
    assert petition.published_at.replace(tzinfo=None) == datetime(2023, 5, 6, 9, 30)
    assert (reply.item_key, reply.genre, reply.reply_to) == ("XF-1#reply", "reply", "XF-1")
    assert (reply.title, reply.body) == ("云溪县水利局", "已安排修复。")
    assert reply.published_at.replace(tzinfo=None) == datetime(2023, 6, 1)
    assert reply.author_key is None
    assert {petition.source, reply.source, petition.platform} == {"云溪信箱"}


def test_an_unanswered_petition_has_no_reply(desk) -> None:
    assert len(desk.good(desk.csv([HEADER, [*ROW[:4], "暂无", "", "", "", ""]]))) == 1


def test_a_bad_reply_does_not_cost_the_petition(desk) -> None:
    row = [*ROW[:5], "20191-06-01", *ROW[6:]]
    good, bad = desk.rows(desk.csv([HEADER, row]))
    assert isinstance(good, Good) and [item.genre for item in good.items] == ["petition"]
    assert isinstance(bad, Bad) and (bad.row_number, bad.field) == (2, "reply_time")


@pytest.mark.parametrize(
    ("column", "value", "field", "reason"),
    [
        (2, "", "body", "missing"),
        (2, " \u3000 ", "body", "missing"),
        (0, "", "item_key", "missing"),
        (0, "4.30102E+17", "item_key", "scientific"),
        (3, "20191-03-04", "published_at", "year"),
        (3, "明天", "published_at", "read"),
        (2, "水渠\x00塌了", "body", r"U\+0000"),
        (1, "水渠\x1b[31m", "title", r"U\+001B"),
        (2, "水" * 131_073, "body", "131,072"),
    ],
)
def test_a_bad_cell_is_named_by_row_and_field_and_the_next_row_comes(desk, column, value, field, reason) -> None:
    broken = [*ROW]
    broken[column] = value
    rows = desk.rows(desk.csv([HEADER, broken, ["XF-2", *ROW[1:]]]))
    bad = next(row for row in rows if isinstance(row, Bad))
    assert (bad.row_number, bad.field) == (2, field)
    assert re.search(reason, bad.reason)
    assert [row.row_number for row in rows if isinstance(row, Good)] == [3]


def test_harmless_invisible_characters_are_taken_out(desk) -> None:
    path = desk.csv([["标题", "内容"], ["\ufeff水\u200b渠", "电话\u200d139\u2060\x7f\r\n第二行\x0b第三行"]])
    (petition,) = desk.good(path)
    assert (petition.title, petition.body) == ("水渠", "电话139\n第二行\n第三行")


def test_a_duplicate_id_with_another_text_names_the_first_row(desk) -> None:
    path = desk.csv([HEADER, ROW, ["XF-2", *ROW[1:]], ["XF-1", "别的", "完全不同的事", *ROW[3:]]])
    (bad,) = desk.bad(path)
    assert (bad.row_number, bad.field) == (4, "item_key")
    assert "duplicate id: row 2 " in bad.reason


def test_a_duplicate_id_in_another_sheet_names_that_sheet(desk) -> None:
    head = ["编号", "内容"]
    path = desk.xlsx({"一月": [head, ["7", "水渠塌了"]], "二月": [head, ["7", "路灯坏了"]]})
    assert "row 2 of sheet 一月" in desk.bad(path)[0].reason


def test_a_row_repeated_word_for_word_comes_once_and_is_counted(desk) -> None:
    source = open_source(desk.csv([HEADER, ROW, ROW, ["XF-2", *ROW[1:]], ROW]), ImportOptions())
    assert [row.row_number for row in source] == [2, 4]
    assert source.duplicates == 2


def test_without_an_id_column_the_same_text_has_the_same_key_in_every_file(desk) -> None:
    table = [["标题", "内容", "时间"], ["水渠", "水渠塌了", "2023-05-06"], ["水渠", "水渠塌了", "2023-05-07"]]
    first = [item.item_key for item in desk.good(desk.csv(table))]
    again = [item.item_key for item in desk.good(desk.xlsx({"表": table}))]
    assert first == again
    assert len(set(first)) == 2


def test_a_source_can_be_read_again_from_the_start(desk) -> None:
    source = open_source(desk.csv([HEADER, ROW, ROW]))
    assert [len(list(source)), len(list(source)), source.duplicates] == [1, 1, 1]


def test_progress_runs_from_nothing_to_all(desk) -> None:
    source = open_source(desk.csv([HEADER, *([f"XF-{n}", *ROW[1:]] for n in range(2000))]))
    seen = [source.position, *(source.position for _ in source)]
    assert seen == sorted(seen)
    assert source.position == source.total_hint > seen[1]


def test_ten_thousand_keys_are_told_apart_and_found_again() -> None:
    seen = SeenKeys()
    assert all(seen.first(digest(f"k{n}"), digest("a"), n % 3, n) is None for n in range(10_000))
    assert seen.first(digest("k4321"), digest("b"), 0, 1) == (4321 % 3, 4321, False)
    assert seen.first(digest("k9999"), digest("a"), 0, 1) == (0, 9999, True)
