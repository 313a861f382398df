from __future__ import annotations

from datetime import datetime

from plain_spider import PlainSpider
from replica import Replica

from crawlers.reading import taste
from crawlers.windows import BEIJING, Window

DAY = Window(datetime(2026, 3, 2, tzinfo=BEIJING), datetime(2026, 3, 3, tzinfo=BEIJING))


def note(number: int, hour: int = 9) -> str:
    return f"<html><h1>环路补偿说明{number}</h1><time>2026-03-02T{hour:02}:00:00+08:00</time><p>第{number}号地块的补偿。</p></html>"


def test_a_window_gives_the_items_of_its_pages(site: Replica) -> None:
    site.page("/", "<a class=note href=/n/1>1</a><a class=note href=/n/2>2</a>")
    site.page("/n/1", note(1))
    site.page("/n/2", note(2))
    tasted = taste(site.source(), DAY, spider=PlainSpider)
    assert sorted((item.title, item.body, item.source) for item in tasted.items) == [
        ("环路补偿说明1", "第1号地块的补偿。", "清溪网"), ("环路补偿说明2", "第2号地块的补偿。", "清溪网"),
    ]  # fmt: skip
    assert (tasted.outcome.cut, tasted.outcome.found) == (None, 2)
