"""T5 风险因素识别表, T6 单因素风险估计表, T7 风险防范化解措施汇总表: the factor checklist and what follows."""

from __future__ import annotations

from collections import defaultdict
from typing import Final

from api.tables import words
from api.tables.demands import state
from api.tables.material import Material, Point
from api.tables.sheet import HUMAN, Cell, Column, Table, rows_of
from models.taxonomy import taxonomy
from models.taxonomy.load import Factor

T5_COLUMNS = (
    Column("类型", width=18), Column("序号", width=6), Column("风险因素", width=26), Column("参考评价指标", width=44),
    Column("是否涉及", width=22), Column("是否主要因素", "human", 12), Column("发生阶段", width=18),
    Column("识别依据（证据编号）", width=30),
)  # fmt: skip
T6_COLUMNS = (
    Column("因素", width=30), Column("发生概率 p（0–1）", "human", 14), Column("影响程度 q（0–1）", "human", 14),
    Column("风险程度 R", "computed", 12), Column("等级", "computed", 12), Column("依据", width=50),
    Column("确认状态", width=16),
)  # fmt: skip
T7_COLUMNS = (
    Column("因素", width=28), Column("群众要求的解决方式", width=30), Column("措施", "human", 40),
    Column("责任主体（建议）", width=28), Column("协助单位（建议）", width=24), Column("完成时限", "human", 14),
    Column("依据（证据编号）", width=24), Column("确认状态", width=16),
)  # fmt: skip
NO_EVIDENCE: Final = "未见证据（不等于不涉及）"
DEGREE: Final = '=IF(COUNT(B{row},C{row})<2,"",ROUND(B{row}*C{row},4))'
GRADE: Final = (
    '=IF(D{row}="","",IF(D{row}>0.64,"重大",IF(D{row}>0.36,"较大",IF(D{row}>0.16,"一般",'
    'IF(D{row}>0.04,"较小","微小")))))'
)
COMPUTED: Final = (
    "R = p × q，p、q 由评估人员填写（0–1），电子表格随填随算；等级按通行做法划分：重大 R>0.64，较大 0.36<R≤0.64，"
    "一般 0.16<R≤0.36，较小 0.04<R≤0.16，微小 R≤0.04（各地口径不同，使用前请核对本地标准）。"
    "本系统不预填 p、q，不给项目定级。"
)
CHECKLIST: Final = (
    "因素按《社会稳定风险因素对照表》（重构本，使用前请与正式文本核对）逐项列出；实务因素列在其对应的对照表条目下。"
    "“未见证据”只说明所查来源中没有，不说明不涉及。"
)
MEASURES: Final = "要求为群众所提，措施由人填写；可采取的回应：核实、公开、解释、整改、补偿、协商、听取意见。"


def t5(material: Material) -> Table:
    """Every row of the official checklist, whether opinion gives reason to tick it or not."""
    behind: dict[str, list[Point]] = defaultdict(list)
    for point in material.points:
        for code in _rows_of(point):
            behind[code].append(point)
    waiting = {code for point in material.all_points if not point.accepted for code in _rows_of(point)}
    factors = sorted((one for one in taxonomy().factors.values() if one.official), key=lambda one: one.seq or 999)
    rows = [
        (
            taxonomy().categories[one.category].name_zh, str(one.seq or ""), one.name_zh, one.indicator,
            _involved(behind[one.code], one.code in waiting), HUMAN, _phases(one), _basis(one, behind[one.code]),
        )
        for one in factors
    ]  # fmt: skip
    return Table("T5", "风险因素识别表", T5_COLUMNS, rows_of(rows), (CHECKLIST,))


def t6(material: Material) -> Table:
    """One row a risk point, whose probability and impact a person fills; the rest follows by arithmetic."""
    degree, grade = Cell(filled="computed", formula=DEGREE), Cell(filled="computed", formula=GRADE)
    rows = [
        (words.factor(point.candidate.factor), HUMAN, HUMAN, degree, grade, _reasons(point), state(point))
        for point in material.points
    ]
    return Table("T6", "单因素风险估计表", T6_COLUMNS, rows_of(rows), (COMPUTED,))


def t7(material: Material) -> Table:
    """One row a risk point: what is demanded and which units could resolve it."""
    rows = []
    for point in material.points:
        units = point.candidate.proposed_units
        rows.append(
            (
                words.factor(point.candidate.factor),
                words.remedies(point.candidate.remedies) or "文中未写明",
                HUMAN,
                words.units((*units.primary, *units.territorial)),
                words.units(units.secondary),
                HUMAN,
                point.numbers("for"),
                state(point),
            )
        )
    return Table("T7", "风险防范化解措施汇总表", T7_COLUMNS, rows_of(rows), (MEASURES,))


def _rows_of(point: Point) -> tuple[str, ...]:
    """The rows of the official table that a risk point belongs to."""
    factors = taxonomy().factors
    mine = factors[point.candidate.factor]
    return (mine.code,) if mine.official else tuple(code for code in mine.maps_to if code in factors)


def _involved(points: list[Point], waiting: bool) -> str:
    if any(point.accepted for point in points):
        return "涉及"
    return "有候选，待人工核定" if waiting else NO_EVIDENCE


def _basis(factor: Factor, points: list[Point]) -> str:
    parts = []
    for point in points:
        practice = "" if point.candidate.factor == factor.code else f"{words.factor(point.candidate.factor)}："
        mark = "" if point.accepted else "（候选）"
        parts.append(f"{practice}{point.numbers('for')}{mark}")
    return "；".join(parts) or "—"


def _phases(factor: Factor) -> str:
    return "、".join(words.PHASE_ZH.get(one, one) for one in factor.phase)


def _reasons(point: Point) -> str:
    counts = point.counted.shown()
    kinds = "、".join(words.KIND_ZH.get(kind, kind) for kind in counts["by_source_kind"])
    parts = [
        f"证据 {point.numbers('for')}",
        f"文本 {words.count(counts['documents'])} 件",
        f"来源类别 {kinds}" if kinds else "",
        f"最高激化程度 {point.candidate.escalation} 级" if point.enough else "",
        f"反面证据 {_against(point)}" if _against(point) else "",
        *_discussed(point),
    ]
    return "；".join(part for part in parts if part)


def _against(point: Point) -> str:
    return point.numbers("support", "official_reply", "resolved")


def _discussed(point: Point) -> list[str]:
    """Ranges that a person set for discussion; never one of ours (BRIEF §2.5)."""
    ranges = point.candidate.ranges
    return [
        f"供讨论的{name}区间（人工）{found[0]:g}–{found[1]:g}"
        for name, found in (("概率", ranges.probability), ("影响", ranges.impact))
        if found is not None and "ranges" in point.stored.human
    ]
