"""The error codes of Weibo's interfaces: ``ok`` of the public pages, ``error_code`` of the open interface."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from crawlers.spiders.refusals import LOGIN, Gone, Refusal, refused_message

_LOGIN_NEEDED: Final = -100
_EMPTY: Final = re.compile("没有内容|暂无|无结果|没有找到|还没有人|快来发表|没有数据")
_SPENT: Final = frozenset({10022, 10023, 10024})
"""Request limits: of the address, of the account, of the account for this interface."""
_NOT_PERMITTED: Final = frozenset({10004, 10005, 10006, 10007, 10013, 10014})
_CREDENTIALS: Final = range(21300, 21400)
"""OAuth errors: token missing, wrong, expired or without the right."""
_NOT_THERE: Final = frozenset({20101, 20201})
"""The post or the comment does not exist (any more)."""


def refused_json(found: Mapping[str, Any]) -> Refusal | None:
    """The refusal in a JSON answer; None for data, and for ``ok: 0`` that only says that nothing (more) is there.

    Raises Gone when what was asked for was deleted.
    """
    code = _number(found.get("error_code"))
    if code is not None:
        return _refused_code(code)
    ok = _number(found.get("ok", 1))
    if ok == _LOGIN_NEEDED:
        return LOGIN
    message = f"{found.get('msg', '')}{found.get('message', '')}"
    if ok != 0 or _EMPTY.search(message) or (not message and "data" in found):
        return None
    return refused_message(message) or Refusal(None, "E734: the platform answers with an error (ok: 0)")


def _refused_code(code: int) -> Refusal:
    if code in _NOT_THERE:
        raise Gone
    if code in _SPENT:
        return Refusal("forbidden", f"E735: the request limit of the credentials is spent (error_code {code})")
    if code in _NOT_PERMITTED or code in _CREDENTIALS:
        return Refusal("login_wall", f"E736: the platform does not accept the credentials (error_code {code})")
    return Refusal(None, f"E734: the platform answers with an error (error_code {code})")


def _number(value: object) -> int | None:
    try:
        return int(str(value))
    except ValueError:
        return None
