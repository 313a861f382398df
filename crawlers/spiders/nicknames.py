"""A poster's nickname inside a text: a mention of nobody stands for it when the text leaves the parser (P-01)."""

from __future__ import annotations

import re
from typing import Final

MENTION: Final = "@某网友 "
"""What stands for the nickname; the intake redacts and counts it like any other mention."""
_SHORTEST: Final = 3
"""A shorter nickname is too often a word of the language; it is replaced where the text introduces or greets it."""
_INTRODUCED: Final = '(?P<before>(?:我是|我叫|网名|昵称|网友|用户|署名|尊敬的|亲爱的)[\\s:：]?[“"「]?|@|^)'
_GREETED: Final = '(?=[”"」]|网友|先生|女士|同志|[:：,，]|[您你]好|$)'
_SHARED: Final = re.compile(
    r"(?:匿名|热心|实名|普通|本地)?(?:网友|网民|用户|市民|群众|游客|居民|业主|匿名|anonymous|guest)?", re.IGNORECASE
)


def is_one_persons(nickname: str) -> bool:
    """Whether a nickname can tell one poster from another: not 网友, not 匿名用户, nothing masked with asterisks."""
    return not _SHARED.fullmatch(nickname.strip()) and not re.search(r"[*＊]", nickname)


def without_nickname(text: str, nickname: str) -> str:
    """The text with a mention of nobody in place of each occurrence of its poster's nickname."""
    nickname = nickname.strip()
    if nickname not in text or _SHARED.fullmatch(nickname):
        return text
    name = re.escape(nickname)
    if len(nickname) >= _SHORTEST:
        return re.sub(f"@?{name} ?", MENTION, text)
    return re.sub(
        f"{_INTRODUCED}{name}{_GREETED}", lambda found: found["before"].rstrip("@") + MENTION, text, flags=re.M
    )
