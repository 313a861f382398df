"""P-01, the crawl side: of those who wrote, nothing reaches database, index, logs or any other file; nor do pages."""

from __future__ import annotations

import logging
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from notes import NOON, note, petitions, publish, read, texts
from offices import TestOffice, office_in
from opinions import ROAD
from plain_spider import PlainSpider
from replica import Replica

UID, NICKNAME, PHONE = "7782441903", "山间一只蝉鸣", "13912340987"
RAW = "没有脱敏的原文"
PERSONAL = (UID, NICKNAME, PHONE, RAW)


@pytest.fixture
def site() -> Iterator[Replica]:
    with Replica() as running:
        publish(running, range(8))
        for number in range(8):
            words = f"电话{PHONE}，第{number}组的地被环路占了，请答复。"
            page = note(number, words=words).replace("<h1>", f"<a class=who data-id={UID}>{NICKNAME}</a><h1>")
            running.page(f"/n/{number}", page.replace("</body>", f"<div>{RAW}</div></body>"), etag=f"e{number}")
        yield running


def test_nothing_of_a_poster_and_no_page_is_at_rest(office: TestOffice, site: Replica) -> None:
    office.register([ROAD])
    assert read(office, petitions(site)).tally.receipt.new == 8
    office.work()
    rest = office.texts_at_rest()
    assert [word for word in PERSONAL if word in rest] == []
    assert {path.partition("/")[0] for path in office.files()} <= {
        "index", "keys", "minyi.sqlite3", "minyi.sqlite3-shm", "minyi.sqlite3-wal"
    }  # fmt: skip


class FailingSpider(PlainSpider):
    """Its errors quote what it read, as errors of parsers do."""

    name = "failing"

    def parse_note(self, response: Any) -> Any:
        raise ValueError(f"{UID} {NICKNAME} {response.text}")
        yield


def test_no_log_line_names_a_poster_an_address_or_a_text_even_when_everything_fails(
    office: TestOffice, site: Replica, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for number in range(8):
        site.page(f"/u/{UID}/{number}", note(number))
    site.page("/", "".join(f"<a class=note href=/u/{UID}/{number}?q={NICKNAME}>x</a>" for number in range(8)))
    site.fault(f"/u/{UID}/1", "half")
    site.fault(f"/u/{UID}/2", "huge")
    report = read(office, petitions(site), spider=FailingSpider)
    assert report.state == "cut" and "ValueError" in report.why
    logged = caplog.text + "".join(str(record.args) for record in caplog.records) + str(report.as_json())
    told = str(office.store.source_state("replica")) + logged
    assert [word for word in (*PERSONAL, f"/u/{UID}") if word in told] == []


def test_a_crawl_that_is_killed_leaves_nothing_raw_behind(
    tmp_path: Path, site: Replica, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = {name: tmp_path / name for name in ("home", "cache", "temporary")}
    for variable, place in (("HOME", "home"), ("XDG_CACHE_HOME", "cache"), ("TMPDIR", "temporary")):
        places[place].mkdir()
        monkeypatch.setenv(variable, str(places[place]))
    child = os.fork()
    if child == 0:
        try:
            os.chdir(places["home"])
            with office_in(tmp_path / "office", ROAD) as office:
                read(office, petitions(site, rate_seconds=0.05))
        finally:
            os._exit(0)
    while len(site.hits) < 6:
        time.sleep(0.01)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    found = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert found and not any(word.encode() in content for word in PERSONAL for content in found.values())
    assert all(path.is_relative_to(tmp_path / "office") for path in found)


def test_a_raw_item_shows_nothing_in_any_representation(office: TestOffice, site: Replica) -> None:
    from datetime import timedelta

    from crawlers.reading import taste
    from crawlers.windows import Window

    tasted = taste(petitions(site), Window(NOON - timedelta(hours=12), NOON), spider=PlainSpider)
    assert len(tasted.items) == 8 and texts(office) == []
    assert not any(word in repr(tasted) for word in PERSONAL)
