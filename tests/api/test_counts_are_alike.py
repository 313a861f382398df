"""Counting in arrays gives what counting in sets gives, whatever is counted."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import numpy as np
from crowds import Heap
from hypothesis import given, settings
from hypothesis import strategies as st

from api.counting import Representatives, whole
from api.counting.cells import cells
from pipeline.store.hearing import Heard, Hearing

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)


@st.composite
def heaps(draw: st.DrawFn) -> Heap:
    """Up to thirty texts, some of unknown voices, undated, copies of others that are there or not."""
    names = [f"d{number:02}" for number in range(draw(st.integers(0, 30)))]
    voices = st.one_of(st.none(), st.tuples(st.integers(0, 2), st.integers(0, 6)))
    days = st.one_of(st.none(), st.integers(0, 4))
    heard, fields = {}, {}
    for name in names:
        day = draw(days)
        origin = draw(st.sampled_from([name, names[0], "elsewhere"]))
        heard[name] = Heard(origin, None if day is None else MONDAY + timedelta(days=day), "weibo", draw(voices))
        fields[name] = {"factors": tuple(draw(st.lists(st.sampled_from("abcde"), unique=True)))}
    return Heap(Hearing(heard), fields)


@settings(max_examples=200, deadline=None)
@given(heaps())
def test_every_cell_has_the_documents_voices_and_origins_of_its_set(heap: Heap):
    crowd = heap.crowd
    names, groups, places = crowd.field("factors")
    assert cells(names, crowd.tally(groups, places, len(names))) == [
        heap.cell(value, ids) for value, ids in heap.behind("factors").items()
    ]
    assert whole(crowd) == heap.cell("", heap.hearing.ids)


@settings(max_examples=50, deadline=None)
@given(heaps(), st.integers(0, 5))
def test_many_groups_are_counted_as_few_are(heap: Heap, more: int):
    """Beyond a size the pairs are sorted instead of marked in a table."""
    crowd = heap.crowd
    names, groups, places = crowd.field("factors")
    spread = crowd.tally(groups + 10**more, places, len(names) + 10**more)
    close = crowd.tally(groups, places, len(names))
    for wide, narrow in zip(spread, close, strict=True):
        assert not wide[: 10**more].any() and np.array_equal(wide[10**more :], narrow)


@settings(max_examples=200, deadline=None)
@given(heaps())
def test_the_origin_or_the_oldest_copy_stands_for_all(heap: Heap):
    chosen = Representatives(heap.crowd)
    for name in heap.hearing.ids:
        origin = heap.hearing[name].origin_id
        copies = {one for one in heap.hearing.ids if heap.hearing[one].origin_id == origin}
        oldest = min(copies, key=lambda one: (heap.hearing[one].published_at or MONDAY.replace(year=9999), one))
        hit = SimpleNamespace(id=name)
        assert (hit in chosen) == (name == (origin if origin in copies else oldest))
        assert set(heap.crowd.ids(chosen.copies(hit))) == copies
    assert SimpleNamespace(id="nowhere") not in chosen


@given(heaps())
def test_no_field_of_a_crowd_is_text_of_a_voice(heap: Heap):
    for field in dataclasses.fields(heap.crowd):
        value = getattr(heap.crowd, field.name)
        assert callable(value) or value.dtype in (np.int64, np.bool_)
