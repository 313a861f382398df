"""The page for what fails before or beneath every other page: no template, no store, no visitor is needed for it."""

from __future__ import annotations

from html import escape
from typing import Final

from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, Response

from api.console.headers import with_headers

PAGE: Final = """<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} · 民意</title></head>
<body><main><h1>{title}</h1><p>{advice}</p><p>{code}</p><p><a href="/">返回首页</a></p></main></body></html>
"""
TOO_LARGE: Final = ("内容过大", "提交的内容超过了上限，请减少后重试；上传文件请拆分成较小的文件。")
TOO_SLOW: Final = ("提交超时", "内容没有在规定时间内传完，请检查网络后重新提交。")
FAILED: Final = ("系统出现意外错误", "请稍后重试；如仍出现，请把下面的编号告诉系统管理员，日志中有对应的位置。")


def wants_page(path: str, headers: Headers) -> bool:
    """Whether a person with a browser asks, rather than a program."""
    return not path.startswith("/v1/") and "text/html" in headers.get("accept", "")


def plain_page(status: int, words: tuple[str, str], code: str) -> Response:
    """The page, in Chinese: who asks is not known here."""
    title, advice = map(escape, words)
    content = PAGE.format(title=title, advice=advice, code=escape(code))
    return with_headers(HTMLResponse(content, status), secure=False)
