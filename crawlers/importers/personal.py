"""Which headers name personal data: such columns are dropped before anything else is read (P-20)."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, Final

import yaml

LONGEST_HEADER: Final = 64
"""A longer cell is a text, not a header."""
_BRACKETED: Final = re.compile(r"\(.*?\)|\[.*?\]|【.*?】|〔.*?〕|<.*?>|\{.*?\}")
_NOISE: Final = re.compile(r"[\s_\-*#()\[\]【】〔〕<>{}·•.、,:;/\\|\"'“”‘’?!~^+=\ufeff\u200b-\u200f\u2060]+")


@cache
def vocabulary() -> dict[str, Any]:
    """The headers of ``columns.yaml``."""
    loaded: dict[str, Any] = yaml.safe_load(files("crawlers.importers").joinpath("columns.yaml").read_text("utf-8"))
    return loaded


_PERSONAL: Final = vocabulary()["personal"]
_EXACT: Final = frozenset(_PERSONAL["exact"])
_MARKERS: Final = re.compile("|".join(_PERSONAL["anywhere"]))
_TEXTS: Final = frozenset(vocabulary()["fields"]["body"] + vocabulary()["fields"]["title"])
"""A remark in brackets does not make these personal: 内容（请勿填写电话）."""
_PERSON: Final = re.compile(
    f"(?:{'|'.join(_PERSONAL['roles'])}){{1,3}}(?:人|者|人员|市民|群众|网友|代表|对象)(?:信息|情况|名称|名单|类型|类别|身份)?"
)
_ALLOWED: Final = re.compile(
    "(?:问题|事发|事件|事项|发生|涉事|诉求|事故).*(?:地址|地点|地|区域)|(?:网页|链接|网站|url|原文)地址|organi[sz]ation"
)


def plain(header: str) -> str:
    """A header as it is compared: NFKC, lower case, without blanks, punctuation and bracketed remarks."""
    folded = unicodedata.normalize("NFKC", header).lower()
    return _NOISE.sub("", _BRACKETED.sub("", folded)) or _NOISE.sub("", folded)


@lru_cache(maxsize=4096)
def is_personal(header: str) -> bool:
    """Whether a column so named holds a name, phone, identity number, address or the like of a person."""
    if len(header) > LONGEST_HEADER:
        return False
    name = plain(header)
    unbracketed = _NOISE.sub("", unicodedata.normalize("NFKC", header).lower())
    if _ALLOWED.search(name) and not re.search("姓名|电话|手机|身份证|联系", unbracketed):
        return False
    if name in _EXACT or _PERSON.fullmatch(name) or _MARKERS.search(name):
        return True
    return name not in _TEXTS and _MARKERS.search(unbracketed) is not None
