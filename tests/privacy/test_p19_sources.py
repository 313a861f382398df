"""P-19: sources are read from an allow-list with a legal basis; robots.txt and rates bind; login walls are refused."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from notes import petitions, publish, read, texts
from offices import TestOffice
from replica import Replica

from crawlers.check import CheckRefused, check
from crawlers.politeness.traffic import Traffic
from crawlers.registry import Source
from crawlers.run import CrawlRefused


@pytest.fixture
def site() -> Iterator[Replica]:
    with Replica() as running:
        publish(running, range(5))
        yield running


@pytest.mark.parametrize("missing", ["legal_basis", "permission", "contact"])
def test_a_source_without_a_legal_basis_cannot_be_enabled_and_not_even_be_tried(
    office: TestOffice, site: Replica, missing: str
) -> None:
    with pytest.raises(ValueError, match=f"{missing}: needed before the source may be enabled"):
        petitions(site, **{missing: " "})
    with pytest.raises(CheckRefused, match="E708"):
        check(petitions(site, enabled=False, **{missing: ""}), office)
    assert site.hits == []


def test_only_listed_hosts_of_a_private_network_are_read_and_only_if_enabled(office: TestOffice, site: Replica) -> None:
    with pytest.raises(CrawlRefused, match="E706"):
        read(office, petitions(site, enabled=False))
    assert site.hits == []
    assert read(office, petitions(site, allowed_private_hosts=[], rate_seconds=1)).state == "blocked"
    assert site.hits == []


def test_robots_txt_that_refuses_or_cannot_be_read_stops_the_source(office: TestOffice, site: Replica) -> None:
    site.robots = 500
    assert read(office, petitions(site)).state == "blocked"
    site.robots = "User-agent: *\nDisallow: /"
    assert read(office, petitions(site)).state == "blocked"
    assert site.paths() == [] and texts(office) == []


def test_no_rate_below_a_second_can_be_set_for_a_public_host() -> None:
    with pytest.raises(ValueError, match="at least 1 for a public host"):
        Source(name="x", title="x", kind="news", spider="news", start=("https://news.example",), rate_seconds=0.5)


@pytest.mark.parametrize("host", ["1.1.1.1:443", "[2400:3200::1]:443"])
def test_a_public_address_cannot_be_listed_as_private(site: Replica, host: str) -> None:
    with pytest.raises(ValueError, match="is a public address"):
        petitions(site, start=[f"https://{host}/"], allowed_private_hosts=[host])


@pytest.fixture
def led(monkeypatch: pytest.MonkeyPatch, site: Replica) -> list[str]:
    """``box.example`` leads to the addresses in this list; whatever is connected to there, the site answers."""
    addresses: list[str] = []
    look_up, connect = socket.getaddrinfo, asyncio.SelectorEventLoop.sock_connect

    def names(host: Any, *rest: Any, **more: Any) -> Any:
        found = addresses if host == "box.example" else [host]
        return [row for address in found for row in look_up(address, *rest, **more)]

    async def redirected(loop: Any, sock: socket.socket, address: Any) -> None:
        await connect(loop, sock, ("127.0.0.1", site.port))

    monkeypatch.setattr(socket, "getaddrinfo", names)
    monkeypatch.setattr(asyncio.SelectorEventLoop, "sock_connect", redirected)
    return addresses


def test_a_public_host_that_a_source_file_calls_private_is_not_hurried(
    office: TestOffice, site: Replica, led: list[str]
) -> None:
    """What counts is the address that is connected to, not what the file says of the name."""
    led.append("1.1.1.1")
    publish(site, range(1))
    box = f"box.example:{site.port}"
    read(office, petitions(site, start=[f"http://{box}/"], allowed_private_hosts=[box], rate_seconds=0))
    assert len(site.hits) == 3 and min(site.gaps()) >= 1.0


def test_only_a_host_that_proved_private_may_be_read_faster_than_once_a_second(site: Replica) -> None:
    source = petitions(site, start=["https://box.example/"], allowed_private_hosts=["box.example:443"], rate_seconds=0)
    traffic = Traffic(source)
    page = "https://box.example/list"
    assert traffic.delay(page) == 1.0, "nobody knows yet where the name leads"
    traffic.connected(page, "10.0.0.8")
    assert traffic.delay(page) == 0.0
    traffic.connected(page, "1.1.1.1")
    traffic.connected(page, "10.0.0.8")
    assert traffic.delay(page) == 1.0, "one address that is public makes the host public"
    assert traffic.delay("https://10.0.0.8/") == 1.0, "not a host that the source may read as private"


def test_the_rate_is_kept_as_the_server_sees_it(office: TestOffice, site: Replica) -> None:
    read(office, petitions(site, rate_seconds=0.3))
    assert len(site.hits) == 7 and min(site.gaps()) >= 0.3


def test_a_login_wall_stops_the_source_and_nobody_goes_on_until_a_person_says_so(
    office: TestOffice, site: Replica
) -> None:
    site.fault("/n/2", "login", to="https://passport.qingxi.example/sso/login?next=/n/2")
    assert read(office, petitions(site)).state == "blocked"
    before = len(site.hits)
    with pytest.raises(CrawlRefused, match="login_wall"):
        read(office, petitions(site))
    assert len(site.hits) == before
    site.mend()
    office.store.switch_source("replica", enabled=True, by="cli-tester", reason=None)
    assert read(office, petitions(site)).state == "done"
