"""P-26: no group of texts is missed more often than when the baseline was taken, on invented texts of every group."""

from __future__ import annotations

import tomllib
from collections import Counter
from pathlib import Path

import pytest

from examples.balanced import LENGTHS, PLACES, REGIONS, SOURCES, TOPICS, balanced
from models.fingerprint import fingerprint
from pipeline.annotate import Linking, annotate
from pipeline.evaluation.bias import Missed, missed, moved, worse
from pipeline.evaluation.bias_kept import baseline, measured
from pipeline.evaluation.slices import text_of

ROWS = list(balanced())


@pytest.fixture(scope="module")
def now() -> dict[str, Missed]:
    """What the models that ship miss of the invented texts."""
    return missed(list(zip(ROWS, annotate(ROWS, Linking.to([])), strict=True)))


def test_no_group_is_missed_more_than_the_baseline_and_its_interval(now: dict[str, Missed]) -> None:
    assert not worse(now, baseline().groups), "\n".join(worse(now, baseline().groups))


def test_the_baseline_has_every_group_and_numbers_alone(now: dict[str, Missed]) -> None:
    stored = baseline()
    assert set(stored.groups) == set(now)
    assert {name.partition(", ")[2].partition(":")[0] for name in now} >= {
        "topic",
        "length",
        "place",
        "source",
        "region",
    }
    text = Path(stored.file).read_text("utf-8")
    assert not [row for row in ROWS if row["text"] in text]
    assert all(isinstance(n, int) for one in tomllib.loads(text)["groups"].values() for n in one)


def test_what_is_shown_of_the_models_that_ship_is_what_they_miss(now: dict[str, Missed]) -> None:
    """Processors round differently: a text or two in a group may fall on the other side."""
    told = measured()
    assert told.models == fingerprint(), "the models changed: python -m examples.balanced --measure"
    assert told.rows == len(ROWS) and set(told.groups) == set(now)
    assert not worse(now, told.groups) and not worse(told.groups, now)


def test_texts_are_balanced_and_none_stands_twice() -> None:
    assert len({text_of(row) for row in ROWS}) == len(ROWS) == len(TOPICS) * len(LENGTHS) * len(SOURCES) * len(PLACES)
    for field, values in (("topic", len(TOPICS)), ("length", len(LENGTHS)), ("source_kind", len(SOURCES))):
        assert set(Counter(row[field] for row in ROWS).values()) == {len(ROWS) // values}
    assert max(Counter(row["region"][:3] for row in ROWS).values()) - len(ROWS) // len(REGIONS) < 3


def test_a_group_that_is_missed_more_often_is_told_with_both_figures() -> None:
    before = {"factors missed, length: short": Missed(6, 60), "factors missed, place: rural": Missed(5, 90)}
    after = {"factors missed, length: short": Missed(24, 60), "factors missed, place: rural": Missed(7, 90)}
    assert worse(after, before) == ["factors missed, length: short: 0.400 (24 of 60), was 0.100 and at most 0.201"]
    assert worse({}, before)[0] == "factors missed, length: short: not measured any more"


def test_a_rate_moves_only_when_it_leaves_the_interval_it_had() -> None:
    assert [moved(Missed(n, 60), Missed(12, 60)) for n in (3, 12, 30)] == ["fewer", "no", "more"]


def test_an_interval_is_wide_where_cases_are_few() -> None:
    low, high = Missed(0, 10).bounds()
    assert low == 0 and 0.25 < high < 0.31
    assert Missed(50, 100).bounds() == pytest.approx((0.404, 0.596), abs=0.001)
