"""The words for codes that pages show: stages, states, levels, roles, purposes and kinds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from api.console.audit_words import AUDIT_ACTIONS, BROKEN_LINKS
from api.console.i18n import N_

WORDS: Final[dict[str, dict[str, str]]] = {
    "audit_action": AUDIT_ACTIONS, "broken_link": BROKEN_LINKS,
    "shift": {
        "grievance": N_("有诉求的文本占比"), "negative": N_("负面文本占比"), "escalated": N_("有升级信号的文本占比"),
        "no_project": N_("未关联到任何项目的文本占比"),
    },
    "bias_group": {
        "topic": N_("按主题"), "length": N_("按长短"), "place": N_("按城乡"), "source": N_("按来源"),
        "region": N_("按省份"),
    },
    "bias_value": {
        "short": N_("短（不足 80 字）"), "middle": N_("中（80 至 299 字）"), "long": N_("长（300 字以上）"),
        "rural": N_("农村"), "urban": N_("城镇"), "petition": N_("信访"), "Weibo": N_("微博"), "news": N_("新闻"),
    },
    "model_set": {"letters": N_("信访件"), "posts": N_("网络帖子"), "gold": N_("人工核定件")},
    "measure_name": {
        "micro_f1": N_("F1（按次）"), "macro_f1": N_("F1（按类）"), "f1": "F1", "character_f1": N_("F1（按字）"),
        "accuracy": N_("准确率"),
    },
    "head": {
        "factors": N_("风险因素"), "primary": N_("主要风险因素"), "grievance": N_("是否有诉求"), "attitude": N_("情感"),
        "intensity": N_("强烈程度"), "escalation": N_("升级信号"), "stakeholder": N_("涉及群体"),
        "genre": N_("来文目的"),
        "repeated_unresolved": N_("是否久拖未决"), "demand": N_("诉求所在段落"), "facility": N_("设施"),
        "affected": N_("涉及人数"), "since": N_("起始时间"), "place": N_("地点"), "organisation": N_("单位"),
    },
    "project_kind": {
        "expropriation": N_("征收拆迁"), "renovation": N_("旧城改造"), "transport": N_("交通工程"),
        "resettlement": N_("安置"), "waste_facility": N_("垃圾处理设施"), "other": N_("其他"),
    },
    "stage": {
        "pre_assessment": N_("评估前"), "in_assessment": N_("评估中"), "after_assessment": N_("评估后"),
        "post_assessment": N_("后评估"),
    },
    "state": {
        "proposed": N_("待研判"), "under_review": N_("研判中"), "accepted": N_("已采纳"), "merged": N_("已并入"),
        "rejected": N_("不成立"), "confirmed_risk_point": N_("已确认"), "dispatched": N_("已派单"),
        "responded": N_("已答复"), "overdue": N_("逾期"), "closed": N_("已办结"), "reopened": N_("重新打开"),
    },
    "dispatch": {
        "proposed": N_("拟派单"), "confirmed": N_("已派单"), "overdue": N_("逾期"), "responded": N_("已答复"),
        "closed": N_("已办结"), "withdrawn": N_("已撤回"),
    },
    "decision": {
        "review": N_("开始研判"), "edit": N_("修改"), "accept": N_("采纳"), "merge": N_("并入"), "reject": N_("不成立"),
        "confirm": N_("确认为风险点"), "close": N_("办结"), "reopen": N_("重新打开"), "keep_closed": N_("维持办结"),
        "undo": N_("撤销"),
    },
    "step": {
        "confirm": N_("确认派单"), "take_up": N_("受理"), "extend": N_("延期"), "respond": N_("答复"),
        "send_back": N_("退回重办"), "close": N_("办结"), "withdraw": N_("撤回"), "undo": N_("撤销上一步"),
    },
    "field": {
        "title": N_("标题"), "places": N_("地点"), "stakeholder_groups": N_("涉及群体"), "affected": N_("涉及人数"),
        "remedies": N_("诉求"), "proposed_units": N_("建议责任单位"), "escalation": N_("升级程度"),
        "attention": N_("关注程度"), "ranges": N_("讨论区间"), "trend": N_("走势"), "triangulation": N_("印证情况"),
        "counts": N_("数量"), "p_valid": N_("成立可能性"), "evidence": N_("证据"), "band": N_("成立可能性分档"),
        "rank": N_("排序"), "state": N_("状态"), "factor": N_("风险因素"), "counter_evidence": N_("相反证据"),
    },
    "why": {
        "new_texts": N_("有新文本"), "texts_withdrawn": N_("文本被撤回"), "texts_changed": N_("文本有更新"),
        "model": N_("模型更新"), "taxonomy": N_("因素表更新"), "code": N_("程序更新"), "registry": N_("项目登记更新"),
        "link_threshold": N_("关联门槛调整"), "calibration": N_("校准更新"), "routing": N_("路由表更新"),
        "project": N_("项目信息更新"), "human_decision": N_("人工决定"), "other_texts": N_("其他文本变化"),
        "cannot_tell": N_("无法判断"),
    },
    "part": {
        "open": N_("待研判"), "to_confirm": N_("待确认"), "renewed": N_("有新证据"), "decided": N_("已研判"),
        "all": N_("全部"),
    },
    "dispatch_part": {
        "waiting": N_("办理中"), "late": N_("逾期"), "answered": N_("已答复待办结"), "proposed": N_("待确认"),
        "settled": N_("已办结或撤回"), "all": N_("全部"),
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
    "genre": {
        "petition": N_("信访件"), "post": N_("帖子"), "news": N_("报道"), "reply": N_("答复"), "notice": N_("公告"),
        "comment": N_("评论"),
    },
    "redaction": {
        "name": N_("人名"), "phone": N_("电话"), "id_number": N_("证件号"), "case_number": N_("件号"),
        "account": N_("账号"), "plate": N_("车牌"), "door_address": N_("门牌"), "handle": N_("用户名"),
        "minor": N_("未成年人"), "movement": N_("行程时间地点"),
    },
    "attitude": {"negative": N_("负面"), "neutral": N_("中性"), "positive": N_("正面")},
    "stance": {
        "oppose": N_("反对"), "conditional": N_("有条件支持"), "neutral": N_("中立"), "support": N_("支持"),
        "unknown": N_("未能判断"),
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
    "balance": {
        "mostly_for": N_("支持的文本明显多于相反的"), "contested": N_("两方面文本相当，有争议"),
        "mostly_against": N_("相反的文本明显多于支持的"),
    },
    "searched": {
        "complete": N_("已读全"), "lower_bound": N_("部分读取，数字为下限"), "unknown": N_("导入，无法判断是否齐全"),
        "not_searched": N_("未检索"),
    },
    "cell": {
        "found": N_("有文本"), "searched_empty": N_("已检索，无文本"), "not_searched": N_("未检索"),
        "withheld": N_("数量过少，不显示"),
    },
    "step_state": {"open": N_("未完成"), "done": N_("已完成"), "not_applicable": N_("不适用")},
    "matter_change": {
        "appeared": N_("出现"), "renamed": N_("更早文本并入，编号改变"), "merged": N_("并入其他事项"),
        "split": N_("拆分"), "ended": N_("不再有文本"),
    },
    "measure": {
        "household": N_("户"), "person": N_("人"), "all_households": N_("户（全部）"), "all_persons": N_("人（全部）"),
    },
    "milestone": {"proposed": N_("待核定"), "accepted": N_("已采纳"), "rejected": N_("未采纳")},
    "limit": {
        "silence_is_not_consent": N_("没有声音不等于没有意见，更不等于同意。"),
        "sealed_not_counted": N_("检举控告类文本不计入本表。"),
        "litigation_only_counted": N_("涉法涉诉事项只计数，不作评估。"),
        "news_quotes_others": N_("新闻转述他人说法，不按因素判读，因此新闻列不标“已检索，无文本”。"),
        "unread_texts": N_("还有文本等待读取，数字会变。"),
        "stages_before_the_first_move_are_not_noted": N_("系统没有记录此前的阶段变动，较早的文本也算在现阶段。"),
    },
    "board": {
        "alert": N_("预警"), "source_gap": N_("来源缺口"), "watch": N_("留意"), "normal": N_("正常"),
        "not_watched": N_("未监测"),
    },
    "need": {
        "answer_incidents": N_("预警待处理"), "press_dispatches": N_("派单逾期"),
        "answer_dispatches": N_("派单待答复"), "confirm_dispatches": N_("派单待确认"),
        "close_dispatches": N_("答复待办结"), "confirm_candidates": N_("已采纳待确认"),
        "decide_candidates": N_("候选待研判"), "decide_milestones": N_("节点待核定"),
    },
    "incident_need": {
        "life_safety": N_("请立即核实"), "assigned": N_("指派给我"), "answer": N_("需要我处理"),
    },
    "incident_action": {
        "acknowledge": N_("受理"), "silence": N_("静默"), "reopen": N_("重新打开"), "close": N_("关闭"),
        "assign": N_("指派"), "comment": N_("备注"), "verdict": N_("判定"),
    },
    "held_back": {
        "few_voices": N_("独立声音不足"), "one_kind_of_source": N_("只有一类来源"),
    },
    "check": {
        "copies": N_("大量转载"), "back_fill": N_("补采或迟到的文本"), "one_voice": N_("少数声音反复"),
        "new_source": N_("新接入的来源"), "holiday": N_("节假日"), "volume_artefact": N_("采集造成的总量异常"),
    },
    "driver": {
        "matter": N_("事项"), "factor": N_("风险因素"), "source": N_("来源类别"), "place": N_("地点"),
    },
    "source_gap": {
        "no_success": N_("连续采集失败"), "no_items": N_("长时间没有新内容"), "blocked": N_("来源拒绝访问"),
    },
    "schedule": {
        "immediate": N_("即时"), "morning": N_("早间汇总"), "evening": N_("晚间汇总"), "twice_daily": N_("早晚汇总"),
    },
    "withheld": {
        "never_judged": N_("尚未开始监测"), "too_few_days": N_("监测不足 14 天"),
        "not_read": N_("近期来源没有读全"), "too_few_voices": N_("独立声音不足"),
    },
    "purpose": {
        "risk_survey": N_("风险调查"), "risk_identification": N_("风险识别"), "expert_review": N_("专家评审"),
        "supervision": N_("监督指导"), "dispatch": N_("派单督办"), "post_assessment": N_("后评估"),
        "audit": N_("审计"), "administration": N_("系统管理"),
    },
    "source_state": {
        "on": N_("启用"), "off": N_("停用"), "blocked": N_("被对方拒绝"), "bad_file": N_("配置有误"),
    },
    "source_incident": {
        "no_success": N_("长时间未能读取"), "no_items": N_("反常地没有新内容"), "blocked": N_("被对方拒绝"),
    },
    "monitor": {
        "items": N_("条数"), "freshness": N_("新鲜度"), "fields": N_("字段完整"), "errors": N_("出错率"),
        "encoding": N_("乱码"),
    },
    "cut_short": {
        "page_cap": N_("达到页数上限"), "block": N_("被对方拒绝"), "login_wall": N_("需要登录"),
        "outage": N_("中断"), "out_of_order": N_("列表未按时间排列"), "budget": N_("访问预算用尽"),
    },
    "blocked": {
        "captcha": N_("出现验证码"), "login_wall": N_("需要登录"), "forbidden": N_("拒绝访问"),
        "robots": N_("robots.txt 不允许"),
    },
    "robots": {
        "allowed": N_("允许"), "none": N_("未设限制"), "refused": N_("不允许"), "unreadable": N_("未能读取"),
    },
    "crawl_state": {
        "done": N_("读完"), "cut": N_("未读完"), "blocked": N_("被对方拒绝"), "busy": N_("另一台正在读"),
        "interrupted": N_("中途停止"), "paused": N_("暂停"), "not_due": N_("未到时间"),
    },
    "share_level": {
        "aggregates": N_("仅数量"), "risk_points": N_("风险点"), "evidence": N_("风险点及证据段落"),
    },
    "share_form": {"view": N_("在线查看"), "export": N_("导出文件"), "api": N_("系统对接")},
    "share_state": {
        "in_force": N_("有效"), "not_yet": N_("未生效"), "expired": N_("已到期"), "revoked": N_("已终止"),
    },
    "share_table": {
        "total": N_("合计"), "source_kind": N_("来源类别"), "attitude": N_("情感"), "category": N_("因素类别"),
        "factor": N_("风险因素"), "county": N_("县（区）"), "township": N_("乡镇（街道）"), "month": N_("月份"),
    },
    "window_state": {
        "complete": N_("读完"), "cut_short": N_("未读完"), "not_read": N_("未读"), "waiting": N_("待读"),
        "unknown": N_("导入，是否完整不明"),
    },
    "ground": {
        "texts": N_("此后有新的文本"), "versions": N_("模型或词表已更新"), "found": N_("现在已能检出"),
    },
    "certificate_limit": {
        "silence_is_not_consent": N_("没有检出不等于没有意见，沉默不等于同意。"),
        "sealed_not_searched": N_("检举控告类文本不在检索之内。"),
        "cut_short": N_("有时段没有读完，其中可能有未见的文本。"),
        "not_read": N_("有时段没有读取或尚待读取。"),
        "imports_may_be_partial": N_("导入的文本是否完整，由提供单位说明。"),
        "unread_texts": N_("有文本已入库、尚未判读。"),
        "read_by_other_versions": N_("有文本由其他版本的模型判读。"),
        "probes_are_invented": N_("植入的探针是编写的文本，可能比群众的写法更易或更难检出。"),
        "held_out_were_found_before": N_("留存文本当初就是由模型检出的，据此估计偏乐观。"),
        "miss_unknown": N_("漏检概率未知；未知不等于零。"),
    },
}  # fmt: skip


def word(gettext: Callable[[str], str], code: str | None, kind: str) -> str:
    """What ``code`` is called among the words of ``kind``; a code that has no word is shown as it is."""
    if code is None:
        return "—"
    known = WORDS[kind].get(code)
    return gettext(known) if known else code
