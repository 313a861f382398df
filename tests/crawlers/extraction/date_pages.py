"""Pages of many site styles, each with the one right time of publication; all of them invented.

Every page was fetched on Thursday, 2026-01-15, 12:00 in Asia/Shanghai. ``None``: the page does not say when.
"""

from __future__ import annotations

from dataclasses import dataclass

FETCHED_AT = "2026-01-15T12:00:00+08:00"
TITLE = "望川县石桥镇公布旧街改造安置方案"
BODY = """
<p>望川县石桥镇昨日公布旧街改造的安置方案，涉及沿街两百余户居民。镇里表示，方案将在村务公开栏张贴，居民可以提出意见。</p>
<p>按照方案，选择房屋安置的住户可以就近入住新建小区，选择货币补偿的住户按照评估价格结算。有居民希望过渡期的租房补助再提高一些。</p>
<p>镇里答复说，补助标准由县里统一确定，意见会如实上报。方案还要经过听证，听证会的时间另行公布。</p>
"""
SIDEBAR = """
<div class="sidebar hot-rank"><h3>热门新闻</h3><ul><li><a href="/a">石桥镇中学迎来新校舍</a> 2026-01-14 07:30</li>
<li><a href="/b">望川大桥主体完工</a> 2026-01-13 18:20</li><li><a href="/c">县医院增设夜间门诊</a> 2025-12-30</li></ul></div>
"""
FOOTER = '<div class="footer"><p>版权所有 © 2005-2026 望川新闻网 备案号 99000001 建站时间：2005年3月1日</p></div>'
COMMENTS = """
<div id="comments"><div class="comment"><span class="time">2026-01-14 09:11:02</span><p>希望早点定下来。</p></div>
<div class="comment"><span class="time">3小时前</span><p>补助太少了。</p></div></div>
"""


@dataclass(frozen=True)
class DatePage:
    """One page: ``name`` says what is special, ``right`` is the ISO form of its time of publication."""

    name: str
    html: str
    right: str | None
    url: str | None = None


def _page(
    under: str = "", *, head: str = "", above: str = "", body: str = BODY, after: str = "", title: str = TITLE
) -> str:
    """A page with something under the headline, and with dates that are not its own around it."""
    return (
        f"<!DOCTYPE html><html><head><meta charset='utf-8'><title>{title}_望川新闻网</title>{head}</head><body>"
        f"<div class='nav'><a href='/'>首页</a> <a href='/news'>新闻</a></div>{above}"
        f"<div class='main'><h1>{title}</h1>{under}<div class='content'>{body}</div></div>{after}{SIDEBAR}{FOOTER}</body></html>"
    )


def _line(shown: str) -> str:
    return _page(f"<div class='info'>{shown}</div>")


def _meta(name: str, content: str, attribute: str = "name") -> str:
    return _page(head=f'<meta {attribute}="{name}" content="{content}">')


def _linked(data: str) -> str:
    return _page(head=f'<script type="application/ld+json">{data}</script>')


_SHOWN = [
    ("年月日 with clock", "2026年1月5日 08:15 来源：望川新闻网", "2026-01-05T08:15:00+08:00"),
    ("年月日 padded, no blank", "2026年01月05日08:15 望川日报", "2026-01-05T08:15:00+08:00"),
    ("年月日 with seconds", "发布时间：2026年01月05日 08:15:42", "2026-01-05T08:15:42+08:00"),
    ("hyphens", "2026-01-05 08:15", "2026-01-05T08:15:00+08:00"),
    ("hyphens, seconds, label", "时间：2026-01-05 08:15:09 来源：望川融媒", "2026-01-05T08:15:09+08:00"),
    ("slashes", "2026/1/5 8:15", "2026-01-05T08:15:00+08:00"),
    ("points", "2026.01.05 08:15", "2026-01-05T08:15:00+08:00"),
    ("date alone", "发布日期：2026-01-05", "2026-01-05"),
    ("年月日 alone", "2026年1月5日", "2026-01-05"),
    ("weekday between", "2026年1月5日 星期一 08:15", "2026-01-05T08:15:00+08:00"),
    ("weekday in brackets", "2026-01-05（周一）08:15", "2026-01-05T08:15:00+08:00"),
    ("afternoon", "2026年1月5日 下午3:05", "2026-01-05T15:05:00+08:00"),
    ("dead of night", "2026年1月5日 凌晨12:30", "2026-01-05T00:30:00+08:00"),
    ("PM", "2026-01-05 03:05 PM", "2026-01-05T15:05:00+08:00"),
    ("clock in words", "2026年1月5日8时15分", "2026-01-05T08:15:00+08:00"),
    ("full-width digits", "２０２６年１月５日　０８：１５", "2026-01-05T08:15:00+08:00"),
    ("no year", "01-05 08:15 来源：望川新闻网", "2026-01-05T08:15:00+08:00"),
    ("no year, in words", "1月5日 08:15", "2026-01-05T08:15:00+08:00"),
    ("no year, of last year", "12-28 21:40", "2025-12-28T21:40:00+08:00"),
    ("no year, date alone", "发布时间：12月28日", "2025-12-28"),
    ("short year", "26-01-05 08:15", "2026-01-05T08:15:00+08:00"),
    ("minutes ago", "25分钟前 · 望川新闻网", "2026-01-15T11:35:00+08:00"),
    ("hours ago", "3小时前", "2026-01-15T09:00:00+08:00"),
    ("half an hour ago", "半小时前 来源：望川融媒", "2026-01-15T11:30:00+08:00"),
    ("days ago", "2天前", "2026-01-13"),
    ("a week ago", "1周前", "2026-01-08"),
    ("just now", "刚刚 来源：望川新闻网", "2026-01-15T12:00:00+08:00"),
    ("today", "今天 08:15", "2026-01-15T08:15:00+08:00"),
    ("yesterday", "昨天 08:15", "2026-01-14T08:15:00+08:00"),
    ("the day before", "前天 23:59 来源：望川新闻网", "2026-01-13T23:59:00+08:00"),
    ("weekday alone", "星期三 08:15", "2026-01-14T08:15:00+08:00"),
    ("the weekday of today, later hour", "周四 20:00", "2026-01-08T20:00:00+08:00"),
    ("traditional characters", "發布時間：2026年1月5日 上午8時15分", "2026-01-05T08:15:00+08:00"),
    ("year of the Republic", "中華民國115年1月5日 08:15", "2026-01-05T08:15:00+08:00"),
    ("numerals in words", "二〇二六年一月五日", "2026-01-05"),
    ("English", "Jan 5, 2026 08:15", "2026-01-05T08:15:00+08:00"),
    ("zone given", "2026-01-05T00:15:00Z", "2026-01-05T08:15:00+08:00"),
    ("edited later", "发布时间：2026-01-05 08:15 更新时间：2026-01-09 10:00", "2026-01-05T08:15:00+08:00"),
    ("edited first", "更新：2026-01-09 10:00 发布：2026-01-05 08:15", "2026-01-05T08:15:00+08:00"),
    (
        "long line of particulars",
        "来源：望川日报 作者：某某 发布时间：2026-01-05 08:15 浏览次数：37 字号：大 中 小",
        "2026-01-05T08:15:00+08:00",
    ),
    ("clock glued to the source", "2026年01月05日08:15:33望川新闻网我要评论(0)", "2026-01-05T08:15:33+08:00"),
    ("a date that is no date", "第26-01号 2026-02-30", None),
    ("in the future", "2026-03-01 08:00", None),
]

_STATED = [
    (
        "JSON-LD",
        _linked(
            '{"@context":"https://schema.org","@type":"NewsArticle","headline":"x","datePublished":"2026-01-05T08:15:00+08:00","dateModified":"2026-01-09T10:00:00+08:00"}'
        ),
        "2026-01-05T08:15:00+08:00",
    ),
    (
        "JSON-LD, another zone",
        _linked('{"@type":["NewsArticle"],"datePublished":"2026-01-05T00:15:00.000Z"}'),
        "2026-01-05T08:15:00+08:00",
    ),
    (
        "JSON-LD in a graph",
        _linked('{"@graph":[{"@type":"WebSite","name":"望川"},{"@type":"Article","datePublished":"2026-01-05"}]}'),
        "2026-01-05",
    ),
    (
        "JSON-LD, broken, then meta",
        _page(
            head='<script type="application/ld+json">{"@type":"NewsArticle",</script><meta name="pubdate" content="2026-01-05 08:15">'
        ),
        "2026-01-05T08:15:00+08:00",
    ),
    (
        "Open Graph",
        _meta("article:published_time", "2026-01-05T08:15:00+08:00", "property"),
        "2026-01-05T08:15:00+08:00",
    ),
    ("publishdate", _meta("publishdate", "2026-01-05 08:15:00"), "2026-01-05T08:15:00+08:00"),
    ("PubDate of a government site", _meta("PubDate", "2026-01-05 08:15"), "2026-01-05T08:15:00+08:00"),
    ("_pubtime", _meta("_pubtime", "2026-01-05 08:15:11"), "2026-01-05T08:15:11+08:00"),
    ("weibo create_at", _meta("weibo: article:create_at", "2026-01-05 08:15:00"), "2026-01-05T08:15:00+08:00"),
    (
        "itemprop",
        _page("<span itemprop='datePublished' content='2026-01-05T08:15:00+08:00'>1月5日</span>"),
        "2026-01-05T08:15:00+08:00",
    ),
    ("compact meta", _meta("publishdate", "20260105"), "2026-01-05"),
    ("seconds since 1970", _meta("publish_time", "1767572100"), "2026-01-05T08:15:00+08:00"),
    ("RFC 822", _meta("date", "Mon, 05 Jan 2026 08:15:00 +0800"), "2026-01-05T08:15:00+08:00"),
    (
        "meta date, clock on the page",
        _page("<p class='time'>2026-01-05 08:15</p>", head='<meta name="publishdate" content="2026-01-05">'),
        "2026-01-05T08:15:00+08:00",
    ),
    (
        "meta in the future",
        _page("<p>2026-01-05 08:15</p>", head='<meta name="pubdate" content="2030-01-01">'),
        "2026-01-05T08:15:00+08:00",
    ),
    ("time element", _page("<time datetime='2026-01-05T08:15:00+08:00'>十天前</time>"), "2026-01-05T08:15:00+08:00"),
    (
        "time element far from the headline",
        _page(after="<p>阅读</p>" * 12 + "<div><time datetime='2026-01-05T08:15:00+08:00'></time></div>"),
        "2026-01-05T08:15:00+08:00",
    ),
    (
        "time element of a comment only",
        _page(after="<div class='comment-list'><time datetime='2026-01-14T08:15:00+08:00'></time></div>"),
        None,
    ),
]

_PLACED = [
    ("address with folders", DatePage("", _page(), "2026-01-05", "https://news.example/2026/01/05/7.html")),
    ("address, compact", DatePage("", _page(), "2026-01-05", "https://news.example/html/20260105/7.html")),
    ("address, year-month/day", DatePage("", _page(), "2026-01-05", "https://news.example/n/2026-01/05/content_7.htm")),
    ("address, t-number", DatePage("", _page(), "2026-01-05", "https://gov.example/zwgk/t20260105_77.html")),
    ("address, monthday", DatePage("", _page(), "2026-01-05", "https://news.example/2026/0105/7.shtml")),
    ("address that is no date", DatePage("", _page(), None, "https://news.example/20261399/7.html")),
    ("no date but in the sidebar", DatePage("", _page(), None)),
    ("own date beside comments", DatePage("", _page("<p>2026-01-05 08:15</p>", after=COMMENTS), "2026-01-05T08:15:00+08:00")),
    ("today's date above the page", DatePage("", _page("<p>2026-01-05 08:15</p>", above="<div class='top'>今天是2026年1月15日 星期四</div>"), "2026-01-05T08:15:00+08:00")),
    ("today's date above, none of its own", DatePage("", _page(above="<div>今天是2026年1月15日</div>"), None)),
    ("today's date above, with weekday", DatePage("", _page(above="<div id='top'>2026年1月15日 星期四 农历冬月廿七</div>"), None)),
    ("a date above, another in the address", DatePage("", _page(above="<div>2026年1月15日</div>"), "2026-01-05", "https://news.example/20260105/7.html")),
    ("date above the headline", DatePage("", _page(above="<div class='pubtime'>2026-01-05 08:15</div>"), "2026-01-05T08:15:00+08:00")),
    ("date under the text", DatePage("", _page(body=BODY + "<p style='text-align:right'>2026年1月5日</p>"), "2026-01-05")),
    ("signed by the office", DatePage("", _page(body=BODY + "<p>望川县石桥镇人民政府</p><p>2026年1月5日</p>"), "2026-01-05")),
    ("dates in the text", DatePage("", _page("<span>2026-01-05 08:15</span>", body="<p>2025年12月1日，望川县石桥镇启动旧街改造，至2026年1月14日已有一百户签约，公告自2025年11月20日起张贴。</p>" + BODY), "2026-01-05T08:15:00+08:00")),
    ("deadline under the headline", DatePage("", _page("<p>报名截止：2026-01-10 18:00</p><p>发布：2026-01-05 08:15</p>"), "2026-01-05T08:15:00+08:00")),
    ("table of particulars", DatePage("", _page("<table><tr><td>索引号</td><td>99000-2026-00001</td></tr><tr><td>发布日期</td><td>2026-01-05</td></tr></table>"), "2026-01-05")),
    ("split over elements", DatePage("", _page("<div class='date'><span>2026</span><span>-01-05</span> <em>08:15</em></div>"), "2026-01-05T08:15:00+08:00")),
    ("hidden wrong date", DatePage("", _page("<p style='display:none'>2026-01-12 10:00</p><p>2026-01-05 08:15</p>"), "2026-01-05T08:15:00+08:00")),
    ("meta contradicts page and address", DatePage("", _page("<p>2026-01-05 08:15</p>", head='<meta name="date" content="2026-01-12">'), "2026-01-05T08:15:00+08:00", "https://news.example/20260105/7.html")),
]  # fmt: skip

DATE_PAGES = [
    *(DatePage(name, _line(shown), right) for name, shown, right in _SHOWN),
    *(DatePage(name, html, right) for name, html, right in _STATED),
    *(DatePage(name, page.html, page.right, page.url) for name, page in _PLACED),
]
