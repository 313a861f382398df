"""Reads official notices (公告公示): list pages and details like those of a news site, the issuing unit beside them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, ClassVar

from scrapy.http import Request, Response, TextResponse

from crawlers.extraction import Article
from crawlers.items import RawItem
from crawlers.registry.source import Kind
from crawlers.spiders.base import ParserSettings
from crawlers.spiders.news.settings import NewsParser
from crawlers.spiders.news.spider import NewsSpider
from crawlers.spiders.petition.text import visible_text
from crawlers.spiders.selectors import SelectorText, select
from pipeline.notices.kinds import kind_in


class NoticeParser(NewsParser):
    """What a source of notices may say about its layout, beside what a news source may."""

    title: SelectorText = ""
    """The title of a notice; empty: it is found."""
    body: SelectorText = ""
    """Its text; empty: it is found."""
    unit: SelectorText = ""
    """The unit that issued it, where the page states it outside of the text."""
    every_page: bool = False
    """Whether to take pages too that are no notice by their words (appointments, tenders, news)."""


class NoticeSpider(NewsSpider):
    """Takes the notices of the window: expropriation, planning, environmental assessment, solicitation of opinions.

    Which kind a notice is, and what it proposes, is read from the stored text (``pipeline.notices``), so that imported
    notices are read in the same way.
    """

    name = "notice"
    kinds: ClassVar[tuple[Kind, ...]] = ("notice",)
    Parser: ClassVar[type[ParserSettings]] = NoticeParser

    def parse_article(self, response: Response, *args: Any, **kwargs: Any) -> Iterator[RawItem | Request]:
        """A page that may be a notice; one that is none by its words counts as read."""
        for found in super().parse_article(response, *args, **kwargs):
            if isinstance(found, RawItem) and not self._is_notice(found):
                self._count("no_notice")
                continue
            yield found

    def _is_notice(self, item: RawItem) -> bool:
        return self.parser.every_page or kind_in(item.title, item.body) is not None

    def _extracted(self, response: Response) -> Article:
        """The notice with title and text where the source file says they stand, and the line that names its unit."""
        article = super()._extracted(response)
        if not isinstance(response, TextResponse):
            return article
        title = self._stated(response, self.parser.title) or article.title
        text = self._stated(response, self.parser.body) or article.text
        unit = self._stated(response, self.parser.unit)
        if unit and text and unit not in text:
            text = f"{unit if '：' in unit or ':' in unit else f'发布单位：{unit}'}\n{text}"
        return replace(article, title=" ".join(title.split()), text=text)

    @staticmethod
    def _stated(response: TextResponse, selector: str) -> str:
        found = (visible_text(part) for part in (select(response.selector, selector) if selector else ()))
        return "\n".join(filter(None, found))
