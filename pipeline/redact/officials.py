"""Whether a text is an official act or news about one, when nothing else says so."""

from __future__ import annotations

import re
from typing import Final

_REPLY: Final = re.compile(
    r"^\s*[^。\n]{0,30}(?:网友|网民|市民|同志|朋友)[^。\n]{0,20}[:,!]?\s?(?:您|"
    r"你)好.{0,200}?(?:回复如下|答复如下|现.{0,12}(?:回复|答复)|经(?:核实|调查|"
    r"了解|核查))",
    re.DOTALL,
)
_NEWS: Final = re.compile(
    r"(?:\d日(?:电|讯)|本报讯|记者[\u4e00-\u9fff〈〉]{2,8}[)）]|记者.{0,12}(?:获悉|"
    r"了解到|从.{2,20}(?:获悉|了解到))|据[\u4e00-\u9fff]{2,12}(?:报道|通报|消息))"
)
_NOTICE: Final = re.compile(
    r"(?:特此(?:公告|通告|公示|通知|通报|函复)|现予以?(?:公告|公示|公布|通报)|现将.{2,60}(?:公告|"
    r"公示|通报|公布)如下|^[^\n。]{4,50}(?:公告|公示|通告|通知|通报|任免|简报)\s*(?:\n|"
    r"$))"
)


def looks_official(text: str) -> bool:
    """Whether the text reads like an official reply, a notice or news: 现答复如下, 特此公告, 本报讯."""
    head = text[:600]
    return bool(_REPLY.search(head) or _NEWS.search(head) or _NOTICE.search(text))
