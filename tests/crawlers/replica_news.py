"""A news site on a replica, in six layouts that real sites have; all articles are invented.

``publish(site, layout)`` puts ARTICLES on the site and returns the source that reads it. Every article stands among
navigation, other dates and comments; some links occur twice, and some lead to what is no article.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Any, Final
from xml.sax.saxutils import escape

from aiohttp import web
from replica import Replica

from crawlers.registry.source import Source
from crawlers.windows import BEIJING, Window

DAY: Final = Window(datetime(2026, 3, 2, tzinfo=BEIJING), datetime(2026, 3, 3, tzinfo=BEIJING))
_TOPICS: Final = (
    ("枫溪乡养老院选址征求意见", "枫溪乡拟在老粮站旧址新建养老院", "有村民担心夜间救护车的噪音", "乡里答复说会设置隔音围墙"),
    ("望川县旧街改造安置方案公布", "望川县公布石桥镇旧街改造的安置方案", "有住户认为过渡期的租房补助偏低", "镇里表示意见会如实上报"),
    ("清溪河堤加固工程下月开工", "清溪县水务部门说河堤加固工程下月开工", "沿岸菜农询问青苗怎样补偿", "工程部门说补偿按县里的标准执行"),
    ("环路北段夜间施工引来投诉", "环路北段工地近日连续夜间施工", "附近小区居民向热线反映难以入睡", "施工单位承诺晚上十点以后停工"),
    ("垃圾转运站环评第二次公示", "青石坳垃圾转运站的环评文件进行第二次公示", "附近学校的家长担心气味", "建设单位说将加装除臭设备"),
)  # fmt: skip


@dataclass(frozen=True)
class Told:
    """One article: its place on the site, what it says, when it was published (naive: Asia/Shanghai), its pages."""

    path: str
    title: str
    paragraphs: tuple[str, ...]
    published: datetime
    pages: int = 1

    @property
    def text(self) -> str:
        return "\n".join(self.paragraphs)


def told(number: int, published: datetime, *, pages: int = 1, pattern: str = "/news/{day}/{number}.html") -> Told:
    """An invented article; each number another one."""
    title, *facts = _TOPICS[number % len(_TOPICS)]
    paragraphs = tuple(
        f"{facts[part % 3]}，这是第{number}号报道的第{part + 1}段，一共涉及{number * 7 + part + 3}户人家，各方都在现场说明了情况。"
        for part in range(3 * pages)
    )
    path = pattern.format(day=f"{published:%Y%m%d}", number=number)
    return Told(path, f"{title}（之{number}）", paragraphs, published.replace(tzinfo=BEIJING), pages)


def articles(pattern: str = "/news/{day}/{number}.html") -> list[Told]:
    """Eight articles of 2 March 2026, newest first, with two older and one newer than the day around them."""
    day = datetime(2026, 3, 2)
    inside = [
        told(number, day + timedelta(hours=23 - 2 * number, minutes=17), pages=3 if number == 5 else 1, pattern=pattern)
        for number in range(1, 9)
    ]
    return [told(0, day + timedelta(days=1, hours=1), pattern=pattern), *inside,
            told(9, day - timedelta(hours=2), pattern=pattern), told(10, day - timedelta(days=3), pattern=pattern)]  # fmt: skip


def expected(pattern: str = "/news/{day}/{number}.html") -> list[Told]:
    """Those of the day."""
    return [article for article in articles(pattern) if article.published in DAY]


Shown = Callable[[Told], str]


def by_line(article: Told) -> str:
    return f"<div class='info'>{article.published:%Y年%m月%d日 %H:%M} 来源：清溪日报 作者：欧阳某</div>"


def put(
    site: Replica,
    article: Told,
    *,
    under: Shown = by_line,
    head: Shown = lambda _: "",
    etag: bool = True,
    answer: Callable[[str], Any] = lambda page: page,
) -> None:
    """Puts an article and its further pages on the site."""
    share = len(article.paragraphs) // article.pages
    stem = article.path.removesuffix(".html")
    for page in range(1, article.pages + 1):
        paragraphs = article.paragraphs[(page - 1) * share : page * share]
        pager = (
            f"<div class='pager'>第{page}页 <a href='{stem}_{page + 1}.html'>下一页</a></div>"
            if page < article.pages
            else ""
        )
        html = (
            f"<html><head><title>{article.title}_清溪网</title>{head(article)}</head><body>"
            "<div class='top'>今天是2026年3月9日 <a href='/'>首页</a> <a href='/about.html'>关于清溪网</a></div>"
            f"<h1>{article.title}</h1>{under(article)}<div id='content'>{''.join(f'<p>{line}</p>' for line in paragraphs)}</div>{pager}"
            "<div style='display:none'><p>看不见的一段话，专门写给机器看，读者一个字也见不到。</p></div>"
            "<div class='hot'><h3>热门文章</h3><ul><li><a href='/news/20260214/77.html'>清溪网友最关心的十件小事盘点</a> 2026-02-14 10:00</li></ul></div>"
            "<div class='comments'><div class='comment'>2026-03-08 09:00 <p>说得好，希望早点解决。</p></div></div>"
            "<div class='footer'>版权所有 © 2009-2026 清溪网</div></body></html>"
        )
        made = answer(html)
        if etag and isinstance(made, str | bytes):
            site.page(
                article.path if page == 1 else f"{stem}_{page}.html", made, etag=f"{article.path}-{page}-{hash(html)}"
            )
        else:
            site.page(article.path if page == 1 else f"{stem}_{page}.html", made)


def static(site: Replica) -> Source:
    """One list page; rows with dates; a link twice; links to sections; nothing in the source file but the address."""
    rows = "".join(
        f"<li><a href='{article.path}'>{article.title}</a><span>{article.published:%Y-%m-%d %H:%M}</span></li>"
        for article in articles()
    )
    again = articles()[2]
    site.page(
        "/",
        f"<html><body><div class='nav'><a href='/list'>新闻</a></div><a href='{again.path}?utm_source=top#a'>头条：{again.title}</a><ul>{rows}</ul></body></html>",
    )
    for article in articles():
        put(site, article)
    site.page(
        "/about.html", "<html><h1>关于清溪网</h1><p>清溪网是虚构的网站，只为测试而存在，成立于2009年。</p></html>"
    )
    return site.source(start=["/"])


def rss(site: Replica) -> Source:
    """RSS 2.0, declared as GB2312 and written in UTF-8; the pages show no time."""
    items = "".join(
        f"<item><title>{escape(article.title)}</title><link>{site.url(article.path)}</link><pubDate>{format_datetime(article.published)}</pubDate>"
        f"<description>{escape('<p>摘要</p>')}</description><author>欧阳某</author></item>"
        for article in articles()
    )
    feed = f'<?xml version="1.0" encoding="gb2312"?><!DOCTYPE rss [<!ENTITY x "x">]><rss version="2.0"><channel><title>清溪网</title>{items}</channel></rss>'
    site.page("/rss.xml", web.Response(body=feed.encode(), headers={"Content-Type": "text/xml"}))
    for article in articles():
        put(site, article, under=lambda _: "")
    return site.source(start=["/rss.xml"])


def sitemap(site: Replica) -> Source:
    """A sitemap index with a gzipped file of the news extension, a plain file, and one too old to be read."""

    def row(article: Told, news: bool) -> str:
        extension = f"<news:news><news:publication_date>{article.published.isoformat()}</news:publication_date><news:title>{article.title}</news:title></news:news>"
        changed = f"<lastmod>{article.published + timedelta(hours=1):%Y-%m-%d}</lastmod>"
        return f"<url><loc>{site.url(article.path)}</loc>{extension if news else changed}</url>"

    def file(rows: str) -> str:
        return f'<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">{rows}</urlset>'

    half = articles()[:5], articles()[4:]
    packed = gzip.compress(file("".join(row(article, True) for article in half[0])).encode())
    site.page("/sitemap-news.xml.gz", web.Response(body=packed, headers={"Content-Type": "application/gzip"}))
    site.page("/sitemap-2.xml", file("".join(row(article, False) for article in half[1])))
    site.page("/sitemap-old.xml", file(""))
    files = "".join(
        f"<sitemap><loc>{site.url(path)}</loc><lastmod>{day}</lastmod></sitemap>"
        for path, day in (
            ("/sitemap-news.xml.gz", "2026-03-03"),
            ("/sitemap-2.xml", "2026-03-02"),
            ("/sitemap-old.xml", "2025-01-01"),
        )
    )
    site.page(
        "/sitemap.xml", f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{files}</sitemapindex>'
    )
    for article in articles():
        put(site, article)
    return site.source(start=["/sitemap.xml"])


def paginated(site: Replica, *, per_page: int = 3, **parser: Any) -> Source:
    """Lists of three rows a page without dates, the first row of each page the last of the page before; by selectors."""
    every = articles("/a/{number}.html")
    last = -(-len(every) // per_page)
    for page in range(1, last + 1):
        shown = every[max(0, (page - 1) * per_page - 1) : page * per_page]
        rows = "".join(
            f"<dl><dt><a class='t' href='{article.path}'>{article.title[:6]}…</a></dt></dl>" for article in shown
        )
        following = f"<a class='next' href='/list_{page + 1}.html'>&gt;</a>" if page < last else ""
        site.page(
            "/list.html" if page == 1 else f"/list_{page}.html",
            f"<html><body><a href='/'>清溪网首页欢迎您</a>{rows}{following}</body></html>",
        )
    for article in every:
        put(site, article)
    return site.source(start=["/list.html"], parser={"list": {"rows": "dl", "link": "a.t", "next": "a.next", **parser}})


def gbk(site: Replica) -> Source:
    """Pages in GBK that the server calls UTF-8 and the page calls Big5."""

    def wrong(page: str) -> web.Response:
        page = page.replace(
            "<html>", '<html><meta http-equiv="Content-Type" content="text/html; charset=big5">'
        ).replace("©", "")
        return web.Response(body=page.encode("gbk"), headers={"Content-Type": "text/html; charset=utf-8"})

    rows = "".join(
        f"<tr><td><a href='{article.path}'>{article.title}</a></td><td>{article.published:%Y-%m-%d}</td></tr>"
        for article in articles()
    )
    site.page("/", wrong(f"<html><body><table>{rows}</table></body></html>"))
    for article in articles():
        put(site, article, answer=wrong)
    return site.source(start=["/"])


def structured(site: Replica) -> Source:
    """JSON-LD says time, outlet and author; the page shows a relative time; addresses are cut by canonical links."""

    def head(article: Told) -> str:
        data = {"@context": "https://schema.org", "@graph": [{"@type": "NewsArticle", "headline": article.title, "datePublished": article.published.isoformat(),
                "dateModified": "2026-03-08T08:00:00+08:00", "author": {"@type": "Person", "name": "欧阳某"}, "publisher": {"@type": "Organization", "name": "清溪融媒"}}]}  # fmt: skip
        return f"<link rel='canonical' href='{article.path}'><script type='application/ld+json'>{json.dumps(data, ensure_ascii=False)}</script>"

    every = [replace(article) for article in articles()]
    rows = "".join(
        f"<div class='card'><h3><a href='{article.path}?from=home&amp;id={number}'>{article.title}</a></h3><time datetime='{article.published.isoformat()}'>{article.published.month}月{article.published.day}日</time></div>"
        for number, article in enumerate(every)
    )
    site.page("/", f"<html><body><main>{rows}</main></body></html>")
    for article in every:
        put(site, article, under=lambda _: "<span>3小时前</span>", head=head)
    return site.source(start=["/"])


LAYOUTS: Final[dict[str, Callable[[Replica], Source]]] = {
    "static": static, "rss": rss, "sitemap": sitemap, "paginated": paginated, "gbk": gbk, "structured": structured,
}  # fmt: skip
