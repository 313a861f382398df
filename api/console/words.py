"""The words for codes that pages show: stages, states, levels, roles, purposes and kinds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from api.console.i18n import N_

WORDS: Final[dict[str, dict[str, str]]] = {
    "stage": {
        "pre_assessment": N_("评估前"), "in_assessment": N_("评估中"), "after_assessment": N_("评估后"),
        "post_assessment": N_("后评估"),
    },
    "state": {
        "proposed": N_("待研判"), "under_review": N_("研判中"), "accepted": N_("已采纳"), "merged": N_("已并入"),
        "rejected": N_("不成立"), "confirmed_risk_point": N_("已确认"), "dispatched": N_("已转办"),
        "responded": N_("已答复"), "overdue": N_("逾期"), "closed": N_("已办结"), "reopened": N_("重新打开"),
    },
    "dispatch": {
        "proposed": N_("拟转办"), "confirmed": N_("已转办"), "overdue": N_("逾期"), "responded": N_("已答复"),
        "closed": N_("已办结"), "withdrawn": N_("已撤回"),
    },
    "incident": {
        "open": N_("待处理"), "acknowledged": N_("已受理"), "silenced": N_("已静默"), "closed": N_("已关闭"),
    },
    "level": {"blue": N_("蓝色"), "yellow": N_("黄色"), "orange": N_("橙色"), "red": N_("红色")},
    "attention": {"verify_first": N_("优先核实"), "focus": N_("重点关注"), "watch": N_("关注")},
    "trend": {
        "rising": N_("上升"), "steady": N_("平稳"), "falling": N_("下降"), "cannot_tell": N_("无法判断"),
    },
    "triangulation": {
        "one_voice": N_("单一声音"), "several_voices": N_("多个声音"), "several_source_kinds": N_("多类来源印证"),
        "too_few_voices": N_("声音数不足，不予显示"),
    },
    "source_kind": {
        "petition": N_("信访"), "hotline": N_("热线"), "weibo": N_("微博"), "news": N_("新闻"), "notice": N_("公告"),
        "survey": N_("问卷"),
    },
    "attitude": {"negative": N_("负面"), "neutral": N_("中性"), "positive": N_("正面")},
    "stance": {
        "oppose": N_("反对"), "conditional": N_("有条件支持"), "neutral": N_("中立"), "support": N_("支持"),
    },
    "handling": {
        "received": N_("待办"), "in_progress": N_("办理中"), "replied": N_("已回复"), "closed": N_("已办结"),
    },
    "counter": {
        "support": N_("赞成项目"), "official_reply": N_("官方答复"), "resolved": N_("已解决"),
    },
    "passage": {
        "for": N_("支持风险点的证据"), "against": N_("相反证据"), "place": N_("地点"), "organisation": N_("单位"),
        "number": N_("数量"), "date": N_("时间"), "cue": N_("升级信号"), "found": N_("检索命中"),
        "redacted": N_("已脱敏"),
    },
    "verdict": {"true": N_("属实"), "false": N_("误报"), "duplicate": N_("重复")},
    "role": {
        "assessor": N_("稳评机构"), "supervisor": N_("稳评主管部门"), "local_government": N_("属地政府"),
        "commissioning_unit": N_("委托单位"), "response_unit": N_("风险应对单位"), "expert": N_("评审专家"),
        "discipline_inspection": N_("纪检监察机关"), "platform": N_("综合平台"), "auditor": N_("审计员"),
        "admin": N_("系统管理员"),
    },
    "purpose": {
        "risk_survey": N_("风险调查"), "risk_identification": N_("风险识别"), "expert_review": N_("专家评审"),
        "supervision": N_("监督指导"), "dispatch": N_("转办督办"), "post_assessment": N_("后评估"),
        "audit": N_("审计"), "administration": N_("系统管理"),
    },
}  # fmt: skip


def word(gettext: Callable[[str], str], code: str | None, kind: str) -> str:
    """What ``code`` is called among the words of ``kind``; a code that has no word is shown as it is."""
    if code is None:
        return "—"
    known = WORDS[kind].get(code)
    return gettext(known) if known else code
