"""When an article was published: what the page states, what stands under its headline, what its address says."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from lxml import html

from crawlers.extraction.blocks import Block
from crawlers.extraction.moments import Moment, moment_of, moments_in
from crawlers.extraction.title import bare
from crawlers.windows import BEIJING

_IN_PATH: Final = re.compile(
    r"(?<!\d)(?P<year>20\d\d)[-/_]?(?P<month>0[1-9]|1[0-2])[-/_]?(?P<day>0[1-9]|[12]\d|3[01])(?!\d)|/(?P<short>[12]\d)[-/](?P<month2>0[1-9]|1[0-2])(?P<day2>[0-3]\d)/"
)
_LABEL: Final = re.compile(
    "发布|發布|發佈|发表|發表|[时時][间間]|日期|来源|來源|更新|[记記]者|出[处處]|稿件|上[传傳]|公布|公告|刊[发發登]|浏览|字[号號]|編輯|编辑|责编"
)
_EVENT: Final = re.compile(
    "截至|截止|到期|举行|开庭|预计|有效期|报名|活动时间|會議時間|会议时间|注册|备案|版权|版權|copyright|©",
    re.IGNORECASE,
)
_TODAY: Final = re.compile("今天是|今日是|[现現]在|[当當]前|今天|今日")
_WEEKDAY: Final = re.compile("星期|[周週][一二三四五六日]|[农農][历曆]")
_DOUBTFUL: Final = 2.0
"""Merit below which a date on the page is weaker than one in the address."""
_ASIDE: Final = re.compile(
    "comment|pinglun|reply|relat|recommend|tuijian|rank|hot|side|foot|nav|copyright|xiangguan|weather|calendar|reader|lastmod"
)
_CLOCK_NAME: Final = re.compile("time|date|pub|source|info|meta|laiyuan|shijian|byline|from")
_NEAR_BEFORE: Final = 4
_NEAR_AFTER: Final = 10
_FARTHEST: Final = 40
_MODIFIED: Final = re.compile("更新|修改|最后|最後|modified|update", re.IGNORECASE)


def published_at(
    root: html.HtmlElement,
    blocks: list[Block],
    body: list[Block],
    title: str,
    stated: tuple[str, ...],
    url: str | None,
    now: datetime,
) -> Moment | None:
    """The article's time of publication, or None. Never later than ``now``, the moment when the page was fetched.

    What the page states for machines (``stated``: JSON-LD, meta tags; else ``<time>``) and what it shows near its
    headline are weighed against each other and the address; without either, a date that ends the text (notices are
    signed so), or the date in the address.
    """
    address = date_in_address(url, now)
    machine = next((moment for value in stated if (moment := moment_of(value, now))), None)
    machine = machine or _time_element(root, now, own=True)
    shown = _under_headline(blocks, body, title, now, address)
    if machine and shown:
        return _reconciled(machine, shown, address)
    return machine or shown or _time_element(root, now, own=False) or _signature(body, now) or address


def date_in_address(url: str | None, now: datetime) -> Moment | None:
    """The date in a path such as /2026-01/05/, /20260105/ or /t20260105_12.html."""
    if not url:
        return None
    try:
        path = urlsplit(url).path
    except ValueError:
        return None
    for found in _IN_PATH.finditer(path):
        year = int(found["year"] or "20" + found["short"])
        try:
            value = datetime(
                year, int(found["month"] or found["month2"]), int(found["day"] or found["day2"]), tzinfo=BEIJING
            )
        except ValueError:
            continue
        moment = Moment(value, "date")
        if moment.possible(now):
            return moment
    return None


def _reconciled(machine: Moment, shown: Moment, address: Moment | None) -> Moment:
    """One of two.

    The finer where they mean the same day, else the one that the address supports, else the machine's.
    """
    if abs((machine.value - shown.value).total_seconds()) < 86_400:
        if _day(machine) == _day(shown) or machine.precision != "date":
            finer = shown if machine.precision == "date" and shown.precision != "date" else machine
            return replace(finer, start=0, end=0)
        return shown
    if address and _day(address) == _day(shown) and not shown.relative:
        return shown
    return machine


def _day(moment: Moment) -> str:
    return moment.value.astimezone(BEIJING).date().isoformat()


def _under_headline(
    blocks: list[Block], body: list[Block], title: str, now: datetime, address: Moment | None
) -> Moment | None:
    """The likeliest date near the headline: labelled ones, complete ones and those before the text come first.

    One with little to say for it gives way to a date in the address.
    """
    heading = _heading(blocks, body, title)
    below = [block.place for block in body if heading is None or block.place > heading]
    start = below[0] if below else (heading or 0) + 1
    heading = start if heading is None else heading
    low, high = (
        max(0, heading - _NEAR_BEFORE),
        min(len(blocks), max(heading + _NEAR_AFTER, min(start + 2, heading + _FARTHEST))),
    )
    chosen = {block.place for block in body}
    best: tuple[float, Moment] | None = None
    for block in blocks[low:high]:
        if len(block.text) > 160 or (block.place in chosen and len(block.text) > 60):
            continue
        for moment in moments_in(block.text, now):
            merit = _merit(block, moment, heading, start)
            if merit > 0 and (best is None or merit > best[0]):
                best = merit, replace(moment, start=0, end=0)
    if best and address and best[0] < _DOUBTFUL and _day(best[1]) != _day(address):
        return None
    return best[1] if best else None


def _merit(block: Block, moment: Moment, heading: int, start: int) -> float:
    names = " ".join(map(_names, block.path[:4]))
    before = block.text[max(0, moment.start - 8) : moment.start]
    rest = len(block.text) - (moment.end - moment.start)
    merit = 1.0
    merit += 1.5 if heading <= block.place <= start else 0.0
    merit += 1.0 if moment.precision != "date" else 0.0
    merit += 1.0 if _LABEL.search(block.text[max(0, moment.start - 12) : moment.end + 30]) else 0.0
    merit += 0.5 if _CLOCK_NAME.search(names) else 0.0
    merit += 0.8 if rest < 6 else 0.0
    merit -= 0.04 * abs(block.place - heading)
    merit -= 0.6 if moment.yearless else 0.0
    merit -= 1.2 if _MODIFIED.search(before) else 0.0
    merit -= 3.0 if _EVENT.search(block.text) or _TODAY.search(before) else 0.0
    merit -= 1.5 if block.place < heading and moment.precision == "date" and _WEEKDAY.search(block.text) else 0.0
    merit -= 2.5 if _ASIDE.search(names) else 0.0
    merit -= 1.5 if block.linked > len(bare(block.text)) * 0.5 else 0.0
    merit -= 1.0 if rest > 60 else 0.0
    return merit


def _heading(blocks: list[Block], body: list[Block], title: str) -> int | None:
    """The place of the headline: of several copies the last one above the longest paragraph."""
    wanted = bare(title)
    if not wanted:
        return None
    main = max(body, key=lambda block: len(block.text) - block.linked, default=None)
    end = main.place if main else len(blocks)
    for alike in (lambda text: text == wanted, lambda text: wanted in text or (len(text) > 5 and text in wanted)):
        places = [block.place for block in blocks if alike(bare(block.text))]
        above = [place for place in places if place < end]
        if places:
            return above[-1] if above else places[0]
    return None


def _time_element(root: html.HtmlElement, now: datetime, *, own: bool) -> Moment | None:
    """The first ``<time>`` that is no aside; ``own``: only one that can belong to nothing but the article."""
    elements = root.xpath("//time[@pubdate]") or root.xpath("//time")
    for element in elements[:40]:
        around = [element, *element.iterancestors()]
        if any(_ASIDE.search(_names(outer)) or outer.tag in ("aside", "footer", "nav", "li") for outer in around[:6]):
            continue
        if own and len(elements) > 1 and not any(outer.tag in ("article", "header") for outer in around):
            continue
        moment = moment_of(element.get("datetime") or element.text_content()[:80], now)
        if moment:
            return moment
    return None


def _names(element: html.HtmlElement) -> str:
    return f"{element.get('class', '')} {element.get('id', '')}".lower()


def _signature(body: list[Block], now: datetime) -> Moment | None:
    """The date that stands alone at the end of the text."""
    for block in reversed(body[-4:]):
        found = [moment for moment in moments_in(block.text, now) if not moment.relative and not moment.yearless]
        if found and len(block.text) - (found[-1].end - found[-1].start) <= 12:
            return replace(found[-1], start=0, end=0)
    return None
