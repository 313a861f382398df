"""Who wrote an article, taken out of it: bylines and editors' names never leave the extraction."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

_ROLE: Final = (
    "(?:本报|本報|本刊|本网|本網|本台|特派|特约|特約|首席|见习|見習|实习|實習|驻[\u4e00-\u9fff]{2,4}|[\u4e00-\u9fff]{2,6}[报報网網社])?"
    "(?:记者|記者|通讯员|通訊員|特约记者|撰稿人?|撰文|作者|责任编辑|責任編輯|责编|責編|编辑|編輯|编译|編譯|校对|校對|摄影|攝影|摄|攝|审核|審核|监制|監製|记者组|實習生|实习生|主编|主編|初审|复审|终审|编审)"
)
_NAME: Final = r"[\u4e00-\u9fff·•A-Za-z][\u4e00-\u9fff·•A-Za-z.、，, \u3000/／]{1,30}"
_FIELD: Final = re.compile(
    rf"(?:[【\[(（]\s*)?(?:{_ROLE}|文|图|圖|文图|图文|by)\s*[:：／/╱]\s*{_NAME}?(?=$|[】\])）|｜]|\s{{1,}}|来源|來源|发布|时间)\s*[】\])）]?",
    re.IGNORECASE,
)
_ALONE: Final = re.compile(
    rf"^[【\[(（]?\s*{_ROLE}\s*[:：/／]?\s*{_NAME}\s*(?:报道|報導|報道|摄|攝|文|图|整理|综合)?\s*[】\])）]?$"
)
_BRACKETED: Final = re.compile(
    rf"[(（【\[][^()（）【】\[\]]{{0,12}}{_ROLE}[\s:：/／╱]*[\u4e00-\u9fff·A-Za-z][^()（）【】\[\]。；]{{0,40}}[)）】\]]"
    r"|[(（][\u4e00-\u9fff·]{2,4}[／/╱](?:编译|編譯|文|图|综合|編|编)[)）]"
    r"|【[\u4e00-\u9fff·、]{2,16}[／/╱][\u4e00-\u9fff]{2,8}[報报][導导道]】"
)
_OPENING: Final = re.compile(
    r"^(?:本报|本報|本刊|本网|本網|本台)(?:记者|記者|通讯员|通訊員)\s*[\u4e00-\u9fff·]{2,4}(?:\s+[\u4e00-\u9fff·]{2,4}){0,3}\s*(?:报道|報導|報道)[:：]?\s*"
)
_LONGEST_FIELD: Final = 90


def without_byline(line: str) -> tuple[str, bool]:
    """A line of the article without the people who made it, and whether any were named.

    Credits are removed where they are marked as such: a line of their own, in brackets with the role (（记者 …）), or a
    field such as 责任编辑：…. A person whom the article speaks of stays; the redactor deals with those.
    """
    if len(line) <= _LONGEST_FIELD:
        if _ALONE.match(line):
            return "", True
        cut = _FIELD.sub(" ", line)
        if cut != line:
            return " ".join(cut.split()), True
    cut = _OPENING.sub("", _BRACKETED.sub("", line))
    return (cut.strip(), True) if cut != line else (line, False)


def without_bylines(lines: Iterable[str]) -> tuple[list[str], bool]:
    """The lines of an article without bylines and without those that were nothing else; and whether there were any."""
    kept, dropped = [], False
    for line in lines:
        left, found = without_byline(line)
        dropped |= found
        if left:
            kept.append(left)
    return kept, dropped
