"""Addresses of texts: in clear where they name a page, as a keyed hash where they could name a person (P-01)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import parse_qsl, unquote, urlsplit

from pipeline.deployment_key import DeploymentKey
from pipeline.records.document import SOCIAL_SOURCES, SourceKind
from pipeline.redact import CannotRedact, redact

PERSONS: Final = frozenset({
    "u", "uid", "user", "users", "userid", "username", "uname", "member", "memberid", "author", "authorid", "account",
    "accountid", "openid", "unionid", "space", "profile", "nick", "nickname", "name", "realname", "truename", "xm",
    "xingming", "mobile", "phone", "telephone", "tel", "sjh", "shouji", "idcard", "idno", "sfz", "sfzh", "email",
    "mail", "wechat", "weixin", "wx", "qq",
})  # fmt: skip
"""Names of fields, in lower case without marks, that hold who somebody is."""
PLACES_OF_PERSONS: Final = frozenset({"u", "uid", "user", "users", "space", "profile", "member", "members", "author"})
"""Parts of a path behind which an account stands."""

PLATFORMS: Final = (
    "weibo.com",
    "weibo.cn",
    "douyin.com",
    "kuaishou.com",
    "xiaohongshu.com",
    "zhihu.com",
    "bilibili.com",
)
"""Sites on which nearly every address holds an account."""


def kept_address(key: DeploymentKey, kind: SourceKind, url: str) -> str:
    """What is stored of an address: ``keyed:`` and a hash for social media and wherever a person could be named.

    Official pages and news stay in clear, so that evidence can be opened where it was published.
    """
    return key.keyed_url(url) if kind in SOCIAL_SOURCES or _may_name_a_person(url) else url


def _may_name_a_person(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return True
    host = f".{parts.hostname or ''}"
    if "@" in parts.netloc or host.endswith(tuple(f".{site}" for site in PLATFORMS)):
        return True
    path = [part.lower() for part in unquote(parts.path).split("/") if part]
    if any(part in PLACES_OF_PERSONS for part in path[:-1]):
        return True
    fields = (name for said in (parts.query, parts.fragment.rpartition("?")[2]) for name, _ in parse_qsl(said))
    if any(re.sub(r"[\W_]", "", name.lower()) in PERSONS for name in fields):
        return True
    return any(map(_is_personal, _read(f"{parts.path}?{parts.query}#{parts.fragment}")))


def _read(said: str) -> Iterator[str]:
    """What stands behind the site, and how it reads without its escapes, which some escape twice."""
    yield said
    for encoding in ("utf-8", "gb18030"):
        plain = unquote(said, encoding)
        while plain != said and (once := unquote(plain, encoding)) != plain:
            plain = once
        if plain != said:
            yield plain


def _is_personal(said: str) -> bool:
    try:
        return bool(redact(said).redactions)
    except CannotRedact:
        return True
