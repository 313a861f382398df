"""Layouts that change under a parser's hands: nothing crashes, and nothing of a poster comes through in its place."""

from __future__ import annotations

import copy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from replica_board import Letter
from replica_weibo import Person, Post, comment, mblog, status

from crawlers.registry.files import SHIPPED, read_source, told
from crawlers.spiders.petition.rows import Board, RowReader
from crawlers.spiders.petition.settings import FieldNames
from crawlers.spiders.refusals import Refusal
from crawlers.spiders.weibo.pages import Page, comment_page, post_page
from crawlers.spiders.weibo.posts import Answer, Taken, read_comment, read_status
from crawlers.spiders.weibo.settings import WeiboParser

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
WHO = Person(7700990011, "柳絮不沾衣")
FIRST = Post(5001, WHO, "东外环路夜里放炮", NOW)
JUNK = st.sampled_from(
    [None, True, False, 0, -1, 7, 10**400, 0.5, float("inf"), float("nan"), "", "x", "9" * 30, [], {}, [None], [[]], [{"id": None}],
     "<a><b><span class=expand>", "</a>展开", {"type": "1"}, {"data": []}, "\ud800", "刚刚", "抱歉，此微博已被作者删除。"]
)  # fmt: skip
SOURCES = ["weibo-open", "weibo-mobile", "message-board", "county-mailbox"]


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a JSON value."""
    found = [path] if path else []
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        found += places(inner, (*path, key))
    return found


def damaged(value: Any, data: st.DataObject) -> Any:
    """A copy in which up to four places hold something else."""
    value = copy.deepcopy(value)
    for path in data.draw(st.lists(st.sampled_from(places(value)), max_size=4)):
        holder = value
        try:
            for step in path[:-1]:
                holder = holder[step]
            holder[path[-1]] = data.draw(JUNK)
        except (KeyError, IndexError, TypeError):
            continue
    return value


@given(st.data())
def test_a_damaged_post_is_read_or_counted_and_names_nobody(data: st.DataObject) -> None:
    repost = Post(5002, WHO, "我家也裂了//@柳絮不沾衣:看", NOW, of=FIRST)
    whole = data.draw(st.sampled_from([status(repost), mblog(repost), status(FIRST), mblog(FIRST)]))
    for read in read_status(damaged(whole, data), Answer("新浪微博", NOW, NOW)):
        if isinstance(read, Taken):
            item = read.item
            told = f"{item.title}{item.body}{item.url}{item.engagement}{item.item_key}{item.region}"
            assert not any(mark in told for mark in ("漠北", "星耀", "tvax1", "7700990011"))
            assert item.body and item.published_at is not None and item.published_at <= NOW


@given(st.data())
def test_a_damaged_comment_is_read_or_counted(data: st.DataObject) -> None:
    read = read_comment(damaged(comment(FIRST), data), Answer("新浪微博", NOW, NOW))
    assert not isinstance(read, Taken) or read.item.genre == "comment"


@given(st.data())
def test_damaged_pages_are_pages_or_refusals(data: st.DataObject) -> None:
    cards = {"ok": 1, "data": {"cards": [{"card_type": 11, "card_group": [{"card_type": 9, "mblog": mblog(FIRST)}]}]}}
    listed = {"statuses": [status(FIRST)], "total_number": 1}
    below = {"ok": 1, "data": {"data": [comment(FIRST)], "max_id": 0}}
    assert isinstance(post_page(damaged(cards, data)), Page | Refusal)
    assert isinstance(post_page(damaged(listed, data)), Page | Refusal)
    assert isinstance(comment_page(damaged(below, data)), Page | Refusal)


@given(st.data())
def test_a_damaged_row_of_a_board_is_read_or_left_and_names_nobody(data: st.DataObject) -> None:
    row = Letter(20, "放炮", "东外环路夜里放炮", NOW, reply="已核实", grades=(2, 3)).row()
    reader = RowReader(damaged(row, data), Board("青檀留言板", FieldNames(), "/t?tid={key}", NOW))
    petition = reader.petition("青檀县")
    if petition is not None:
        replies = [reply] if (reply := reader.reply(petition)) else []
        assert all("203.0.113" not in f"{item.title}{item.body}{item.url}" for item in [petition, *replies])


@pytest.mark.parametrize("name", SOURCES)
def test_what_ships_is_valid_and_off_and_claims_no_right_to_read(name: str) -> None:
    source = read_source(Path(SHIPPED) / f"{name}.toml")
    assert (source.enabled, source.legal_basis, source.permission) == (False, "", "")


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"search": "/search?page={page}"}, "search: needs the placeholder {query}"),
        ({"search": "/search?q={query}&u={uid}"}, "search: unknown placeholder {uid}"),
        ({"search": "/search?q={query"}, "search: not an address"),
        ({"comments": "/comments"}, "comments: needs the placeholder {id}"),
        ({"token_variable": "MINYI_TOKEN"}, "token_variable: names that begin with MINYI_"),
        ({"cookie": "SUB=x"}, "cookie"),
    ],
)
def test_a_wrong_key_of_a_weibo_source_is_named(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError) as refused:
        WeiboParser.model_validate(settings)
    assert message in told(refused.value)
