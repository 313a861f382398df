"""A source that falls silent, and a kind of source whose texts are read differently, are told by name."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from index import EmbeddedIndex, SearchIndex
from index.base import IndexEntry
from index.days import day_start
from pipeline.drift import Drift, drift, silent_sources

TODAY = date(2031, 3, 20)


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Drift]:
    """Posts whose complaints vanished since last month, petitions as ever, and a mailbox that sends nothing any more."""
    index: SearchIndex = EmbeddedIndex(tmp_path_factory.mktemp("drift") / "index")
    heard = [
        ("weibo", "微博", date(2031, 2, 10), 120, 60), ("weibo", "微博", date(2031, 3, 10), 120, 12),
        ("petition", "县长信箱", date(2031, 2, 11), 120, 110), ("petition", "县长信箱", date(2031, 3, 11), 120, 108),
        ("petition", "区长信箱", date(2030, 11, 3), 40, 40), ("news", "晚报", date(2030, 11, 3), 3, 0),
    ]  # fmt: skip
    index.write(
        IndexEntry(
            id=f"{source}{day}-{number}", sequence=number + 1, title="题", body="文", published_at=day_start(day),
            is_grievance=number < complaints, factors=(), source_kind=kind, source=source,
        )
        for kind, source, day, many, complaints in heard
        for number in range(many)
    )  # fmt: skip
    index.commit()
    yield drift(index, (), day_start(TODAY) + timedelta(hours=5))
    index.close()


def test_a_source_that_sends_nothing_any_more_is_named(found: Drift) -> None:
    assert found.sources == ("区长信箱",)
    assert "source 区长信箱: nothing for 8 weeks" in found.warnings()


def test_complaints_are_compared_within_each_kind_of_source(found: Drift) -> None:
    moved = {one.source_kind: (one.before, one.now, one.moved) for one in found.by_kind}
    assert moved["weibo"] == (0.5, 0.1, True) and moved["petition"][2] is False
    assert "grievance of weibo: 50% last month, 10% now" in found.warnings()


def test_where_nothing_comes_at_all_no_single_source_is_blamed() -> None:
    assert silent_sources({"县长信箱": 100}, {}) is None
    assert silent_sources({"县长信箱": 100, "晚报": 16}, {"县长信箱": 1}) == ()
    assert silent_sources({"县长信箱": 100, "晚报": 17}, {"县长信箱": 1}) == ("晚报",)


def test_an_empty_index_warns_of_nothing(tmp_path: Path) -> None:
    index = EmbeddedIndex(tmp_path / "index")
    assert drift(index, (), day_start(TODAY)).warnings() == ()
    index.close()
