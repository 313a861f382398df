"""The headline of an article.

The heading that the page's own title bar repeats, without the names of site and section.
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import Final

from lxml import html

from crawlers.extraction.blocks import Block

_SPACE: Final = re.compile(r"[\s\u00a0\u3000]+")
_SPLIT: Final = re.compile(
    r"\s*[_|｜丨»›]+\s*|\s+[-–—·:：/<>]+\s+|\s*--+\s*|(?<=[\u4e00-\u9fff）)”？！?!])-(?=[\u4e00-\u9fffA-Za-z])"
)
_SITE: Final = re.compile(
    r"(?:网|網|网站|新闻|新聞|日报|日報|晚报|晚報|时报|時報|频道|頻道|门户|在线|線上|资讯|資訊|中心|首页|客户端|政府|报|報|电视台|電視台|\.com|\.cn|\.net|\.tw)$",
    re.IGNORECASE,
)
MAX_TITLE: Final = 200
_LONGEST_BAR: Final = 400
_HEADINGS: Final = ("h1", "h2", "h3")


def title_bar(root: html.HtmlElement) -> str:
    """What the browser's title bar shows."""
    return squeeze(" ".join(root.xpath("(//title)[1]//text()"))[:_LONGEST_BAR])


def title_of(blocks: list[Block], bar: str, stated: str = "") -> str:
    """The headline, or an empty string. ``stated`` is what the page's structured data calls it (JSON-LD, og:title).

    A heading of the page wins when the title bar or the stated title agrees with it; else the stated title; else the
    title bar up to its first separator.
    """
    stated = squeeze(stated[:_LONGEST_BAR])
    best, merit = "", 0.0
    for block in blocks[:400]:
        text = squeeze(block.text)
        if not 4 <= len(text) <= MAX_TITLE or block.linked > len(text) * 0.5:
            continue
        score = _agreement(text, bar, stated) + _rank(block)
        if score > merit:
            best, merit = text, score
    if merit >= 1.0:
        return best
    return (_without_site(stated) if 0 < len(stated) <= 80 else _without_site(bar))[:MAX_TITLE]


def squeeze(text: str) -> str:
    """The text with every run of white space as one space."""
    return _SPACE.sub(" ", text).strip()


def bare(text: str) -> str:
    """The text without white space and case, for comparisons."""
    return _SPACE.sub("", text).lower()


def _agreement(text: str, bar: str, stated: str) -> float:
    """1 and more where the title bar or the stated title holds the text; longer parts of it count more."""
    wanted = [bare(other) for other in (bar, stated) if other]
    mine = bare(text)
    merit = 0.0
    for other in wanted:
        if mine in other and len(mine) >= 6:
            merit = max(merit, 1.0 + min(len(mine) / max(len(other), 1), 1.0))
        elif other in mine and len(other) >= 6 and len(mine) <= len(other) * 1.6:
            merit = max(merit, 1.0 + len(other) / len(mine) * 0.8)
        elif merit < 1.0 and len(mine) >= 6 and abs(len(mine) - len(other)) < 40:
            matcher = SequenceMatcher(None, mine, other, autojunk=False)
            if matcher.real_quick_ratio() < 0.5 or matcher.quick_ratio() < 0.5:
                continue
            shared = sum(part.size for part in matcher.get_matching_blocks() if part.size > 1)
            if shared >= len(mine) * 0.8:
                merit = max(merit, 1.0 + 0.5 * shared / max(len(other), 1))
    return merit


def _rank(block: Block) -> float:
    tags = [element.tag for element in block.path[:4]]
    for number, tag in enumerate(_HEADINGS):
        if tag in tags:
            return (0.6, 0.35, 0.2)[number]
    named = " ".join(f"{element.get('class', '')} {element.get('id', '')}" for element in block.path[:2]).lower()
    return 0.2 if "title" in named or "headline" in named else 0.0


def _without_site(bar: str) -> str:
    """The title bar's first part that is more than the name of a site or section."""
    parts = [part for part in _SPLIT.split(bar) if part]
    if not parts:
        return bar
    while len(parts) > 1 and (_SITE.search(parts[-1]) or len(parts[-1]) <= 4):
        parts.pop()
    if len(parts) > 1 and _SITE.search(parts[0]) and len(parts[0]) < 8:
        parts.pop(0)
    return max(parts[:2], key=len) if len(parts) > 1 else parts[0]
