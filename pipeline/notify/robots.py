"""Group robots of DingTalk, WeCom, Feishu and Lark: they refuse with HTTP 200 and a code in the answer's body.

Addresses are read by Apprise, whose senders of DingTalk and WeCom take every 200 for a delivery; hence these.
https://open.dingtalk.com/document/robots/custom-robot-access, https://developer.work.weixin.qq.com/document/path/91770,
https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from pipeline.notify.channel import NotDelivered, Notice
from pipeline.notify.http import post

TOO_OFTEN: Final = {"dingtalk": 130101, "wecombot": 45009, "feishu": 11232, "lark": 11232}
"""Codes by which the services limit the rate; all count by the minute."""
WAIT_SECONDS: Final = 60.0
LONGEST: Final = {"dingtalk": 19_000, "wecombot": 2_000, "feishu": 19_000, "lark": 19_000}
"""Bytes of text in UTF-8 that a service takes; what is longer is cut and says so."""
CUT: Final = "\n……（其余见系统）"


@dataclass(frozen=True)
class Robot:
    """One robot: its service, where it listens (asked anew for each send: DingTalk signs the address)."""

    service: str
    address: Callable[[], str]

    def send(self, notice: Notice) -> None:
        """Posts the text once. Raises NotDelivered, also when the service refuses within a 200."""
        text = shortened(f"{notice.subject}\n{notice.text}", LONGEST[self.service])
        content: dict[str, Any] = {"msgtype": "text", "text": {"content": text}}
        if self.service in ("feishu", "lark"):
            content = {"msg_type": "text", "content": {"text": text}}
        answer = post(self.address(), json.dumps(content, ensure_ascii=False).encode(), {})
        code = _code(answer)
        if code != 0:
            wait = WAIT_SECONDS if code == TOO_OFTEN[self.service] else None
            raise NotDelivered(f"the service refused with code {code}", retry_after=wait)


def robot_of(plugin: Any, service: str) -> Robot:
    """The robot behind an address that Apprise has read."""
    if service == "dingtalk":
        return Robot(service, lambda: _dingtalk(plugin))
    if service == "wecombot":
        return Robot(service, lambda: str(plugin.api_url))
    if service == "feishu":
        return Robot(service, lambda: str(plugin.notify_url).format(token=plugin.token).rstrip("/"))
    return Robot(service, lambda: str(plugin.webhook_url))


def _dingtalk(plugin: Any) -> str:
    address = str(plugin.notify_url).format(token=plugin.token)
    if not plugin.secret:
        return address
    timestamp, signed = plugin.get_signature()
    return f"{address}&{urlencode({'timestamp': timestamp})}&sign={signed}"


def _code(answer: bytes) -> int | None:
    """``errcode`` or ``code`` of the answer; None when it has none."""
    try:
        found = json.loads(answer)
    except ValueError:
        return None
    code = found.get("errcode", found.get("code", found.get("StatusCode"))) if isinstance(found, dict) else None
    return code if isinstance(code, int) else None


def shortened(text: str, longest: int) -> str:
    """The text, cut at a character to at most so many bytes."""
    encoded = text.encode()
    if len(encoded) <= longest:
        return text
    return encoded[: longest - len(CUT.encode())].decode(errors="ignore") + CUT
