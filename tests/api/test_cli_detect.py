"""``minyi detect``: one line out for each line in, whatever came in."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from api.cli.main import cli

MONDAY = datetime(2026, 3, 2)
FIELDS = {"series", "timestamp", "expected", "upper", "p", "level", "alarm"}
Line = dict[str, Any]


def detect(lines: list[Line | str], *options: str, exit_code: int = 0) -> list[Line]:
    """What comes out, line by line."""
    typed = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    result = CliRunner().invoke(cli, ["detect", *options], input=typed)
    assert result.exit_code == exit_code, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def series(name: str, counts: list[float], *, minutes: int = 60, begin: datetime = MONDAY) -> list[Line]:
    return [
        {"series": name, "timestamp": (begin + timedelta(minutes=minutes * i)).isoformat(), "count": count}
        for i, count in enumerate(counts)
    ]


def with_burst(rate: float, n: int, at: int, burst: list[float], seed: int = 1) -> list[float]:
    counts = np.random.default_rng(seed).poisson(rate, n).astype(float)
    counts[at : at + len(burst)] += burst
    return list(counts)


@pytest.mark.parametrize(("minutes", "rate", "burst"), [(60, 0.5, [6.0, 9, 9, 6]), (5, 20.0, [300.0] * 6)])
def test_a_burst_is_one_alarm_at_its_beginning(minutes: int, rate: float, burst: list[float]) -> None:
    rows = detect(series("quarry-road", with_burst(rate, 900, 800, burst), minutes=minutes))
    alarms = [i for i, row in enumerate(rows) if row["alarm"] and i >= 700]
    assert len(rows) == 900
    assert all(set(row) == FIELDS for row in rows)
    assert len(alarms) == 1
    assert 800 <= alarms[0] < 803
    told = rows[alarms[0]]
    assert told["level"] is not None
    assert told["p"] < 0.001 < min(row["p"] for row in rows[790:800])
    assert rows[alarms[0] + 1]["p"] == 1


def test_interleaved_series_are_judged_as_each_alone() -> None:
    one = series("quarry-road", with_burst(0.5, 700, 600, [9.0, 9, 9]))
    other = series("east-bridge", with_burst(3.0, 700, 500, [20.0, 20], seed=2))
    mixed = [line for pair in zip(one, other, strict=True) for line in pair]
    together = detect(mixed)
    assert [row["series"] for row in together[:2]] == ["quarry-road", "east-bridge"]
    assert together[::2] == detect(one)
    assert together[1::2] == detect(other)


def test_a_named_step_gives_what_looking_ahead_finds() -> None:
    lines = series("quarry-road", with_burst(0.5, 400, 380, [9.0, 9, 9]))
    assert detect(lines, "--step", "3600") == detect(lines)


def test_a_tick_that_is_null_or_left_out_is_not_a_count_of_zero() -> None:
    counts: list[Any] = with_burst(2.0, 500, 499, [0.0])
    gone = [line for i, line in enumerate(series("quarry-road", counts)) if not 300 <= i < 420]
    null = [line | ({"count": None} if 300 <= i < 420 else {}) for i, line in enumerate(series("quarry-road", counts))]
    zero = [line | ({"count": 0} if 300 <= i < 420 else {}) for i, line in enumerate(series("quarry-road", counts))]
    left, nulls, zeros = (detect(lines)[-80:] for lines in (gone, null, zero))
    assert [row["expected"] for row in left] == [row["expected"] for row in nulls]
    assert zeros[0]["expected"] < nulls[0]["expected"]


def test_a_bad_line_costs_nobody_else_anything() -> None:
    good = series("quarry-road", with_burst(0.5, 50, 40, [1.0]))
    bad: list[Line | str] = [
        "not json",
        {"series": "quarry-road", "timestamp": "yesterday", "count": 1},
        {"series": "quarry-road", "timestamp": good[9]["timestamp"], "count": -1},
        {"series": "quarry-road", "timestamp": good[9]["timestamp"], "count": "many"},
        {"series": "quarry-road", "timestamp": good[0]["timestamp"], "count": 1},
        {"timestamp": good[9]["timestamp"], "count": 1},
    ]
    rows = detect([*good[:20], *bad, *good[20:]], exit_code=1)
    errors = [row for row in rows if "error" in row]
    assert len(rows) == len(good) + len(bad)
    assert len(errors) == len(bad)
    assert [row for row in rows if "error" not in row] == detect(good)


def test_a_capped_count_is_a_lower_bound() -> None:
    counts = with_burst(4.0, 500, 499, [0.0])
    lines = series("quarry-road", counts)
    low = [line | ({"count": 1, "capped": True} if i >= 440 else {}) for i, line in enumerate(lines)]
    plain = [line | ({"count": 1} if i >= 440 else {}) for i, line in enumerate(lines)]
    assert detect(low)[-1]["expected"] > detect(plain)[-1]["expected"]


def test_seconds_since_1970_are_a_time() -> None:
    stamped = series("quarry-road", with_burst(0.5, 60, 40, [1.0]))
    begin = datetime.fromisoformat("2026-03-02T00:00:00+08:00").timestamp()
    numbered = [line | {"timestamp": begin + 3600 * i} for i, line in enumerate(stamped)]
    assert [row["expected"] for row in detect(numbered)] == [row["expected"] for row in detect(stamped)]


@pytest.mark.parametrize(
    "beyond",
    ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59", "9999-12-31T23:59:59-05:00", "1899-12-31", 9e10, -9e10, 1e300],
)
@pytest.mark.parametrize("options", [(), ("--step", "300")])
def test_a_time_beyond_all_calendars_is_one_bad_line(beyond: str | float, options: tuple[str, ...]) -> None:
    good = series("pump", with_burst(20.0, 40, 30, [0.0]), minutes=5)
    odd: Line = {"series": "pump", "timestamp": beyond, "count": 1}
    rows = detect([*good[:20], odd, *good[20:]], *options, exit_code=1)
    assert rows.pop(20)["error"].startswith("E809")
    assert rows == detect(good, *options)


def test_a_dense_stream_is_not_news_merely_because_it_begins() -> None:
    for rate in (5.0, 100.0):
        rows = detect(series("pump", with_burst(rate, 600, 500, [30 * rate] * 3), minutes=5))
        assert [i for i, row in enumerate(rows) if row["alarm"]] == [500]


@pytest.mark.parametrize(
    ("minutes", "rate", "n", "at"),
    [(60, 100.0, 480, 400), (60, 3.0, 480, 400), (1440, 5000.0, 60, 40), (1440, 40.0, 60, 40), (10080, 900.0, 20, 12)],
)
def test_what_a_dense_series_begins_with_is_its_habit(minutes: int, rate: float, n: int, at: int) -> None:
    rows = detect(series("pump", with_burst(rate, n, at, [9 * rate] * 2), minutes=minutes))
    assert [i for i, row in enumerate(rows) if row["alarm"]] == [at]
    assert all(row["level"] is None and row["p"] > 1e-5 for row in rows[:at])
    assert all(0.3 * rate < row["expected"] < 3 * rate for row in rows[at - 5 : at])


def test_a_spike_soon_after_a_dense_series_began_is_told() -> None:
    rows = detect(series("pump", with_burst(100.0, 60, 40, [1500.0] * 2)))
    assert [i for i, row in enumerate(rows) if row["alarm"]] == [40]


def test_a_dense_series_with_hours_of_its_own_is_quiet() -> None:
    hours = np.arange(24 * 21) % 24
    shape = np.where((hours >= 1) & (hours < 7), 90.0, 25.0)  # a machine that works at night
    counts = np.random.default_rng(3).poisson(shape).astype(float)
    assert not [row for row in detect(series("kiln", list(counts))) if row["alarm"]]


def test_a_sparse_series_is_silent_for_a_day_only() -> None:
    counts = with_burst(0.1, 120, 60, [12.0, 15.0])
    counts[5] += 30
    rows = detect(series("quarry-road", counts))
    assert [i for i, row in enumerate(rows) if row["alarm"]][:1] in ([60], [61])
    assert all(row["level"] is None for row in rows[:60])


def test_a_line_that_is_no_object_is_answered_in_this_commands_fields() -> None:
    for line in ("[1]", "not json"):
        (row,) = detect([line], exit_code=1)
        assert set(row) == {"series", "timestamp", "error"}


@pytest.mark.parametrize("options", [(), ("--step", "3600")])
def test_a_timestamp_far_ahead_is_the_one_in_error(options: tuple[str, ...]) -> None:
    good = series("quarry-road", with_burst(0.5, 100, 80, [9.0, 9]))
    odd: Line = {"series": "quarry-road", "timestamp": "2062-03-04T00:00:00", "count": 1}
    for at in (20, 64):
        rows = detect([*good[:at], odd, *good[at:]], *options, exit_code=1)
        assert rows.pop(at)["error"].startswith("E803")
        assert rows == detect(good, *options)


def test_a_series_that_goes_on_years_later_is_believed() -> None:
    old, new = series("quarry-road", [1.0] * 30), series("quarry-road", [1.0] * 30, begin=datetime(2029, 3, 5))
    assert not [row for row in detect([*old, *new]) if "error" in row]


def test_numbers_that_json_has_no_word_for_come_back_as_null() -> None:
    """Every line that comes out is JSON, whatever number came in; the lines around it stay as they are."""
    typed = [
        '{"series": 1e400, "timestamp": "2026-03-02T00:00:00", "count": 1}',
        '{"series": "quarry-road", "timestamp": [NaN, -Infinity, "石场路"], "count": 1}',
        '{"series": "quarry-road", "timestamp": {"\\ud800": Infinity}, "count": 1}',
        '{"series": "石场路", "timestamp": "2026-03-02T00:00:00", "count": 1}',
    ]
    result = CliRunner().invoke(cli, ["detect", "--step", "3600"], input="\n".join(typed))

    def unknown(word: str) -> None:
        raise AssertionError(f"{word} is no JSON")

    rows = [json.loads(line, parse_constant=unknown) for line in result.stdout.splitlines()]
    assert result.exit_code == 1 and ["error" in row for row in rows] == [True, True, True, False]
    assert rows[0]["series"] is None and rows[1]["timestamp"] == [None, None, "石场路"]
    assert rows[2]["timestamp"] == {"\ud800": None} and rows[3]["series"] == "石场路"
