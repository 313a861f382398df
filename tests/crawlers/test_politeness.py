"""Politeness: robots.txt, rates, back-off, budgets, hours, walls, sizes, addresses; a replica that misbehaves."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from notes import NOON, note, petitions, publish, read, texts
from offices import TestOffice
from plain_spider import PlainSpider
from replica import Replica

from crawlers.politeness.traffic import Traffic
from crawlers.run import CrawlRefused


def test_no_request_follows_a_refusal_of_robots_txt(office: TestOffice, site: Replica) -> None:
    publish(site, range(3))
    site.robots = "User-agent: *\nDisallow: /\n"
    report = read(office, petitions(site))
    assert (report.state, site.paths(), len(site.hits)) == ("blocked", [], 1)
    assert office.store.source_state("replica").blocked == "robots"
    with pytest.raises(CrawlRefused, match="E707"):
        read(office, petitions(site))
    assert len(site.hits) == 1


@pytest.mark.parametrize("status", [500, 503, 403, 429])
def test_robots_txt_that_cannot_be_read_stops_the_source_until_it_can(
    office: TestOffice, site: Replica, status: int
) -> None:
    publish(site, range(3))
    site.robots = status
    report = read(office, petitions(site))
    assert (report.state, site.paths()) == ("blocked", [])
    assert [window.cut_short for window in office.store.windows()] == ["outage"]
    site.robots = "User-agent: *\nAllow: /\n"
    assert read(office, petitions(site)).tally.receipt.new == 3


def test_without_robots_txt_a_site_may_be_read(office: TestOffice, site: Replica) -> None:
    publish(site, range(2))
    site.robots = 404
    assert read(office, petitions(site)).tally.receipt.new == 2
    assert office.store.source_state("replica").robots == "none"


def test_pages_that_robots_txt_closes_are_left_out_and_the_window_says_so(office: TestOffice, site: Replica) -> None:
    publish(site, range(3))
    site.robots = "User-agent: minyi\nDisallow: /n/1\n\nUser-agent: *\nDisallow: /\n"
    report = read(office, petitions(site))
    assert (report.state, report.tally.receipt.new) == ("cut", 2)
    assert "/n/1" not in site.paths()


def test_robots_txt_that_changes_in_the_middle_of_a_crawl_is_obeyed_from_then_on(
    office: TestOffice, site: Replica, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crawlers.politeness.robots.VALID_FOR", 0.0)
    publish(site, range(20))

    def closing(request: object) -> str:
        site.robots = "User-agent: *\nDisallow: /\n"
        return note(5)

    site.route("/n/5", closing)
    report = read(office, petitions(site))
    after = [hit.path for hit in site.hits][[hit.path for hit in site.hits].index("/n/5") + 1 :]
    assert set(after) == {"/robots.txt"} and report.state == "cut"


@pytest.mark.parametrize("asked", [1, "date:2"])
def test_a_busy_site_is_left_alone_for_as_long_as_it_asks(office: TestOffice, site: Replica, asked: int | str) -> None:
    publish(site, range(1))
    site.fault("/n/0", "status", code=429, retry_after=asked, times=1)
    assert read(office, petitions(site)).tally.receipt.new == 1
    tries = [hit.at for hit in site.hits if hit.path == "/n/0"]
    assert tries[1] - tries[0] >= 0.95


def test_a_site_that_asks_for_hours_is_read_another_time(office: TestOffice, site: Replica) -> None:
    publish(site, range(3))
    site.fault("/n/1", "status", code=503, retry_after=7200)
    report = read(office, petitions(site))
    assert report.state == "cut" and site.paths().count("/n/1") == 1 and "/n/2" not in site.paths()
    [waiting] = office.store.queued_windows("replica")
    assert (waiting.not_before - NOON).total_seconds() == 7200


@pytest.mark.parametrize("fault", ["reset", "half", "empty503"])
def test_a_page_that_fails_once_is_tried_again(office: TestOffice, site: Replica, fault: str) -> None:
    publish(site, range(2))
    if fault == "empty503":
        site.fault("/n/1", "status", code=502, times=1)
    else:
        site.fault("/n/1", fault, times=1)
    report = read(office, petitions(site))
    assert (report.state, report.tally.receipt.new, site.paths().count("/n/1")) == ("done", 2, 2)


def test_the_pause_before_another_try_doubles(office: TestOffice, site: Replica) -> None:
    publish(site, range(1))
    site.fault("/n/0", "status", code=500)
    assert read(office, petitions(site)).state == "cut"
    tries = [hit.at for hit in site.hits if hit.path == "/n/0"]
    assert len(tries) == 3 and tries[1] - tries[0] >= 0.5 and tries[2] - tries[1] >= 1.0


@pytest.mark.parametrize("fault", ["huge", "bomb", "loop", "half"])
def test_a_page_that_cannot_be_read_leaves_a_lower_bound_and_the_rest_is_stored(
    office: TestOffice, site: Replica, fault: str
) -> None:
    publish(site, range(3))
    site.fault("/n/1", fault)
    report = read(office, petitions(site))
    assert (report.state, report.tally.receipt.new) == ("cut", 2)
    assert [window.cut_short for window in office.store.windows()] == ["outage"]
    site.mend()
    assert read(office, petitions(site)).tally.receipt.new == 1
    assert [window.cut_short for window in office.store.windows()] == [None]
    assert office.store.queued_windows() == []


def test_a_site_that_is_down_is_not_hammered(office: TestOffice, site: Replica) -> None:
    publish(site, range(50))
    site.fault("/n/*", "reset")
    report = read(office, petitions(site))
    assert report.state == "cut" and len(site.paths()) <= 12


@pytest.mark.parametrize(
    ("fault", "values", "cause"),
    [("captcha", {}, "captcha"), ("login", {}, "login_wall"), ("status", {"code": 403}, "forbidden")],
)
def test_a_wall_stops_the_source_and_is_never_worked_around(
    office: TestOffice, site: Replica, fault: str, values: dict[str, int], cause: str
) -> None:
    publish(site, range(20))
    site.page("/login", "<title>登录</title><form><input type=password></form>")
    site.fault("/n/3", fault, **values)
    report = read(office, petitions(site))
    assert (report.state, office.store.source_state("replica").blocked) == ("blocked", cause)
    assert site.paths()[-1] == "/n/3"
    assert len(texts(office)) == 3
    [window] = office.store.windows()
    assert window.cut_short in ("block", "login_wall")


def test_an_article_about_captchas_is_no_captcha(office: TestOffice, site: Replica) -> None:
    publish(site, range(1))
    site.page(
        "/n/0", note(0, words="网上信箱新增安全验证，请输入验证码后提交，群众反映字太小看不清。" + "请改进。" * 120)
    )
    assert read(office, petitions(site)).tally.receipt.new == 1


def test_broken_characters_do_not_stop_a_page(office: TestOffice, site: Replica) -> None:
    page = note(0).encode().replace("组的地".encode(), "组的地".encode() + b"\xff\xfe\x00")
    publish(site, range(1))
    site.page("/n/0", page)
    assert read(office, petitions(site)).tally.receipt.new == 1


def test_the_server_never_sees_more_than_the_rate(office: TestOffice, site: Replica) -> None:
    publish(site, range(6))
    read(office, petitions(site, rate_seconds=0.4, window={"first": "36h"}))
    assert len(site.hits) >= 8 and min(site.gaps()) >= 0.4


def test_two_sources_of_one_host_keep_its_rate_between_them(office: TestOffice, site: Replica) -> None:
    publish(site, range(2))
    for name in ("first", "second"):
        read(office, petitions(site, name=name, title=name, rate_seconds=0.6))
    assert len(site.hits) >= 8 and min(site.gaps()) >= 0.6


def test_a_private_site_lends_its_haste_to_no_public_host(site: Replica) -> None:
    traffic = Traffic(petitions(site))
    assert (traffic.delay(site.url("/")), traffic.delay("https://example.org/")) == (0.0, 1.0)


class AskingAgain(PlainSpider):
    """Asks again for what is stored of its window."""

    name = "again"

    async def start(self) -> AsyncIterator[Any]:
        for request in self.recheck(self.parse_note):
            yield request
        async for request in super().start():
            yield request


def test_an_old_page_that_robots_txt_closes_later_does_not_close_the_source(office: TestOffice, site: Replica) -> None:
    publish(site, range(3))
    source = petitions(site)
    read(office, source)
    site.robots = "User-agent: *\nDisallow: /n/1\n"
    asked = site.paths().count("/n/1")
    report = read(office, source, NOON + timedelta(hours=1), spider=AskingAgain)
    assert (report.state, office.store.source_state("replica").blocked) == ("cut", None)
    assert site.paths().count("/n/1") == asked


def test_crawl_delay_is_honoured(office: TestOffice, site: Replica) -> None:
    publish(site, range(3))
    site.robots = "User-agent: *\nCrawl-delay: 0.5\n"
    read(office, petitions(site))
    assert min(site.gaps()) >= 0.5


def test_a_days_budget_holds_over_several_crawls(office: TestOffice, site: Replica) -> None:
    publish(site, range(30))
    source = petitions(site, daily_requests=12)
    assert read(office, source).state == "paused"
    assert read(office, source).state == "paused"
    assert len(site.hits) == 12
    assert [window.cut_short for window in office.store.windows()] == ["budget"]


def test_outside_its_hours_a_source_is_not_read(office: TestOffice, site: Replica) -> None:
    publish(site, range(2))
    source = petitions(site, night_window="22:00-06:00")
    assert read(office, source).state == "paused" and site.hits == []
    assert read(office, source, NOON.replace(hour=23)).tally.receipt.new == 2


def test_the_user_agent_says_who_reads_and_where_to_complain(office: TestOffice, site: Replica) -> None:
    publish(site, range(1))
    read(office, petitions(site))
    assert {hit.headers["User-Agent"].partition("/")[0] for hit in site.hits} == {"Minyi"}
    assert all("crawl@example.org" in hit.headers["User-Agent"] for hit in site.hits)
