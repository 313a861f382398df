"""Blocks (拦截): captcha pages, login walls and refusals stop the source; nothing goes around them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, NoReturn

from scrapy.exceptions import IgnoreRequest
from scrapy.http import HtmlResponse, Request, Response

from crawlers.politeness.headers import header

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from crawlers.spiders.base import BlockCause, SourceSpider

REFUSALS: Final = frozenset({401, 403, 407, 451})
LARGEST_WALL: Final = 60_000
"""Bytes above which a page is no captcha page: such pages are short."""
FEW_WORDS: Final = 400
_LOGIN_PLACE: Final = re.compile(
    r"//(?:passport|login|sso|auth|account)\.|/(?:login|signin|sign-in|sso|cas|passport|oauth2?)(?:[/._?;-]|$)",
    re.IGNORECASE,
)
_VISITOR: Final = re.compile(r"/visitor/", re.IGNORECASE)
"""A platform's own page for visitors without an account is no login wall."""
_LOGIN_TITLE: Final = re.compile(
    r"^\s*(?:请(?:先)?|用户|会员|统一|账号|帐号)?\s*(?:身份认证|登录|登陆|sign ?in|log ?in)", re.IGNORECASE
)
_CAPTCHA: Final = re.compile(
    r"人机验证|安全验证|滑动验证|拖动滑块|请(?:输入|完成)(?:下方|以下|图形|图片)?验证|访问(?:过于|太)频繁|访问异常|异常访问"
    r"|verify (?:that )?you are (?:a )?human|are you a robot|captcha|geetest|请求过于频繁",
    re.IGNORECASE,
)  # fmt: skip


class SourceBlocked(IgnoreRequest):
    """E714: a page is a refusal, a login wall or a captcha; the source is stopped."""


class Refusals:
    """Looks at statuses and redirects, before any redirect is followed."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Refusals:
        """Scrapy's way of making it."""
        return cls(crawler)

    def process_response(self, request: Request, response: Response) -> Response:
        """Hands the answer on. Raises SourceBlocked for 401, 403, 407 and 451 and for a redirect to a login page."""
        if request.meta.get("robots"):
            return response
        if response.status in REFUSALS:
            _stop(self._crawler, "forbidden", f"the site answers {response.status}")
        target = header(response, "Location")
        if 300 <= response.status < 400 and _LOGIN_PLACE.search(target) and not _VISITOR.search(target):
            _stop(self._crawler, "login_wall", "the site sends its readers to a login page")
        return response


class Walls:
    """Looks at pages that say with status 200 that they are none."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Walls:
        """Scrapy's way of making it."""
        return cls(crawler)

    def process_response(self, request: Request, response: Response) -> Response:
        """Hands the page on. Raises SourceBlocked for a captcha or a login page."""
        if request.meta.get("robots") or not isinstance(response, HtmlResponse) or len(response.body) > LARGEST_WALL:
            return response
        cause = wall(response)
        if cause is not None:
            told = (
                "the site shows a captcha" if cause == "captcha" else "the site shows a login page instead of the page"
            )
            _stop(self._crawler, cause, told)
        return response


def wall(page: HtmlResponse) -> BlockCause | None:
    """Which wall a page is: by its title, or by what it says when it says little else. None for any other page."""
    title = " ".join(page.css("title::text").getall())
    if _CAPTCHA.search(title):
        return "captcha"
    if _LOGIN_TITLE.search(title) and page.css("input[type=password]"):
        return "login_wall"
    words = "".join(page.xpath("//body//text()[not(ancestor::script or ancestor::style)]").getall())
    if len("".join(words.split())) > FEW_WORDS or page.css("p:nth-of-type(3)"):
        return None
    marked = " ".join(page.css("body [class]::attr(class), body [id]::attr(id), script::attr(src)").getall())
    return "captcha" if _CAPTCHA.search(words) or re.search(r"captcha|geetest", marked, re.IGNORECASE) else None


def _stop(crawler: Any, cause: BlockCause, told: str) -> NoReturn:
    spider: SourceSpider = crawler.spider
    spider.note_block(cause, told)
    raise SourceBlocked(f"E714: {told}")
