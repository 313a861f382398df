"""The body of an article in the ways that sites mark it up today."""

from __future__ import annotations

from datetime import datetime

import pytest
from date_pages import FETCHED_AT, TITLE

from crawlers.extraction import extract

NOW = datetime.fromisoformat(FETCHED_AT)
LINES = [
    "望川县石桥镇昨日公布旧街改造的安置方案，涉及沿街两百余户居民。镇里表示，方案将在村务公开栏张贴，居民可以提出意见。",
    "短段落也要保留。",
    "按照方案，选择房屋安置的住户可以就近入住新建小区，选择货币补偿的住户按照评估价格结算。有居民希望过渡期的补助再提高一些。",
    "一、安置方式",
    "（一）房屋安置；（二）货币补偿；（三）两者结合。",
    "镇里答复说，补助标准由县里统一确定，意见会如实上报。方案还要经过听证，听证会的时间另行公布。",
]
HEADER = "<header><nav><ul><li><a href=/>首页</a></li><li><a href=/a>要闻</a></li><li><a href=/b>民生</a></li></ul></nav></header>"
SIDE = (
    "<aside class='recommend'><h3>相关推荐</h3>"
    + "".join(f"<a href=/r{n}>石桥镇第{n}批困难家庭补助发放完毕，共计三百余户</a>" for n in range(6))
    + "</aside>"
)
FOOTER = "<footer>主办：望川县人民政府 承办：望川县政府办公室 网站标识码：9900000001 备案号</footer>"
COMMENTS = "<div class='comments'><div>网友甲：支持！这个方案不错，希望早日落实，让大家都满意。</div><div>网友乙：补助太低了，租房根本不够，镇里应该再考虑考虑。</div></div>"


def page(body: str) -> str:
    return f"<!doctype html><html><head><title>{TITLE} - 望川新闻网</title></head><body>{HEADER}<main><article><h1>{TITLE}</h1><div class=meta>2026-01-05 08:15 来源：望川发布</div>{body}</article>{COMMENTS}{SIDE}</main>{FOOTER}</body></html>"


def each(form: str) -> str:
    return "".join(form.format(line) for line in LINES)


@pytest.mark.parametrize(
    "body",
    [
        f"<div class=article-content>{each('<p>{}</p>')}</div>",
        f"<div class=rich_media_content id=js_content>{each('<div>{}</div>')}</div>",
        f"<div id=js_content>{each('<section style=margin:8px><section><span style=font-size:16px>{}</span></section></section>')}</div>",
        f"<div class=content>{'<br/>'.join('　　' + line for line in LINES)}</div>",
        f"<div class=c1>{'<br><br>'.join(LINES)}</div>",
        f"<div class='view TRS_UEDITOR'>{each('<p style=text-indent:2em><span><font face=FangSong>{}</font></span></p>')}</div>",
        f"<table><tr><td><table><tr><td class=tt>{each('<p class=MsoNormal>{}</p>')}</td></tr></table></td></tr></table>",
        f"<div class='mx-auto prose text-lg'>{each('<p class=mb-4>{}</p>')}</div>",
        f"<div class=detail><p>{LINES[0]}</p><ul>{''.join(f'<li>{line}</li>' for line in LINES[1:5])}</ul><p>{LINES[5]}</p></div>",
        f"<div class=detail>{each('<p>{}</p>').replace('安置方案', '<a href=/t>安置方案</a>')}</div>",
        f"<form action=/x>{each('<p>{}</p>')}</form>",
    ],
    ids=["p", "div", "nested sections", "br", "double br", "editor", "tables", "utility classes", "list inside", "links inside", "form around"],
)  # fmt: skip
def test_every_paragraph_is_taken_and_nothing_else(body: str) -> None:
    assert extract(page(body), fetched_at=NOW).text.split("\n") == LINES


def test_what_readers_wrote_below_is_not_taken_even_when_the_article_is_short() -> None:
    found = extract(page(f"<div class=detail><p>{LINES[0]}</p></div>"), fetched_at=NOW)
    assert found.text == LINES[0]
