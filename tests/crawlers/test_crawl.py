"""A crawl from end to end: nothing twice, edits and deletions, windows and their cursor."""

from __future__ import annotations

from datetime import timedelta

import pytest
from notes import NOON, listing, note, petitions, publish, read, texts
from offices import TestOffice
from replica import Replica

from crawlers.planning import cursor_of
from crawlers.run import CrawlRefused
from pipeline.redact import redact


def test_a_crawl_stores_its_items_and_the_next_one_brings_what_is_new(office: TestOffice, site: Replica) -> None:
    publish(site, range(4))
    source = petitions(site)
    first = read(office, source)
    assert (first.state, first.tally.receipt.new, first.windows, first.cut_short) == ("done", 4, 1, 0)
    publish(site, range(6))
    second = read(office, source, NOON + timedelta(hours=1))
    assert (second.tally.receipt.new, second.tally.found) == (2, 6)
    assert len(texts(office)) == 6
    assert [window.cut_short for window in office.store.windows()] == [None]


def test_the_cursor_stands_where_the_source_has_been_read_to(office: TestOffice, site: Replica) -> None:
    publish(site, range(2))
    source = petitions(site)
    read(office, source)
    assert cursor_of(office.store, "replica") == NOON
    read(office, source, since=NOON - timedelta(days=9), until=NOON - timedelta(days=8))
    assert cursor_of(office.store, "replica") == NOON


def test_an_unchanged_page_is_not_sent_again(office: TestOffice, site: Replica) -> None:
    publish(site, range(3))
    source = petitions(site)
    read(office, source)
    before = len(site.hits)
    report = read(office, source, NOON + timedelta(hours=1))
    asked = [hit for hit in site.hits[before:] if hit.path.startswith("/n/")]
    assert [hit.headers.get("If-None-Match") for hit in asked] == ['"v0"', '"v1"', '"v2"']
    assert (report.tally.found, report.tally.receipt.items) == (3, 0)


def test_versions_of_pages_are_forgotten_once_their_window_is_not_read_again(office: TestOffice, site: Replica) -> None:
    publish(site, range(3))
    source = petitions(site)
    read(office, source)
    [window] = office.store.windows()
    assert len(office.store.validators(window.id)) == 3
    listing(site, [])
    read(office, source, NOON + timedelta(days=9))
    assert office.store.validators(window.id) == {}


def test_an_edited_text_replaces_the_old_one(office: TestOffice, site: Replica) -> None:
    publish(site, range(2))
    source = petitions(site)
    read(office, source)
    site.page("/n/1", note(1, words="补偿款已经发放，谢谢。"), etag="v1b")
    report = read(office, source, NOON + timedelta(hours=1))
    assert (report.tally.receipt.revised, report.tally.receipt.new) == (1, 0)
    assert "补偿款已经发放，谢谢。" in texts(office) and not any("第1组" in text for text in texts(office))


def test_a_deleted_page_leaves_a_tombstone(office: TestOffice, site: Replica) -> None:
    publish(site, range(3))
    source = petitions(site)
    read(office, source)
    site.remove("/n/2")
    report = read(office, source, NOON + timedelta(hours=1))
    assert report.tally.withdrawn == 1 and len(texts(office)) == 2
    assert "第2组" not in office.texts_at_rest()


def test_what_a_complete_list_no_longer_names_is_gone(office: TestOffice, site: Replica) -> None:
    publish(site, range(4))
    source = petitions(site, parser={"complete": True})
    read(office, source)
    listing(site, [0, 1, 3])
    assert read(office, source, NOON + timedelta(hours=1)).tally.withdrawn == 1
    assert len(texts(office)) == 3


def test_a_list_that_lost_nearly_everything_is_believed_at_the_second_reading_only(
    office: TestOffice, site: Replica
) -> None:
    publish(site, range(9))
    source = petitions(site, parser={"complete": True})
    read(office, source)
    listing(site, [0])
    first = read(office, source, NOON + timedelta(hours=1))
    assert (first.tally.withdrawn, first.state) == (0, "cut")
    assert read(office, source, NOON + timedelta(hours=2)).tally.withdrawn == 8


def test_one_empty_answer_takes_no_day_of_few_petitions_away(office: TestOffice, site: Replica) -> None:
    publish(site, range(3))
    source = petitions(site, parser={"complete": True})
    read(office, source)
    listing(site, [])
    first = read(office, source, NOON + timedelta(hours=1))
    assert (first.tally.withdrawn, first.state) == (0, "cut")
    listing(site, range(3))
    assert read(office, source, NOON + timedelta(hours=2)).tally.withdrawn == 0
    listing(site, [])
    withdrawn = [read(office, source, NOON + timedelta(hours=hour)).tally.withdrawn for hour in (3, 4)]
    assert withdrawn == [0, 3] and texts(office) == []


def test_an_empty_list_withdraws_nothing_however_often_it_is_read(office: TestOffice, site: Replica) -> None:
    publish(site, range(9))
    source = petitions(site, parser={"complete": True})
    read(office, source)
    listing(site, [])
    for hour in range(1, 4):
        assert read(office, source, NOON + timedelta(hours=hour)).tally.withdrawn == 0
    assert len(texts(office)) == 9


def test_a_source_that_is_switched_off_is_not_read(office: TestOffice, site: Replica) -> None:
    with pytest.raises(CrawlRefused, match="E706"):
        read(office, petitions(site, enabled=False))
    office.store.switch_source("replica", enabled=False, by="cli-tester", reason=redact("合同到期").text)
    with pytest.raises(CrawlRefused, match="合同到期"):
        read(office, petitions(site))
    assert site.hits == []
