"""Pages follow one another without a gap or a repeat, whatever is written in between."""

from __future__ import annotations

from datetime import timedelta

import pytest
from archive import Archive, beijing
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index import CursorError, QueryError
from index.query import Not, Text, Words


def test_newest_first_and_oldest_first_both_end_with_the_undated(town: Archive) -> None:
    assert town.order(sort="newest") == ["reply", "praise", "smell", "dust-copy", "dust", "standard", "news", "undated"]
    assert town.order(sort="oldest") == ["news", "standard", "dust", "dust-copy", "smell", "praise", "reply", "undated"]


def test_without_anything_to_rank_the_newest_come_first(town: Archive) -> None:
    assert town.order(filters={"project_ids": "quarry-road"}) == ["praise", "dust-copy", "dust", "standard"]
    assert town.order(Not(Text("采石场"))) == ["reply", "praise", "smell", "undated"]


def test_the_total_is_the_same_on_every_page(town: Archive) -> None:
    first = town.page(sort="newest", size=3)
    assert town.page(sort="newest", size=3, after=first.next_cursor).total == first.total == 8


@pytest.mark.parametrize("sort", ["relevance", "newest", "oldest"])
@pytest.mark.parametrize("size", [1, 3, 4, 8, 50])
def test_pages_add_up_to_the_whole_answer(town: Archive, sort: str, size: int) -> None:
    whole = town.order(Words("采石场焚烧厂的路", share=0.0), sort=sort, size=100)
    assert town.all_pages(Words("采石场焚烧厂的路", share=0.0), sort=sort, size=size) == whole
    assert len(set(whole)) == len(whole) > 4


@pytest.mark.parametrize("sort", ["relevance", "newest", "oldest"])
def test_writes_between_two_pages_neither_repeat_nor_hide_a_document(archive: Archive, sort: str) -> None:
    start = beijing(2026, 5, 1)
    old = archive.file_all(
        *("噪音" * (1 + n % 7) for n in range(40)), dates=[start + timedelta(hours=n // 3) for n in range(40)]
    )
    seen: list[str] = []
    cursor = None
    for round_ in range(100):
        page = archive.page("噪音", sort=sort, size=6, after=cursor)
        seen += [hit.id for hit in page.hits]
        cursor = page.next_cursor
        if cursor is None:
            break
        beyond = start + timedelta(days=100 if sort == "newest" else -100)
        archive.file_all("噪音", "别的事情" * 20, dates=[beyond, None], source=f"between {round_} ")
    assert len(seen) == len(set(seen))
    assert set(old) <= set(seen)


def test_a_ranking_goes_on_in_another_process_after_the_same_document(archive: Archive) -> None:
    archive.file_all(*("噪音" + "安静" * n for n in range(30)))
    first = archive.page("噪音", size=10)
    archive.file("late", body="噪音")
    elsewhere = Archive(archive.index)
    archive.index.close()
    rest = elsewhere.all_pages("噪音", size=10)
    second = elsewhere.page("噪音", size=10, after=first.next_cursor)
    last_shown = rest.index(first.hits[-1].id)
    assert [hit.id for hit in second.hits] == rest[last_shown + 1 : last_shown + 11]


def test_a_deleted_last_hit_does_not_lose_the_rest(archive: Archive) -> None:
    archive.file_all(*["水"] * 9, dates=[beijing(2026, 1, 1 + n) for n in range(9)])
    first = archive.page("水", sort="oldest", size=4)
    archive.index.delete([first.hits[-1].id])
    archive.index.commit()
    assert archive.order("水", sort="oldest", size=9, after=first.next_cursor) == ["d4", "d5", "d6", "d7", "d8"]


def test_a_thousand_documents_of_one_second_page_through(archive: Archive) -> None:
    moment = beijing(2026, 1, 1)
    archive.file_all(*["水"] * 1000, dates=[moment] * 1000)
    for sort in ("newest", "oldest"):
        found = archive.all_pages("水", sort=sort, size=77)
        assert len(found) == 1000 == len(set(found))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    days=st.lists(st.one_of(st.none(), st.integers(1, 5)), min_size=1, max_size=25),
    size=st.integers(1, 7),
    sort=st.sampled_from(["newest", "oldest"]),
)
def test_time_order_never_steps_back(archive: Archive, days: list[int | None], size: int, sort: str) -> None:
    moments = [beijing(2026, 1, day) if day else None for day in days]
    source = f"letter box {archive.sequence} "
    filed = archive.file_all(*[""] * len(days), dates=moments, source=source)
    found = archive.all_pages(sort=sort, size=size, filters={"source": source})
    dated = [moments[filed.index(name)] for name in found]
    known = [moment for moment in dated if moment]
    assert sorted(found) == sorted(filed)
    assert known == sorted(known, reverse=sort == "newest")
    assert dated[len(known) :] == [None] * (len(dated) - len(known))


@pytest.mark.parametrize("cursor", ["x", "%%%", "AAAA", "é", "A" * 5000, "eyJhIjoxfQ"])
def test_a_made_up_cursor_is_refused_in_plain_words(town: Archive, cursor: str) -> None:
    with pytest.raises(CursorError, match=r"E602: this cursor cannot be used.*start again from the first page"):
        town.page("采石场", after=cursor)


def test_a_cursor_serves_only_the_search_it_came_from(town: Archive) -> None:
    cursor = town.page("采石场", size=1).next_cursor
    assert cursor
    for typed, asked in (("扬尘", {}), ("采石场", {"sort": "newest"}), ("采石场", {"filters": {"genre": "news"}})):
        with pytest.raises(CursorError, match="another query, filter or order"):
            town.page(typed, size=1, after=cursor, **asked)
    flipped = cursor[:-2] + ("A" if cursor[-2] != "A" else "B") + cursor[-1]
    with pytest.raises(CursorError):
        town.page("采石场", size=1, after=flipped)


def test_a_ranking_has_an_end_that_is_said(archive: Archive) -> None:
    archive.file_all(*["水"] * 10_100)
    cursor = None
    with pytest.raises(QueryError, match="order it by time"):
        for _ in range(12):
            cursor = archive.page("水", size=1000, after=cursor).next_cursor
    assert len(archive.all_pages("水", size=1000, sort="newest")) == 10_100
