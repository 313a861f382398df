"""``minyi redact`` as a filter."""

import json
import subprocess
import sys


def redact_lines(*rows: object) -> tuple[int, list[dict]]:
    """Feeds the rows to the command; returns its exit code and its lines."""
    lines = "\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows)
    done = subprocess.run(
        [sys.executable, "-c", "from api.cli.redact import command; command()"],
        input=lines.encode(),
        capture_output=True,
        check=False,
    )
    return done.returncode, [json.loads(line) for line in done.stdout.decode().splitlines()]


def test_every_line_is_answered_in_order_with_offsets_into_the_input():
    code, answers = redact_lines({"uid": "b", "text": "电话１３８００１３８０００"}, {"uid": "a", "text": "停水三天了"})
    assert code == 0
    assert answers == [
        {"uid": "b", "text": "电话〈电话〉", "redactions": [{"start": 2, "end": 13, "class": "phone"}]},
        {"uid": "a", "text": "停水三天了", "redactions": []},
    ]


def test_a_bad_line_becomes_an_error_and_the_others_are_answered():
    code, answers = redact_lines("{", {"uid": 1, "text": 5}, {"uid": 2, "text": "\ud800"}, {"uid": 3, "text": "好"})
    assert code == 1
    assert [answer["uid"] for answer in answers] == [None, 1, 2, 3]
    assert ["error" in answer for answer in answers] == [True, True, True, False]
    assert all("text" not in answer for answer in answers[:3])


def test_a_row_that_brings_an_error_field_of_its_own_is_redacted_like_any_other():
    code, (answer,) = redact_lines({"uid": 1, "text": "电话13800138000", "error": "kept by the exporter"})
    assert (code, answer["text"]) == (0, "电话〈电话〉")
    assert "error" not in answer


def test_a_number_too_long_to_be_read_is_an_error_of_its_line_alone():
    code, answers = redact_lines('{"uid": ' + "9" * 5000 + ', "text": "好"}', {"uid": 2, "text": "好"})
    assert code == 1
    assert ["error" in answer for answer in answers] == [True, False]


def test_the_genre_decides_whether_officials_stay_and_without_it_the_wording_does():
    _, answers = redact_lines(
        {"uid": 1, "text": "局长王建军到现场。", "genre": "news"},
        {"uid": 2, "text": "局长王建军到现场。"},
        {"uid": 3, "text": "关于任免的公告\n局长王建军到现场。"},
    )
    assert [answer["text"] for answer in answers] == [
        "局长王建军到现场。",
        "局长到现场。",
        "关于任免的公告\n局长王建军到现场。",
    ]
