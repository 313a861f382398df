"""A replica of petition boards: a leader message board's JSON interface, and a board of plain pages."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from html import escape
from typing import Any, ClassVar
from urllib.parse import parse_qs

from aiohttp import web
from replica import Replica

from crawlers.windows import BEIJING

LIST = "/threads/queryThreadsList"
DETAIL = "/threads/detail"
REPLIES = "/threads/replies"


@dataclass(slots=True)
class Letter:
    """A petition on the board, with everything of its author that must never be stored."""

    tid: int
    title: str
    body: str
    at: datetime
    fid: str = "146"
    domain: str = "城建"
    nickname: str = "夜归的搬运工"
    ip: str = "203.0.113.77"
    state: str = "待回复"
    reply: str = ""
    reply_unit: str = "青檀县交通运输局"
    replied_at: datetime | None = None
    grades: tuple[int, int] | None = None
    likes: int = 0
    more: list[str] = field(default_factory=list)
    """Further replies, on the board of plain pages and in the list of replies."""

    def row(self) -> dict[str, Any]:
        """A row of the interface, in the documented layout."""
        found: dict[str, Any] = {
            "tid": self.tid, "fid": int(self.fid), "subject": self.title, "content": self.body,
            "nickName": self.nickname, "ip": self.ip, "dateline": int(self.at.timestamp()),
            "threadsCheckTime": int(self.at.timestamp()) + 3600, "domainName": self.domain, "typeName": "投诉",
            "stateInfo": self.state, "favNum": self.likes,
        }  # fmt: skip
        if self.reply:
            found |= self.answer(self.reply)
        if self.grades:
            found |= {"gradeManner": self.grades[0], "gradeSpeed": self.grades[1]}
        return found

    def answer(self, text: str) -> dict[str, Any]:
        """The fields of an official reply."""
        at = int((self.replied_at or self.at).timestamp())
        return {"answerId": 9, "answerContent": text, "answerDateline": at, "answerOrganization": self.reply_unit}


class MessageBoard:
    """The JSON board: rows from new to old, the next page by the key of the last row."""

    def __init__(self, site: Replica) -> None:
        self.site = site
        self.letters: list[Letter] = []
        self.page_size = 10
        self.overlap = 0
        self.most_pages = 1000
        self.hidden: frozenset[str] = frozenset()
        """Fields that lists leave out."""
        self._instead: list[bytes] = []
        self._pages: dict[str, int] = {}
        site.route(LIST, self._list)
        site.route(DETAIL, self._detail)
        site.route(REPLIES, self._replies)

    def instead(self, *answers: bytes | dict[str, Any]) -> None:
        """Lets the next list requests get these answers (200)."""
        self._instead = [a if isinstance(a, bytes) else json.dumps(a).encode() for a in answers]

    def source(self, **fields: Any) -> Any:
        """A source that reads this board."""
        forums = [{"fid": "146", "region": "青檀县"}]
        parser = {"list": LIST, "page": "/threads/content?tid={key}", "forums": forums, **fields.pop("parser", {})}
        values = {"name": "board", "title": "青檀留言板", "kind": "petition", "spider": "petition", "start": ["/"]}
        return self.site.source(**{**values, "parser": parser, **fields})

    async def _list(self, request: web.Request) -> web.Response:
        form = {name: values[0] for name, values in parse_qs(await request.text()).items()}
        if self._instead:
            return web.Response(body=self._instead.pop(0), headers={"Content-Type": "application/json"})
        rows = [letter for letter in sorted(self.letters, key=lambda one: -one.tid) if letter.fid == form["fid"]]
        last = int(form["lastItem"])
        begin = next((n for n, letter in enumerate(rows) if letter.tid < last), len(rows)) if last else 0
        overlap = self.overlap if last and begin < len(rows) else 0
        shown = rows[begin - overlap : begin + self.page_size]
        self._pages[form["fid"]] = self._pages.get(form["fid"], 0) + 1 if last else 1
        if self._pages[form["fid"]] > self.most_pages:
            shown = []
        data = [{k: v for k, v in letter.row().items() if k not in self.hidden} for letter in shown]
        return _json({"result": "success", "resultDesc": "", "responseData": data})

    def _detail(self, request: web.Request) -> web.Response:
        letter = self._letter(request.query["tid"])
        if letter is None:
            return _json({"result": "fail", "resultDesc": "留言不存在"})
        return _json({"result": "success", "responseData": letter.row()})

    def _replies(self, request: web.Request) -> web.Response:
        letter = self._letter(request.query["tid"])
        answers = [letter.answer(text) for text in letter.more] if letter else []
        return _json({"result": "success", "responseData": answers})

    def _letter(self, tid: str) -> Letter | None:
        return next((letter for letter in self.letters if str(letter.tid) == tid), None)


class PageBoard:
    """The board of plain pages: ``/mail?page=N`` lists rows, ``/mail/TID`` shows a petition with its replies."""

    SELECTORS: ClassVar[dict[str, Any]] = {
        "list": {"rows": "ul.mail li", "link": "a", "date": ".day", "pages": "/mail?page={page}", "page_cap": 50},
        "detail": {
            "title": "h1", "body": ".content", "date": ".written", "region": ".area", "status": ".state",
            "satisfaction": ".grade", "replies": ".answer", "reply": ".text", "reply_unit": ".unit",
            "reply_date": ".when",
        },
        "key": r"/mail/(\d+)",
    }  # fmt: skip

    def __init__(self, site: Replica) -> None:
        self.site = site
        self.letters: list[Letter] = []
        self.page_size = 10
        self.link: Callable[[Letter], str] = lambda letter: f"/mail/{letter.tid}"
        site.route("/mail", self._list)

    def publish(self, *letters: Letter) -> None:
        """Puts petitions on the board, or puts them there anew."""
        for letter in letters:
            self.letters = [other for other in self.letters if other.tid != letter.tid] + [letter]
            page = self.html(letter)
            self.site.page(f"/mail/{letter.tid}", page, etag=str(hash(page)))

    def remove(self, tid: int) -> None:
        """Takes a petition off the board."""
        self.letters = [letter for letter in self.letters if letter.tid != tid]
        self.site.remove(f"/mail/{tid}")

    def source(self, **fields: Any) -> Any:
        """A source that reads this board."""
        parser = {**self.SELECTORS, **fields.pop("parser", {})}
        values = {"name": "mail", "title": "青檀网上信箱", "kind": "petition", "spider": "board", "start": ["/mail"]}
        return self.site.source(**{**values, "parser": parser, **fields})

    def _list(self, request: web.Request) -> str:
        page = int(request.query.get("page", "1"))
        rows = sorted(self.letters, key=lambda letter: -letter.at.timestamp())
        shown = rows[(page - 1) * self.page_size : page * self.page_size]
        items = "".join(
            f'<li><a href="{self.link(letter)}">{escape(letter.title)}</a>'
            f"<i class=who>{letter.nickname}</i><span class=day>{letter.at.astimezone(BEIJING):%Y-%m-%d}</span></li>"
            for letter in shown
        )
        following = f"<a class=next href=/mail?page={page + 1}>下一页</a>" if len(rows) > page * self.page_size else ""
        return f"<html><body><ul class=mail>{items}</ul>{following}</body></html>"

    def html(self, letter: Letter) -> str:
        """The page of a petition."""
        answers = "".join(
            f"<div class=answer><b class=unit>{letter.reply_unit}</b>"
            f"<em class=when>{(letter.replied_at or letter.at).astimezone(BEIJING):%Y年%m月%d日}</em>"
            f"<div class=text>{escape(text)}</div></div>"
            for text in [letter.reply, *letter.more] if text
        )  # fmt: skip
        grade = f"<span class=grade>{'不满意' if letter.grades[0] < 3 else '满意'}</span>" if letter.grades else ""
        return (
            f"<html><body><h1>{escape(letter.title)}</h1><p class=who>来信人：{letter.nickname} IP {letter.ip}</p>"
            f"<span class=written>来信时间：{letter.at.astimezone(BEIJING):%Y-%m-%d %H:%M}</span>"
            f"<span class=area>青檀县</span><span class=state>{letter.state}</span>{grade}"
            f"<div class=content><p>{escape(letter.body)}</p><p style='display:none'>请勿复制</p></div>{answers}"
            "</body></html>"
        )


def _json(found: dict[str, Any]) -> web.Response:
    return web.Response(
        body=json.dumps(found, ensure_ascii=False).encode(), headers={"Content-Type": "application/json;charset=UTF-8"}
    )
