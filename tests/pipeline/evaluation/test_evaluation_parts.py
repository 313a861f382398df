"""Calibration curve, confusions, slices, labels and layouts, on cases small enough to count by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.calibration import expected_calibration_error
from pipeline.evaluation import LayoutError, labelled
from pipeline.evaluation.calibration_curve import curve
from pipeline.evaluation.classes import class_rows
from pipeline.evaluation.confusions import COMMONEST, Confusion, commonest, of_sets
from pipeline.evaluation.layouts import REQUIRED
from pipeline.evaluation.marked_text import marked_rows
from pipeline.evaluation.measures import Counts
from pipeline.evaluation.pairs import once_a_group
from pipeline.evaluation.readers import scheme_of
from pipeline.evaluation.slices import KINDS, LEAST, slices

CASES = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=60)


@settings(deadline=None)
@given(CASES)
def test_the_bins_hold_every_case_and_give_the_error(cases):
    drawn = curve(cases)
    assert sum(one.cases for one in drawn.bins) == drawn.cases == len(cases)
    gaps = sum(abs(one.stated - one.observed) * one.cases for one in drawn.bins) / len(cases)
    assert drawn.ece == pytest.approx(gaps, abs=1e-9)
    p, truth = zip(*cases, strict=True)
    assert drawn.ece == expected_calibration_error(np.array(p), np.array(truth, dtype=float))
    assert 0 <= drawn.ece <= 1 and 0 <= drawn.brier <= 1
    assert [one.stated for one in drawn.bins] == sorted(one.stated for one in drawn.bins)


def test_certainty_that_is_right_is_perfectly_calibrated_and_no_case_is_no_curve():
    drawn = curve([(1.0, True), (0.0, False)])
    assert (drawn.ece, drawn.brier) == (0, 0)
    assert curve([]) is None


def test_a_label_is_given_with_what_it_costs():
    rows = class_rows(Counts.of_sets([{"noise", "water"}, {"noise"}], [{"noise"}, {"parking"}]))
    assert [(r.label, r.precision, r.recall, r.support, r.said) for r in rows] == [
        ("noise", 1.0, 0.5, 2, 1),
        ("water", 0.0, 0.0, 1, 0),
        ("parking", 0.0, 0.0, 0, 1),
    ]
    assert rows[0].f1 == pytest.approx(2 / 3)


def test_missed_and_wrong_labels_of_one_text_are_paired_and_the_rest_stand_against_nothing():
    taken = of_sets([{"noise"}, {"noise"}, {"water"}, set()], [{"noise"}, {"traffic"}, set(), {"parking"}])
    assert commonest(taken) == [
        Confusion("noise", "traffic", 1),
        Confusion("water", "∅", 1),
        Confusion("∅", "parking", 1),
    ]


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=200))
def test_the_commonest_confusions_are_few_and_in_order(taken):
    found = commonest(taken)
    assert len(found) <= COMMONEST
    assert [one.count for one in found] == sorted((one.count for one in found), reverse=True)
    assert all(one.gold != one.said for one in found)


@pytest.mark.parametrize(
    ("row", "kinds"),
    [
        ({"title": "停水", "text": "停水三天"}, {"short (< 80 characters)"}),
        ({"title": "停水", "text": "长" * 80}, set()),
        ({"text": "长" * 80, "region": "南岭县青石坳镇"}, {"rural"}),
        ({"text": "长" * 80, "region": "南岭县", "places": ["柳湾村"]}, {"rural"}),
        ({"text": "#青石坳停水#" + "长" * 80}, {"Weibo"}),
        ({"text": "长" * 80, "source_kind": "weibo"}, {"Weibo"}),
        ({"text": "【青石坳镇恢复供水】" + "长" * 80}, {"news"}),
        ({"text": "【青石坳镇恢复供水】" + "长" * 80, "genre": "post"}, set()),
        ({"text": "长" * 80, "genre": "news"}, {"news"}),
        ({"text": "网友“青石”：您好！您的留言已收悉。" + "长" * 80}, {"replies"}),
        ({"text": "长" * 80 + "..."}, {"truncated"}),
        ({"text": "长" * 80, "text_truncated": True}, {"truncated"}),
    ],
)
def test_a_text_is_of_the_kinds_that_it_shows(row, kinds):
    assert {name for name, holds in KINDS.items() if holds(row)} == kinds


def test_a_slice_has_enough_rows_and_not_all_and_fields_cut_the_set():
    rows = [{"text": "长" * 90, "target": "采石场"} for _ in range(LEAST)]
    rows += [{"text": "停水", "target": "水厂"} for _ in range(LEAST)] + [{"text": "停水", "target": "道路"}]
    found = slices(rows)
    assert found == {
        "short (< 80 characters)": list(range(LEAST, 2 * LEAST + 1)),
        "target: 采石场": list(range(LEAST)),
        "target: 水厂": list(range(LEAST, 2 * LEAST)),
    }
    assert slices(rows[:LEAST]) == {}


def test_copies_count_once():
    pairs = [({"uid": str(n), "dup_group": group}, {}) for n, group in enumerate(["a", "a", None, None])]
    assert [gold["uid"] for gold, _ in once_a_group(pairs)] == ["0", "2", "3"]


def test_marks_stand_for_redactions():
    lines = ["# a remark\n", "\n", "联系人：[name|石青云]\\n电话[phone|13900000000]\n", "official: [name|石青云]\n"]
    first, second = marked_rows(lines)
    assert first["text"] == "联系人：石青云\n电话13900000000"
    assert [first["text"][span["start"] : span["end"]] for span in first["redactions"]] == ["石青云", "13900000000"]
    assert (first["genre"], second["genre"]) == ("petition", "notice")


@pytest.mark.parametrize("task", REQUIRED)
def test_a_row_without_a_field_of_its_layout_is_named(task):
    whole = dict.fromkeys(REQUIRED[task], "1") | {"id": 7, "target": "采石场"}
    assert labelled(task, [whole])[0]["uid"] == "7"
    for name in REQUIRED[task]:
        with pytest.raises(LayoutError, match=f"E221: row '7' has no field '{name}'"):
            labelled(task, [{key: value for key, value in whole.items() if key != name}])


def test_strong_stances_are_stances_and_an_event_is_a_target():
    (row,) = labelled("stance", [{"text": "坚决反对", "event": "采石场扩建", "label": "STRONG_AGAINST"}])
    assert (row["target"], row["label"], row["uid"]) == ("采石场扩建", "AGAINST", "1")
    with pytest.raises(LayoutError, match="neither 'target' nor 'event'"):
        labelled("stance", [{"text": "坚决反对", "label": "AGAINST"}])


def test_a_pair_is_alike_or_not():
    with pytest.raises(LayoutError, match="0 or 1"):
        labelled("similarity", [{"text1": "停水", "text2": "没水", "label": 0.7}])


@pytest.mark.parametrize(
    ("kinds", "scheme"),
    [(["PER.NAM"], "weibo"), (["PER", "LOC"], "msra"), (["name", "address"], "cluener"), ([], "cluener")],
)
def test_the_types_tell_the_scheme(kinds, scheme):
    assert scheme_of([{"entities": [{"type": kind} for kind in kinds]}]) == scheme
