"""Method and limits: what every copy of the tables says of its sources, gaps, rules and versions (P-24)."""

from __future__ import annotations

from collections import defaultdict
from typing import Final

from api.policy.wording import ON_VOICES
from api.tables import words
from api.tables.material import Material
from pipeline.store import CrawlWindow

NO_WINDOWS: Final = "没有抓取时段记录：文本来自导入，是否完整由提供单位说明，数量按下限理解。"
NEEDED: Final = ("来源与时段", "未听到的群体", "限制", "模型与版本")
"""What no copy may leave without."""


class Incomplete(ValueError):
    """E691: tables that do not say what they rest on and what is missing are not printed."""


def method_of(material: Material) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Headings with their lines."""
    k = material.k
    return complete(
        (
            ("本表", _scope(material)),
            ("来源与时段", _windows(material.store.windows())),
            ("未听到的群体", _groups(material)),
            ("方法", (
                "文本与项目的关联、风险因素、情感由模型判读，各带概率；风险点只在有原文依据时提出，由评估人员采信、修改、合并或否定。",
                "证据编号对应附件中的文档编号和起止位置（脱敏后“标题+换行+正文”的字符序号，含起不含止），在系统内可打开核对。",
                f"数量按不同声音控制显示：“<{k}”为不足{k}个声音，“≥{k}”为不显示具体数；与系统页面一致。",
                "引文已脱敏、不超过80字、略去句尾、不附链接，且须有足够独立声音或为新闻、官方文本。",
                "调查统计数字（发放、回收、知晓率、支持率等）不由本系统填写。标【人工】的单元格留空，由评估人员填写。",
            )),
            ("限制", (
                "网络、来信和热线的发声者自行选择，不能代表群众总体；不上网、不写信的人群不在其中。",
                ON_VOICES,
                "未见不等于没有，沉默不等于同意。未读完的时段，数量为下限。",
                "检举控告和涉法涉诉事项不列入本表。候选是待核对的线索，不是结论；本系统不给项目评定等级。",
                "评估对象是决策事项，不是反映人：本表不得用于识别、联系或追究任何人。",
            )),
            ("模型与版本", _versions(material)),
        )
    )  # fmt: skip


def complete(
    sections: tuple[tuple[str, tuple[str, ...]], ...],
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The sections themselves. Raises Incomplete (E691) where one that is needed says nothing."""
    said = {heading for heading, lines in sections if any(line.strip() for line in lines)}
    missing = [heading for heading in NEEDED if heading not in said]
    if missing:
        raise Incomplete(f"E691: the tables say nothing of {'、'.join(missing)} (P-24)")
    return sections


def _scope(material: Material) -> tuple[str, ...]:
    project = material.project
    accepted = sum(1 for point in material.all_points if point.accepted)
    waiting = len(material.all_points) - accepted
    shown = "两者均列出，候选已标明" if material.with_candidates else "仅列经人工采信者"
    return (
        f"项目：{project.name_zh}（{project.id}），地区：{project.region or '未填'}。",
        f"数据截至 {words.day(material.as_of)}。",
        f"经人工采信的风险点 {accepted} 个，未经人工确认的候选 {waiting} 个；{shown}。",
    )


def _windows(windows: list[CrawlWindow]) -> tuple[str, ...]:
    """One line a source: from when to when it was read, and where it was cut short."""
    by_source: dict[str, list[CrawlWindow]] = defaultdict(list)
    for window in windows:
        by_source[window.source].append(window)
    lines = []
    for source, mine in sorted(by_source.items()):
        first = min((one.since for one in mine if one.since is not None), default=None)
        last = max(one.until for one in mine)
        cut = [one for one in mine if one.cut_short]
        reasons = "、".join(sorted({words.CUT_ZH.get(one.cut_short or "", one.cut_short or "") for one in cut}))
        ended = f"其中 {len(cut)} 个时段被截断（{reasons}），数量为下限" if cut else "无截断"
        lines.append(f"{source}：{words.day(first)} 至 {words.day(last)}，{len(mine)} 个时段，{ended}。")
    return tuple(lines) or (NO_WINDOWS,)


def _groups(material: Material) -> tuple[str, ...]:
    if not material.all_points:
        return ("没有风险点或候选，无从比对；所有应听取的群体均按未听到处理。",)
    groups = material.groups_not_heard
    if not groups:
        return (f"应听取的群体均有至少{material.k}个声音；是否充分仍须实地核对。",)
    return (
        f"依法应听取而未听到、或声音不足{material.k}个的群体：{'、'.join(groups)}。网上未见不等于同意，须另行走访。",
    )


def _versions(material: Material) -> tuple[str, ...]:
    found = {
        f"模型 {one.model}，风险因素表 {one.taxonomy}，脱敏 {one.redactor}，程序 {one.code}"
        for point in material.all_points
        for one in (point.candidate.versions,)
    }
    return tuple(sorted(found)) or ("没有风险点或候选，未使用模型结论。",)
