"""Weibo and boards from the replica to the counts that people see: nothing lost, nothing doubled, nobody named."""

from __future__ import annotations

import io
import logging
import traceback
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from offices import PURPOSE, TestOffice
from replica import Replica
from replica_board import Letter, MessageBoard, PageBoard
from replica_weibo import MOBILE, OPEN, Person, Post, Weibo
from test_weibo import DAY, LONG

from api.finding import Beside
from crawlers.check import check
from crawlers.run import CrawlReport, crawl
from crawlers.spiders.weibo.spider import WeiboSpider
from index import Search
from pipeline.records import DecisionProject, Document

RING = DecisionProject(
    id="east-ring", name_zh="青檀县东外环公路", aliases=("东外环路",), keywords=("征地", "放炮"), places=("石鼓坳村",),
    region="青檀县柘坪镇", stage="in_assessment",
)  # fmt: skip
PEOPLE = [
    Person(7700112200 + n, name) for n, name in enumerate(["麻雀不等风", "芦苇荡里的船", "no_salt_77", "阿槐_青石"])
]
NEVER = ["漠北", "星耀", "X90", "tvax1", "avatar", "203.0.113", "夜归的搬运工", "守井人老顾"]
"""Place, device, avatar, address and board nicknames of the replicas."""
LOUD = ["scrapy.core.engine", "scrapy.core.scraper", "scrapy.downloadermiddlewares.retry", "weibo", "petition", "board"]
"""Loggers that say most of what is read, by name since they may not exist yet."""
IDENTITIES = [*(str(person.uid) for person in PEOPLE), *(person.nickname for person in PEOPLE), *NEVER]


@pytest.fixture
def ring(office: TestOffice) -> TestOffice:
    office.register([RING])
    return office


@pytest.fixture
def everything_logged() -> Iterator[io.StringIO]:
    """All that the libraries of a crawl say at DEBUG level, with stack traces, whatever their parents are set to."""
    told = io.StringIO()
    handler = logging.StreamHandler(told)
    names = [
        name for name in logging.root.manager.loggerDict if name.partition(".")[0] in {"scrapy", "aiohttp", "asyncio"}
    ]
    loggers = [logging.getLogger(name) for name in [*names, *LOUD]]
    before = {logger: logger.level for logger in [logging.root, *loggers]}
    for logger in before:
        logger.setLevel(logging.DEBUG)
    logging.root.addHandler(handler)
    yield told
    logging.root.removeHandler(handler)
    for logger, level in before.items():
        logger.setLevel(level)


def read(office: TestOffice, source: Any, **given: Any) -> CrawlReport:
    return crawl(source, office, since=DAY.since, until=DAY.until, **given)


def chatter(weibo: Weibo) -> None:
    """A day on the platform in which everybody is named wherever the layouts name people."""
    first, second, third, fourth = PEOPLE
    by = Post(
        5001, first, f"我是{first.nickname}，东外环路征地款没到", DAY.since + timedelta(hours=8), counts=(4, 0, 9)
    )
    by.html = (
        f"我是{first.nickname}，东外环路征地款没到<a href='/n/{second.nickname}'>@{second.nickname}</a>"
        f"<a href='/p/1'><span class='url-icon'><img src='x'></span><span class=\"surl-text\">{first.nickname}的微博视频</span></a>"
    )
    by.comments = [
        Post(5101, third, "同问", DAY.since + timedelta(hours=9), html=f"回复<a href='/n/{first.nickname}'>@{first.nickname}</a>:石鼓坳村也没到"),
    ]  # fmt: skip
    passed_on = Post(
        5002,
        fourth,
        f"东外环路这段天天堵//@{second.nickname}:是的//@{first.nickname}:放炮",
        DAY.since + timedelta(hours=10),
        of=by,
    )
    long = Post(5003, second, LONG.replace("问谁", f"{second.nickname}问谁"), DAY.since + timedelta(hours=11))
    weibo.posts = [by, passed_on, long]


def letters() -> list[Letter]:
    return [
        Letter(
            20, "东外环路征地", "我是夜归的搬运工，东外环路征地款没到", DAY.since + timedelta(hours=9), state="已回复",
            reply="网友夜归的搬运工您好，已转柘坪镇核实", replied_at=DAY.since + timedelta(days=20), grades=(2, 3),
        ),
        Letter(21, "放炮", "守井人老顾反映东外环路夜里放炮", DAY.since + timedelta(hours=10), nickname="守井人老顾"),
    ]  # fmt: skip


def by_genre(office: TestOffice) -> dict[str, int]:
    genres = [document.genre for document in office.documents()]
    return {genre: genres.count(genre) for genre in sorted(set(genres))}


@pytest.mark.parametrize("layout", [OPEN, MOBILE], ids=["open", "mobile"])
def test_no_poster_of_weibo_is_found_at_rest_in_logs_or_counters(
    ring: TestOffice, site: Replica, everything_logged: io.StringIO, layout: Any
) -> None:
    weibo = Weibo(site)
    chatter(weibo)
    report = read(ring, weibo.source(layout, ("东外环路",)))
    assert (report.state, by_genre(ring)) == ("done", {"comment": 2, "post": 2})
    ring.work()
    told = everything_logged.getvalue()
    assert report.why == "" and "an item of weibo" in told
    kept = ring.texts_at_rest()
    assert "征地款没到" in kept
    assert [one for one in IDENTITIES if one in kept or one in told or one in str(report.as_json())] == []


def test_no_author_of_a_board_is_found_at_rest_in_logs_or_counters(
    ring: TestOffice, site: Replica, everything_logged: io.StringIO
) -> None:
    board = MessageBoard(site)
    board.letters = letters()
    report = read(ring, board.source())
    assert (report.state, by_genre(ring)) == ("done", {"petition": 2, "reply": 1})
    ring.work()
    kept, told = ring.texts_at_rest(), everything_logged.getvalue()
    assert "征地款没到" in kept
    assert [one for one in IDENTITIES if one in kept or one in told or one in str(report.as_json())] == []


class Stumbling(WeiboSpider):
    """A spider with a defect whose error quotes what was read."""

    def parse_posts(self, response: Any, reading: Any) -> Iterator[Any]:
        for result in super().parse_posts(response, reading):
            yield result
            raise ValueError(f"unexpected {response.text}")


def test_a_defect_that_quotes_what_was_read_reaches_no_log_and_no_file(
    ring: TestOffice, site: Replica, everything_logged: io.StringIO
) -> None:
    weibo = Weibo(site)
    chatter(weibo)
    report = read(ring, weibo.source(OPEN, ("东外环路",)), spider=Stumbling)
    assert report.state == "cut" and "ValueError" in report.why
    kept, told = ring.texts_at_rest(), everything_logged.getvalue()
    assert "could not be parsed" in told
    assert [one for one in IDENTITIES if one in kept or one in told or one in report.why] == []


def test_a_stack_trace_with_the_values_of_its_variables_withholds_items(site: Replica) -> None:
    from crawlers.reading import taste

    weibo = Weibo(site)
    chatter(weibo)
    items = taste(weibo.source(OPEN, ("东外环路",)), DAY).items
    try:
        first, *_ = items
        raise RuntimeError("stop here")
    except RuntimeError as error:
        dump = "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())
    assert "content withheld" in dump and first is not None
    assert [one for one in IDENTITIES if one in dump] == []


def test_each_voice_counts_once_for_its_project_and_reposts_count_for_none(ring: TestOffice, site: Replica) -> None:
    weibo = Weibo(site)
    one, other = PEOPLE[:2]
    first = Post(6001, one, "东外环路征地款没到", DAY.since + timedelta(hours=8))
    weibo.posts = [
        first, Post(6002, one, "东外环路征地款还是没到", DAY.since + timedelta(hours=9)),
        *(Post(6010 + n, other, "转发微博", DAY.since + timedelta(hours=10), of=first) for n in range(5)),
    ]  # fmt: skip
    read(ring, weibo.source(OPEN, ("东外环路",)))
    ids = [document.id for document in ring.documents()]
    assert ring.store.hearing(RING.id, ids).voices(ids) == (1, 1)
    assert [document.genre for document in ring.documents()] == ["post", "post"]


def test_a_full_day_is_read_by_the_hour_and_only_full_hours_are_lower_bounds(ring: TestOffice, site: Replica) -> None:
    weibo = Weibo(site)
    hours = [*range(24), *[13] * 30]
    people = [Person(7700113000 + n, f"石鼓坳路人{n}") for n in range(9)]
    weibo.posts = [
        Post(7000 + n, people[n % 9], f"东外环路第{n}户的事还没说法", DAY.since + timedelta(hours=hour, minutes=n % 50))
        for n, hour in enumerate(hours)
    ]
    source = weibo.source(OPEN, ("东外环路",), parser={"page_cap": 2})
    report = read(ring, source)
    assert report.state == "cut"
    windows = ring.store.windows("weibo")
    cut = [window.since for window in windows if window.cut_short]
    assert cut == [DAY.since + timedelta(hours=13)]
    assert len(ring.documents()) == 23 + 20
    ring.work()
    found = ring.desk().documents(RING.id, PURPOSE, Search(), Beside(histogram="day"))
    assert found.timeline is not None
    (day,) = found.timeline.periods
    assert (day.first, day.coverage) == (DAY.since.date(), "lower_bound")
    assert day.count is not None and day.count.form == "at_least"


def test_crawling_again_doubles_nothing_and_takes_over_edits_replies_and_grades(
    ring: TestOffice, site: Replica
) -> None:
    board = MessageBoard(site)
    board.letters = letters()
    board.letters[1].state = "办理中"
    read(ring, board.source())
    before = {document.id: document for document in ring.documents()}
    waiting = one(ring, "放炮")
    assert ring.store.handling_of([waiting.id])[waiting.id].status == "in_progress"
    board.letters[1].state, board.letters[1].grades = "已办结", (5, 4)
    board.letters[1].reply, board.letters[1].replied_at = "已责令停止夜间放炮", DAY.since + timedelta(days=9)
    board.letters[0].body = "东外环路征地款已到账，谢谢"
    report = read(ring, board.source())
    assert (report.tally.receipt.new, report.tally.receipt.revised, report.tally.withdrawn) == (1, 1, 0)
    assert len(ring.documents()) == len(before) + 1
    handling = ring.store.handling_of([waiting.id])[waiting.id]
    assert (handling.status, handling.satisfaction_attitude, handling.satisfaction_speed) == ("closed", 5, 4)
    assert [reply.body for reply in ring.store.replies_to([waiting.id])[waiting.id]] == ["已责令停止夜间放炮"]
    assert "征地款没到" not in ring.texts_at_rest()


def test_the_handling_of_a_petition_is_shown_with_its_evidence(ring: TestOffice, site: Replica) -> None:
    board = MessageBoard(site)
    board.letters = [
        Letter(30 + n, f"东外环路夜间放炮震裂第{n}户堂屋", f"石鼓坳村东外环路夜里放炮，第{n}户的墙裂了，没有人来鉴定，请派人来看",
               DAY.since + timedelta(hours=n), nickname=f"守井人老顾{n}号", state="办理中", grades=(1, 2))
        for n in range(8)
    ]  # fmt: skip
    read(ring, board.source())
    ring.work()
    card, *_ = ring.risk_points(RING.id)
    passages = ring.desk().evidence(card["id"], PURPOSE).rows
    assert {passage["handling"]["status"] for passage in passages if passage["kind"] == "for"} == {"in_progress"}
    assert passages[0]["handling"]["satisfaction_attitude"] == 1


def test_a_check_shows_each_field_of_a_board_and_names_nobody(ring: TestOffice, site: Replica) -> None:
    pages = PageBoard(site)
    pages.publish(*letters())
    checked = check(pages.source(), ring, DAY.since, DAY.until)
    shown = {item["title"]: item for item in checked.items}
    assert set(shown) == {"东外环路征地", "放炮", "青檀县交通运输局"}
    assert shown["东外环路征地"]["handling"] == "status replied, satisfaction 2"
    assert shown["东外环路征地"]["region"] == "青檀县" and shown["东外环路征地"]["published_at"].startswith(
        "2026-03-02T09:00"
    )
    assert shown["青檀县交通运输局"]["reply_to"]
    assert ring.documents() == [] and checked.state == "done"


FAULTS = [
    ("reset", {}), ("half", {}), ("empty", {}), ("broken", {}), ("status", {"code": 503}),
    ("status", {"code": 429, "retry_after": 0}), ("slow", {"seconds": 0.2}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("fault", "values"), FAULTS, ids=[f"{name}{values.get('code', '')}" for name, values in FAULTS]
)
@pytest.mark.parametrize("kind", ["weibo", "board", "pages"])
def test_whatever_goes_wrong_in_between_nothing_is_lost_and_nothing_doubled(
    ring: TestOffice, site: Replica, kind: str, fault: str, values: dict[str, Any]
) -> None:
    source, path = filled(site, kind)
    site.fault(path, fault, times=6, **values)
    read(ring, source)
    site.mend()
    report = read(ring, source)
    assert report.state == "done"
    bodies = sorted(document.body for document in ring.documents())
    assert bodies == sorted(f"东外环路第{n}户的征地款没到" for n in range(25))


def filled(site: Replica, kind: str) -> tuple[Any, str]:
    """A source with 25 items, and the paths on which something goes wrong."""
    texts = [(n, f"东外环路第{n}户的征地款没到", DAY.since + timedelta(hours=n / 2)) for n in range(25)]
    if kind == "weibo":
        weibo = Weibo(site)
        weibo.posts = [Post(8000 + n, PEOPLE[n % 4], text, at) for n, text, at in texts]
        return weibo.source(MOBILE, ("东外环路",)), "/api/*"
    board: MessageBoard | PageBoard = MessageBoard(site) if kind == "board" else PageBoard(site)
    sent = [Letter(100 + n, f"第{n}户", text, at) for n, text, at in texts]
    if isinstance(board, MessageBoard):
        board.letters = sent
        return board.source(), "/threads/*"
    board.publish(*sent)
    return board.source(), "/mail*"


def test_edits_and_deletions_on_weibo_are_taken_over(ring: TestOffice, site: Replica) -> None:
    weibo = Weibo(site)
    chatter(weibo)
    source = weibo.source(OPEN, ("东外环路",))
    read(ring, source)
    weibo.posts[0].html, weibo.posts[0].text = "", "东外环路征地款到账了"
    weibo.posts[2].deleted = True
    report = read(ring, source)
    assert (report.tally.receipt.revised, report.tally.withdrawn) == (1, 1)
    assert by_genre(ring) == {"comment": 2, "post": 1}
    kept = ring.texts_at_rest()
    assert "到账了" in kept and "征地款没到" not in kept and "走程序" not in kept


def test_a_long_post_that_cannot_be_read_whole_again_keeps_its_whole_text(ring: TestOffice, site: Replica) -> None:
    weibo = Weibo(site)
    chatter(weibo)
    source = weibo.source(MOBILE, ("东外环路",))
    read(ring, source)
    site.fault("/statuses/extend", "half")
    report = read(ring, source)
    assert (report.state, report.tally.receipt.revised) == ("cut", 0)
    assert any("走程序" in document.body for document in ring.documents())


@pytest.mark.parametrize("kind", ["board", "pages"])
def test_what_a_board_deletes_is_gone_here_with_its_reply(ring: TestOffice, site: Replica, kind: str) -> None:
    if kind == "board":
        board = MessageBoard(site)
        board.letters = letters()
        source = board.source()
    else:
        pages = PageBoard(site)
        pages.publish(*letters())
        source = pages.source()
    read(ring, source)
    assert by_genre(ring) == {"petition": 2, "reply": 1}
    if kind == "board":
        board.letters = board.letters[1:]
    else:
        pages.remove(20)
    report = read(ring, source)
    assert report.tally.withdrawn == 2 and by_genre(ring) == {"petition": 1}
    assert "核实" not in ring.texts_at_rest()


def test_the_window_of_a_replys_own_day_does_not_withdraw_it(ring: TestOffice, site: Replica) -> None:
    board = MessageBoard(site)
    board.letters = letters()
    read(ring, board.source())
    later = DAY.since + timedelta(days=20)
    crawl(board.source(), ring, since=later, until=later + timedelta(days=1))
    assert by_genre(ring) == {"petition": 2, "reply": 1}


def test_a_refused_source_is_stopped_and_its_day_is_a_lower_bound(ring: TestOffice, site: Replica) -> None:
    weibo = Weibo(site)
    chatter(weibo)
    read(ring, weibo.source(MOBILE, ("东外环路",)))
    weibo.instead("/api/container/getIndex", {"ok": -100, "url": "https://passport.weibo.com/sso/signin"})
    report = crawl(weibo.source(MOBILE, ("东外环路",)), ring, since=DAY.until, until=DAY.until + timedelta(days=1))
    assert report.state == "blocked"
    assert ring.store.source_state("weibo").blocked == "login_wall"
    assert [window.cut_short for window in ring.store.windows("weibo")] == [None, "login_wall"]


def one(office: TestOffice, title: str) -> Document:
    (found,) = [document for document in office.documents() if document.title == title]
    return found
