"""Windows that are full are read in parts; what cannot be read whole is a lower bound down to what users see."""

from __future__ import annotations

import itertools
import os
import signal
import threading
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from county import CountyOffice
from notes import NOON, over_time, petitions, publish, read, texts
from offices import TestOffice
from plain_spider import HourSpider, PlainSpider
from replica import Replica
from sqlalchemy.exc import OperationalError

from crawlers.planning import cursor_of
from crawlers.run import Stop
from pipeline.work import work

EARLY = NOON.replace(hour=8)
DAY = {"length": "1d", "finest": "1h", "recrawl": "1d", "first": "2h"}

COMPLAINTS = (
    "占了我家两丘水田", "量地那天没有人到场", "把老井填了一半", "青苗费只算了一季", "征了晒谷坪却不给说法",
    "红线画进了橘园", "拆了猪圈按草棚算", "去年说好的安置地没有下文", "过境桥墩立在菜地中间",
)  # fmt: skip


def cuts(office: TestOffice) -> dict[str, str | None]:
    return {window.id: window.cut_short for window in office.store.windows()}


def test_a_full_day_is_read_hour_by_hour_and_is_then_whole(office: TestOffice, site: Replica) -> None:
    over_time(site, [NOON - timedelta(minutes=30 + 60 * hour) for hour in range(10)], cap=3)
    report = read(office, petitions(site, window=DAY, parser={"cap": 3}), spider=HourSpider)
    assert (report.state, report.tally.receipt.new) == ("done", 10)
    assert len(cuts(office)) == 12 and set(cuts(office).values()) == {None}
    assert office.store.queued_windows() == []


def test_a_full_hour_is_stored_as_capped(office: TestOffice, site: Replica) -> None:
    over_time(site, [EARLY + timedelta(minutes=5 * n) for n in range(8)], cap=3)
    report = read(office, petitions(site, window=DAY, parser={"cap": 3}), spider=HourSpider)
    assert (report.state, report.tally.receipt.new) == ("cut", 3)
    assert [key for key, cut in cuts(office).items() if cut == "page_cap"] == ["replica:202603040000-60m"]
    again = read(office, petitions(site, window=DAY, parser={"cap": 3}), spider=HourSpider)
    assert again.windows == 12 and len(cuts(office)) == 12


def test_a_crawl_stopped_between_the_parts_leaves_the_day_a_lower_bound_and_goes_on(
    office: TestOffice, site: Replica
) -> None:
    over_time(site, [NOON - timedelta(minutes=30 + 60 * hour) for hour in range(10)], cap=3)
    source = petitions(site, window=DAY, parser={"cap": 3}, daily_requests=16)
    assert read(office, source, spider=HourSpider).state == "paused"
    assert "page_cap" in cuts(office).values() and office.store.queued_windows()
    whole = petitions(site, window=DAY, parser={"cap": 3})
    tomorrow = NOON + timedelta(days=1)
    assert read(office, whole, tomorrow, spider=HourSpider).state == "done"
    assert len(texts(office)) == 10 and set(cuts(office).values()) == {None}


def test_reading_a_whole_window_again_in_vain_leaves_it_whole(office: TestOffice, site: Replica) -> None:
    publish(site, range(3))
    source = petitions(site)
    read(office, source)
    site.fault("/", "status", code=500)
    assert read(office, source).state == "cut"
    assert set(cuts(office).values()) == {None} and len(office.store.queued_windows()) == 1


def test_a_list_that_is_gone_is_no_empty_list(office: TestOffice, site: Replica) -> None:
    publish(site, range(3))
    source = petitions(site, parser={"complete": True})
    read(office, source)
    site.remove("/")
    report = read(office, source, NOON + timedelta(hours=1))
    assert (report.state, report.tally.withdrawn, len(texts(office))) == ("cut", 0, 3)


def test_a_window_that_fails_is_tried_again_later_and_not_for_ever(
    office: TestOffice, site: Replica, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The seconds between two tries of a page are another matter (test_politeness); here there are forty of them."""
    monkeypatch.setattr("crawlers.politeness.backoff.FIRST_PAUSE", 0.01)
    publish(site, range(3))
    source = petitions(site, window={"length": "1d", "finest": "1d", "recrawl": "1d", "first": "2h"})
    site.fault("/n/1", "status", code=500)
    waits = []
    for attempt in range(6):
        now = NOON + timedelta(days=3 * attempt)
        read(office, source, now)
        waits += [(one.not_before - now) for one in office.store.queued_windows() if one.since.day == 3]
    assert waits == [timedelta(minutes=15 * 2**n) for n in range(4)]
    first = min(office.store.windows(), key=lambda window: window.until)
    assert first.cut_short == "outage"


def test_counts_that_users_see_are_lower_bounds_where_the_crawl_was_capped(tmp_path: Path, site: Replica) -> None:
    county = CountyOffice(tmp_path / "home")
    names = {"aliases": ("青石坳采石场进场道路", "进场道路"), "places": ("青石坳镇", "青石坳"), "keywords": ("补偿",)}
    county.office.register([county.road.model_copy(update=names)])
    moments = [EARLY + timedelta(minutes=3 * n) for n in range(9)]
    over_time(site, moments, cap=8)
    for number, moment in enumerate(moments):
        said = f"青石坳采石场进场道路{COMPLAINTS[number]}，补偿标准偏低，请核实。"
        poster = f"<a class=who data-id=u{number}>网友</a>"
        site.page(f"/n/{number}", f"<h1>进场道路补偿偏低</h1>{poster}<time>{moment.isoformat()}</time><p>{said}</p>")
    source = petitions(site, window=DAY, parser={"cap": 8})
    assert read(county.office, source, spider=HourSpider).state == "cut"  # type: ignore[arg-type]
    work(county.office)
    bounds = {"published_from": "2026-03-04", "published_to": "2026-03-04"}
    answer = county.caller("assessor").get("/v1/projects/quarry-road/timeline", interval="day", **bounds)
    [day] = answer.json()["timeline"]["periods"]
    assert (day["coverage"], day["count"]) == ("lower_bound", {"at_least": 8})
    [other] = county.caller("assessor").get("/v1/projects/quarry-road/timeline", interval="day",
                                            published_from="2026-03-03", published_to="2026-03-03")\
        .json()["timeline"]["periods"]  # fmt: skip
    assert other["coverage"] == "unknown"  # the source was first read a day later
    county.office.close()


def test_one_source_is_read_by_one_process(office: TestOffice, site: Replica) -> None:
    publish(site, range(3))
    office.store.clock = lambda: NOON
    office.store.hold([f"host:{site.host}"], "elsewhere:1:x", 60)
    assert read(office, petitions(site)).state == "busy" and site.hits == []
    office.store.let_go("elsewhere:1:x")
    assert read(office, petitions(site)).tally.receipt.new == 3


def test_a_renewal_under_way_at_the_end_leaves_no_lease_behind(
    office: TestOffice, site: Replica, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(site, range(3))
    hold = office.store.hold

    def slowly(*arguments: Any) -> str | None:
        time.sleep(0.5)
        return hold(*arguments)

    monkeypatch.setattr("crawlers.run.RENEW_EVERY", 0.01)
    monkeypatch.setattr(office.store, "hold", slowly)
    assert read(office, petitions(site)).state == "done"
    assert office.store.holders() == set()


def test_a_store_that_is_busy_for_a_moment_ends_no_crawl(
    office: TestOffice, site: Replica, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(site, range(3))
    hold, tries = office.store.hold, itertools.count()

    def busy(*arguments: Any) -> str | None:
        if next(tries) % 2:
            raise OperationalError("", {}, Exception("database is locked"))
        return hold(*arguments)

    monkeypatch.setattr("crawlers.run.RENEW_EVERY", 0.01)
    monkeypatch.setattr(office.store, "hold", busy)
    report = read(office, petitions(site))
    assert next(tries) > 2 and (report.state, report.tally.receipt.new) == ("done", 3)


def test_who_loses_the_lease_stores_nothing_more(office: TestOffice, site: Replica) -> None:
    publish(site, range(3))

    def taken_over(request: object) -> str:
        with office.store.transaction() as connection:
            connection.exec_driver_sql("UPDATE leases SET holder = 'elsewhere:1:x'")
        return "<a class=note href=/n/0>0</a>"

    site.route("/", taken_over)
    report = read(office, petitions(site))
    assert report.state == "interrupted" and texts(office) == []
    assert cursor_of(office.store, "replica") is None and office.store.windows() == []


class Unready(PlainSpider):
    """A spider that fails before its first request."""

    name = "unready"

    async def start(self) -> AsyncIterator[Any]:
        raise RuntimeError("no list")
        yield


def test_a_spider_that_fails_at_its_start_has_read_no_empty_day(office: TestOffice, site: Replica) -> None:
    report = read(office, petitions(site), spider=Unready)
    assert (report.state, cuts(office)) == ("cut", {"replica:202603031600-1440m": "outage"})


def test_when_items_cannot_be_stored_the_window_stays_open(
    office: TestOffice, site: Replica, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crawlers.storing.BATCH", 2)
    publish(site, range(24))  # more than are on their way when the first two are refused
    source = petitions(site)

    def refused(*documents: Any, **more: Any) -> Any:
        raise OSError("no space left on device")

    with monkeypatch.context() as full:
        full.setattr(office.store, "add_documents", refused)
        with pytest.raises(OSError, match="no space left"):
            read(office, source)
    assert office.store.windows() == [] and office.store.source_state("replica").last_success is None
    assert "OSError" in str(office.store.source_state("replica").last_error) and len(site.paths()) < 24
    assert read(office, source).tally.receipt.new == 24


@pytest.mark.parametrize("how", ["signal", "call"])
def test_a_crawl_ends_gracefully_and_goes_on_later(office: TestOffice, site: Replica, how: str) -> None:
    publish(site, range(40))
    stop = Stop()

    def ask() -> None:
        while len(site.hits) < 10:
            time.sleep(0.01)
        os.kill(os.getpid(), signal.SIGTERM) if how == "signal" else stop()

    asking = threading.Thread(target=ask)
    asking.start()
    source = petitions(site, rate_seconds=0.02)
    report = read(office, source, stop=stop)
    asking.join()
    assert report.state == "interrupted" and 5 <= len(texts(office)) < 40
    assert office.store.windows() == [] and cursor_of(office.store, "replica") is None
    assert read(office, petitions(site)).state == "done" and len(texts(office)) == 40


def test_a_source_switched_off_in_the_middle_stops(
    office: TestOffice, site: Replica, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crawlers.run.RENEW_EVERY", 0.05)
    publish(site, range(200))

    def switched_off(request: object) -> str:
        office.store.switch_source("replica", enabled=False, by="cli-tester", reason=None)
        return ""

    site.route("/n/5", switched_off)
    report = read(office, petitions(site, rate_seconds=0.02))
    assert report.state == "interrupted" and len(site.hits) < 150
