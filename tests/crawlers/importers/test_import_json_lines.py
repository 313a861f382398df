from __future__ import annotations

import json

import pytest

from crawlers.importers import Bad, Good, ImportRefused, open_source


def test_fields_are_recognised_in_chinese_and_english_and_others_ignored(desk) -> None:
    path = desk.jsonl(
        [
            {
                "id": 1,
                "title": "水渠",
                "text": "水渠塌了",
                "time": "2023-05-06",
                "user_code": "u1",
                "likes": 3,
                "row": [1],
            },
            {
                "id": 2,
                "title": None,
                "text": "路灯坏了",
                "time": None,
                "user_code": None,
                "reply": "已修",
                "reply_time": 45052,
            },
        ]
    )
    first, second, reply = desk.good(path)
    assert (first.item_key, first.author_key, first.engagement) == ("1", "u1", {"likes": 3})
    assert (second.title, second.published_at, second.author_key) == ("", None, None)
    assert (reply.reply_to, reply.published_at.date().isoformat()) == ("2", "2023-05-06")
    assert desk.good(desk.jsonl([{"编号": "7", "留言详情": "井干了"}], "zh.jsonl"))[0].body == "井干了"


def test_a_field_that_first_comes_late_is_read_from_there_on(desk) -> None:
    path = desk.jsonl(
        [*({"id": n, "text": f"水渠{n}"} for n in range(300)), {"id": "x", "text": "井", "标题": "井干了"}]
    )
    assert desk.good(path)[-1].title == "井干了"


@pytest.mark.parametrize(
    ("line", "field", "reason"),
    [
        ('{"id": 2, "text": "水渠\\ud800塌了"}', "body", "surrogate U+D800"),
        ('{"id": 2, "text": "水渠\\u0000"}', "body", "U+0000"),
        ('{"id": 2, "text": ["水渠"]}', "body", "a list or an object"),
        ('{"id": 2, "text": null}', "body", "missing"),
        ('{"id": 2}', "body", "missing"),
        ('{"text": "水渠塌了"}', "item_key", "missing"),
        ('{"id": 2, "text": "水渠塌了", "time": "20191-01-01"}', "published_at", "year"),
        ('{"id": 2, "text": "水渠', "", "not JSON"),
        ('["水渠"]', "", "not a JSON object"),
        ("[" * 100_000, "", "not JSON"),
        ('{"id": ' + "9" * 6000 + ', "text": "水渠"}', "", "not JSON"),
    ],
)  # fmt: skip
def test_a_bad_line_is_named_and_the_next_one_comes(desk, line: str, field: str, reason: str) -> None:
    rows = desk.rows(desk.text('{"id": 1, "text": "甲"}\n' + line + '\n\n{"id": 3, "text": "乙"}\n', "l.jsonl"))
    assert [(type(row).__name__, row.row_number) for row in rows] == [("Good", 1), ("Bad", 2), ("Good", 4)]
    assert rows[1].field == field
    assert reason in rows[1].reason
    assert "水渠" not in rows[1].reason


def test_a_giant_line_is_bad_and_the_next_one_comes(desk) -> None:
    rows = desk.rows(desk.jsonl([{"id": 1, "text": "甲"}, {"id": 2, "text": "x" * 3_000_000}, {"id": 3, "text": "乙"}]))
    assert [type(row) for row in rows] == [Good, Bad, Good]


def test_json_lines_in_another_encoding_are_read(desk) -> None:
    line = json.dumps({"编号": "1", "内容": "柳湾村的水渠塌了半年，请有关部门来人处理。"}, ensure_ascii=False)
    assert desk.bodies(desk.text(line, "l.jsonl", "gb18030")) == desk.bodies(desk.text(line, "m.jsonl", "utf-8-sig"))


def test_a_json_array_and_lines_without_a_text_are_refused_with_advice(desk) -> None:
    with pytest.raises(ImportRefused, match="jq -c"):
        open_source(desk.text('[{"id": 1, "text": "水渠"}]', "a.json"))
    with pytest.raises(ImportRefused, match="--map body=FIELD"):
        open_source(desk.jsonl([{"id": 1, "label": "水渠"}]))
