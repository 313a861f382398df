"""An archive of invented documents in a search index: the noun that the conformance tests speak about."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from index import Change, IndexEntry, Page, Search, SearchIndex
from index.query import Query, parse

BEIJING = timezone(timedelta(hours=8))


def beijing(year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, second, tzinfo=BEIJING).astimezone(UTC)


class Archive:
    """Files documents under rising sequences and asks for them by what people type."""

    def __init__(self, index: SearchIndex) -> None:
        self.index = index
        self.sequence = 0
        self._filing = False

    def file(self, document_id: str, title: str = "", body: str = "", **known: Any) -> IndexEntry:
        self.sequence += 1
        entry = IndexEntry(**{"id": document_id, "sequence": self.sequence, "title": title, "body": body} | known)
        self.index.write([entry])
        if not self._filing:
            self.index.commit()
        return entry

    def file_all(self, *bodies: str, dates: Sequence[datetime | None] = (), **known: Any) -> list[str]:
        """Files untitled documents d0, d1, … in one commit and returns their ids."""
        moments = [*dates, *[None] * (len(bodies) - len(dates))]
        prefix = known.get("source", "d")
        entries = [
            IndexEntry(
                id=f"{prefix}{n}", sequence=self.sequence + n + 1, title="", body=body, published_at=moment, **known
            )
            for n, (body, moment) in enumerate(zip(bodies, moments, strict=True))
        ]
        self.take(*entries)
        return [entry.id for entry in entries]

    def take(self, *changes: Change) -> int:
        accepted = self.index.write(changes)
        self.index.commit()
        self.sequence = max(self.sequence, *(change.sequence for change in changes))
        return accepted

    def page(self, typed: str | Query = "", **asked: Any) -> Page:
        return self.index.search(Search(query=parse(typed) if isinstance(typed, str) else typed, **asked))

    def ids(self, typed: str | Query = "", **asked: Any) -> set[str]:
        return {hit.id for hit in self.page(typed, size=1000, **asked).hits}

    def order(self, typed: str | Query = "", **asked: Any) -> list[str]:
        return [hit.id for hit in self.page(typed, **asked).hits]

    def facet(self, field: str, typed: str | Query = "", **asked: Any) -> dict[str, int]:
        page = self.page(typed, facets={field: 100}, **asked)
        return {bucket.value: bucket.documents for bucket in page.facets[field]}

    def histogram(self, interval: str, typed: str | Query = "", **asked: Any) -> dict[str, int]:
        page = self.page(typed, histogram=interval, **asked)
        return {bucket.value: bucket.documents for bucket in page.histogram}

    def marked(self, typed: str | Query, document_id: str) -> list[str]:
        hits = {hit.id: hit for hit in self.page(typed, highlight=True, size=1000).hits}
        return [hits[document_id].text[start:end] for start, end in hits[document_id].highlights]

    def all_pages(self, typed: str | Query = "", **asked: Any) -> list[str]:
        found: list[str] = []
        cursor = None
        while True:
            page = self.page(typed, after=cursor, **asked)
            found += [hit.id for hit in page.hits]
            cursor = page.next_cursor
            if cursor is None:
                return found

    def file_the_town(self) -> None:
        self._filing = True
        quarry = {"project_ids": ("quarry-road",), "region_codes": ("990206009",), "places": ("石盘村",)}
        plant = {"project_ids": ("waste-plant",), "region_codes": ("990301",), "places": ("清河湾小区",)}
        self.file(
            "standard", "青苗补偿标准太低", "石盘村修采石场道路，征地补偿标准比邻镇低一半，请求重新核算。",
            published_at=beijing(2026, 3, 1, 9), source_kind="petition", source="留言板", genre="petition",
            attitude="negative", is_grievance=True, factors=("compensation_standard",), categories=("land",),
            stakeholder_groups=("land_losing_farmers",), escalation=1, **quarry,
        )  # fmt: skip
        self.file(
            "dust", "采石场扬尘", "运石头的车一天到晚从村口过，灰尘大，噪音也大，老人咳得睡不着。",
            published_at=beijing(2026, 3, 2, 23, 59, 59), source_kind="hotline", source="热线", genre="petition",
            attitude="negative", is_grievance=True, factors=("dust", "noise"), categories=("environment",), escalation=2,
            **quarry,
        )  # fmt: skip
        self.file(
            "dust-copy", "采石场扬尘", "运石头的车一天到晚从村口过，灰尘大，噪音也大，老人咳得睡不着！",
            published_at=beijing(2026, 3, 3), source_kind="weibo", source="微博", genre="post", attitude="negative",
            is_grievance=True, factors=("dust", "noise"), categories=("environment",), escalation=2, origin_id="dust",
            is_origin=False, **quarry,
        )  # fmt: skip
        self.file(
            "smell", "垃圾焚烧厂选址", "清河湾小区离拟建的焚烧厂只有八百米，臭气谁来管？联名反对。",
            published_at=beijing(2026, 3, 31, 23, 30), source_kind="petition", source="留言板", genre="petition",
            attitude="negative", is_grievance=True, factors=("odour", "siting"), categories=("environment",),
            escalation=3, **plant,
        )  # fmt: skip
        self.file(
            "praise", "路修得好", "新修的路平整，补偿款也按时到账，给干部点赞。",
            published_at=beijing(2026, 4, 1), source_kind="petition", source="留言板", genre="petition",
            attitude="positive", **quarry,
        )  # fmt: skip
        self.file(
            "reply", "关于焚烧厂选址的答复", "经研究，项目尚在论证，环评完成前不会开工。",
            published_at=beijing(2026, 4, 6, 10), source_kind="petition", source="留言板", genre="reply",
            attitude="neutral", **plant,
        )  # fmt: skip
        self.file(
            "news", "区里公布道路规划", "规划提到采石场道路与Ｇ９９高速的衔接，投资12.5亿元。",
            published_at=beijing(2026, 1, 5, 8), source_kind="news", source="晨报", genre="news", attitude="neutral",
            region_codes=("9902",), project_mentions=("quarry-road",),
        )  # fmt: skip
        self.file("undated", "无日期来信", "信上没有写日期，说的是臺灣風味小吃街的油煙。", source_kind="survey")
        self._filing = False
        self.index.commit()
