"""How Weibo writes texts and times, and what is left of them."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.spiders.nicknames import is_one_persons, without_nickname
from crawlers.spiders.weibo.created_at import created_at
from crawlers.spiders.weibo.markup import own_words, plain_text, without_address
from crawlers.windows import BEIJING
from pipeline.redact import redact

NOW = datetime(2026, 3, 2, 10, 30, tzinfo=BEIJING)
TEXTS = [
    ("堂屋裂了<br />没人管", "堂屋裂了\n没人管"),
    ("气死<span class=\"url-icon\"><img alt=[怒] src='//h5.example/nu.png' style=\"width:1em\" /></span>", "气死[怒]"),
    ("<span class=\"url-icon\"><img alt='[泪]' src='x'></span>", "[泪]"),
    ("<a href='/s?q=1' data-hide=''><span class=\"surl-text\">#柘坪环路#</span></a>停工了", "#柘坪环路#停工了"),
    ("谢谢<a href='/n/阿槐'>@阿槐</a>帮忙转", "谢谢@阿槐 帮忙转"),
    ("看这里 <a href='u'><span class='url-icon'><img src='i'></span><span class=\"surl-text\">石鼓坳的小卖部</span></a>", "看这里"),
    ("施工图<a href='/status/1'>全文</a>", "施工图"),
    ("征地款说好三月发，...<a href=\"/status/1\">全文</a>", "征地款说好三月发，"),
    ("征地款说好三月发 ...<span class=\"expand\">展开</span>", "征地款说好三月发"),
    ("等等...再说", "等等...再说"),
    ("5&lt;6 &amp; 7\u200b\u200b", "5<6 & 7"),
    ("昨晚的现场 石鼓坳老王的微博视频", "昨晚的现场 微博视频"),
]  # fmt: skip


@pytest.mark.parametrize(("markup", "text"), TEXTS)
def test_markup_becomes_the_text_that_was_written(markup: str, text: str) -> None:
    assert plain_text(markup) == text


@given(st.text(alphabet="<>/a br='\"[]#@&;石鼓坳spanimg \n", max_size=80))
def test_any_markup_gives_a_text_and_no_tag_that_was_closed(markup: str) -> None:
    assert "<br>" not in plain_text(f"{markup}<br>补偿")


@given(st.text(alphabet="石鼓坳的路不通，。补偿款", max_size=60))
def test_plain_words_stay_as_they_are(words: str) -> None:
    assert plain_text(words) == words


REPOSTS = [
    ("转发微博", ""), ("Repost", ""), ("", ""), ("[怒][怒]", ""), ("#柘坪环路#", ""), ("@阿槐 @青檀发布", ""),
    ("//@阿槐:说得对", ""), ("我家也没发//@阿槐:说得对//@老田:在吗", "我家也没发"), ("顶！", ""), ("支持楼主", "支持楼主"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "own"), REPOSTS)
def test_own_words_of_a_repost_are_what_stands_before_the_chain(text: str, own: str) -> None:
    assert own_words(text) == own


def test_a_comment_loses_the_account_that_it_answers() -> None:
    assert without_address("回复@阿槐:我们组也是") == "我们组也是"


TIMES = [
    ("Mon Mar 02 08:15:00 +0800 2026", (2026, 3, 2, 8, 15)), ("3分钟前", (2026, 3, 2, 10, 27)),
    ("2小时前", (2026, 3, 2, 8, 30)), ("今天 08:15", (2026, 3, 2, 8, 15)), ("昨天 08:15", (2026, 3, 1, 8, 15)),
    ("前天 23:59", (2026, 2, 28, 23, 59)), ("01-05", (2026, 1, 5, 0, 0)), ("12-31", (2025, 12, 31, 0, 0)),
    ("3月1日 21:05", (2026, 3, 1, 21, 5)), ("2026-03-01 21:05", (2026, 3, 1, 21, 5)), ("刚刚", (2026, 3, 2, 10, 30)),
    ("2025年12月31日 21:05", (2025, 12, 31, 21, 5)), ("02-29", (2024, 2, 29, 0, 0)),
    ("Sun Mar 01 22:15:00 +0000 2026", (2026, 3, 2, 6, 15)),
]  # fmt: skip


@pytest.mark.parametrize(("written", "moment"), TIMES)
def test_times_are_read_as_the_platform_writes_them(written: str, moment: tuple[int, ...]) -> None:
    assert created_at(written, NOW) == datetime(*moment, tzinfo=BEIJING)  # type: ignore[arg-type, misc]


@pytest.mark.parametrize(
    "written", ["", "不久前", None, 1772400000, "13-40", "99999天前", "Mon Mar 16 08:15:00 +0800 2026"]
)
def test_what_is_no_time_or_lies_in_the_future_is_none(written: object) -> None:
    assert created_at(written, NOW) is None


def test_a_clock_that_runs_ahead_leads_to_now_and_not_into_the_future() -> None:
    assert created_at("Mon Mar 02 12:00:00 +0800 2026", NOW) == NOW


@pytest.mark.parametrize("nickname", ["夜归的搬运工", "no_name_77", "a.b(c)+", "\\d+的人", "阿槐", "平安是福啊"])
def test_a_posters_nickname_does_not_leave_the_parser_and_what_stands_for_it_is_redacted(nickname: str) -> None:
    text = without_nickname(f"大家好，我是{nickname}，家里的墙裂了", nickname)
    assert text == "大家好，我是@某网友 ，家里的墙裂了"
    assert "某网友" not in redact(text).text


def test_a_reply_that_greets_a_short_nickname_loses_it() -> None:
    assert without_nickname("夜归：您好！已转夜归路所在镇核实", "夜归") == "@某网友 ：您好！已转夜归路所在镇核实"
    assert without_nickname("网友“夜归”您好", "夜归") == "网友“@某网友 ”您好"


def test_a_short_nickname_that_is_a_word_stays_where_nobody_introduces_himself() -> None:
    assert without_nickname("补偿太低，补偿没到", "补偿") == "补偿太低，补偿没到"
    assert without_nickname("网友的话", "网友") == "网友的话"


def test_shared_and_masked_nicknames_are_nobodys() -> None:
    assert [is_one_persons(name) for name in ["网友", "匿名网友", "张**", "", "夜归的搬运工"]] == [False] * 4 + [True]
