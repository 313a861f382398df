from __future__ import annotations

from datetime import timedelta

import pytest
from letters import MONDAY, petition

from pipeline.store import CrawlWindow, Store


def window(number: int, **changes: object) -> CrawlWindow:
    since = MONDAY + timedelta(days=number)
    values = {
        "id": f"board-{number}",
        "source": "board",
        "since": since,
        "until": since + timedelta(days=1),
        "found": 9,
    }
    return CrawlWindow(**{**values, **changes})


def test_a_cursor_moves_only_with_the_last_items_of_its_window(store: Store):
    assert store.cursor("board") is None
    with pytest.raises(RuntimeError), store.transaction():
        store.add_documents([petition(1)])
        store.close_window(window(1), "page 9")
        raise RuntimeError("the machine stops")
    assert (store.cursor("board"), store.windows(), store.counts_by_state()) == (None, [], {})
    with store.transaction():
        store.add_documents([petition(1)])
        store.close_window(window(1), "page 9")
    store.close_window(window(2), "page 12")
    assert (store.cursor("board"), store.windows("board")) == ("page 12", [window(1), window(2)])


def test_a_window_that_was_cut_short_says_so_until_it_is_read_again(store: Store):
    store.close_window(window(1, cut_short="page_cap"), "page 50")
    assert [found.cut_short for found in store.windows()] == ["page_cap"]
    store.close_window(window(1), "page 80")
    assert [found.cut_short for found in store.windows()] == [None]
    assert store.windows("another") == []


def test_a_window_cannot_end_before_it_begins():
    with pytest.raises(ValueError, match="E157"):
        window(1, until=MONDAY)
