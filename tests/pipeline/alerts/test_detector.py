"""The detector's promises: exact resume, one and many alike, and what it does not know never becomes a fact."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.alerts import Detector, Level, LevelRules, Observation, Observations, Reading, State, States, tick_of

DETECTOR = Detector()
MONDAY = datetime(2026, 3, 2)
HOURS_OF_HABIT = 24 * 28


def watched(
    counts: list[float], *, detector: Detector = DETECTOR, state: State | None = None, begin: datetime = MONDAY
) -> tuple[State, list[Reading]]:
    """A series seen hour after hour."""
    now, readings = state or State.new(), []
    for hour, count in enumerate(counts):
        now, reading = detector.step(now, Observation(begin + timedelta(hours=hour), count))
        readings.append(reading)
    return now, readings


@pytest.fixture(scope="module")
def habit() -> State:
    """Four weeks of about one origin in two hours."""
    counts = np.random.default_rng(7).poisson(0.5, HOURS_OF_HABIT).astype(float)
    return watched(list(counts))[0]


AFTER = MONDAY + timedelta(hours=HOURS_OF_HABIT)

observations = st.builds(
    lambda count, total, exposure, capped, missing: {
        "count": float(count),
        "total": None if total is None else float(count + total),
        "exposure": exposure,
        "capped": capped,
        "missing": missing,
    },
    count=st.integers(0, 30),
    total=st.none() | st.integers(0, 200),
    exposure=st.sampled_from([1.0, 1.0, 0.5, 0.0]),
    capped=st.booleans(),
    missing=st.booleans(),
)


@settings(max_examples=25, deadline=None)
@given(rows=st.lists(observations, min_size=5, max_size=60), kills=st.sets(st.integers(0, 59), max_size=20))
def test_a_restart_from_bytes_changes_nothing(habit: State, rows: list[dict[str, float]], kills: set[int]) -> None:
    straight = interrupted = habit
    for hour, row in enumerate(rows):
        seen = Observation(AFTER + timedelta(hours=hour), **row)
        straight, one = DETECTOR.step(straight, seen)
        if hour in kills:
            interrupted = State.from_bytes(bytes(interrupted.to_bytes()))
        interrupted, other = Detector().step(interrupted, seen)
        assert repr(one) == repr(other)
    assert straight.to_bytes() == interrupted.to_bytes()


@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_a_series_is_judged_alone_as_among_others(data: st.DataObject) -> None:
    series = data.draw(st.lists(st.lists(observations, min_size=12, max_size=12), min_size=2, max_size=7))
    many, single = States.new(len(series)), [State.new() for _ in series]
    for hour in range(12):
        seen = [Observation(MONDAY + timedelta(hours=hour), **rows[hour]) for rows in series]
        readings = DETECTOR.step_many(many, Observations.of(seen))
        for i, one in enumerate(seen):
            single[i], reading = DETECTOR.step(single[i], one)
            assert repr(reading) == repr(readings.row(i))
    assert many.pack() == single


def test_a_state_fits_in_a_kilobyte() -> None:
    assert len(State.new().to_bytes()) <= 1024


def test_bytes_of_something_else_are_refused() -> None:
    with pytest.raises(ValueError, match="E802"):
        State.from_bytes(b"\x00" * 1011)


def test_an_hour_that_is_over_is_refused(habit: State) -> None:
    with pytest.raises(ValueError, match="E803"):
        DETECTOR.step(habit, Observation(MONDAY, 1.0))


@pytest.mark.parametrize("count", [-1.0, float("nan"), float("inf")])
def test_what_is_no_count_is_refused(habit: State, count: float) -> None:
    with pytest.raises(ValueError, match="E801"):
        DETECTOR.step(habit, Observation(AFTER, count))


def test_a_burst_is_told_once_with_its_reason(habit: State) -> None:
    _, readings = watched([1, 6, 9, 12, 8, 4, 2, 1, 0, 1, 0, 0, 1], state=habit, begin=AFTER)
    onsets = [reading for reading in readings if reading.onset]
    assert len(onsets) == 1
    told = max((reading for reading in readings if reading.level), key=lambda reading: reading.score)
    assert told.level is Level.RED
    assert told.observed > told.upper > told.expected
    assert told.recurrence_months > 900
    assert onsets[0].episode is not None
    assert onsets[0].episode.serial == 1


def test_levels_only_rise_within_an_episode(habit: State) -> None:
    _, readings = watched([5, 9, 9, 0, 0, 3, 0, 0, 0, 12, 0, 0], state=habit, begin=AFTER)
    levels = [reading.level or 0 for reading in readings]
    first = next(i for i, level in enumerate(levels) if level)
    assert levels[first:] == sorted(levels[first:])


def test_an_episode_ends_and_the_next_one_is_another(habit: State) -> None:
    burst, calm = [6.0, 9.0, 9.0, 6.0], [0.0, 1.0] * 36
    _, readings = watched([*burst, *calm, *burst], state=habit, begin=AFTER)
    onsets = [reading.episode.serial for reading in readings if reading.onset and reading.episode]
    ends = [reading.episode for reading in readings if reading.episode and reading.episode.end]
    assert onsets == [1, 2]
    assert len(ends) == 1
    assert ends[0].end is not None
    assert ends[0].end > ends[0].begin


def test_a_rise_while_cooling_is_the_same_episode(habit: State) -> None:
    burst = [6.0, 9.0, 9.0, 6.0]
    _, readings = watched([*burst, *[0.0] * 16, *burst], state=habit, begin=AFTER)
    assert sum(reading.onset for reading in readings) == 1


@settings(max_examples=20, deadline=None)
@given(count=st.integers(0, 400))
def test_a_capped_hour_never_lowers_what_is_expected(habit: State, count: int) -> None:
    seen = Observation(AFTER, float(count), capped=True)
    after, reading = DETECTOR.step(habit, seen)
    ignored, _ = DETECTOR.step(habit, Observation(AFTER, missing=True))
    later = [Observation(AFTER + timedelta(hours=hour), missing=True) for hour in range(1, 13)]
    for hour in later:
        after, capped = DETECTOR.step(after, hour)
        ignored, missing = DETECTOR.step(ignored, hour)
    assert reading.lower_bound
    assert capped.rate >= missing.rate


def test_missing_hours_do_not_change_the_level(habit: State) -> None:
    state, rates = habit, []
    for hour in range(24 * 7):
        state, reading = DETECTOR.step(state, Observation(AFTER + timedelta(hours=hour), 50.0, missing=True))
        rates.append(reading.rate)
        assert not reading.alarm
    assert len(set(rates)) == 1


def test_hours_left_out_are_missing_hours(habit: State) -> None:
    after = AFTER + timedelta(hours=30)
    told = habit
    for hour in range(30):
        told, _ = DETECTOR.step(told, Observation(AFTER + timedelta(hours=hour), missing=True))
    said, silent = DETECTOR.step(told, Observation(after, 3.0)), DETECTOR.step(habit, Observation(after, 3.0))
    assert said[1].rate == silent[1].rate
    assert said[1].observed == silent[1].observed


def test_half_the_collection_expects_half(habit: State) -> None:
    _, whole = DETECTOR.step(habit, Observation(AFTER, 1.0))
    _, half = DETECTOR.step(habit, Observation(AFTER, 1.0, exposure=0.5))
    assert half.tick_expected == pytest.approx(whole.tick_expected / 2)


@settings(max_examples=10, deadline=None)
@given(factor=st.sampled_from([2, 4, 8]))
def test_a_series_k_times_as_busy_expects_k_times_as_much(factor: int) -> None:
    counts = np.random.default_rng(3).poisson(2.0, HOURS_OF_HABIT).astype(float)
    _, once = watched(list(counts))
    _, often = watched(list(counts * factor))
    assert often[-1].tick_expected == pytest.approx(once[-1].tick_expected * factor, rel=0.25)


def test_more_origins_are_never_less_unusual(habit: State) -> None:
    scores = [DETECTOR.step(habit, Observation(AFTER, float(count)))[1].score for count in range(1, 40)]
    assert scores == sorted(scores)


def test_a_new_series_raises_only_the_grave(habit: State) -> None:
    _, readings = watched([0.0] * 48 + [3.0, 3.0])
    assert all(reading.level is None or reading.level >= Level.ORANGE for reading in readings)
    assert readings[-1].cold


def test_when_everything_rises_alike_the_level_is_one_lower() -> None:
    state = State.new()
    rng = np.random.default_rng(5)
    for hour in range(HOURS_OF_HABIT):
        count = float(rng.poisson(0.6))
        total = count + float(rng.poisson(1.4))
        state, _ = DETECTOR.step(state, Observation(MONDAY + timedelta(hours=hour), count, total=total))
    alike = negative = state
    levels = []
    for hour in range(4):
        moment = AFTER + timedelta(hours=hour)
        alike, flat = DETECTOR.step(alike, Observation(moment, 4.0, total=16.0))
        negative, risen = DETECTOR.step(negative, Observation(moment, 4.0, total=5.0))
        levels.append((flat, risen))
    flat, risen = levels[-1]
    assert flat.volume_artefact
    assert not risen.volume_artefact
    assert (flat.level or 0) < (risen.level or 0)


def test_own_rules_replace_the_levels(habit: State) -> None:
    strict = Detector(rules=LevelRules((50.0, 60.0, 70.0, 80.0)))
    _, readings = watched([6, 9, 9], state=habit, begin=AFTER, detector=strict)
    assert not any(reading.level for reading in readings)


def test_an_added_source_moves_the_habit_and_raises_no_alarm(habit: State) -> None:
    counts = list(np.random.default_rng(8).poisson(1.5, 72).astype(float))
    _, surprised = watched(counts, state=habit, begin=AFTER)
    _, told = watched(counts, state=habit.rescaled(3.0), begin=AFTER)
    assert any(reading.alarm for reading in surprised)
    assert not any(reading.alarm for reading in told)


def test_a_tick_is_the_same_hour_whatever_the_zone() -> None:
    utc = datetime.fromisoformat("2026-03-02T00:30:00+00:00")
    assert tick_of(utc) == tick_of(datetime(2026, 3, 2, 8))
