"""What people call the fields and their values, in English and Chinese, and what the index calls them."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Final, TypeAlias

from index.bigrams import fold
from index.errors import QueryError
from index.fields import FIELDS, PERSON_WORDS, field_named

Codes: TypeAlias = Mapping[str, Mapping[str, str]]
"""Field of the index → (folded name → code): the code lists as far as the caller knows them."""

TITLE: Final = "title"
SIMILAR: Final = "like"
ANY_SOURCE: Final = "any source"
"""Asked names that are no field: the title's text, a description, the kind of source or the source itself."""

_SPOKEN: Final = {
    "factors": "factor 因素 风险因素",
    "categories": "category 类别 因素类别",
    "attitude": "态度 情感",
    "source_kind": "kind 来源类别 来源类型 渠道",
    "source": "source_name 来源名称",
    ANY_SOURCE: "source 来源",
    "genre": "体裁 文体",
    "places": "place 地点 地名",
    "region_codes": "region 地区 区划 行政区划",
    "stakeholder_groups": "stakeholder stakeholders group 群体 利益相关方 相关方",
    "escalation": "升级 激化 激化程度",
    "published_at": "published date 时间 日期 发布时间",
    "is_grievance": "grievance 诉求",
    "project_ids": "project 项目",
    "project_mentions": "mentions 提及项目",
    "origin_id": "origin 原件",
    "is_origin": "first 首发",
    "id": "编号",
    TITLE: "title 标题",
    SIMILAR: "like 相似",
}
_ASKED: Final = {name: name for name in FIELDS} | {
    spoken: field for field, names in _SPOKEN.items() for spoken in names.split()
}
SHOWN: Final = (
    "factor: attitude: source: place: stakeholder: genre: region: escalation: published: "
    "(因素: 态度: 来源: 地点: 群体: 体裁: 地区: 激化: 时间:)"
)
"""The fields that an error message offers."""
CLOSED: Final[Codes] = {
    "attitude": {
        "negative": "negative", "负面": "negative", "消极": "negative", "neutral": "neutral", "中性": "neutral",
        "中立": "neutral", "positive": "positive", "正面": "positive", "积极": "positive",
    },
    "genre": {
        "petition": "petition", "信访": "petition", "来信": "petition", "post": "post", "帖子": "post", "网帖": "post",
        "news": "news", "新闻": "news", "报道": "news", "reply": "reply", "答复": "reply", "回复": "reply",
        "notice": "notice", "公告": "notice", "通知": "notice", "公示": "notice", "comment": "comment",
        "评论": "comment",
    },
    "source_kind": {
        "news": "news", "新闻": "news", "weibo": "weibo", "微博": "weibo", "petition": "petition", "信访": "petition",
        "hotline": "hotline", "热线": "hotline", "notice": "notice", "公告": "notice", "survey": "survey",
        "问卷": "survey", "调查": "survey",
    },
}  # fmt: skip
"""Values of the fields whose values the index itself knows."""


def asked_field(name: str, position: int) -> str:
    """The field of the index (or TITLE, SIMILAR, ANY_SOURCE) behind a typed name, in any case and width.

    Raises QueryError for an unknown name, with the rule P-05 when a person was asked for.
    """
    folded = fold(name)
    if folded in _ASKED:
        return _ASKED[folded]
    if folded in PERSON_WORDS:
        field_named(folded, position)
    raise QueryError(
        f"there is no field {name[:20]!r}; put the text into quotation marks to search for it",
        position=position,
        expected=f"one of {SHOWN}",
    )


def coded(field: str, value: str, position: int, codes: Codes) -> str:
    """The code behind a name; the value as typed where no list is known. Raises QueryError for what no list has."""
    known = codes.get(field) or CLOSED.get(field)
    if known is None:
        return value
    folded = fold(value)
    if folded in known:
        return known[folded]
    if folded in known.values():
        return folded
    near = get_close_matches(folded, known, 3, 0.3) or sorted(set(known.values()))[:6]
    raise QueryError(f"{value[:20]!r} is no value of {field}", position=position, expected=f"{', '.join(near)} …")


def spoken_name(field: str) -> str:
    """The English name under which a written query shows the field."""
    return next((name for name in _SPOKEN.get(field, "").split() if name.isascii()), field)
