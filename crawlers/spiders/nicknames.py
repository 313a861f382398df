"""A poster's nickname inside a text: written as a mention, so that the intake redacts it like any other (P-01)."""

from __future__ import annotations

import re
from typing import Final

_SHORTEST: Final = 3
"""A shorter nickname is too often a word of the language; it is marked only where the text introduces it."""
_INTRODUCED: Final = '(?P<before>(?:我是|我叫|网名|昵称|网友|用户|署名)[\\s:：]?[“"「]?)'
_SHARED: Final = re.compile(
    r"(?:匿名|热心|实名|普通|本地)?(?:网友|网民|用户|市民|群众|游客|居民|业主|匿名|anonymous|guest)?", re.IGNORECASE
)


def is_one_persons(nickname: str) -> bool:
    """Whether a nickname can tell one poster from another: not 网友, not 匿名用户, nothing masked with asterisks."""
    return not _SHARED.fullmatch(nickname.strip()) and not re.search(r"[*＊]", nickname)


def marked(text: str, nickname: str) -> str:
    """The text with each occurrence of the nickname written as a mention (@nickname)."""
    nickname = nickname.strip()
    if nickname not in text or _SHARED.fullmatch(nickname):
        return text
    before = "(?P<before>(?<!@))" if len(nickname) >= _SHORTEST else _INTRODUCED
    return re.sub(before + re.escape(nickname), lambda found: f"{found['before']}@{nickname} ", text)
