"""What codes are called in the tables."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from api.policy import Figure
from index.days import BEIJING
from models.taxonomy import taxonomy

KIND_ZH: Final = {
    "petition": "信访", "hotline": "热线", "weibo": "微博", "news": "新闻", "notice": "公告", "survey": "问卷",
}  # fmt: skip
CUT_ZH: Final = {
    "page_cap": "页数上限", "block": "被对方拒绝", "login_wall": "需要登录", "outage": "中断", "budget": "访问预算用尽",
    "out_of_order": "列表未按时间排列",
}  # fmt: skip
ATTITUDE_ZH: Final = {"negative": "负面", "neutral": "中性", "positive": "正面"}
PHASE_ZH: Final = {
    "decision": "决策", "pre_construction": "实施前准备", "construction": "施工（实施）", "operation": "运行",
    "post_decision": "决策后",
}  # fmt: skip
UNIT_ZH: Final = {"household": "户", "person": "人", "all_households": "户（全部）", "all_persons": "人（全部）"}
REMEDY_ZH: Final = {
    "stop": "停工或停止", "relocate_facility": "改址或搬离", "rectify_repair": "整改或维修",
    "pay_compensate": "支付或补偿", "recalculate_standard": "提高标准或重新评估", "resettle": "安置或回迁",
    "issue_certificate": "办证或登记", "build_provide": "新建或增设", "enforce_punish": "依法查处",
    "disclose_explain": "公开或答复", "participate": "听取意见或听证", "apologise_correct": "更正",
    "protect": "采取防护", "policy_change": "调整政策", "investigate": "调查核实", "expedite": "加快办理",
}  # fmt: skip
COUNTER_ZH: Final = {"for": "支持", "support": "反对（赞成项目）", "official_reply": "反对（官方答复）",
                     "resolved": "反对（已解决）"}  # fmt: skip


def figure(shown: Figure | None) -> str:
    """A count as it may be shown: 12, <5 or ≥5."""
    return "不显示" if shown is None else str(shown)


def count(shown: dict[str, int | bool] | None) -> str:
    """A count of a card: ``{"value": 12}``, ``{"less_than": 5}`` or ``{"at_least": 5}``."""
    if shown is None:
        return "不显示"
    if "value" in shown:
        return f"{shown['value']:,}"
    return f"<{shown['less_than']}" if "less_than" in shown else f"≥{shown['at_least']}"


def day(moment: datetime | None) -> str:
    """The day in Beijing."""
    return "未注明" if moment is None else f"{moment.astimezone(BEIJING):%Y-%m-%d}"


def month(moment: datetime | None) -> str:
    """The month in Beijing: where few spoke, no day is told."""
    return "未注明" if moment is None else f"{moment.astimezone(BEIJING):%Y-%m}"


def units(codes: Iterable[str]) -> str:
    """Names of units, each once."""
    known = taxonomy().units
    return "、".join(dict.fromkeys(known[code].name_zh for code in codes if code in known)) or "未识别"


def factor(code: str) -> str:
    """Name of a risk factor, and for one of practice the rows of the official table under which it is filed."""
    factors = taxonomy().factors
    found = factors[code]
    filed = "、".join(factors[one].name_zh for one in found.maps_to if one in factors)
    return f"{found.name_zh}（对照表：{filed}）" if filed else found.name_zh


def remedies(codes: Iterable[str]) -> str:
    """What is demanded."""
    return "、".join(REMEDY_ZH.get(code, code) for code in codes)
