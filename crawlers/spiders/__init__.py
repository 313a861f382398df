"""The spiders (爬虫): each reads one kind of layout; a source file names the one that reads it.

``SPIDERS`` lists them by name; a spider is imported when a source needs it.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from crawlers.spiders.base import SourceSpider

SPIDERS: Final[dict[str, str]] = {
    "board": "crawlers.spiders.petition.page_board:BoardSpider",
    "news": "crawlers.spiders.news.spider:NewsSpider",
    "notice": "crawlers.spiders.notice:NoticeSpider",
    "petition": "crawlers.spiders.petition.spider:PetitionSpider",
    "weibo": "crawlers.spiders.weibo.spider:WeiboSpider",
}
"""Spider name → ``module:Class``."""


def spider_class(name: str) -> type[SourceSpider]:
    """The spider of that name. Raises LookupError naming those that there are."""
    if name not in SPIDERS:
        raise LookupError(f"there is no spider {name!r}; spiders: {', '.join(sorted(SPIDERS)) or 'none'}")
    module, _, attribute = SPIDERS[name].partition(":")
    found: type[SourceSpider] = getattr(importlib.import_module(module), attribute)
    return found
