"""The markup of a post as the plain text that its author wrote."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Final

_CUT_OFF: Final = re.compile(r"\s*\.{3}\s*$")
_FOLDED: Final = frozenset({"展开", "全文", "展开全文", "收起"})
_INVISIBLE: Final = re.compile("[\u200b-\u200f\u2060\ufeff]")
_BLANKS: Final = re.compile(r"[ \t\xa0\u3000]+")
_VIDEO_OF: Final = re.compile(r"[\w\-]{2,30}的((?:微博|秒拍|小咖秀|一直播)(?:视频|直播)?|视频|直播)(?=\s*$)")
_QUOTED_CHAIN: Final = re.compile(r"\s*//\s*@[\w\-·]+\s*[:：].*", re.DOTALL)
_ANSWERING: Final = re.compile(r"^\s*(?:回复|Reply)\s*@[\w\-·]+\s*[:：]\s*")
_BARE: Final = frozenset({"", "转发微博", "轉發微博", "转发", "轉發", "repost", "快转微博", "轻转发"})
_WORDS: Final = re.compile(r"[\u3400-\u9fffA-Za-z0-9]")
_NOT_WORDS: Final = re.compile(r"@[\w\-·]+|#[^#\n]{1,60}#|\[[^\[\]\n]{1,12}\]|https?://\S+")


class _Text(HTMLParser):
    """Collects what is written: links give their text only where it is a hashtag or a mention."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._links: list[list[str]] = []
        self._folds = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "br":
            self._write("\n")
        elif tag == "img":
            name = given.get("alt") or ""
            if name.startswith("["):
                self._write(name)
        elif tag == "a":
            self._links.append([])
        elif tag == "span" and (self._folds or "expand" in (given.get("class") or "")):
            self._folds += 1

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self._links:
            self._write(_link("".join(self._links.pop())))
        elif tag == "span" and self._folds:
            self._folds -= 1
            if not self._folds:
                self._drop_cut()
        elif tag == "p":
            self._write("\n")

    def handle_data(self, data: str) -> None:
        if not self._folds:
            self._write(data)

    def text(self) -> str:
        while self._links:
            self._write(_link("".join(self._links.pop())))
        return "".join(self.parts)

    def _write(self, text: str | None) -> None:
        if text is None:
            self._drop_cut()
        elif self._links:
            self._links[-1].append(text)
        else:
            self.parts.append(text)

    def _drop_cut(self) -> None:
        if self.parts:
            self.parts[-1] = _CUT_OFF.sub("", self.parts[-1])


def _link(text: str) -> str | None:
    """What a link leaves: a hashtag, a mention set off by a blank, or nothing; None for the one that unfolds a text.

    Titles of linked pages, videos and places are not the author's words, and many hold the poster's nickname or
    whereabouts (P-01).
    """
    text = text.strip()
    if text in _FOLDED:
        return None
    if text.startswith("@"):
        return f"{text} "
    return text if text.startswith("#") and text.endswith("#") and len(text) > 2 else ""


def plain_text(markup: str) -> str:
    """The text of a post's HTML: line ends, emoji by their name in brackets, hashtags, mentions; no link titles."""
    reader = _Text()
    reader.feed(markup)
    reader.close()
    return tidy(reader.text())


def tidy(text: str) -> str:
    """Plain text without invisible characters, runs of blanks and the nickname before a trailing 的微博视频."""
    lines = (_BLANKS.sub(" ", line).strip() for line in _INVISIBLE.sub("", text).splitlines())
    return _VIDEO_OF.sub(r"\1", "\n".join(lines).strip())


def own_words(text: str) -> str:
    """What a reposter added: without the chain of quoted reposts (//@…) and empty for a bare 转发微博.

    A repost that adds only emoji, mentions or hashtags adds no words.
    """
    added = _QUOTED_CHAIN.sub("", text).strip()
    if added.lower() in _BARE:
        return ""
    return added if len(_WORDS.findall(_NOT_WORDS.sub("", added))) >= 2 else ""


def without_address(text: str) -> str:
    """A comment without the account that it answers (回复@…:)."""
    return _ANSWERING.sub("", text)
