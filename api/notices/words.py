"""The words of every notice, in Chinese: they stand here only. They name units and numbers, never a person."""

from __future__ import annotations

from typing import Final

OF_EVENT: Final = {
    "opened": "预警",
    "escalated": "预警升级",
    "reminder": "预警提醒",
    "closed": "预警结束",
    "life_safety": "生命安全线索",
}
REMINDED: Final = "确认或静默已到期，异常仍在持续，事件已重新打开。"
CLOSED: Final = {None: "事件已结束。", "true": "事件已结束，核实结论：属实。", "false": "事件已结束，核实结论：误报。",
                 "duplicate": "事件已结束，核实结论：与另一事件重复。"}  # fmt: skip
PROJECT: Final = "项目：{name}（{id}）"
LEVEL: Final = "级别：{level}"
WINDOW: Final = "时段：{start} 至 {end}（北京时间，{hours} 小时）"
OBSERVED: Final = "负面诉求：{seen}；往常 {expected} 条（90% 区间 {low}–{high}）"
SINCE: Final = "截至目前：{seen}"
RECURRENCE: Final = "程度：{words}"
LOWER_BOUND: Final = "部分来源未采全，以上为下限。"
ARTEFACT: Final = "总发帖量同时上升，异常可能并非源于本项目。"
FACETS: Final = {"factor": "主要风险因素", "source": "主要来源"}
DRIVER: Final = "· {name}：{seen}"
QUOTES: Final = "原文摘录（已脱敏）："
QUOTE: Final = "“{text}”"
WITHOUT: Final = {
    "copies": "转载较多", "back_fill": "含补录数据", "one_voice": "声音集中", "new_source": "新接入来源",
    "holiday": "节假日", "volume_artefact": "总量同升",
}  # fmt: skip
CHECKS: Final = "需留意：{found}"
LINK: Final = "详情：{link}"
NUMBER: Final = "事件编号：{id}"
ASKED: Final = "请核实情况，依职责公开、解释、整改、补偿或协商，听取意见。"
FEWER: Final = "少于 {k} 个声音"
COUNT: Final = "{count} 条"
AT_LEAST: Final = "至少 {count} 条"
ABOUT: Final = "约 {count} 条"
DIGEST_SUBJECT: Final = "民意预警汇总：{count} 个事件"
DIGEST_LINE: Final = "{number}. 【{level}】{what}　{headline}"
SAFETY_SUBJECT: Final = "【紧急】生命安全线索：{name}"
SAFETY: Final = (
    "项目：{name}（{id}）",
    "事项：{matter}",
    "线索类别：{cue}（{code}）",
    "时间：{time}（北京时间）",
    "事件编号：{incident}",
    "请立即核实，并联系平台或热线施助。来源指引仅供您本人开启，开启即留痕，72 小时后失效：",
    "minyi alerts pointer {incident} --purpose supervision",
    "POST /v1/incidents/{incident}/pointer",
)
NO_MATTER: Final = "未归入事项"
SAFETY_CLOSED: Final = "生命安全线索已办结：{incident}"
TEST_SUBJECT: Final = "民意预警：测试消息"
TEST_TEXT: Final = "这是一条测试消息，说明订阅“{name}”可以送达，无需处理。"
DISPATCH_SUBJECT: Final = "派单逾期：{unit}（{name}）"
DISPATCH: Final = (
    "项目：{name}（{id}）",
    "风险因素：{factor}",
    "责任单位：{unit}；属地：{territorial}",
    "逾期事项：{step}；期限 {limit}，已逾期 {days} 天",
    "依据：{basis}",
    "派单编号：{dispatch}",
)
DISPATCH_STEP: Final = {"take_up": "受理告知", "answer": "办理答复"}
SEARCH_SUBJECT: Final = "关注的检索有新增：{count} 项"
SEARCH_LINE: Final = "{number}. {project}：{name}新增 {seen}"
SEARCH_UNNAMED: Final = "一项保存的检索"
SEARCH_SOME: Final = "若干条"
SEARCH_MORE: Final = "消息只说明数量；文本请登录系统，在“保存的检索”中查看。"
