"""A post (微博), a repost or a comment of the platform as a RawItem: what names its author ends here (P-01).

Reposts are reach: they count in the engagement of the post that they pass on. The words that a reposter adds are a text
of his own and become a comment; a bare repost becomes nothing, and no voice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from crawlers.importers.counts import count_of
from crawlers.items import Withdrawn
from crawlers.spiders.nicknames import without_nickname
from crawlers.spiders.weibo.created_at import created_at
from crawlers.spiders.weibo.markup import own_words, plain_text, tidy, without_address
from pipeline.raw import RawItem
from pipeline.records.document import DocumentGenre

PLATFORM: Final = "weibo"
GOVERNMENT: Final = 1
MEDIA: Final = 3
ORGANISATIONS: Final = range(1, 8)
"""``verified_type`` of accounts that are no person's: 1 government, 2 enterprise, 3 media, 4–7 other bodies."""
_ADDRESS: Final = "https://m.weibo.cn/detail/{}"
_COUNTS: Final = {"reposts": "reposts_count", "comments": "comments_count", "likes": "attitudes_count"}
_DELETED: Final = (
    "已被删除",
    "已被作者删除",
    "抱歉，作者已设置",
    "抱歉,作者已设置",
    "此微博已被",
    "该微博已被",
    "has been deleted",
)


@dataclass(frozen=True, slots=True, repr=False)
class Taken:
    """One item of a page; ``item.partial`` when its text goes on where only a second request reaches it."""

    item: RawItem
    nickname: str = ""
    """Its author's, which the rest of a partial text is searched for; empty for an organisation."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A post that states no id, no text or no time: counted, never guessed."""

    reason: str


Reading = Taken | Withdrawn | Unreadable


@dataclass(frozen=True, slots=True)
class Answer:
    """What all items of one answer share."""

    source: str
    at: datetime
    """The moment of the answer by the server's clock."""
    collected_at: datetime


def read_status(status: Any, answer: Answer) -> Iterator[Reading]:
    """What one status object holds: a post; or a repost's added words, and the post that it passes on."""
    if not isinstance(status, Mapping) or not (key := key_of(status)):
        yield Unreadable("no id")
        return
    if _gone(status):
        yield Withdrawn(item_key=key)
        return
    if _is_advertisement(status) or not _is_public(status):
        return
    original = status.get("retweeted_status")
    if not isinstance(original, Mapping):
        yield _post(status, key, answer)
        return
    if words := own_words(_written(status)):
        yield _item(status, key, answer, words, "comment")
    yield from read_status({**original, "retweeted_status": None}, answer)


def read_comment(comment: Any, answer: Answer) -> Reading:
    """A comment below a post; comments on comments stay where they are."""
    if not isinstance(comment, Mapping) or not (key := key_of(comment)):
        return Unreadable("no id")
    if _gone(comment):
        return Withdrawn(item_key=f"comment-{key}")
    text = without_address(_written(comment))
    return _item(comment, f"comment-{key}", answer, text, "comment")


def key_of(status: Any) -> str:
    """The platform's number of a status or comment (mid), the same in all its interfaces; empty where there is none."""
    for field in ("idstr", "mid", "id") if isinstance(status, Mapping) else ():
        key = _text_of(status, field)
        if key.isascii() and key.isdecimal() and len(key) <= 25:
            return key
    return ""


def posted_at(status: Any, answer: Answer) -> datetime | None:
    """When a status was posted or passed on, as lists are ordered; None when it does not say."""
    return created_at(status.get("created_at"), answer.at) if isinstance(status, Mapping) else None


def is_repost(status: Any) -> bool:
    """Whether a status passes another one on."""
    return isinstance(status, Mapping) and isinstance(status.get("retweeted_status"), Mapping)


def extend(taken: Taken, answered: Any) -> bool:
    """Puts the whole text of a long post in place of its beginning; False when the answer holds none."""
    holders = (answered.get("data"), answered.get("longText"), answered) if isinstance(answered, Mapping) else ()
    text = next(filter(None, map(_long_text, holders)), "")
    if not text:
        return False
    taken.item.body = without_nickname(text, taken.nickname)
    taken.item.partial = False
    return True


def _post(status: Mapping[str, Any], key: str, answer: Answer) -> Reading:
    user = _author(status)
    kinds: dict[int, DocumentGenre] = {GOVERNMENT: "notice", MEDIA: "news"}
    text = _long_text(status.get("longText"))
    continued = not text and status.get("isLongText") is True
    read = _item(status, key, answer, text or _written(status), kinds.get(_verified(user), "post"))
    if isinstance(read, Taken):
        read.item.partial = continued
    return read


def _item(status: Mapping[str, Any], key: str, answer: Answer, text: str, genre: DocumentGenre) -> Reading:
    user = _author(status)
    published = created_at(status.get("created_at"), answer.at)
    if not text:
        return Unreadable("no text")
    if published is None:
        return Unreadable("no time")
    nickname = "" if _verified(user) in ORGANISATIONS else _text_of(user, "screen_name")
    return Taken(
        RawItem(
            source_kind="weibo",
            source=answer.source,
            item_key=key,
            title="",
            body=without_nickname(text, nickname) if nickname else text,
            genre=genre,
            platform=PLATFORM,
            author_key=_text_of(user, "idstr") or _text_of(user, "id") or None,
            url=_ADDRESS.format(key) if genre != "comment" else None,
            published_at=min(published, answer.collected_at.astimezone(published.tzinfo)),
            collected_at=answer.collected_at,
            engagement=_engagement(status),
        ),
        nickname,
    )


def _engagement(status: Mapping[str, Any]) -> dict[str, int]:
    counts = {name: count_of(status.get(field)) for name, field in _COUNTS.items()}
    if counts["likes"] is None:
        counts["likes"] = count_of(status.get("like_count", status.get("like_counts")))
    return {name: count for name, count in counts.items() if count is not None}


def _written(status: Mapping[str, Any]) -> str:
    """The author's text: plain where the platform gives it plain, else from its markup."""
    plain = _text_of(status, "text_raw") or _text_of(status, "raw_text")
    return tidy(plain) if plain else plain_text(_text_of(status, "text"))


def _long_text(data: Any) -> str:
    if not isinstance(data, Mapping):
        return ""
    plain = _text_of(data, "longTextContent_raw")
    return tidy(plain) if plain else plain_text(_text_of(data, "longTextContent"))


def _gone(status: Mapping[str, Any]) -> bool:
    if str(status.get("deleted", "")) in {"1", "True", "true"}:
        return True
    return not _author(status) and any(mark in _text_of(status, "text") for mark in _DELETED)


def _is_public(status: Mapping[str, Any]) -> bool:
    visible = status.get("visible")
    return not isinstance(visible, Mapping) or visible.get("type", 0) in (0, "0")


def _is_advertisement(status: Mapping[str, Any]) -> bool:
    return bool(status.get("promotion")) or status.get("mblogtype") in ("ad",) or bool(status.get("ad_marked"))


def _author(status: Mapping[str, Any]) -> Mapping[str, Any]:
    user = status.get("user")
    return user if isinstance(user, Mapping) else {}


def _verified(user: Mapping[str, Any]) -> int:
    kind = user.get("verified_type", -1)
    return kind if isinstance(kind, int) and user.get("verified", True) else -1


def _text_of(holder: Mapping[str, Any], field: str) -> str:
    value = holder.get(field)
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    return str(value).strip()
