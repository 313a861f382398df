"""Hijacked hashtags (蹭热搜): a topic that the post is not about, set there to be seen."""

from __future__ import annotations

import re
from typing import Final

from spacy.language import Language
from spacy.tokens import Doc

from models.normalise import fold
from models.posts.anatomy import Anatomy, Part, anatomy
from models.segment import words
from models.spans import Finding, mark

LEAST_WORDS: Final = 30
"""Characters of running text from which a post is about something; a shorter one is a remark on its topic."""
LEAST_TOPIC: Final = 8
"""Characters from which a hashtag is a topic of the day and not the name of a column, a place or a thing."""
_OWN_WORDS: Final = 8
"""Characters below which the author's comment says nothing, and what it passes on is read with it."""
_HAN: Final = re.compile(r"[\u4e00-\u9fff]")
_COMMON: Final = frozenset(
    re.findall(
        r"\S+",
        """什么 怎么 如何 我们 你们 他们 一个 这个 那个 今天 今日 昨天 大家 已经
        可以 没有 不是 就是 还是 全国 中国 最新 消息 话题 超话 热搜 视频 微博
        网友 回应 来了 开始 宣布 公布 通报 官方 首次 首例 多地 出现 时间 事件
        情况 结果 记者 新闻 头条 日常 每日 分享 人员 问题 需要 成为 进行 进入
        可能 表示 称为 关于 所有 部分 相关 多个 继续 希望 加油 致敬""",
    )
)
"""Words that stand in topics of every kind and so tie none to a text."""
_REMARK: Final = re.compile(
    r"^\W*(?:这|那|此|看到|看了|终于|果然|支持|太|真|好|厉害|可怕|恭喜|加油|致敬|期待|希望|无语|离谱|哈哈|呵呵|为什么|怎么|凭什么|不愧)"
)
"""A short text that begins so answers its topic without naming it."""
_LONGEST_REMARK: Final = 45


def hijacked(read: Anatomy) -> list[Part]:
    """The hashtags that have no word, and no two neighbouring characters, in common with what the post says.

    The three lengths above were chosen on the labelled posts that ``benchmarks.chatter --labelled`` reads.
    """
    start, end = read.own
    body = read.words(start, end)
    if len(_HAN.findall(body)) < _OWN_WORDS:
        end = len(read.text)
        body = read.words(start, end)
    topics = [(part, topic) for part, topic in read.topics(end) if len(_HAN.findall(topic)) >= LEAST_TOPIC]
    said = len(_HAN.findall(body))
    if not topics or said < LEAST_WORDS or (said <= _LONGEST_REMARK and _REMARK.search(body.strip())):
        return []
    known = _units(fold(body))
    return [part for part, topic in topics if not _units(fold(topic)) & known]


def _units(text: str) -> set[str]:
    """Words of two characters or more that tell a topic, and the pairs of neighbouring characters in them."""
    found = {word for word in words(text) if len(_HAN.findall(word)) >= 2 and word not in _COMMON}
    return found | {word[at : at + 2] for word in found for at in range(len(word) - 1)} - _COMMON


class HijackedHashtags:
    """Leaves ``doc.spans["hijacked"]``: the hashtags that the post is not about, label ``hashtag``."""

    def __call__(self, doc: Doc) -> Doc:
        read = doc._.anatomy or anatomy(doc.text)
        mark(doc, "hijacked", [Finding(part.start, part.end, "hashtag") for part in hijacked(read)])
        return doc


@Language.factory("hijacked", assigns=["doc.spans"], requires=["token.text"])
def make_hijacked(nlp: Language, name: str) -> HijackedHashtags:
    """The component; it reads the anatomy when an earlier component has left it."""
    return HijackedHashtags()
