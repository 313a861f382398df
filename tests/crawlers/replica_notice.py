"""A county's page of notices on a replica: list pages, notices with unit and dates outside of the text, and others."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from html import escape
from typing import Any

from aiohttp import web
from opinions import ROAD
from replica import Replica

from crawlers.registry.source import Source
from crawlers.windows import BEIJING, Window

FEBRUARY = Window(datetime(2026, 2, 1, tzinfo=BEIJING), datetime(2026, 3, 1, tzinfo=BEIJING))


@dataclass(slots=True)
class Posted:
    """One page of the site."""

    number: int
    title: str
    paragraphs: tuple[str, ...]
    on: datetime
    unit: str = "南岭县自然资源局"


@dataclass(slots=True)
class NoticeSite:
    """The pages, newest first, ten of them on a list page."""

    site: Replica
    posted: list[Posted] = field(default_factory=list)

    def post(self, title: str, *paragraphs: str, on: str, **fields: Any) -> Posted:
        moment = datetime.fromisoformat(on).replace(tzinfo=BEIJING)
        one = Posted(len(self.posted) + 1, title, paragraphs, moment, **fields)
        self.posted.append(one)
        self.show()
        return one

    def take_back(self, one: Posted) -> None:
        self.posted.remove(one)
        self.site.remove(f"/gggs/t{one.number}.html")
        self.show()

    def show(self) -> None:
        for one in self.posted:
            body = "".join(f"<p>{escape(text)}</p>" for text in one.paragraphs)
            self.site.page(
                f"/gggs/t{one.number}.html",
                f"<html><head><title>{escape(one.title)}_南岭县人民政府</title></head><body><div class=nav><a href=/>首页</a></div>"
                f"<h1 class=tit>{escape(one.title)}</h1><div class=info><span class=source>信息来源：{one.unit}</span>"
                f"<span>发布时间：{one.on:%Y-%m-%d %H:%M}</span></div><div class=TRS_Editor>{body}</div>"
                "<div class=foot>主办：南岭县人民政府办公室 备案号 00000000</div></body></html>",
                etag=f"{one.number}-{hash(one.paragraphs)}",
            )
        self.site.route("/gggs/index.html", lambda request: self._list(0))
        for page in range(1, 4):
            self.site.route(f"/gggs/index_{page}.html", lambda request, page=page: self._list(page))

    def _list(self, page: int) -> str | web.Response:
        rows = sorted(self.posted, key=lambda one: one.on, reverse=True)[page * 10 : page * 10 + 10]
        if not rows and page:
            return web.Response(status=404)
        listed = "".join(
            f"<li><a href=/gggs/t{one.number}.html>{escape(one.title)}</a><span class=date>{one.on:%Y-%m-%d}</span></li>"
            for one in rows
        )
        return f"<html><body><ul class=list>{listed}</ul></body></html>"

    def source(self, **fields: Any) -> Source:
        parser = {
            "unit": "span.source", "region": "南岭县",
            "list": {"rows": "ul.list > li", "date": "span.date", "pages": "index_{page}.html", "second_page": 1,
                     "whole": True},
            **fields.pop("parser", {}),
        }  # fmt: skip
        window = {"length": "7d", "finest": "1d", "recrawl": "28d", "first": "28d"}
        values = {"name": "nanling-notices", "title": "南岭县公告公示", "kind": "notice", "spider": "notice"}
        values |= {"start": ["/gggs/index.html"], "parser": parser, "window": window}
        return self.site.source(**{**values, **fields})


def county_notices(site: Replica) -> NoticeSite:
    """Six notices of February 2026, one older, and two pages that are no notices."""
    pages = NoticeSite(site)
    pages.post(f"{ROAD.name_zh}征收土地预公告", f"因{ROAD.name_zh}建设需要，拟征收青石坳镇柳湾村、上井村集体土地。",
               "预公告时间：2026年2月10日至2026年2月24日。自本预公告发布之日起，不得在拟征收范围内抢栽抢建。",
               on="2026-02-10T09:00")  # fmt: skip
    pages.post(f"{ROAD.name_zh}征地补偿安置方案公告", f"现将{ROAD.name_zh}征地补偿安置方案予以公告，涉及柳湾村、上井村。",
               "公告期限为30日。对方案有异议的，可在公告期内申请听证。", on="2026-02-26T10:30")  # fmt: skip
    pages.post("南岭县国土空间总体规划（草案）公示", "现将规划草案予以公示，征求意见期限为15日。",
               "公示地点：县政务服务中心一楼大厅。", on="2026-02-05T08:00")  # fmt: skip
    pages.post("南岭县垃圾填埋场封场项目环境影响报告书（征求意见稿）公示", "征求意见时间：2026年2月2日至2026年2月13日。",
               "公众可通过信函提交意见表。", on="2026-02-02T08:00", unit="南岭县城市管理局")  # fmt: skip
    pages.post("关于公开征求《南岭县犬只管理办法》意见的公告", "现向社会公开征求意见，征求意见期限为30日。",
               "联系地址：南岭县司法局。", on="2026-02-12T15:00", unit="南岭县司法局")  # fmt: skip
    pages.post("南岭县人民政府关于老机厂片区房屋征收决定的公告", "县人民政府决定对老机厂片区国有土地上房屋实施征收。",
               "被征收人对决定不服的，可依法申请行政复议。", on="2026-02-20T11:00", unit="南岭县人民政府")  # fmt: skip
    pages.post(
        "南岭县2026年事业单位招聘公告", "现面向社会招聘工作人员二十名。", "报名截止3月1日。", on="2026-02-11T09:00"
    )
    pages.post("县领导调研春耕备耕工作", "县领导到青石坳镇调研春耕。", "各部门负责人参加。", on="2026-02-18T09:00")
    pages.post("关于征求公交线路调整意见的通告", "现公开征求意见，期限为30日。", "欢迎来信。", on="2026-01-05T09:00")
    return pages


def fill(pages: NoticeSite, count: int) -> None:
    """More notices, so that the list has several pages."""
    for number in range(count):
        day = datetime(2026, 2, 25, 12) - timedelta(hours=6 * number)
        pages.post(f"关于征求第{number}号道路命名意见的公告", f"现就第{number}号道路的名称公开征求意见，期限为30日。",
                   "欢迎来信来电提出意见。", on=day.isoformat())  # fmt: skip
