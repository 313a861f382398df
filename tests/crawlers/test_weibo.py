"""Weibo against a replica: what is taken, what is reach, what is capped, what stops the source."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import web
from replica import Replica
from replica_weibo import MOBILE, OPEN, Person, Post, Weibo, status

from crawlers.reading import Taste, taste
from crawlers.windows import BEIJING, Window
from pipeline.records import DecisionProject

DAY = Window(datetime(2026, 3, 2, tzinfo=BEIJING), datetime(2026, 3, 3, tzinfo=BEIJING))
HEMP = Person(7700112233, "麻雀不等风")
REED = Person(7700445566, "芦苇荡里的船")
PAPER = Person(7700778899, "青檀融媒", verified_type=3)
LAYOUTS = pytest.mark.parametrize("layout", [OPEN, MOBILE], ids=["open", "mobile"])
LONG = "东外环路从村口过，" + "征地款去年就说发，到现在一分没见着。" * 8 + "问谁都说在走程序。"


@pytest.fixture
def weibo(site: Replica) -> Weibo:
    return Weibo(site)


def post(mid: int, text: str = "环路又停工了，补偿没影", hour: float = 9, by: Person = HEMP, **fields: Any) -> Post:
    return Post(mid, by, text, DAY.since + timedelta(hours=hour), **fields)


def read(weibo: Weibo, layout: dict[str, str] = OPEN, window: Window = DAY, **fields: Any) -> Taste:
    given = {name: fields.pop(name) for name in ("projects", "may_split") if name in fields}
    return taste(weibo.source(layout, **fields), window, **given)


def bodies(tasted: Taste) -> list[str]:
    return sorted(item.body for item in tasted.items)


@LAYOUTS
def test_a_post_gives_its_text_time_and_reach_and_nothing_of_its_author_but_the_key(weibo: Weibo, layout: Any) -> None:
    weibo.posts = [post(5001, counts=(12, 0, "100万+"))]
    (item,) = read(weibo, layout).items
    assert (item.item_key, item.title, item.body, item.genre) == ("5001", "", "环路又停工了，补偿没影", "post")
    assert item.published_at == DAY.since + timedelta(hours=9)
    assert item.engagement == {"reposts": 12, "comments": 0, "likes": 1_000_000}
    assert (item.platform, item.author_key, item.region) == ("weibo", "7700112233", None)
    assert item.source == "新浪微博" and item.url == "https://m.weibo.cn/detail/5001"
    told = f"{item.url}{item.title}{item.body}{item.engagement}{item.region}"
    assert not any(mark in told for mark in ("7700112233", "麻雀", "漠北", "X90", "avatar"))


@LAYOUTS
def test_every_post_of_the_window_is_taken_once_though_pages_overlap(weibo: Weibo, layout: Any) -> None:
    weibo.posts = [post(6000 + n, f"环路第{n}户还没签", hour=n / 2) for n in range(47)]
    weibo.posts += [post(6100, "环路前一天的话", hour=-3), post(6101, "环路后一天的话", hour=24)]
    weibo.overlap = 3
    tasted = read(weibo, layout)
    assert sorted(int(item.item_key) for item in tasted.items) == list(range(6000, 6047))
    assert tasted.outcome.cut is None


def test_projects_are_searched_for_by_name_alias_and_keyword_in_their_county(weibo: Weibo) -> None:
    project = DecisionProject(
        id="east-ring", name_zh="青檀县东外环公路（石鼓坳段）", aliases=("檀东大道",), keywords=("征地", "环路噪声"),
        region="青檀县柘坪镇",
    )  # fmt: skip
    closed = DecisionProject(id="old", name_zh="旧厂房改造", status="closed")
    read(weibo, searches=(), projects=(project, closed))
    asked = [hit.query["q"] for hit in weibo.site.hits if "q" in hit.query]
    assert asked == ["青檀县东外环公路", "檀东大道", "青檀县 征地", "青檀县 环路噪声"]


def test_topic_pages_are_read(weibo: Weibo) -> None:
    weibo.posts = [post(5002, "#柘坪环路#晚上还在打桩"), post(5003, "别的事")]
    assert bodies(read(weibo, MOBILE, searches=(), parser={"topics": ["#柘坪环路#"]})) == ["#柘坪环路#晚上还在打桩"]


@LAYOUTS
def test_two_searches_that_find_one_post_give_one_item(weibo: Weibo, layout: Any) -> None:
    weibo.posts = [post(5004, "环路征地款没到")]
    assert len(read(weibo, layout, searches=("环路", "征地款")).items) == 1


@LAYOUTS
def test_a_long_text_is_read_whole(weibo: Weibo, layout: Any) -> None:
    weibo.posts = [post(5005, LONG)]
    assert [(item.body, item.partial) for item in read(weibo, layout).items] == [(LONG, False)]


def test_a_long_text_that_cannot_be_had_leaves_its_beginning_in_a_window_that_is_short(weibo: Weibo) -> None:
    weibo.posts = [post(5006, LONG)]
    weibo.site.fault("/statuses/extend", "half")
    tasted = read(weibo, MOBILE)
    assert [(item.body, item.partial) for item in tasted.items] == [(LONG[:60], True)]
    assert tasted.outcome.cut == "outage"


def test_a_long_post_that_was_deleted_meanwhile_is_withdrawn(weibo: Weibo) -> None:
    weibo.posts = [post(5007, LONG)]
    weibo.instead("/statuses/extend", {"ok": 0, "error_code": 20101, "msg": "target weibo does not exist"})
    tasted = read(weibo, MOBILE)
    assert (tasted.items, [gone.item_key for gone in tasted.withdrawn]) == ([], ["5007"])


@LAYOUTS
def test_reposts_are_reach_and_only_added_words_are_a_text(weibo: Weibo, layout: Any) -> None:
    first = post(5010, "环路二标段夜里放炮，墙都裂了", hour=-30, by=REED, counts=(3, 0, 0))
    weibo.posts = [
        post(5011, "转发微博", of=first), post(5012, "[怒][怒]//@芦苇荡里的船:看看", hour=10, of=first),
        post(5013, "我家灶台也裂了//@芦苇荡里的船:看看", hour=11, of=first),
    ]  # fmt: skip
    items = {item.item_key: item for item in read(weibo, layout).items}
    assert set(items) == {"5010", "5013"}
    assert items["5010"].engagement["reposts"] == 3 and items["5010"].genre == "post"
    assert (items["5013"].genre, items["5013"].body) == ("comment", "我家灶台也裂了")


@LAYOUTS
def test_comments_are_read_one_level_and_page_by_page(weibo: Weibo, layout: Any) -> None:
    comments = [post(5100 + n, f"同问，{n}组也没发", by=REED) for n in range(25)]
    comments[0].html = f"回复<a href='/n/{HEMP.nickname}'>@{HEMP.nickname}</a>:同问，0组也没发"
    weibo.posts = [post(5020, comments=comments)]
    found = [item for item in read(weibo, layout).items if item.genre == "comment"]
    assert sorted(item.body for item in found) == sorted(c.text for c in comments)
    assert {item.item_key for item in found} == {f"comment-{c.mid}" for c in comments}
    assert all(item.author_key == "7700445566" and item.reply_to is None for item in found)


def test_more_comments_than_are_read_make_the_window_a_lower_bound(weibo: Weibo) -> None:
    weibo.posts = [post(5021, comments=[post(5200 + n, f"同问{n}") for n in range(25)])]
    assert read(weibo, MOBILE, parser={"comment_pages": 2}).outcome.cut == "page_cap"


def test_a_window_that_cannot_be_split_is_read_to_the_page_cap_and_capped(weibo: Weibo) -> None:
    weibo.posts = [post(6200 + n, hour=n / 4) for n in range(40)]
    tasted = read(weibo, parser={"page_cap": 2})
    assert len(tasted.items) == 20
    assert (tasted.outcome.cut, tasted.outcome.split) == ("page_cap", False)


def test_a_window_that_can_be_split_is_given_up_as_soon_as_its_total_shows_that_it_is_too_full(weibo: Weibo) -> None:
    weibo.posts = [post(6200 + n, hour=n / 4) for n in range(40)]
    tasted = read(weibo, parser={"page_cap": 2}, may_split=True)
    assert (len(tasted.items), tasted.outcome.cut, tasted.outcome.split) == (10, "page_cap", True)
    assert len([path for path in weibo.site.paths() if "search" in path]) == 1


def test_the_platforms_own_cap_is_noticed_by_its_total(weibo: Weibo) -> None:
    weibo.posts = [post(6300 + n, hour=n / 4) for n in range(40)]
    weibo.most_pages = 3
    assert read(weibo, may_split=True).outcome.split


def test_pages_without_periods_are_capped_when_they_do_not_reach_back_to_the_windows_begin(weibo: Weibo) -> None:
    weibo.posts = [post(6400 + n, hour=n / 4) for n in range(40)]
    tasted = read(weibo, MOBILE, parser={"page_cap": 2}, may_split=True)
    assert (tasted.outcome.cut, tasted.outcome.split) == ("page_cap", False)
    weibo.posts.append(post(6500, hour=-1))
    assert read(weibo, MOBILE, parser={"page_cap": 5}).outcome.cut is None


def test_a_list_without_periods_that_breaks_off_within_the_window_is_capped(weibo: Weibo) -> None:
    weibo.posts = [post(6400 + n, hour=n / 4) for n in range(80)]
    weibo.most_pages = 7
    tasted = read(weibo, MOBILE)
    assert (len(tasted.items), tasted.outcome.cut) == (70, "page_cap")


def test_the_author_of_a_long_post_that_is_passed_on_is_not_named_in_its_whole_text(weibo: Weibo) -> None:
    first = post(5008, LONG.replace("问谁", f"{REED.nickname}问谁"), hour=-9, by=REED)
    weibo.posts = [post(5009, "转发微博", of=first)]
    weibo.site.route("/statuses/extend", lambda request: web.json_response({"data": {"longTextContent": first.text}}))
    (item,) = read(weibo, MOBILE).items
    assert "走程序" in item.body and REED.nickname not in item.body and "@某网友 问谁" in item.body


def test_pages_that_repeat_for_ever_end_and_are_told(weibo: Weibo) -> None:
    weibo.posts = [post(6600 + n) for n in range(10)]
    page = {"statuses": [status(one) for one in weibo.posts]}
    weibo.site.route("/2/search/statuses/limited.json", lambda request: web.json_response(page))
    tasted = read(weibo)
    assert len(tasted.items) == 10 and tasted.outcome.cut == "outage"
    assert len(weibo.site.paths()) < 10


REFUSALS = [
    ({"ok": -100, "url": "https://passport.weibo.com/sso/signin"}, "login_wall", "login_wall"),
    (b"<html><title>Sina Visitor System</title></html>", "login_wall", "login_wall"),
    ("<html><body>请输入验证码</body></html>".encode(), "captcha", "block"),
    ({"ok": 0, "errno": "100005", "msg": "请求过于频繁，歇歇吧"}, "forbidden", "block"),
    ({"error": "User requests out of rate limit!", "error_code": 10023, "request": "/2"}, "forbidden", "block"),
    ({"error": "expired_token", "error_code": 21327, "request": "/2"}, "login_wall", "login_wall"),
]


@pytest.mark.parametrize(("answer", "cause", "cut"), REFUSALS)
@LAYOUTS
def test_a_refusal_stops_the_source_and_nothing_more_is_asked(
    weibo: Weibo, layout: Any, answer: Any, cause: str, cut: str
) -> None:
    weibo.posts = [post(6700 + n) for n in range(30)]
    path = layout["search"].partition("?")[0]
    weibo.instead(path, answer)
    tasted = read(weibo, layout, searches=("环路", "补偿", "停工"), rate_seconds=0.2)
    assert (tasted.outcome.blocked, tasted.outcome.cut, tasted.items) == (cause, cut, [])
    assert len(weibo.site.paths()) == 1


@pytest.mark.parametrize("code", [403, 418, 432])
def test_a_status_that_refuses_stops_the_source(weibo: Weibo, code: int) -> None:
    weibo.site.fault("/api/*", "status", code=code)
    assert read(weibo, MOBILE).outcome.blocked == "forbidden"


def test_an_error_of_the_open_interface_is_read_though_its_status_is_400(weibo: Weibo) -> None:
    error = {"error": "source paramter(appkey) is missing", "error_code": 10006, "request": "/2"}
    weibo.site.route("/2/search/statuses/limited.json", lambda request: web.json_response(error, status=400))
    tasted = read(weibo)
    assert tasted.outcome.blocked == "login_wall" and "10006" in tasted.outcome.why


def test_a_redirect_to_the_login_stops_the_source(weibo: Weibo) -> None:
    weibo.site.page("/login", "<html><title>登录</title></html>")
    weibo.site.fault("/api/*", "login")
    assert read(weibo, MOBILE).outcome.blocked == "login_wall"


HALVES = [
    b'{"ok": 1, "data": {"car', b"", b"[1, 2]", b'{"ok": 1, "data": {"other": 1}}',
    '{"ok": 1, "data": {"cards": [{"text": "请完成安全验证后登录，验证码captcha'.encode(),
]  # fmt: skip


@pytest.mark.parametrize("broken", HALVES)
@LAYOUTS
def test_half_an_answer_is_asked_for_again_and_nothing_is_lost(weibo: Weibo, layout: Any, broken: bytes) -> None:
    weibo.posts = [post(6800 + n, f"环路{n}") for n in range(12)]
    weibo.instead(layout["search"].partition("?")[0], broken)
    tasted = read(weibo, layout)
    assert len(tasted.items) == 12 and tasted.outcome.cut is None


def test_an_answer_that_stays_broken_makes_the_window_a_lower_bound(weibo: Weibo) -> None:
    weibo.instead("/2/search/statuses/limited.json", *[b"{"] * 9)
    tasted = read(weibo)
    assert (tasted.outcome.cut, tasted.outcome.blocked) == ("outage", None)


def test_the_access_token_goes_into_a_header_and_without_one_nothing_is_asked(
    weibo: Weibo, monkeypatch: pytest.MonkeyPatch
) -> None:
    weibo.posts, weibo.token = [post(6900)], "2.00geheim"
    parser = {"token_variable": "WEIBO_ACCESS_TOKEN"}
    monkeypatch.delenv("WEIBO_ACCESS_TOKEN", raising=False)
    tasted = read(weibo, parser=parser)
    assert tasted.outcome.blocked == "login_wall" and "WEIBO_ACCESS_TOKEN" in tasted.outcome.why
    assert weibo.site.hits == []
    monkeypatch.setenv("WEIBO_ACCESS_TOKEN", weibo.token)
    assert len(read(weibo, parser=parser).items) == 1
    assert not any(weibo.token in str(hit.query) for hit in weibo.site.hits)
    monkeypatch.setenv("WEIBO_ACCESS_TOKEN", "2.00alt")
    assert read(weibo, parser=parser).outcome.blocked == "login_wall"


def test_deleted_posts_are_withdrawn_and_advertisements_and_private_posts_are_left(weibo: Weibo) -> None:
    weibo.posts = [
        post(7000, deleted=True), post(7001, extra={"promotion": {"type": "ad"}}),
        post(7002, extra={"visible": {"type": 1}}), post(7003),
    ]  # fmt: skip
    tasted = read(weibo)
    assert [item.item_key for item in tasted.items] == ["7003"]
    assert [gone.item_key for gone in tasted.withdrawn] == ["7000"]


def test_posts_of_media_and_offices_are_no_voices_of_people(weibo: Weibo) -> None:
    weibo.posts = [post(7010, by=PAPER), post(7011, by=Person(1, "青檀县交通局", verified_type=1))]
    assert [item.genre for item in read(weibo).items] == ["news", "notice"]


def test_relative_times_count_from_the_servers_clock_and_never_lead_into_the_future(weibo: Weibo) -> None:
    now = datetime.now(UTC)
    window = Window(now - timedelta(days=1), now + timedelta(hours=1))
    weibo.clock_ahead = timedelta(hours=5)
    weibo.posts = [Post(7020, HEMP, "环路", now, written="刚刚"), Post(7021, HEMP, "环路", now, written="6小时前")]
    tasted = read(weibo, MOBILE, window)
    times = {item.item_key: item.published_at for item in tasted.items}
    assert all(moment <= datetime.now(UTC) for moment in times.values() if moment)
    assert times["7021"] and abs(times["7021"] - (now - timedelta(hours=1))) < timedelta(minutes=1)


def test_a_nickname_in_a_text_becomes_nobodys_and_link_titles_with_nicknames_are_left(weibo: Weibo) -> None:
    html = (
        f"大家好我是{HEMP.nickname}，环路那边 <a data-url='x' href='y'><span class='url-icon'><img src='z'></span>"
        f'<span class="surl-text">{HEMP.nickname}的微博视频</span></a>'
    )
    weibo.posts = [post(7030, "环路", html=html)]
    (body,) = bodies(read(weibo))
    assert body == "大家好我是@某网友 ，环路那边"
