"""When a platform refuses: login walls, captchas and blocks stop the source; nothing goes around them."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, Final

from scrapy.http import HtmlResponse

from crawlers.politeness.blocks import wall
from crawlers.spiders.base import BlockCause

LOGIN_PAGES: Final = re.compile(
    r"passport\.|login\.sina\.com\.cn|/(?:signin|sso|login|passport|visitor)(?:[/?.#]|$)", re.IGNORECASE
)
_LOGIN_TEXT: Final = re.compile(
    "Sina Visitor System|passport\\.weibo\\.c(?:n|om)|请先登录|登录后查看|<title>[^<]{0,20}登录".encode(), re.IGNORECASE
)
_CAPTCHA: Final = re.compile("验证码|安全验证|滑动验证|点击验证|人机", re.IGNORECASE)
_FREQUENT: Final = re.compile("频繁|频次|稍后再试|太快|too (?:often|fast|many)|rate limit", re.IGNORECASE)
REFUSING: Final = (401, 403, 414, 418, 432)
"""401, 403, and what these platforms answer to clients that they take for too eager."""
_EXAMINED: Final = 200_000
"""Bytes of a page that are looked through for a wall."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an answer holds nothing that can be read; ``told`` is for people and never repeats the answer."""

    cause: BlockCause | None
    """What closes the source until a person has looked; None for an outage, which may be over at the next try."""
    told: str


LOGIN: Final = Refusal("login_wall", "E731: the platform asks for a login; none is attempted")
CAPTCHA: Final = Refusal("captcha", "E733: the platform shows a captcha; none is solved")
TOO_OFTEN: Final = Refusal("forbidden", "E735: the platform says that requests come too often")
NO_JSON: Final = Refusal(None, "E734: the answer is not complete JSON")
OTHER_LAYOUT: Final = Refusal(None, "E734: the answer is JSON of another layout than documented")


class Gone(Exception):
    """What was asked for does not exist any more."""


def refused_status(status: int, address: str) -> Refusal | None:
    """The refusal in a status line or in the address that it led to; None when there is none."""
    if status == 401 or LOGIN_PAGES.search(address):
        return LOGIN
    if status in REFUSING:
        return Refusal("forbidden", f"E732: the platform refuses this deployment (HTTP {status})")
    return None if status < 400 else Refusal(None, f"E734: the platform answers with an error (HTTP {status})")


def json_of(body: bytes) -> dict[str, Any] | Refusal:
    """The JSON object in an answer, or why there is none: a login page, a captcha, half a body."""
    try:
        found = json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return refused_page(body) or NO_JSON
    return found if isinstance(found, dict) else OTHER_LAYOUT


def refused_page(body: bytes) -> Refusal | None:
    """The refusal in a page that came in place of an answer; None when it shows none, or is the half of an answer."""
    if not body.lstrip().startswith(b"<"):
        return None
    if _LOGIN_TEXT.search(body[:_EXAMINED]):
        return LOGIN
    cause = wall(HtmlResponse("about:blank", body=body[:_EXAMINED]))
    return {"captcha": CAPTCHA, "login_wall": LOGIN}.get(cause or "")


def refused_message(message: str) -> Refusal | None:
    """The refusal in the message of a JSON error; None when it names none."""
    if re.search("登录|登陆|login|sign in", message, re.IGNORECASE):
        return LOGIN
    if _CAPTCHA.search(message) and not _FREQUENT.search(message):
        return CAPTCHA
    return TOO_OFTEN if _FREQUENT.search(message) else None
