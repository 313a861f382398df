"""The anatomy of a post (微博): which characters are hashtags, mentions, links, emoji, a headline, quoted reposts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Final

from spacy.language import Language
from spacy.tokens import Doc

from models.passages import Passages
from models.spans import mark

KINDS: Final = ("headline", "hashtag", "mention", "repost", "link", "media", "emoticon", "emoji", "location", "folded")
"""Labels of the parts, in the order in which they are looked for; ``own`` is the author's comment before the chain."""

_NAME: Final = r"(?:[\w\-·\u4e00-\u9fff]{1,30}|〈(?:用户|人名)〉)"
_CHAIN: Final = re.compile(rf"//\s?@\s?{_NAME}\s?[:：]?|//\s?〈用户〉\s?[:：]?")
_PATTERNS: Final = {
    "headline": re.compile(r"【[^【】\n]{2,120}】"),
    "hashtag": re.compile(r"[#＃][^#＃\n]{1,60}[#＃]"),
    "mention": re.compile(rf"(?<![A-Za-z0-9])[@＠]\s?{_NAME}(?!\.(?:com|cn|net))|〈用户〉"),
    "link": re.compile(
        r"https?://[^\s\u4e00-\u9fff，。；、）】]+|(?<![A-Za-z])(?:weibo\.com|t\.cn)/[\w/?=&%.\-]+|O?网页链接"
    ),
    "media": re.compile(
        r"(?<![A-Za-z])L[^\s#＃【】，。！？：]{1,30}的(?:微博|秒拍)视频|查看图片|[\[【](?:图片|视频|语音|动图)[\]】](?:[×xX*]\s?\d+)?"
        r"|(?:微博|秒拍)视频"
    ),
    "emoticon": re.compile(r"\[(?!图片|视频|语音|动图|清版)[\u4e00-\u9fffA-Za-z]{1,8}\]"),
    "emoji": re.compile(
        "(?:[\U0001f1e6-\U0001f1ff]{2}|[\U0001f300-\U0001faff\u2600-\u27bf\u2b50\u2b55\u231a\u231b\u23e9-\u23fa])"
        "[\ufe0f\u20e3\U0001f3fb-\U0001f3ff]*"
        "(?:\u200d[\U0001f300-\U0001faff\u2600-\u27bf][\ufe0f\U0001f3fb-\U0001f3ff]*)*"
    ),
    "location": re.compile(
        r"(?:📍|\[定位\]|(?<=\s)2(?=[\u4e00-\u9fff]{2,8}·)|(?<=[\s。！？#])2(?=[\u4e00-\u9fff]{2,10}\s*\??\s*$))"
        r"\s?[\u4e00-\u9fff]{2,12}(?:·[\w\u4e00-\u9fff()（）]{1,24})?"
    ),
    "folded": re.compile(r"(?:收起|展开)全文[a-z]?|\.\.\.全文"),
}
_NEEDED: Final = {"headline": "【", "hashtag": "#＃", "mention": "@＠〈", "emoticon": "[", "folded": "全"}
_EARLIER: Final = re.compile(r"(?:转发微博|轉發微博|快转微博|轻转发|repost)[。.]?", re.IGNORECASE)
_ANSWER: Final = re.compile(rf"回复\s?(?:[@＠]\s?{_NAME}|〈用户〉)\s?[:：]")
_WORDS: Final = re.compile(r"[\u4e00-\u9fffA-Za-z0-9]")


@dataclass(frozen=True, slots=True)
class Part:
    """A passage of a post and what it is: one of ``KINDS``, at half-open code-point offsets."""

    kind: str
    start: int
    end: int


@dataclass(frozen=True)
class Anatomy:
    """The parts of one text in text order. A headline may hold a hashtag, a repost holds all that it quotes."""

    text: str
    parts: tuple[Part, ...]
    chain_start: int

    def of(self, kind: str) -> list[Part]:
        """The parts of one kind. Raises ValueError for a kind that no part can have."""
        if kind not in KINDS:
            raise ValueError(f"{kind!r} is none of {', '.join(KINDS)}")
        return [part for part in self.parts if part.kind == kind]

    def quote(self, part: Part) -> str:
        """The characters of a part."""
        return self.text[part.start : part.end]

    @property
    def own(self) -> tuple[int, int]:
        """The author's last comment, before the chain of quoted reposts; empty where a post only passes on."""
        return 0, self.chain_start

    @cached_property
    def passes_on(self) -> bool:
        """Whether the author adds no word of his own: 转发微博, emoji, mentions and hashtags are none."""
        return bool(self.of("repost")) and not _WORDS.search(_EARLIER.sub("", self.words(*self.own)))

    def topics(self, end: int) -> list[tuple[Part, str]]:
        """The hashtags before ``end`` with their words."""
        return [(part, self.quote(part).strip("#＃ ")) for part in self.of("hashtag") if part.end <= end]

    def words(self, start: int, end: int, *, keep: frozenset[str] = frozenset({"headline"})) -> str:
        """``text[start:end]`` with every part that is no running text blanked, one blank a character."""
        letters = list(self.text[start:end])
        for part in self.parts:
            if part.kind not in keep and part.kind != "repost":
                for at in range(max(part.start, start), min(part.end, end)):
                    letters[at - start] = " "
        for match in _ANSWER.finditer(self.text, start, end):
            letters[match.start() - start : match.end() - start] = " " * (match.end() - match.start())
        return "".join(letters)


def anatomy(text: str) -> Anatomy:
    """The parts of a post, a report or any other text; every text has an anatomy, most petitions an empty one."""
    chain = [match.start() for match in _CHAIN.finditer(text)]
    edges = [*chain, len(text)]
    parts = [Part("repost", start, end) for start, end in pairwise(edges)]
    taken = Passages()
    for kind, pattern in _PATTERNS.items():
        if kind in _NEEDED and not any(character in text for character in _NEEDED[kind]):
            continue
        for match in pattern.finditer(text):
            if kind == "headline":
                parts.append(Part(kind, *match.span()))
            elif not taken.overlap(*match.span()):
                taken.add(*match.span())
                parts.append(Part(kind, *match.span()))
    return Anatomy(text, tuple(sorted(parts, key=lambda part: (part.start, -part.end, part.kind))), edges[0])


if not Doc.has_extension("anatomy"):
    Doc.set_extension("anatomy", default=None)


class PostAnatomy:
    """Sets ``doc._.anatomy`` and leaves ``doc.spans["anatomy"]``: label = kind, or ``own``: the author's comment."""

    def __call__(self, doc: Doc) -> Doc:
        read = anatomy(doc.text)
        doc._.anatomy = read
        found = [(part.start, part.end, part.kind) for part in read.parts]
        start, end = read.own
        if read.of("repost") and end > start:
            found.insert(0, (start, end, "own"))
        mark(doc, "anatomy", found)
        return doc


@Language.factory("anatomy", assigns=["doc._.anatomy", "doc.spans"], requires=["token.text"])
def make_anatomy(nlp: Language, name: str) -> PostAnatomy:
    """The component that takes a post apart."""
    return PostAnatomy()
