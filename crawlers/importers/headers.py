"""Column headers of petition exports, Chinese and English, and the field each one names."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, Literal

from crawlers.importers.options import FIELDS, Field
from crawlers.importers.personal import LONGEST_HEADER, is_personal, plain, vocabulary

_RANKS: Final[dict[str, tuple[Field, int]]] = {
    name: (field, rank) for field in FIELDS for rank, name in enumerate(vocabulary()["fields"][field])
}
"""Plain header → field and its rank: where two columns name one field, the lower rank has it."""

_MATTER: Final = (
    "(?:留言|信访|诉求|投诉|来信|来电|来访|反映|工单|问题|事项|举报|咨询"
    "|建议|求助|信件|案件|帖子|微博|文章|意见|信访件|信访事项|群众|市民)"
)
_PATTERNS: Final[tuple[tuple[re.Pattern[str], Field], ...]] = (
    (
        re.compile("(?:官方|单位|部门|最终)?(?:答复|回复|反馈|办理|处理)(?:的)?(?:内容|意见|详情|正文|结果|情况)"),
        "reply",
    ),
    (re.compile("(?:官方|单位|部门|最终)?(?:答复|回复|反馈)(?:的)?(?:时间|日期)"), "reply_time"),
    (re.compile(f"{_MATTER}{{1,3}}(?:的)?(?:具体|主要|详细)?(?:内容|详情|描述|正文|概述|概况|摘要|情况)"), "body"),
    (re.compile(f"{_MATTER}{{1,3}}(?:的)?(?:标题|主题|题目)"), "title"),
    (re.compile(f"{_MATTER}{{1,3}}(?:的)?(?:提交|发布|登记|受理|创建|发生)?(?:时间|日期)"), "published_at"),
    (re.compile(f"{_MATTER}{{1,3}}(?:的)?(?:编号|编码|id|单号|流水号|序列号)"), "item_key"),
    (re.compile(f"{_MATTER}{{0,3}}(?:所属|所在|发生)(?:的)?(?:地|地点|地址|区县|区域|地区|县区|行政区)"), "region"),
)
_BY_PATTERN: Final = 1_000


@lru_cache(maxsize=4096)
def recognise(header: str) -> tuple[Field, int] | Literal["personal"] | None:
    """The field and rank that a header names, ``"personal"`` for what must be dropped (P-20), else None.

    Exact names of fields win over marks of personal data, so that 反映问题 is not taken for a person who reports.
    """
    name = plain(header) if len(header) <= LONGEST_HEADER else ""
    if not name:
        return None
    if name in _RANKS and not is_personal(header):
        return _RANKS[name]
    if is_personal(header):
        return "personal"
    for rank, (pattern, field) in enumerate(_PATTERNS):
        if pattern.fullmatch(name):
            return field, _BY_PATTERN + rank
    return None
