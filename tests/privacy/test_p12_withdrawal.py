"""P-12: what a source withdraws or changes goes here too, with every quote of it, at the next crawl."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from county import CountyOffice
from notes import NOON, note, petitions, publish, read
from offices import TestOffice
from replica import Replica

from crawlers.registry import Source
from pipeline.work import work

SAID = "进场道路的补偿标准偏低，{}，请核实。"
REASONS = (
    "占了我家两丘水田",
    "量地那天没有人到场",
    "把老井填了一半",
    "青苗费只算了一季",
    "征了晒谷坪没有说法",
    "红线画进了橘园",
)
GONE = "把老井填了一半"


@pytest.fixture
def site() -> Iterator[Replica]:
    with Replica() as running:
        publish(running, range(len(REASONS)))
        for number, reason in enumerate(REASONS):
            page = note(number, words=SAID.format(reason)).replace("<h1>", f"<a class=who data-id=u{number}></a><h1>")
            running.page(f"/n/{number}", page)
        yield running


@pytest.fixture
def county(tmp_path: Path) -> Iterator[CountyOffice]:
    county = CountyOffice(tmp_path / "home")
    names = {"aliases": ("进场道路",), "places": ("青石村", "白鹭村", "柳湾村", "东坪村", "石桥村", "枫林村"),
             "keywords": ("补偿",)}  # fmt: skip
    county.office.register([county.road.model_copy(update=names)])
    yield county
    county.office.close()


def everything_shown(county: CountyOffice) -> str:
    caller = county.caller("assessor")
    pages = [
        caller.get("/v1/projects/quarry-road/risk-points").text,
        caller.get("/v1/projects/quarry-road/documents").text,
    ]
    return "".join(pages)


def at_rest(county: CountyOffice) -> str:
    county.office.index.close()
    county.office.__dict__.pop("index", None)
    home = county.office.settings.home
    return "".join(path.read_bytes().decode("utf-8", "replace") for path in home.rglob("*") if path.is_file())


@pytest.mark.parametrize("how", ["deleted", "edited"])
def test_a_text_that_its_source_takes_back_is_quoted_nowhere_after_the_next_crawl(
    county: CountyOffice, site: Replica, how: str
) -> None:
    source = petitions(site)
    read_by(county, source)
    assert GONE in everything_shown(county)
    if how == "deleted":
        site.remove("/n/2")
    else:
        site.page("/n/2", note(2, words=SAID.format("补了十块钱")))
    read_by(county, source, NOON + timedelta(hours=6))
    assert GONE not in everything_shown(county)
    assert GONE not in at_rest(county)


def test_the_recent_past_is_read_again_at_least_once_a_day(site: Replica) -> None:
    assert Source(name="x", title="x", kind="news", spider="news", start=("https://a.example",)).every < timedelta(
        days=1
    )


def read_by(county: CountyOffice, source: Source, now: object = NOON) -> None:
    office: TestOffice = county.office  # type: ignore[assignment]
    assert read(office, source, now).state == "done"  # type: ignore[arg-type]
    work(county.office)
