"""What is wrong with a query, in words for who typed it, beside the place that the parser names."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from api.console.i18n import N_, Language
from index import QueryError

SAID: Final[tuple[tuple[str, str], ...]] = (
    (r"by person \(P-05\)", N_(
        "不能按发布者、来信人或账号检索、筛选或排序。本系统研究的是决策事项，不是反映意见的人。"
    )),
    (r"there is no field '(.*?)'", N_(
        "没有“%(1)s”这个字段。如要查找这几个字，请加引号；可用的字段有："
        "因素、类别、态度、来源、体裁、地点、地区、群体、激化、时间、诉求、标题。"
    )),
    (r"quotation mark is not closed", N_("引号没有成对，请补上后一个引号。")),
    (r"parenthesis is not closed", N_("括号没有成对，请补上右括号。")),
    (r"this parenthesis was never opened", N_("这里多了一个右括号，或前面缺少左括号。")),
    (r"parenthesis closes too early", N_("右括号出现得太早，括号里的内容还不完整。")),
    (r"between the parentheses", N_("括号里没有内容。")),
    (r"between the quotation marks", N_("引号里没有内容。")),
    (r"nothing stands after '(.*)'", N_("“%(1)s”后面缺少内容。")),
    (r"wildcard", N_("不支持通配符。每个词都会在更长的词里查找，直接写这个词即可。")),
    (r"near needs two strings", N_("邻近检索需要用空格隔开的两个词，例如 \"补偿 标准\"~5。")),
    (r"near needs strings of two", N_("邻近检索的两个词都要有两个以上的字。")),
    (r"far apart are not near", N_("邻近检索的间隔为 0 到 50 个字。")),
    (r"'(.*)' is no value of", N_("没有“%(1)s”这个取值。")),
    (r"'(.*)' is no level", N_("“%(1)s”不是级别，激化程度为 0 到 5。")),
    (r"'(.*)' is neither yes nor no", N_("这里只能填“是”或“否”。")),
    (r"'(.*)' is no (?:date|day there is|moment there is)", N_(
        "“%(1)s”不是有效日期，请写成 2026-01-31、2026-01、2026 或 近30天。"
    )),
    (r"is no number of days", N_("天数应在 1 到 36600 之间。")),
    (r"is too far away", N_("年份应在 1900 到 2199 之间。")),
    (r"range ends before it begins", N_("起止颠倒了，请把较早的写在前面。")),
    (r"open on both sides", N_("区间至少要有一端。")),
    (r"have no order|has no order", N_("这个字段没有大小先后，请直接写取值。")),
    (r"has more than|would cost too much", N_("检索式太复杂，请减少条件后再试。")),
    (r"the query has \d+ characters", N_("检索式太长，最多 4000 个字符。")),
    (r"is no character to search for", N_("这里有一个看不见的控制字符，请删去。")),
    (r"not blank", N_("要查找的内容不能只有空格。")),
    (r"takes a string", N_("这里应写一个词，或用引号括起来的短语。")),
    (r"a moment has no length", N_("这里应写一天；如要按时刻，请用 >= 或 <。")),
    (r"copies are collapsed", N_("按意思检索时不能合并同文，请先关掉其中一项。")),
    (r"more than \d+ periods", N_("时间跨度太长，请缩小日期范围，或改按周、按月统计。")),
    (r"'(.*)' does not fit here", N_("“%(1)s”不该出现在这里。")),
)  # fmt: skip
"""What the parser says → what the page says; %(1)s is what it quotes."""
OTHERWISE: Final = N_("从这里起无法识别。")


@dataclass(frozen=True)
class Complaint:
    """What is wrong, and the query cut at the place: before it, the character there, after it."""

    text: str
    before: str
    at: str
    after: str
    position: int | None
    """Counted from 1, as people count; None where the query as a whole is meant."""


def complaint_of(error: QueryError, typed: str, gettext: Callable[..., str], language: Language) -> Complaint:
    """The error in the reader's language, with the place that it names marked in what was typed."""
    at = error.position
    if at is None:
        before, mark, after = typed, "", ""
    else:
        before, mark, after = typed[:at], typed[at : at + 1], typed[at + 1 :]
    return Complaint(_said(error, gettext, language), before, mark, after, None if at is None else at + 1)


def _said(error: QueryError, gettext: Callable[..., str], language: Language) -> str:
    if language == "en":
        return f"{error.reason}{f'; expected {error.expected}' if error.expected else ''}"
    for pattern, text in SAID:
        if found := re.search(pattern, error.reason):
            return gettext(text, **({"1": found[1]} if found.groups() else {}))
    return gettext(OTHERWISE)
