"""What boards call the stages of handling and the grades of satisfaction."""

from __future__ import annotations

import re
from typing import Final

from pipeline.records.handling import HandlingStatus

_STATES: Final[tuple[tuple[re.Pattern[str], HandlingStatus], ...]] = (
    (re.compile("已办结|办结|已办理|办理完毕|办理完成|已完成|已解决|已评价|已归档"), "closed"),
    (re.compile("已回复|已答复|已回应|已反馈|(?<!未)(?<!待)(?:回复|答复)$"), "replied"),
    (re.compile("办理中|处理中|正在办理|正在处理|已受理|已转办|已转交|已交办|转办|交办|承办|跟进|延期"), "in_progress"),
    (re.compile("待回复|待办理|待处理|待受理|未回复|未答复|未受理|未办理|审核|已提交|已接收|已收到"), "received"),
)
"""Most advanced first, but for words that deny it."""
_DENIED: Final = re.compile("未办结|未办理|未解决|未完成|未回复|未答复|待办理|待回复|待答复")
_WORDS: Final = (
    (re.compile("非常不满意|很不满意"), 1),
    (re.compile("不满意"), 2),
    (re.compile("基本满意|一般|较满意"), 3),
    (re.compile("非常满意|很满意|十分满意"), 5),
    (re.compile("满意"), 4),
)
_FIGURE: Final = re.compile(r"([1-5])(?:\.\d+)?\s*(?:分|星)?")


def status_of(stated: str) -> HandlingStatus | None:
    """The stage that a board's word names (待回复, 办理中, 已回复, 已办结 …); None for an unknown word."""
    text = stated.strip()
    if _DENIED.search(text):
        return "in_progress" if re.search("未办结|未解决|未完成", text) else "received"
    return next((status for pattern, status in _STATES if pattern.search(text)), None)


def grade_of(stated: object) -> int | None:
    """A grade from 1 (very dissatisfied) to 5 as a number or in words; None where there is none."""
    text = str(stated).strip() if isinstance(stated, str | int) and not isinstance(stated, bool) else ""
    if figure := _FIGURE.fullmatch(text):
        return int(figure[1])
    return next((grade for pattern, grade in _WORDS if pattern.search(text)), None)
