"""A source that falls silent, and a kind of source whose texts are read differently, are told by name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import get_args

import pytest

from api.drift_shown import drift_shown
from index import EmbeddedIndex, SearchIndex
from index.base import IndexEntry
from index.days import day_start
from pipeline.drift import Drift, drift, note_drift, noted, silent_sources
from pipeline.records.document import SourceKind
from pipeline.store import Store

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
    genres = {"weibo": "post"}
    index.write(
        IndexEntry(
            id=f"{source}{day}-{number}", sequence=number + 1, title="题", body="文", published_at=day_start(day),
            is_grievance=number < complaints, factors=(), source_kind=kind, source=source,
            genre=genres.get(kind, kind), attitude="negative" if number % 2 else "neutral", escalation=2 * (number < 3),
            is_origin=number % 4 == 0,
        )
        for kind, source, day, many, complaints in heard
        for number in range(many)
    )  # fmt: skip
    index.commit()
    yield drift(index, (), day_start(TODAY) + timedelta(hours=5))
    index.close()


def test_a_source_that_sends_nothing_any_more_is_named(found: Drift) -> None:
    assert found.sources == ("区长信箱",)
    assert "source 区长信箱: nothing for 8 weeks" in found.warnings(5)


def test_complaints_are_compared_within_each_kind_of_source(found: Drift) -> None:
    moved = {
        kind: (rows[0].head, rows[0].before, rows[0].now, rows[0].moved)
        for kind, rows in found.by["source_kind"].items()
    }
    assert moved["weibo"] == ("grievance", 0.5, 0.1, True) and moved["petition"][3] is False
    assert "grievance of weibo: 50% last month, 10% now" in found.warnings(3)
    assert "grievance of weibo: moved since last month; too few people stand behind it to say how far" in (
        found.warnings(5)  # three origins this month
    )


def test_where_nothing_comes_at_all_no_single_source_is_blamed() -> None:
    assert silent_sources({"县长信箱": 100}, {}) is None
    assert silent_sources({"县长信箱": 100, "晚报": 16}, {"县长信箱": 1}) == ()
    assert silent_sources({"县长信箱": 100, "晚报": 17}, {"县长信箱": 1}) == ("晚报",)


def test_an_empty_index_warns_of_nothing(tmp_path: Path) -> None:
    index = EmbeddedIndex(tmp_path / "index")
    assert drift(index, (), day_start(TODAY)).warnings(5) == ()
    index.close()


def test_every_head_is_compared_by_kind_and_by_genre(found: Drift) -> None:
    assert {one.head for one in found.shifts} == {"grievance", "negative", "escalated", "no_project"}
    assert set(found.by["source_kind"]) == {"weibo", "petition"} and set(found.by["genre"]) == {"post", "petition"}
    shares = {one.head: (one.before, one.now, one.moved) for one in found.by["genre"]["post"]}
    assert shares["negative"] == (0.5, 0.5, False) and shares["escalated"] == (0.025, 0.025, False)
    assert shares["no_project"] == (1.0, 1.0, False)


def test_shares_of_few_are_not_shown_and_their_change_is_still_told(found: Drift) -> None:
    shown = drift_shown(found, 5)
    weibo = next(row for row in shown.by["source_kind"] if row.value == "weibo")
    share = {one.head: (one.before, one.now, one.moved, one.few) for one in weibo.shares}
    assert share["grievance"] == (0.5, None, True, (False, True)), "twelve posts are three first copies"
    assert share["escalated"] == (None, None, False, (True, True))
    assert share["no_project"][:2] == (1.0, 1.0)


def test_the_work_notes_differences_once_an_hour_and_no_number_of_texts(tmp_path: Path) -> None:
    now = [day_start(TODAY) + timedelta(hours=5)]
    index = EmbeddedIndex(tmp_path / "index")
    index.write(
        IndexEntry(
            id=f"{day}-{number}", sequence=number + 1, title="题", body="文", published_at=day_start(day),
            is_grievance=day.month == 2, source_kind="hotline" if number else "news", source="热线", factors=(),
        )
        for day in (date(2031, 2, 10), date(2031, 3, 10))
        for number in range(120)
    )  # fmt: skip
    index.commit()
    with Store.open(f"sqlite:///{tmp_path / 'a.sqlite3'}") as store:
        store.clock = lambda: now[0]
        assert noted(store) is None
        assert note_drift(store, index, 5) and not note_drift(store, index, 5)
        seen = noted(store)
        assert seen is not None and seen.at == now[0] and seen.silent_sources == 0
        moved = {(one.head, one.source_kind): (one.difference, one.moved) for one in seen.shifts}
        assert moved["grievance", "all"] == moved["grievance", "hotline"] == (-1.0, True)
        assert not [kind for _, kind in moved if kind == "news"], "one text a month is compared with nothing"
        assert not set(re.findall(r"\d+", str(store.fact("drift")).partition("shifts")[2])) & {"120", "119", "240"}
        now[0] += timedelta(hours=1)
        assert note_drift(store, index, 5)
        now[0] -= timedelta(days=2)
        assert note_drift(store, index, 5), "a clock that was set back is no reason to look no more"
    index.close()


def test_drift_of_every_kind_of_source_at_once_can_be_kept(store: Store, tmp_path: Path) -> None:
    kinds = get_args(SourceKind)
    index = EmbeddedIndex(tmp_path / "index")
    index.write(
        IndexEntry(
            id=f"{kind}-{day}-{number}", sequence=number + 1, title="题", body="文", published_at=day_start(day),
            is_grievance=day.month == 2, attitude="negative", escalation=day.month - 2, source_kind=kind, source="热线",
            factors=(),
        )
        for kind in kinds
        for day in (date(2031, 2, 10), date(2031, 3, 10))
        for number in range(100)
    )  # fmt: skip
    index.commit()
    store.clock = lambda: day_start(TODAY) + timedelta(hours=5)
    assert note_drift(store, index, 5)
    seen = noted(store)
    index.close()
    assert seen is not None and {one.source_kind for one in seen.shifts} == {"all", *kinds}


def test_a_share_of_few_people_is_not_told_by_its_difference(tmp_path: Path) -> None:
    index = EmbeddedIndex(tmp_path / "index")
    index.write(
        IndexEntry(
            id=f"{day}-{number}", sequence=number + 1, title="题", body="文", published_at=day_start(day),
            is_grievance=number < (60 if day.month == 2 else 4), source_kind="hotline", source="热线", factors=(),
        )
        for day in (date(2031, 2, 10), date(2031, 3, 10))
        for number in range(120)
    )  # fmt: skip
    index.commit()
    with Store.open(f"sqlite:///{tmp_path / 'a.sqlite3'}") as store:
        store.clock = lambda: day_start(TODAY) + timedelta(hours=5)
        note_drift(store, index, 5)
        seen = noted(store)
        found = drift(index, (), store.clock())
    index.close()
    assert seen is not None
    assert {(one.difference, one.moved) for one in seen.shifts if one.head == "grievance"} == {(None, True)}
    assert [line for line in found.warnings(5) if line.startswith("grievance") and "too few" in line]
    assert not [line for line in found.warnings(5) if line.startswith("grievance") and "%" in line]


def test_an_office_may_have_more_projects_than_one_question_takes(tmp_path: Path) -> None:
    index = EmbeddedIndex(tmp_path / "index")
    index.write(
        IndexEntry(
            id=f"{day}-{number}", sequence=number + 1, title="题", body="文", published_at=day_start(day),
            project_ids=(f"p{1900 * (number % 2)}",) if number % 4 < 2 else (), factors=(),
        )
        for day in (date(2031, 2, 10), date(2031, 3, 10))
        for number in range(120)
    )  # fmt: skip
    index.commit()
    [free] = [
        one
        for one in drift(index, tuple(f"p{n}" for n in range(2500)), day_start(TODAY)).shifts
        if one.head == "no_project"
    ]
    assert (free.before, free.now, free.moved) == (0.5, 0.5, False)
    index.close()
