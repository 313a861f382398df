"""Petition boards against replicas: petitions with replies, status and grades; nothing lost, nothing of the author."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web
from pydantic import ValidationError
from replica import Replica
from replica_board import DETAIL, LIST, REPLIES, Letter, MessageBoard, PageBoard
from test_weibo import DAY

from crawlers.reading import Taste, taste
from crawlers.registry.files import told
from crawlers.spiders.petition.handling import grade_of, status_of
from crawlers.spiders.petition.page_settings import BoardParser
from crawlers.spiders.petition.regions import named, region_in
from crawlers.spiders.petition.settings import PetitionParser
from pipeline.raw import RawItem

READ = pytest.mark.parametrize("kind", ["board", "pages"])


@pytest.fixture
def board(site: Replica) -> MessageBoard:
    return MessageBoard(site)


@pytest.fixture
def pages(site: Replica) -> PageBoard:
    return PageBoard(site)


def letter(tid: int, hour: float = 9, body: str = "环路二标段夜里放炮，堂屋开裂", **fields: Any) -> Letter:
    title = fields.pop("title", f"关于环路施工的第{tid}封信")
    return Letter(tid, title, body, DAY.since + timedelta(hours=hour), **fields)


def read(board: MessageBoard | PageBoard, **fields: Any) -> Taste:
    given = {name: fields.pop(name) for name in ("may_split", "known_urls") if name in fields}
    return taste(board.source(**fields), DAY, **given)


def fill(site: Replica, kind: str, *letters: Letter) -> MessageBoard | PageBoard:
    if kind == "board":
        board = MessageBoard(site)
        board.letters = list(letters)
        return board
    pages = PageBoard(site)
    pages.publish(*letters)
    return pages


def by_key(tasted: Taste) -> dict[str, RawItem]:
    return {item.item_key: item for item in tasted.items}


@READ
def test_a_petition_and_its_reply_are_a_pair_with_status_and_grades(site: Replica, kind: str) -> None:
    answered = letter(
        20, body="堂屋开裂，请鉴定", state="已办结", reply="已委托检测机构上门", replied_at=DAY.since + timedelta(days=9),
        grades=(2, 1),
    )  # fmt: skip
    items = by_key(read(fill(site, kind, answered)))
    petition, reply = items["20"], items["20#reply"]
    assert (petition.genre, petition.body, petition.region) == ("petition", "堂屋开裂，请鉴定", "青檀县")
    assert petition.published_at == DAY.since + timedelta(hours=9)
    assert petition.handling is not None and petition.handling.status == "closed"
    grades = (
        petition.handling.satisfaction,
        petition.handling.satisfaction_attitude,
        petition.handling.satisfaction_speed,
    )
    assert grades == ((None, 2, 1) if kind == "board" else (2, None, None))
    assert (reply.genre, reply.reply_to, reply.title, reply.body) == (
        "reply",
        "20",
        "青檀县交通运输局",
        "已委托检测机构上门",
    )
    assert reply.published_at is not None and reply.published_at.date() == (DAY.since + timedelta(days=9)).date()


@READ
def test_every_petition_of_the_window_is_taken_once_over_many_pages(site: Replica, kind: str) -> None:
    letters = [letter(100 + n, hour=n / 2) for n in range(47)]
    letters += [letter(90, hour=-30), letter(91, hour=-26), letter(300, hour=25)]
    board = fill(site, kind, *letters)
    if isinstance(board, MessageBoard):
        board.overlap = 3
    tasted = read(board)
    assert sorted(by_key(tasted)) == sorted(str(100 + n) for n in range(47))
    assert (tasted.outcome.cut, tasted.outcome.listed_completely) == (None, True)


@READ
def test_nothing_of_the_author_leaves_the_parser_but_the_key_of_the_voice(site: Replica, kind: str) -> None:
    named_in_text = letter(30, body="我是夜归的搬运工，家里裂了", reply="夜归的搬运工您好，已派人查看")
    tasted = read(fill(site, kind, named_in_text))
    assert len(tasted.items) == 2
    told = [f"{i.title}|{i.url}|{i.region}|{i.engagement}|{i.handling}|{i.item_key}" for i in tasted.items]
    assert not any("搬运工" in one or "203.0.113" in one for one in told)
    assert all("203.0.113" not in item.body for item in tasted.items)
    if kind == "board":
        assert all("夜归的搬运工" not in item.body and "@某网友 " in item.body for item in tasted.items)
        assert by_key(tasted)["30"].author_key == "夜归的搬运工"


@pytest.mark.parametrize("nickname", ["网友", "匿名用户", "热心市民", "张**", ""])
def test_a_nickname_that_many_share_is_no_voice(board: MessageBoard, nickname: str) -> None:
    board.letters = [letter(31, nickname=nickname)]
    assert read(board).items[0].author_key is None


def test_lists_are_read_by_region_and_domain(board: MessageBoard) -> None:
    board.letters = [
        letter(40), letter(41, fid="147"), letter(42, domain="教育"), letter(43, fid="148"),
    ]  # fmt: skip
    forums = [{"fid": "146", "adcode": "430121"}, {"fid": "147", "region": "芦汀县"}]
    items = by_key(read(board, parser={"forums": forums, "domains": ["城建"]}))
    assert {key: item.region for key, item in items.items()} == {"40": "湖南省长沙市长沙县", "41": "芦汀县"}


def test_a_board_may_have_a_list_for_each_domain_and_take_its_questions_in_the_address(board: MessageBoard) -> None:
    answers = []

    def listed(request: web.Request) -> str:
        answers.append(dict(request.query))
        rows = [letter(44, domain=request.query["field"]).row()] if request.query["p"] == "1" else []
        return json.dumps({"data": {"list": rows}})

    board.site.route("/api/list", listed)
    form = {"area": "{fid}", "field": "{domain}", "p": "{page}", "n": "{size}"}
    settings = {"list": "/api/list", "method": "GET", "form": form, "rows": "data.list", "domains": ["城建", "交通"]}
    assert len(read(board, parser=settings).items) == 1
    assert {(one["area"], one["field"], one["n"]) for one in answers} == {("146", "城建", "10"), ("146", "交通", "10")}


def test_a_list_that_reaches_the_page_cap_makes_a_lower_bound(board: MessageBoard) -> None:
    board.letters = [letter(100 + n, hour=n / 4) for n in range(40)]
    tasted = read(board, parser={"page_cap": 2})
    assert len(tasted.items) == 20
    assert (tasted.outcome.cut, tasted.outcome.listed_completely) == ("page_cap", False)


def test_lists_without_text_lead_to_the_petition_and_to_its_replies(board: MessageBoard) -> None:
    board.hidden = frozenset({"content"})
    board.letters = [letter(50, state="已回复", more=["第一次答复：正在核实", "第二次答复：已赔付"]), letter(51)]
    items = by_key(read(board, parser={"detail": f"{DETAIL}?tid={{key}}", "replies": f"{REPLIES}?tid={{key}}"}))
    assert set(items) == {"50", "51", "50#reply", "50#reply2"}
    assert items["50#reply2"].body == "第二次答复：已赔付"


def test_a_petition_that_was_deleted_between_list_and_page_is_withdrawn(board: MessageBoard) -> None:
    board.letters = [letter(52)]
    board.site.route(DETAIL, lambda request: '{"result": "fail", "resultDesc": "留言不存在"}')
    tasted = read(board, parser={"detail": f"{DETAIL}?tid={{key}}"})
    assert [gone.item_key for gone in tasted.withdrawn] == ["52"]


def test_a_list_in_disorder_is_told(board: MessageBoard) -> None:
    board.letters = [letter(100 + n, hour=9) for n in range(10)]
    assert read(board).outcome.cut is None
    board.letters += [letter(200 + n, hour=-40) for n in range(10)]
    tasted = read(board)
    assert (len(tasted.items), tasted.outcome.cut) == (10, "out_of_order")


REFUSALS = [
    ({"result": "fail", "resultDesc": "请先登录"}, "login_wall"),
    ({"result": "fail", "resultDesc": "访问过于频繁，请稍后再试"}, "forbidden"),
    ("<html><title>安全验证</title>请输入验证码</html>".encode(), "captcha"),
    ({"code": 401, "msg": "请登录后操作"}, "login_wall"),
]


@pytest.mark.parametrize(("answer", "cause"), REFUSALS)
def test_a_refusal_stops_the_board(board: MessageBoard, answer: Any, cause: str) -> None:
    board.letters = [letter(60 + n) for n in range(30)]
    board.instead(answer)
    tasted = read(board)
    assert (tasted.outcome.blocked, tasted.items, len(board.site.paths())) == (cause, [], 1)


@pytest.mark.parametrize(
    "broken", [b'{"result": "success", "responseDa', b'{"result":"success"}', b'{"result":"fail"}']
)
def test_half_an_answer_is_asked_for_again(board: MessageBoard, broken: bytes) -> None:
    board.letters = [letter(60 + n, hour=n / 2) for n in range(15)]
    board.instead(broken)
    tasted = read(board)
    assert len(tasted.items) == 15 and tasted.outcome.cut is None
    board.instead(*[broken] * 9)
    tasted = read(board)
    assert (tasted.outcome.cut, tasted.outcome.listed_completely) == ("outage", False)


def test_pages_that_repeat_end_and_are_told(board: MessageBoard) -> None:
    board.letters = [letter(60 + n) for n in range(10)]
    rows = b'{"result": "success", "responseData": [%s]}'
    page = rows % b",".join(json.dumps(one.row()).encode() for one in board.letters)
    board.instead(*[page] * 20)
    tasted = read(board)
    assert (len(tasted.items), tasted.outcome.cut) == (10, "outage")
    assert len(board.site.paths()) < 5


def test_hidden_paragraphs_of_a_page_are_not_read(pages: PageBoard) -> None:
    pages.publish(letter(70, body="只有这一句"))
    styled = pages.html(pages.letters[0]).replace("<body>", "<style>.trap{display:none}</style><body>")
    trap = "<div class=content>青檀<b class=trap>水印</b>县<br>第二行<script>var a</script></div>"
    pages.site.page("/mail/70", styled.replace("</h1>", f"</h1>{trap}"))
    assert by_key(read(pages))["70"].body == "青檀县\n第二行\n只有这一句"


def test_a_page_board_may_be_followed_by_its_link_to_the_next_page(pages: PageBoard) -> None:
    pages.publish(*[letter(100 + n, hour=n / 2) for n in range(25)])
    selectors = {"rows": "//ul[@class='mail']/li", "link": "./a", "date": ".day", "next": "a.next"}
    assert len(read(pages, parser={"list": selectors}).items) == 25


def test_a_board_that_is_not_changed_is_not_sent_again_and_one_that_is_gone_is_withdrawn(pages: PageBoard) -> None:
    pages.publish(letter(71), letter(72))
    pages.remove(72)
    gone = pages.site.url("/mail/72")
    tasted = read(pages, known_urls=(gone,))
    assert [one.url for one in tasted.withdrawn] == [gone] and list(by_key(tasted)) == ["71"]


def test_a_layout_that_changed_is_told_and_not_taken_for_an_empty_board(pages: PageBoard) -> None:
    pages.publish(letter(73))
    assert read(pages, parser={"list": {"rows": "table.neu tr"}}).outcome.cut == "outage"
    tasted = read(pages, parser={"detail": {"title": "h1", "body": ".text", "date": ".gone"}})
    assert (tasted.items, tasted.outcome.cut) == ([], "outage")


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"detail": {"title": "h1[", "body": "p", "date": "i"}}, "detail.title"),
        ({"detail": {"title": "h1", "body": "p"}}, "detail.date"),
        ({"detail": {"title": "h1", "body": "p", "date": "i", "author": ".who"}}, "detail.author"),
        ({"detail": {"title": "h1", "body": "p", "date": "i", "reply_unit": "b"}}, "reply: needed"),
        ({"list": {"rows": "li", "pages": "/mail"}}, "pages: needs the placeholder"),
        ({"key": "mail"}, "one group"),
        ({"adcode": "999999"}, "no region has the code 999999"),
    ],
)
def test_a_wrong_key_of_a_page_board_is_named(changed: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError) as refused:
        BoardParser.model_validate({**PageBoard.SELECTORS, **changed})
    assert message in told(refused.value)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"forums": []}, "forums"),
        ({"forums": [{"fid": "1", "adcode": "999999"}]}, "no region has the code 999999"),
        ({"form": {"fid": "{fid}"}}, "second page"),
        ({"form": {"fid": "{leader}", "lastItem": "{cursor}"}}, "unknown placeholder {leader}"),
        ({"fields": {"nickname": "realName"}}, "personal data"),
        ({"page": "/threads/content"}, "page"),
    ],
)
def test_a_wrong_key_of_a_message_board_is_named(changed: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError) as refused:
        PetitionParser.model_validate({"list": LIST, "forums": [{"fid": "1", "region": "青檀县"}], **changed})
    assert message in told(refused.value)


def test_words_of_boards_are_understood() -> None:
    said = [
        "待回复",
        "未办理",
        "办理中",
        "已受理",
        "已转办",
        "已回复",
        "已答复",
        "已办理",
        "已办结",
        "办理完成",
        "其他",
    ]
    assert [status_of(word) for word in said] == [
        "received", "received", "in_progress", "in_progress", "in_progress", "replied", "replied", "closed", "closed",
        "closed", None,
    ]  # fmt: skip
    assert [grade_of(word) for word in [5, "4", "3.0分", "非常满意", "满意", "基本满意", "不满意", "非常不满意", 0, "", None]] == [
        5, 4, 3, 5, 4, 3, 2, 1, None, None, None,
    ]  # fmt: skip


def test_regions_are_read_by_code_and_never_finer_than_a_county() -> None:
    assert named("330100") == "浙江省杭州市" and named("110101") == "北京市东城区"
    assert region_in("330106") == "浙江省杭州市西湖区"
    assert region_in("青檀县柘坪镇桐子湾村3组") == "青檀县" and region_in("999999") is None
