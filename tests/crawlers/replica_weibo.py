"""A replica of Weibo's interfaces: the open interface's search, comments and errors, and the public mobile pages."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from aiohttp import web
from replica import Replica

from crawlers.windows import BEIJING

OPEN = {
    "search": "/2/search/statuses/limited.json?q={query}&starttime={since}&endtime={until}&count=50&page={page}",
    "long_text": "/2/statuses/show.json?id={id}&isGetLongText=1",
    "comments": "/2/comments/show.json?id={id}&count=50&page={page}",
}
MOBILE = {
    "search": "/api/container/getIndex?containerid=100103type%3D61%26q%3D{query}&page_type=searchall&page={page}",
    "topic": "/api/container/getIndex?containerid=100103type%3D61%26q%3D%23{topic}%23&page_type=searchall&page={page}",
    "long_text": "/statuses/extend?id={id}",
    "comments": "/comments/hotflow?id={id}&mid={id}&max_id_type=0&max_id={cursor}",
}
SHOWN = 60
"""Characters of a post that a list shows."""


@dataclass(slots=True)
class Person:
    """A poster with everything that must never be stored."""

    uid: int
    nickname: str
    verified_type: int = -1
    place: str = "发布于 漠北"
    device: str = "星耀 X90 手机"

    @property
    def user(self) -> dict[str, Any]:
        return {
            "id": self.uid, "idstr": str(self.uid), "screen_name": self.nickname, "verified": self.verified_type >= 0,
            "verified_type": self.verified_type, "profile_image_url": f"https://tvax1.example/avatar{self.uid}.jpg",
            "profile_url": f"/u/{self.uid}", "description": f"{self.nickname}的主页", "gender": "f",
        }  # fmt: skip


@dataclass(slots=True)
class Post:
    """A post, a repost (``of``) or a comment."""

    mid: int
    by: Person
    text: str
    at: datetime
    html: str = ""
    of: Post | None = None
    comments: list[Post] = field(default_factory=list)
    written: str = ""
    """``created_at`` as the page writes it; empty: in full."""
    counts: tuple[Any, Any, Any] = (0, 0, 0)
    deleted: bool = False
    extra: dict[str, Any] = field(default_factory=dict)


class Weibo:
    """The platform: ``weibo.posts`` is what is on it; ``answers`` puts other words in the mouth of a path."""

    def __init__(self, site: Replica) -> None:
        self.site = site
        self.posts: list[Post] = []
        self.page_size = 10
        self.most_pages = 1000
        self.overlap = 0
        """So many posts of a page stand on the next one as well."""
        self.clock_ahead = timedelta()
        self.token = ""
        self._instead: dict[str, list[bytes]] = {}
        for path, answer in {
            "/2/search/statuses/limited.json": self._search,
            "/2/comments/show.json": self._comments,
            "/2/statuses/show.json": self._show,
            "/api/container/getIndex": self._cards,
            "/statuses/extend": self._extend,
            "/comments/hotflow": self._hotflow,
        }.items():
            site.route(path, self._answering(path, answer))

    def instead(self, path: str, *answers: bytes | dict[str, Any]) -> None:
        """Lets the next requests to a path get these answers (200) in place of its own."""
        self._instead[path] = [a if isinstance(a, bytes) else json.dumps(a).encode() for a in answers]

    def source(self, layout: dict[str, str], searches: tuple[str, ...] = ("环路",), **fields: Any) -> Any:
        """A source that reads this platform."""
        parser = {**layout, "searches": list(searches), **fields.pop("parser", {})}
        values = {"name": "weibo", "title": "新浪微博", "kind": "weibo", "spider": "weibo", "start": ["/"]}
        return self.site.source(**{**values, "parser": parser, **fields})

    def _answering(self, path: str, answer: Callable[[web.Request], Any]) -> Callable[[web.Request], web.Response]:
        def respond(request: web.Request) -> web.Response:
            if waiting := self._instead.get(path):
                body = waiting.pop(0)
            elif self.token and request.headers.get("Authorization") != f"OAuth2 {self.token}":
                body = json.dumps({"error": "auth by Null spi!", "error_code": 21301, "request": path}).encode()
            else:
                body = json.dumps(answer(request), ensure_ascii=False).encode()
            date = (datetime.now(BEIJING) + self.clock_ahead).astimezone(tz=None)
            headers = {"Content-Type": "application/json; charset=utf-8"}
            if self.clock_ahead:
                headers["Date"] = date.strftime("%a, %d %b %Y %H:%M:%S %z")
            return web.Response(body=body, headers=headers)

        return respond

    def _matching(self, query: str) -> list[Post]:
        words = query.replace("#", "").split()
        found = [p for p in self.posts if all(w in p.text or (p.of and w in p.of.text) for w in words)]
        return sorted(found, key=lambda post: -post.at.timestamp())

    def _page_of(self, posts: list[Post], page: int) -> list[Post]:
        if page > self.most_pages:
            return []
        begin = max(0, (page - 1) * self.page_size - (self.overlap if page > 1 else 0))
        return posts[begin : page * self.page_size]

    def _search(self, request: web.Request) -> dict[str, Any]:
        since, until = int(request.query["starttime"]), int(request.query["endtime"])
        posts = [p for p in self._matching(request.query["q"]) if since <= p.at.timestamp() <= until]
        shown = self._page_of(posts, int(request.query["page"]))
        return {"statuses": [cut(status(post), post) for post in shown], "total_number": len(posts)}

    def _show(self, request: web.Request) -> dict[str, Any]:
        post = self._post(request.query["id"])
        if post.deleted:
            return {"error": "target weibo does not exist!", "error_code": 20101}
        whole = {"longText": {"longTextContent": post.html or post.text}}
        return {**cut(status(post), post), **whole}

    def _comments(self, request: web.Request) -> dict[str, Any]:
        comments = self._post(request.query["id"]).comments
        shown = self._page_of(comments, int(request.query["page"]))
        return {"comments": [comment(c) for c in shown], "total_number": len(comments)}

    def _cards(self, request: web.Request) -> dict[str, Any]:
        query = request.query["containerid"].partition("q=")[2]
        shown = self._page_of(self._matching(query), int(request.query["page"]))
        if not shown:
            return {"ok": 0, "msg": "这里还没有内容", "data": {"cards": []}}
        cards = [{"card_type": 9, "mblog": mblog(post), "itemid": f"seqid:{post.mid}"} for post in shown]
        group = {"card_type": 11, "card_group": cards}
        advert = {"card_type": 4, "desc": "更多热门微博"}
        return {"ok": 1, "data": {"cardlistInfo": {"total": 1_000_000, "page": 2}, "cards": [advert, group]}}

    def _extend(self, request: web.Request) -> dict[str, Any]:
        post = self._post(request.query["id"])
        if post.deleted:
            return {"ok": 0, "error_code": 20101, "msg": "target weibo does not exist"}
        return {"ok": 1, "data": {"ok": 1, "longTextContent": post.html or post.text, "reposts_count": 0}}

    def _hotflow(self, request: web.Request) -> dict[str, Any]:
        comments = self._post(request.query["id"]).comments
        begin = int(request.query["max_id"])
        shown = comments[begin : begin + self.page_size]
        if not shown:
            return {"ok": 0, "msg": "还没有人评论哦~快来抢沙发！"}
        after = begin + self.page_size
        data = [{**comment(c), "rootid": str(c.mid), "comments": False} for c in shown]
        more = after if after < len(comments) else 0
        return {"ok": 1, "data": {"data": data, "total_number": len(comments), "max_id": more, "max_id_type": 0}}

    def _post(self, mid: str) -> Post:
        return next(post for post in self.posts if str(post.mid) == mid)


def status(post: Post) -> dict[str, Any]:
    """A status of the open interface."""
    if post.deleted:
        return {"id": post.mid, "idstr": str(post.mid), "text": "抱歉，此微博已被作者删除。", "deleted": "1"}
    reposts, comments, likes = post.counts
    found: dict[str, Any] = {
        "created_at": post.written or post.at.strftime("%a %b %d %H:%M:%S %z %Y"), "id": post.mid,
        "idstr": str(post.mid), "mid": str(post.mid), "text": post.html or post.text, "source": post.by.device,
        "region_name": post.by.place, "geo": None, "user": post.by.user, "reposts_count": reposts,
        "comments_count": comments or len(post.comments), "attitudes_count": likes, "visible": {"type": 0, "list_id": 0},
        **post.extra,
    }  # fmt: skip
    return {**found, "retweeted_status": status(post.of)} if post.of else found


def mblog(post: Post) -> dict[str, Any]:
    """A post of the mobile pages: the beginning of a long text, and where it goes on."""
    found = status(post)
    if post.deleted:
        return {**found, "id": str(post.mid), "user": None}
    found |= {"id": str(post.mid), "bid": f"B{post.mid}"}
    return found | {"retweeted_status": mblog(post.of), "raw_text": post.text} if post.of else cut(found, post)


def cut(found: dict[str, Any], post: Post) -> dict[str, Any]:
    """The status with the beginning of its text alone, where that is long."""
    if post.deleted or post.of or len(post.text) <= SHOWN:
        return found
    return {**found, "isLongText": True, "text": f'{post.text[:SHOWN]}...<a href="/status/{post.mid}">全文</a>'}


def comment(post: Post) -> dict[str, Any]:
    """A comment, first level."""
    return {
        "id": post.mid, "created_at": post.written or post.at.strftime("%a %b %d %H:%M:%S %z %Y"), "like_count": 3,
        "text": post.html or post.text, "user": post.by.user, "source": f"来自{post.by.place[-2:]}", "floor_number": 1,
    }  # fmt: skip
