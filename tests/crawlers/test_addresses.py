"""Only public addresses are read: lists, redirects and name servers that point inward are refused."""

from __future__ import annotations

import socket
from typing import Any

import pytest
from notes import listing, note, petitions, read, texts
from offices import TestOffice
from replica import Replica

from crawlers.politeness.addresses import authority, is_public

PRIVATE = [
    "127.0.0.1", "127.8.9.1", "10.0.0.8", "172.16.4.4", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
    "224.0.0.1", "240.0.0.1", "255.255.255.255", "192.0.2.7", "198.18.0.1", "::1", "::", "fe80::1", "fe80::1%eth0",
    "fc00::1", "fd12:3456::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.1.2.3", "64:ff9b::7f00:1", "2002:7f00:1::",
    "2001:0:7f00:1::", "2001:db8::1",
]  # fmt: skip
PUBLIC = ["1.1.1.1", "114.114.114.114", "223.5.5.5", "2400:3200::1", "2606:4700::1111", "::ffff:223.5.5.5"]


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses_are_known_in_every_spelling(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_pass(address: str) -> None:
    assert is_public(address)


def test_host_and_port_are_named_as_in_a_source_file() -> None:
    urls = ["http://a.example/x", "https://a.example", "http://[::1]:8080/", "http://A.example:81/?q=http://b"]
    assert [authority(url) for url in urls] == ["a.example:80", "a.example:443", "[::1]:8080", "a.example:81"]


def inward(site: Replica) -> list[str]:
    """The same server under addresses that no source file allows."""
    port = site.port
    return [f"http://localhost:{port}", f"http://127.0.0.2:{port}", f"http://2130706433:{port}", f"http://0:{port}",
            f"http://[::ffff:127.0.0.1]:{port}", f"http://0x7f.1:{port}"]  # fmt: skip


def test_a_list_that_points_inward_is_not_followed(office: TestOffice, site: Replica) -> None:
    site.page("/n/1", note(1))
    listing(site, [1])
    links = "".join(f"<a class=note href={base}/n/1>x</a>" for base in inward(site))
    site.page("/", f"<a class=note href=/n/1>1</a>{links}")
    report = read(office, petitions(site))
    assert report.state == "cut" and len(texts(office)) == 1
    assert sorted(site.paths()) == ["/", "/n/1"] and len(site.hits) == 3


def test_a_redirect_that_points_inward_is_not_followed(office: TestOffice, site: Replica) -> None:
    site.page("/n/1", note(1))
    listing(site, [1])
    site.fault("/n/1", "redirect", to=f"http://localhost:{site.port}/secret")
    assert read(office, petitions(site)).state == "cut"
    assert "/secret" not in site.paths()


@pytest.mark.parametrize("inside", ["127.0.0.1", "::1"])
def test_a_name_that_leads_inward_when_it_is_connected_to_is_refused(
    office: TestOffice, site: Replica, monkeypatch: pytest.MonkeyPatch, inside: str
) -> None:
    """DNS rebinding: whatever a name led to before, what counts is the address that the connection goes to."""
    real = socket.getaddrinfo
    asked: list[str] = []

    def rebinding(host: Any, *rest: Any, **more: Any) -> Any:
        if host == "news.example":
            asked.append(host)
            return real(inside, *rest, **more)
        return real(host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    source = petitions(site, start=[f"http://news.example:{site.port}/"], rate_seconds=1)
    assert read(office, source).state == "blocked"  # robots.txt cannot be read: nobody knows what it allows
    assert asked and site.hits == []


def test_nothing_but_http_is_read(office: TestOffice, site: Replica) -> None:
    site.page("/n/1", note(1))
    site.page("/", "<a class=note href=/n/1>1</a><a class=note href=file:///etc/passwd>x</a>"
                   "<a class=note href=ftp://127.0.0.1/x>x</a><a class=note href='data:text/html,<h1>x</h1>'>x</a>")  # fmt: skip
    report = read(office, petitions(site))
    assert report.state == "done" and len(texts(office)) == 1
