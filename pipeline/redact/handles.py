"""Handles (用户): @mentions, nicknames, user codes, profile links, IP location and device lines of social media."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from pipeline.redact.finding import Finding

_MENTION: Final = re.compile(r"@\s?([\w\-·\u4e00-\u9fff]{2,24})(?!\.(?:com|cn|net))")
_OFFICE: Final = re.compile(
    r"发布$|政府|公安|交警|消防|警方|日报|晚报|早报|都市报|新闻|电视台|广播|法院|"
    r"检察|委员会|教育局|[\u4e00-\u9fff]{2}局$|城管|住建|12345|12315|热线|气象|"
    r"地铁|公交|供电|水务|燃气|网信|纪委|政务|人社|生态环境|平安|共青团|新华|人民网|"
    r"央视|微博(?:小)?秘书|中国[\u4e00-\u9fff]{2}"
)
_SOCIAL_URL: Final = re.compile(
    r"(?:weibo\.(?:com|cn)|t\.cn|douyin\.com|iesdouyin\.com|"
    r"kuaishou\.com|xiaohongshu\.com|xhslink\.com|bilibili\.com|b23\.tv|zhihu\.com"
    r"|qzone\.qq\.com|tieba\.baidu\.com|twitter\.com|x\.com|facebook\.com|instagram\.com|"
    r"t\.me|weixin\.qq\.com|douban\.com|toutiao\.com/c/user|jianshu\.com)/[^\s,。;、)\]〈〉\u4e00-\u9fff"
    r"\"”'>]+",
    re.IGNORECASE,
)
_PROFILE_URL: Final = re.compile(
    r"https?://[^\s,。;、)\]〈〉\u4e00-\u9fff]+?(?:/(?:u|user|users|people|profile|"
    r"space|home|member|author)/|[?&](?:uid|user_?id|userid|author_?id|openid)=)[^\s,。;、)\]〈〉\u4e00"
    r"-\u9fff]+",
    re.IGNORECASE,
)
_QUOTED: Final = re.compile(
    r"(?:网友|网民|网名|昵称|用户名?|博主|楼主|微博名|群友|账号名|留言人|发帖人|"
    r"ID|id)\s?(?:叫|为|是|:)?\s?[“\"「『‘'\[]([^”\"」』’'\]\n。,!?;:]{1,16})[”\"」』’'\]](?!的?(?:呼声"
    r"|声音|意见|说法))"
)
_NAMED: Final = re.compile(
    r"(?:网名|昵称|微博名|微博账号|用户名|抖音(?:号|ID|账号)|快手(?:号|ID|账号)|"
    r"小红书(?:号|ID|账号)|微博(?:号|ID)|贴吧ID|游戏ID|B站(?:账号|ID|号)|(?<![A-Za-z])[Uu]?ID|"
    r"(?<![A-Za-z])[Uu]id)"
    r"\s?(?:叫做?|为|是|:)\s?([A-Za-z0-9_\-.]{3,24}|[^\s“\"”,。;!?、()\[\]〈〉A-Za-z0-9][^\s“\"”,。;!?、"
    r"()\[\]〈〉]{1,15})"
)
_CODE: Final = re.compile(r"(?<![A-Za-z0-9])(?:A\d{7,9}|U{1,2}\d{6,9})(?![A-Za-z0-9])")
_NETIZEN_CODE: Final = re.compile(
    r"(?:网友|网民|用户)\s?[“\"]?([A-Za-z_][A-Za-z0-9_\-]{3,20}|\d[A-Za-z0-9_\-]{4,20}(?![\d户人个名元家万年月]))"
)
_LOCATION: Final = re.compile(r"IP(?:属地|归属地|地址)\s?(?:为|是|:)\s?([\u4e00-\u9fff]{2,8}|\d{1,3}(?:\.\d{1,3}){3})")
_IP: Final = re.compile(r"(?<![\d.])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![\d.])")
_ASCII: Final = re.compile(r"[A-Za-z]{2}\.|[./]\w+\.|[AUu]\d{6}|\d\.\d")
_HINT: Final = re.compile(
    r"网[友民名]|昵称|用户|[博楼]主|微博|群友|账号|[留发][言帖]人|[IiUB][IiDdPp站]|抖音|快手|小红书|贴吧|[来发]自"
)
_DEVICE: Final = re.compile(
    r"(?<![\u4e00-\u9fffA-Za-z])(?:来自|发自)\s?(?:我的)?\s?((?:iPhone|iPad|HUAWEI|"
    r"华为|小米|Xiaomi|Redmi|OPPO|vivo|荣耀|HONOR|三星|Android|安卓)[^\n,。;]{0,20}|"
    r"[^\s,。]{0,8}(?:客户端|超话))"
)


def find_handles(text: str) -> Iterator[Finding]:
    """Whatever names an account or its owner; mentions of offices and media by their account stay."""
    for match in _SOCIAL_URL.finditer(text) if "/" in text else ():
        yield Finding(_url_start(text, match.start()), match.end(), "handle")
    for pattern in (_PROFILE_URL, _CODE, _IP) if _ASCII.search(text) else ():
        for match in pattern.finditer(text):
            yield Finding(match.start(), match.end(), "handle")
    for match in _MENTION.finditer(text):
        if not _OFFICE.search(match.group(1)):
            yield Finding(match.start(), match.end(), "handle")
    if not _HINT.search(text):
        return
    for pattern in (_QUOTED, _NAMED, _NETIZEN_CODE, _LOCATION, _DEVICE):
        for match in pattern.finditer(text):
            yield Finding(match.start(1), match.end(1), "handle")


def _url_start(text: str, start: int) -> int:
    """Where the address begins whose host ends at ``start``: sub-domains and scheme before it belong to it."""
    prefix = re.search(r"(?:https?://)?[A-Za-z0-9\-.]{0,80}$", text[max(0, start - 100) : start], re.IGNORECASE)
    return start - len(prefix.group()) if prefix else start
