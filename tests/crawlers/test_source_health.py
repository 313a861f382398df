"""Monitors and incidents: a source that falls silent is an incident of the source, down to the counts people see."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from notes import NOON, note, over_time, petitions, publish, read
from offices import TestOffice
from plain_spider import HourSpider
from replica import Replica

from api.cli.main import cli
from api.counting.coverage import DayBook
from pipeline.sources.habit import habit_of
from pipeline.sources.incidents import review
from pipeline.sources.monitors import SILENT, monitors
from pipeline.sources.status import statuses
from pipeline.store import CrawlWindow, SourceCrawl

DAY = timedelta(days=1)
BEGIN = NOON.replace(hour=0)
QUIET = {"windows": 1, "cut_short": 0, "items": 0, "unchanged": 0, "pages": 1, "failures": 0, "undecodable": 0, "fields": {}}  # fmt: skip


def days(*found: int, cut: dict[int, str] | None = None) -> list[CrawlWindow]:
    """One window a day."""
    return [
        CrawlWindow(id=f"w{n}", source="s", since=BEGIN + n * DAY, until=BEGIN + (n + 1) * DAY, found=count,
                    cut_short=(cut or {}).get(n))  # type: ignore[arg-type]
        for n, count in enumerate(found)
    ]  # fmt: skip


def test_the_habit_is_the_median_of_whole_days_and_silence_is_measured_against_it() -> None:
    habit = habit_of(days(4, 6, 5, 5, 0, 0))
    assert (habit.per_day, habit.empty_since, habit.missed) == (5.0, BEGIN + 4 * DAY, 10.0)
    assert monitors(QUIET, habit, [])["freshness"]["ok"] is False
    assert monitors(QUIET, habit_of(days(4, 6, 5, 5, 0)), [])["freshness"]["ok"] is True
    assert monitors(QUIET, habit_of(days(9, 0)), [])["freshness"]["ok"] is None, "one day is no habit"


def test_days_that_were_not_read_whole_make_no_habit_and_no_silence() -> None:
    habit = habit_of(days(5, 5, 5, 100, 0, cut={3: "page_cap", 4: "outage"}))
    assert habit.per_day == 5.0 and habit.empty_since is None


@given(st.lists(st.integers(0, 50), min_size=1, max_size=40))
def test_a_source_that_shows_something_is_never_called_silent(found: list[int]) -> None:
    assert habit_of(days(*found, 1)).missed == 0.0


@pytest.mark.parametrize(("last", "ok"), [(20, True), (14, True), (3, False), (60, True)])
def test_a_day_far_below_the_habit_is_told(last: int, ok: bool) -> None:
    habit = habit_of(days(18, 20, 22, 19, 21, 20, last))
    verdict = monitors(QUIET, habit, [])["items"]
    assert verdict["ok"] is ok and verdict["median"] == 20.0


def test_a_field_that_is_lost_errors_and_encoding_faults_are_told() -> None:
    def figures(title: int, **fields: Any) -> dict[str, Any]:
        return {**QUIET, "items": 20, "pages": 25, "fields": {"body": 20, "title": title}, **fields}

    before = [SourceCrawl("s", NOON, "done", figures(20), {})] * 3
    good = monitors(figures(19), habit_of([]), before)
    assert (good["fields"]["ok"], good["errors"]["ok"], good["encoding"]["ok"]) == (True, True, True)
    bad = monitors(figures(5, failures=5, undecodable=3), habit_of([]), before)
    assert bad["fields"] == {"ok": False, "lost": {"title": [0.25, 1.0]}}
    assert bad["errors"] == {"ok": False, "count": 5, "of": 25, "most": 0.1}
    assert bad["encoding"]["ok"] is False


def test_a_crawl_leaves_its_figures_and_no_content(office: TestOffice, site: Replica) -> None:
    publish(site, range(12))
    site.page("/n/3", note(3, words="坏掉的字\ufffd\ufffd在这一段里。"), etag="broken")
    site.fault("/n/5", "status", code=500)
    read(office, petitions(site))
    [crawl] = office.store.crawls("replica")
    assert (crawl.figures["items"], crawl.figures["undecodable"]) == (11, 1)
    assert crawl.figures["failures"] == 1 and crawl.figures["fields"]["title"] == 11
    assert crawl.monitors["encoding"]["ok"] is False and crawl.state == "cut"
    assert "村" not in json.dumps([crawl.figures, crawl.monitors], ensure_ascii=False)


def crawl_days(office: TestOffice, site: Replica, count: int, begin: int = 0) -> None:
    """One crawl a day, which finds four notes of that day."""
    for n in range(begin, begin + count):
        over_time(site, [NOON + day * DAY - timedelta(hours=hour) for day in range(n + 1) for hour in range(1, 5)])
        read(office, daily(site), NOON + n * DAY + timedelta(hours=11), spider=HourSpider)


def daily(site: Replica):
    return petitions(site, every="1d", window={"length": "1d", "finest": "1d", "recrawl": "1d", "first": "2d"})


def test_a_source_that_shows_nothing_against_its_habit_is_an_incident_and_its_days_are_missing(
    office: TestOffice, site: Replica
) -> None:
    crawl_days(office, site, 6)
    for n in range(6, 9):  # the site goes on answering, with nothing new
        read(office, daily(site), NOON + n * DAY + timedelta(hours=11), spider=HourSpider)
    [incident] = office.store.source_incidents(only_open=True)
    assert (incident.kind, incident.source) == ("no_items", "replica")
    assert incident.facts["missed_by_habit"] >= SILENT
    book = DayBook(office.store.windows(), NOON + 8 * DAY + timedelta(hours=12))
    assert book.of(date(2026, 3, 8), date(2026, 3, 8)).coverage == "complete"
    silent = book.of(date(2026, 3, 11), date(2026, 3, 11))
    assert silent.coverage == "missing" and silent.missing_sources == ("replica",)
    assert book.of(date(2026, 3, 8), date(2026, 3, 12)).coverage == "lower_bound"

    crawl_days(office, site, 1, begin=9)
    assert office.store.source_incidents(only_open=True) == []
    [closed] = office.store.source_incidents("replica")
    assert closed.closed_at is not None


def test_a_source_that_cannot_be_read_for_three_intervals_is_an_incident_until_it_can(
    office: TestOffice, site: Replica, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crawlers.politeness.backoff.FIRST_PAUSE", 0.01)
    crawl_days(office, site, 2)
    site.fault("*", "status", code=500)
    for n in (2, 3, 4, 5):
        read(office, daily(site), NOON + n * DAY + timedelta(hours=11), spider=HourSpider)
    [incident] = office.store.source_incidents(only_open=True)
    assert incident.kind == "no_success" and incident.facts["hours"] == 96.0
    [status] = statuses(office.store)
    assert (status.last_state, status.cut_share) == ("cut", pytest.approx(4 / 6, abs=0.2))
    site.mend()
    crawl_days(office, site, 1, begin=6)
    assert office.store.source_incidents(only_open=True) == []


def test_silence_is_told_though_nobody_crawls_and_a_source_switched_off_is_not_silent(
    office: TestOffice, site: Replica
) -> None:
    crawl_days(office, site, 1)
    office.store.clock = lambda: NOON + 9 * DAY
    assert review(office.store) == {"replica": {"no_success"}}
    office.store.switch_source("replica", enabled=False, by="tester", reason=None)
    assert review(office.store) == {"replica": set()}
    assert office.store.source_incidents(only_open=True) == []


def test_a_blocked_source_is_an_incident_until_a_person_lifts_it(office: TestOffice, site: Replica) -> None:
    publish(site, range(3))
    site.fault("*", "captcha")
    read(office, petitions(site))
    assert [one.kind for one in office.store.source_incidents(only_open=True)] == ["blocked"]
    [status] = statuses(office.store)
    assert status.blocked == "captcha" and status.incidents[0].facts == {"cause": "captcha"}
    office.store.switch_source("replica", enabled=True, by="tester", reason=None)
    review(office.store)
    assert office.store.source_incidents(only_open=True) == []


def test_the_status_tells_lag_capped_share_robots_and_next_run(office: TestOffice, site: Replica) -> None:
    over_time(site, [NOON - timedelta(minutes=5 * n) for n in range(1, 9)], cap=3)
    source = petitions(site, window={"length": "1h", "finest": "1h", "recrawl": "1h", "first": "2h"}, parser={"cap": 3})
    read(office, source, spider=HourSpider)
    [status] = statuses(office.store)
    assert status.capped_share == 0.5 and status.lag_minutes == 0 and status.robots == "allowed"
    assert status.next_run is not None and status.title == "清溪网"

    def minyi(*arguments: str) -> str:
        run = CliRunner().invoke(cli, ["sources", "status", *arguments, "--home", str(office.folder)])
        assert run.exit_code == 0, run.output
        return run.stdout

    assert "replica" in minyi() and "allowed" in minyi()
    one = json.loads(minyi("replica", "--json"))
    assert one["robots"] == "allowed" and {"items", "freshness", "fields", "errors", "encoding"} <= set(one["monitors"])
    assert CliRunner().invoke(cli, ["sources", "status", "other", "--home", str(office.folder)]).exit_code == 1
